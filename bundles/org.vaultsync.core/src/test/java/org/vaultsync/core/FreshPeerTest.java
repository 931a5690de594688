// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.RoomId;
import org.vaultsync.core.room.Jsons;

/** A fresh peer ends with every item: counted, and equal as JSON. */
class FreshPeerTest {
    @TempDir
    private Path folder;

    private static final boolean SOAK = Boolean.getBoolean("soak");

    static IntStream counts() {
        return SOAK ? IntStream.of(1, 1_000, 10_000) : IntStream.of(1, 1_000);
    }

    @ParameterizedTest
    @MethodSource("counts")
    void endsWithEveryMadeItem(int count) throws Exception {
        joinAndCount(Units.made(count, 1), false);
    }

    @ParameterizedTest
    @MethodSource("counts")
    void endsWithEveryItemAlsoWhenTheLinkBreaksAtEveryTenthOfTheWay(int count) throws Exception {
        joinAndCount(Units.made(count, 2), true);
    }

    @Test
    void endsWithEveryRealItem() throws Exception {
        assumeTrue(Units.realAreHere(), "the real items are not beside the project");
        joinAndCount(Units.real(), false);
    }

    private void joinAndCount(List<String> contents, boolean breaking) throws Exception {
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            String[] ids = new String[contents.size()];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = "item-" + i;
                anna.create(ids[i], contents.get(i));
            }
            RoomId room = anna.createRoom("All of it");
            long start = System.nanoTime();
            anna.share(room, ids);
            long shared = System.nanoTime();
            ben.join(anna.invite(room));
            List<Integer> held = new CopyOnWriteArrayList<>();
            if (breaking) {
                // Less than comes in all, so that something is always missing.
                long bytes = contents.stream().mapToLong(String::length).sum();
                ben.lan.breakAt(
                        LongStream.rangeClosed(1, 9)
                                .mapToObj(tenth -> bytes * tenth / 10)
                                .toList(),
                        () -> held.add(heldByBen(anna)));
                for (int left = 9; left > 0; left--) {
                    int before = left;
                    TestDevice.until(
                            () -> "break " + (10 - before) + " of 9, after " + held,
                            () -> ben.lan.breaksLeft() < before);
                    anna.sync.syncNow();
                    ben.sync.syncNow();
                }
                assertEquals(9, held.size());
                assertTrue(held.stream().allMatch(had -> had < ids.length), () -> "all were there at a break: " + held);
            }
            untilMore(ben, ids.length);
            long shown = System.nanoTime();
            TestDevice.until("Anna knows that Ben has them", () -> heldByBen(anna) == ids.length);
            System.out.printf(
                    "%d items" + (breaking ? ", the link broken nine times" : "")
                            + ": shared in %d ms, at a fresh peer after %d ms more, acknowledged after %d ms more%n",
                    ids.length,
                    (shared - start) / 1_000_000,
                    (shown - shared) / 1_000_000,
                    (System.nanoTime() - shown) / 1_000_000);
            for (int i = 0; i < ids.length; i++) {
                assertTrue(Jsons.same(contents.get(i), ben.vault.content(ids[i])), ids[i]);
            }
            assertEquals(ids.length, ben.vault.ids().size());
        }
    }

    private static int heldByBen(TestDevice anna) {
        return anna.sync.rooms().getFirst().members().getFirst().items();
    }

    /** However long it takes, as long as there is more from time to time. */
    private static void untilMore(TestDevice device, int wanted) {
        for (int had = -1; had < wanted; ) {
            int before = had;
            TestDevice.until(
                    () -> "more than " + before + " of " + wanted,
                    () -> device.vault.ids().size() > before
                            || device.vault.ids().size() >= wanted);
            had = device.vault.ids().size();
        }
    }
}
