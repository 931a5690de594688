// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.LogEntry;
import org.vaultsync.LogEntry.Kind;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.store.LogTable;
import org.vaultsync.core.store.Store;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

class SyncLogTest {
    private static final String BEN = "Ben's desktop";

    @TempDir
    private Path folder;

    private static List<LogEntry> log(TestDevice device) {
        try {
            return new LocalSyncLog(device.sync)
                    .entries(2000)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static Optional<LogEntry> newest(TestDevice device, Kind kind) {
        return log(device).stream().filter(entry -> entry.kind() == kind).findFirst();
    }

    @Test
    void linksTriesRefusalsAndBytesAreInItAndNothingOfWhatIsShared() throws Exception {
        TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
        TestDevice ben = new TestDevice(folder.resolve("ben"), BEN, new MemoryVault());
        Fingerprint benKey = ben.sync.self().orElseThrow().fingerprint();
        RoomId room = anna.createRoom("Friday group");
        Invite invite = anna.invite(room);
        ben.join(invite);
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        anna.vault.save(new Item("u-secret-id", "unit", "Zerstörer", "{\"note\":\"Geheimnis\"}"), Revision.NONE);
        anna.share(room, "u-secret-id");
        ben.untilBadge("u-secret-id", Badge.SYNCED);
        ben.vault.save("u-secret-id", content -> content.replace("Geheimnis", "Verrat"));
        TestDevice.until("edited", () -> anna.vault.content("u-secret-id").contains("Verrat"));
        // What the host says about an item is not the log's business either.
        ben.vault.refuse("“Zerstörer” has no room here.");
        anna.vault.save("u-secret-id", content -> content.replace("Verrat", "Wende"));
        ben.untilBadge("u-secret-id", Badge.ERROR);
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            assertThrows(ExecutionException.class, () -> carla.join(invite));
        }
        TestDevice.until(
                "refused",
                () -> newest(anna, Kind.REFUSED)
                        .filter(entry -> entry.sentence().contains("used by another device"))
                        .isPresent());
        ben.close();
        TestDevice.until("closed", () -> newest(anna, Kind.CLOSED).isPresent());
        LogEntry closed = newest(anna, Kind.CLOSED).orElseThrow();
        assertEquals(Optional.of(benKey), closed.peer());
        assertTrue(closed.traffic().orElseThrow().bytesSent() > 500, closed.toString());
        assertTrue(closed.traffic().orElseThrow().bytesReceived() > 500, closed.toString());
        TestDevice.until(
                "tried again",
                () -> newest(anna, Kind.ATTEMPT)
                        .filter(entry -> entry.times() > 1)
                        .isPresent());
        assertTrue(newest(anna, Kind.LINKED).orElseThrow().sentence().contains("over the LAN at 127.0.0.1"));
        assertTrue(
                log(anna).stream()
                        .anyMatch(entry -> entry.kind() == Kind.ROOM
                                && entry.peer().equals(Optional.of(benKey))
                                && entry.sentence().startsWith("Let in by")),
                log(anna).toString());
        String everything = log(anna).toString();
        anna.close();
        try (TestDevice again = new TestDevice(folder.resolve("ben"), BEN, ben.vault)) {
            everything += log(again);
        }
        for (String secret :
                List.of("Zerst", "Geheimnis", "Verrat", "Wende", "u-secret-id", invite.token(), "note", "vaultsync:")) {
            assertFalse(everything.contains(secret), secret + " in " + everything);
        }
    }

    @Test
    void itIsBoundedAndCountsWhatRepeats() throws Exception {
        Fingerprint peer = Fingerprint.of(new byte[] {1});
        try (Machine machine = new ThisMachine(Clock.systemUTC());
                Store store = Store.open(folder.resolve("sync.db"), machine, trouble -> {})) {
            for (int i = 0; i < 2100; i++) {
                store.write(LogTable.add(
                        Instant.ofEpochMilli(i),
                        Kind.ATTEMPT,
                        Optional.empty(),
                        Optional.of(peer),
                        "Number " + i + ".",
                        Optional.empty()));
            }
            for (int i = 0; i < 3; i++) {
                store.write(LogTable.add(
                        Instant.ofEpochMilli(5000 + i),
                        Kind.ATTEMPT,
                        Optional.empty(),
                        Optional.of(peer),
                        "Nobody answers.",
                        Optional.empty()));
            }
            store.write(database -> {}).toCompletableFuture().get(30, TimeUnit.SECONDS);
            List<LogEntry> entries = store.read(database -> LogTable.newest(database, 5000));
            assertEquals(2000, entries.size());
            assertEquals(3, entries.getFirst().times());
            assertEquals(Instant.ofEpochMilli(5000), entries.getFirst().time());
            assertEquals(Instant.ofEpochMilli(5002), entries.getFirst().last());
        }
    }
}
