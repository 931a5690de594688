// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.LogEntry;
import org.vaultsync.RoomId;

/** Two who work in a room, and somebody who attacks it: whatever that one does, an edit still travels, both ways. */
abstract class AttackedRoom {
    @TempDir
    Path folder;

    TestDevice anna;
    TestDevice ben;
    RoomId room;
    Rogue rogue;
    private final AtomicInteger edits = new AtomicInteger();

    @BeforeEach
    void twoWorkInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        room = anna.createRoom("Friday group");
        ben.join(anna.invite(room));
        anna.create("u1", "{\"edit\":0}");
        anna.share(room, "u1");
        ben.untilContent("u1", "{\"edit\":0}");
        rogue = new Rogue(folder.resolve("rogue.key"));
    }

    @AfterEach
    void theyStop() {
        anna.close();
        ben.close();
    }

    void roomGoesOn() {
        for (TestDevice writer : List.of(ben, anna)) {
            int edit = edits.incrementAndGet();
            TestDevice reader = writer == ben ? anna : ben;
            writer.vault.save("u1", content -> "{\"edit\":" + edit + "}");
            reader.untilContent("u1", "{\"edit\":" + edit + "}");
        }
    }

    /** What the log that people see says of this kind. */
    static List<LogEntry> log(TestDevice device, LogEntry.Kind kind) {
        return new LocalSyncLog(device.sync)
                .entries(2000).toCompletableFuture().join().stream()
                        .filter(entry -> entry.kind() == kind)
                        .toList();
    }
}
