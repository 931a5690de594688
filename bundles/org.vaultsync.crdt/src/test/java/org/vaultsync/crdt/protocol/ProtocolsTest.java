// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.graal.Lab;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;
import org.vaultsync.crdt.update.Update;

/** The same bytes as y-protocols, which runs beside on Node. */
class ProtocolsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final List<String> STATES = List.of(
            "{\"user\":{\"name\":\"Größe 😀\",\"color\":\"#30bced\"},\"field\":\"/content/armor\"}",
            "{\"user\":{\"name\":\"\\\"quoted\\\"\\n\"},\"at\":[0,-1.5,1e+21,null,true]}",
            "\"a text\"",
            "[]");

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void awarenessIsWrittenAsYProtocolsDoes() throws Exception {
        List<String> golden = node("[\"say\",4294967295," + String.join(",", STATES) + ",null]");
        Awareness awareness = new Awareness(4294967295L, NOW);
        assertEquals(golden.get(0), hex(awareness.encode(List.of(4294967295L))));
        for (int i = 0; i < STATES.size(); i++) {
            awareness.say(Optional.of(STATES.get(i)), NOW);
            assertEquals(golden.get(i + 1), hex(awareness.encode(List.of(4294967295L))));
        }
        awareness.say(Optional.empty(), NOW);
        assertEquals(golden.getLast(), hex(awareness.encode(List.of(4294967295L))));
    }

    /** Messages of three clients in any order, doubled, with removals: both sides know the same and send the same. */
    @Test
    void awarenessIsHeardAsYProtocolsDoes() throws Exception {
        Random random = new Random(5);
        List<byte[]> all = new ArrayList<>();
        for (long client = 2; client < 5; client++) {
            Awareness one = new Awareness(client, NOW);
            all.add(one.encode(List.of(client)));
            for (String state : STATES) {
                one.say(Optional.of(state), NOW);
                all.add(one.encode(List.of(client)));
            }
            one.say(Optional.empty(), NOW);
            all.add(one.encode(List.of(client)));
        }
        // somebody else says that a client is gone, and that we are
        all.add(bytes("010203" + "04" + hex("null".getBytes(StandardCharsets.UTF_8))));
        all.add(bytes("010100" + "04" + hex("null".getBytes(StandardCharsets.UTF_8))));
        all.add(bytes("010105" + "04" + hex("null".getBytes(StandardCharsets.UTF_8))));
        for (int round = 0; round < 12; round++) {
            List<byte[]> heard = new ArrayList<>();
            StringBuilder call = new StringBuilder("[\"hear\",1");
            Awareness awareness = new Awareness(1, NOW);
            for (int i = random.nextInt(12); i >= 0; i--) {
                byte[] message = all.get(random.nextInt(all.size()));
                heard.add(message);
                call.append(",\"").append(hex(message)).append('"');
                awareness.apply(message, NOW);
            }
            String line = String.join(" ", node(call.append(']').toString()));
            String states = awareness.states().entrySet().stream()
                    .map(entry -> "[" + entry.getKey() + "," + entry.getValue() + "]")
                    .reduce((a, b) -> a + "," + b)
                    .map(list -> "[" + list + "]")
                    .orElse("[]");
            assertEquals(line, states + " " + hex(awareness.encode(List.of(1L, 2L, 3L, 4L))), "heard " + heard.size());
        }
    }

    @Test
    void aRemovedClientIsToldAsYProtocolsDoes() throws Exception {
        Awareness other = new Awareness(7, NOW);
        other.say(Optional.of(STATES.get(0)), NOW);
        byte[] message = other.encode(List.of(7L));
        Awareness awareness = new Awareness(1, NOW);
        awareness.apply(message, NOW);
        assertEquals(Set.of(7L), awareness.remove(List.of(7L, 8L), NOW).removed());
        assertEquals(node("[\"remove\",1,\"" + hex(message) + "\",7]").getFirst(), hex(awareness.encode(List.of(7L))));
    }

    @Test
    void syncMessagesAreThoseOfYProtocols() throws Exception {
        try (ReplicaEngine engine = Lab.engine();
                Replica one = Lab.item(engine, 1);
                Replica other = Lab.item(engine, 4294967295L)) {
            other.apply(Lab.edit(one, "{\"a\":{\"b\":[1,2]}}"));
            one.apply(Lab.edit(other, "{\"a\":{\"b\":[1,2,3]}}"));
            byte[] state = one.state();
            List<String> golden = node("[\"messages\",\"" + hex(state) + "\"]");
            List<SyncMessage> ours = List.of(
                    new SyncMessage.Step1(Update.decode(state).stateVector()),
                    new SyncMessage.Step2(state),
                    new SyncMessage.Changed(state));
            for (int i = 0; i < ours.size(); i++) {
                assertEquals(golden.get(i), hex(ours.get(i).encode()));
                SyncMessage read = SyncMessage.decode(bytes(golden.get(i)));
                assertEquals(ours.get(i).getClass(), read.getClass());
                assertArrayEquals(ours.get(i).encode(), read.encode());
            }

            // a whole conversation: they lack our last edit, and answer what we ask
            byte[] edit = Lab.edit(one, "{\"a\":{\"b\":[2,3]},\"c\":\"😀\"}");
            List<String> answers =
                    node("[\"read\",\"" + hex(state) + "\",\"" + hex(new SyncMessage.Changed(edit).encode()) + "\",\""
                            + hex(new SyncMessage.Step1(StateVector.EMPTY).encode()) + "\"]");
            assertEquals(hex(one.state()), answers.getFirst());
            SyncMessage answer = SyncMessage.decode(bytes(answers.getLast()));
            assertArrayEquals(
                    one.state(),
                    assertInstanceOf(SyncMessage.Step2.class, answer).update());
        }
    }

    @Test
    void statesGoWhenNobodyRenewsThem() throws Exception {
        Awareness awareness = new Awareness(1, NOW);
        Awareness other = new Awareness(2, NOW);
        // y-protocols does not take a first state, which says nothing
        assertEquals(Set.of(), awareness.apply(other.encode(List.of(2L)), NOW).clients());
        other.say(Optional.of("{}"), NOW);
        assertEquals(Set.of(2L), awareness.apply(other.encode(List.of(2L)), NOW).added());
        Instant later = NOW.plus(Duration.ofSeconds(14));
        assertEquals(Set.of(), awareness.tick(later).clients());
        later = NOW.plus(Duration.ofSeconds(15));
        Awareness.Change renewed = awareness.tick(later);
        assertEquals(Set.of(1L), renewed.renewed());
        assertFalse(renewed.isVisible());
        other.tick(later);
        assertEquals(
                Set.of(2L), awareness.apply(other.encode(List.of(2L)), later).renewed());
        later = later.plus(Awareness.OUTDATED);
        Awareness.Change gone = awareness.tick(later);
        assertEquals(Set.of(2L), gone.removed());
        assertTrue(gone.isVisible());
        assertEquals(Map.of(1L, "{}"), awareness.states());
        // what it said before does not bring it back; what it says next does
        assertEquals(Set.of(), awareness.apply(other.encode(List.of(2L)), later).clients());
        other.say(Optional.of("{\"x\":1}"), later);
        assertEquals(
                Set.of(2L), awareness.apply(other.encode(List.of(2L)), later).added());
        assertThrows(InvalidContentException.class, () -> other.say(Optional.of("{"), NOW));
    }

    /** Somebody says of another that it is gone, with a clock after which there is none. */
    @Test
    void whoIsSpokenForIsStillHeard() throws Exception {
        Awareness victim = new Awareness(1, NOW);
        Awareness witness = new Awareness(2, NOW);
        victim.say(Optional.of(STATES.get(0)), NOW);
        witness.apply(victim.encode(List.of(1L)), NOW);
        for (String state : List.of("null", "{\"forged\":true}")) {
            for (long clock : new long[] {50, (1L << 53) - 1}) {
                byte[] forged = message(1, clock, state);
                witness.apply(forged, NOW);
                Awareness.Change contradicted = victim.apply(forged, NOW);
                witness.apply(victim.encode(List.of(1L)), NOW);
                assertEquals(STATES.get(0), victim.states().get(1L));
                assertEquals(STATES.get(0), witness.states().get(1L), state + " with clock " + clock);
                if (clock == 50 && state.equals("null")) {
                    assertEquals(Set.of(1L), contradicted.clients());
                }
            }
        }
        victim.say(Optional.of(STATES.get(1)), NOW);
        witness.apply(victim.encode(List.of(1L)), NOW);
        assertEquals(STATES.get(1), witness.states().get(1L));
    }

    private static byte[] message(long client, long clock, String state) {
        ByteWriter out = new ByteWriter();
        out.varUint(1);
        out.varUint(client);
        out.varUint(clock);
        out.varString(state);
        return out.toByteArray();
    }

    /** An application that is never closed hears of every page that was ever opened. */
    @Test
    void whoComesAfterManyThatAreGoneIsHeard() throws Exception {
        Awareness awareness = new Awareness(1, NOW);
        for (long client = 2; client < 20_000; client++) {
            assertEquals(
                    Set.of(client),
                    awareness.apply(message(client, 1, "{}"), NOW).added());
            awareness.apply(message(client, 2, "null"), NOW);
        }
        assertEquals(Map.of(1L, "{}"), awareness.states());
    }

    @Test
    void noMoreIsHeldThanThereIsRoomFor() throws Exception {
        Awareness crowded = new Awareness(1, NOW);
        for (long client = 2; client < 20_000; client++) {
            crowded.apply(message(client, 1, "{}"), NOW);
        }
        assertEquals(10_000, crowded.states().size());
        Awareness loaded = new Awareness(1, NOW);
        String large = "\"" + "x".repeat(900_000) + "\"";
        for (long client = 2; client < 100; client++) {
            loaded.apply(message(client, 1, large), NOW);
        }
        int held = loaded.states().values().stream().mapToInt(String::length).sum();
        assertTrue(held > 15 << 20 && held <= 16 << 20, held + " characters");
        loaded.apply(message(2, 2, "null"), NOW);
        loaded.apply(message(200, 1, large), NOW);
        assertTrue(loaded.states().containsKey(200L));
    }

    @Test
    void malformedMessagesChangeNothing() throws Exception {
        Random random = new Random(9);
        Awareness other = new Awareness(2, NOW);
        other.say(Optional.of(STATES.get(0)), NOW);
        byte[] good = other.encode(List.of(2L));
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length + 2));
            for (int i = random.nextInt(3); i >= 0; i--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Awareness awareness = new Awareness(1, NOW);
            try {
                awareness.apply(bad, NOW);
            } catch (MalformedUpdateException e) {
                refused++;
                assertEquals(Map.of(1L, "{}"), awareness.states());
            }
            try {
                SyncMessage.decode(bad).encode();
            } catch (MalformedUpdateException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
        assertTrue(refused > 1000, refused + " refused");
    }

    private static List<String> node(String call) throws Exception {
        Process node = new ProcessBuilder("node", "src/test/js/protocols.mjs", call)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, node.waitFor());
        return List.of(output.strip().split(" (?=[0-9a-f]*( |$))"));
    }
}
