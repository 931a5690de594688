// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.crdt.graal.Guest;
import org.vaultsync.crdt.graal.Lab;

class PackedUpdateTest {
    private static final int HISTORIES = Lab.SOAK ? 1_000 : 20;
    private static final int ROUNDS = Lab.SOAK ? 20_000 : 1_000;
    private static final int OVERWRITES = Lab.SOAK ? 100_000 : 10_000;
    private static Guest yjs;

    @BeforeAll
    static void open() throws Exception {
        yjs = Lab.guest();
    }

    @AfterAll
    static void close() {
        yjs.close();
    }

    @Test
    void whatWasPackedComesBackToTheByte() throws Exception {
        int packed = 0;
        long before = 0;
        long after = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            List<byte[]> updates = new ArrayList<>();
            for (Object each : yjs.call("history", seed, 3, 60, seed % 2 == 0)) {
                if (each instanceof byte[] bytes) {
                    updates.add(bytes);
                }
            }
            // the parts, and all of them with gaps between
            updates.add(Updates.merge(updates.subList(updates.size() / 2, updates.size())));
            updates.add(Updates.merge(updates));
            for (byte[] update : updates) {
                Optional<byte[]> small = PackedUpdate.pack(update);
                if (small.isPresent()) {
                    packed++;
                    before += update.length;
                    after += small.get().length;
                    assertArrayEquals(update, PackedUpdate.unpack(small.get()));
                }
            }
        }
        System.out.println(
                "packed: " + packed + " updates of " + HISTORIES + " histories, " + before + " bytes to " + after);
        assertTrue(packed > HISTORIES && after < before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyOverwritesOfAnItemStaySmall(boolean inTurn) throws Exception {
        byte[] state = (byte[]) yjs.call("overwrites", OVERWRITES, inTurn, 7)[0];
        byte[] packed = PackedUpdate.pack(state).orElseThrow();
        System.out.println("packed: " + OVERWRITES + " edits of 10 fields " + (inTurn ? "in turn" : "at random") + ", "
                + state.length + " bytes to " + packed.length);
        assertArrayEquals(state, PackedUpdate.unpack(packed));
        assertTrue(packed.length < 128 * 1024 * (OVERWRITES / 1000) / 100, packed.length + " bytes");
    }

    @Test
    void whatWasDamagedIsRefusedOrAnotherUpdate() throws Exception {
        Random random = new Random(3);
        byte[] state = (byte[]) yjs.call("overwrites", 500, false, 3)[0];
        byte[] packed = PackedUpdate.pack(state).orElseThrow();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = packed.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertEquals(state.length, PackedUpdate.unpack(damaged).length);
            } catch (MalformedUpdateException e) {
                refused++;
            }
        }
        assertTrue(refused > ROUNDS / 2, refused + " of " + ROUNDS);
        assertThrows(MalformedUpdateException.class, () -> PackedUpdate.unpack(new byte[0]));
        assertThrows(MalformedUpdateException.class, () -> PackedUpdate.unpack(state));
    }

    @Test
    void whatIsNoUpdateOrShortIsLeftAsItIs() {
        assertEquals(Optional.empty(), PackedUpdate.pack(new byte[5000]));
        assertEquals(Optional.empty(), PackedUpdate.pack(Updates.empty()));
    }
}
