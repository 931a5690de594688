// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.LogEntry;
import org.vaultsync.RoomId;

/** When a member last brought something or stored what it was sent. */
class LastSyncTest {
    @TempDir
    private Path folder;

    private static Optional<Instant> lastSync(TestDevice device) {
        return device.sync.rooms().getFirst().members().getFirst().lastSync();
    }

    @Test
    void bothKnowWhenAChangeWentOverAndStillDoAfterARestart() throws Exception {
        MemoryVault vault = new MemoryVault();
        Instant then;
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", vault);
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
            Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            ben.untilContent("u1", "{\"a\":1}");
            TestDevice.until("ben has brought or stored it", () -> lastSync(ben).isPresent());
            TestDevice.until(
                    "anna knows that it is stored",
                    () -> lastSync(anna).filter(at -> !at.isBefore(before)).isPresent());
            ben.close();
            TestDevice.until("away", () -> !anna.isLinked());
            then = lastSync(anna).orElseThrow();
            assertFalse(then.isBefore(before));
        }
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", vault)) {
            TestDevice.until("read", () -> lastSync(anna).isPresent());
            assertEquals(then.truncatedTo(ChronoUnit.MILLIS), lastSync(anna).orElseThrow());
        }
    }

    @Test
    void whoIsRemovedIsRememberedAsWhoGoes() throws Exception {
        try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
                TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room = anna.createRoom("Friday");
            ben.join(anna.invite(room));
            TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
            TestDevice.until("ben has stored it", () -> lastSync(anna).isPresent());
            Fingerprint bens = ben.sync.self().orElseThrow().fingerprint();
            anna.sync.removeMember(room, bens).toCompletableFuture().get(60, TimeUnit.SECONDS);
            TestDevice.until(
                    "the log tells that the link is closed",
                    () -> new LocalSyncLog(anna.sync)
                            .entries(100).toCompletableFuture().join().stream()
                                    .anyMatch(entry -> entry.kind() == LogEntry.Kind.CLOSED
                                            && entry.peer().equals(Optional.of(bens))));
            TestDevice.until("it is on disk when it was", () -> isRemembered(bens));
        }
    }

    private boolean isRemembered(Fingerprint member) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("anna/sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT 1 FROM setting WHERE name = 'synced." + member.hex() + "'")) {
            return found.next();
        } catch (SQLException busy) {
            return false;
        }
    }
}
