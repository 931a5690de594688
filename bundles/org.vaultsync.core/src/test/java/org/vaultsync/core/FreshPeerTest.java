// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.core.room.Jsons;

/** A fresh peer ends with every item: counted, and equal as JSON. */
class FreshPeerTest {
    @TempDir
    private Path folder;

    @Test
    void endsWithEveryMadeItem() throws Exception {
        joinAndCount(Units.made(300, 1));
    }

    @Test
    void endsWithEveryRealItem() throws Exception {
        assumeTrue(Units.realAreHere(), "the real items are not beside the project");
        joinAndCount(Units.real());
    }

    private void joinAndCount(List<String> contents) throws Exception {
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
            TestDevice.until(
                    () -> ben.vault.ids().size() + " of " + ids.length,
                    () -> ben.vault.ids().size() == ids.length);
            long shown = System.nanoTime();
            TestDevice.until(
                    "Anna knows that Ben has them",
                    () -> anna.sync.rooms().getFirst().members().getFirst().items() == ids.length);
            System.out.printf(
                    "%d items: shared in %d ms, at a fresh peer after %d ms more, acknowledged after %d ms more%n",
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
}
