// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;

class UnusableRoomTest {
    @TempDir
    private Path folder;

    /** As where a class of JavaScript is missing. */
    private static final class Broken implements ReplicaFactory {
        @Override
        public ReplicaEngine openEngine(TextFields textFields) {
            throw new NoClassDefFoundError();
        }

        @Override
        public void warmUp() {}

        @Override
        public long freshClientId() {
            return 1;
        }
    }

    @Test
    void aRoomThatAnErrorKeepsFromOpeningSaysSo() throws Exception {
        MemoryVault vault = new MemoryVault();
        RoomId room;
        try (TestDevice anna = new TestDevice(folder, "Anna", vault)) {
            room = anna.createRoom("Friday");
        }
        try (TestDevice anna = new TestDevice(folder, "Anna", vault, Clock.systemUTC(), new Broken())) {
            anna.create("u1", "{\"a\":1}");
            ExecutionException said = assertThrows(
                    ExecutionException.class,
                    () -> anna.sync
                            .share(room, List.of("u1"))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS));
            assertTrue(said.getMessage().contains("could not be opened"), said.getMessage());
            assertTrue(said.getMessage().endsWith("NoClassDefFoundError"), said.getMessage());
        }
    }

    /** A clock that is only asked once a start has opened the database. */
    private static Clock clock(Supplier<Instant> now) {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    @Test
    void aStartThatAnErrorEndsIsToldAndLeavesNothingOpen() throws Exception {
        LocalVaultSync sync = new LocalVaultSync(folder, TestDevice.REPLICAS, clock(() -> {
            throw new NoClassDefFoundError();
        }));
        CompletableFuture<Void> named = sync.nameDevice("Anna").toCompletableFuture();
        ExecutionException said = assertThrows(ExecutionException.class, () -> named.get(30, TimeUnit.SECONDS));
        assertTrue(said.getMessage().endsWith("NoClassDefFoundError"), said.getMessage());
        assertFalse(sync.troubles().isEmpty());
        new TestDevice(folder, "Anna", new MemoryVault()).close();
        sync.stop();
    }

    @Test
    void aStartThatTakesLongerThanStoppingWaitsLeavesNothingOpen() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Machine machine = new HastyMachine(clock(() -> {
            starting.countDown();
            try {
                goOn.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return Instant.now();
        }));
        LocalVaultSync sync = new LocalVaultSync(folder, TestDevice.REPLICAS, machine);
        CompletableFuture<Void> named = sync.nameDevice("Anna").toCompletableFuture();
        assertTrue(starting.await(60, TimeUnit.SECONDS));
        sync.stop();
        assertThrows(ExecutionException.class, () -> named.get(30, TimeUnit.SECONDS));
        goOn.countDown();
        TestDevice.until("the folder is free", () -> {
            try (Home home = Home.take(folder)) {
                return home != null;
            } catch (IOException taken) {
                return false;
            }
        });
        new TestDevice(folder, "Anna", new MemoryVault()).close();
    }

    @Test
    void aStartThatFailsLeavesNothingOpen() throws Exception {
        MemoryVault vault = new MemoryVault();
        new TestDevice(folder, "Anna", vault).close();
        // As no version writes it.
        change("INSERT INTO open_room (id, entered, name, code, servers) VALUES ('" + "ab".repeat(16)
                + "', 0, 'Friday', 'no code', '')");
        assertThrows(ExecutionException.class, () -> new TestDevice(folder, "Anna", vault));
        assertFalse(Files.exists(folder.resolve("sync.db-wal")), "the database is closed");
        change("DELETE FROM open_room");
        new TestDevice(folder, "Anna", vault).close();
    }

    private void change(String sql) throws Exception {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aRoomThatCannotBeOpenedSaysSoAndHoldsNothingUp() throws Exception {
        MemoryVault vault = new MemoryVault();
        RoomId room;
        try (TestDevice anna = new TestDevice(folder, "Anna", vault)) {
            room = anna.createRoom("Friday");
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
        }
        // As no version writes it.
        change("UPDATE document SET host = 'not a revision'");
        TestDevice anna = new TestDevice(folder, "Anna", vault);
        ExecutionException said = assertThrows(
                ExecutionException.class,
                () -> anna.sync.share(room, List.of("u1")).toCompletableFuture().get(30, TimeUnit.SECONDS));
        assertTrue(said.getMessage().contains("could not be opened"), said.getMessage());
        assertEquals(Set.of("note"), anna.sync.types().toCompletableFuture().get(30, TimeUnit.SECONDS));
        long before = System.nanoTime();
        anna.close();
        assertTrue(System.nanoTime() - before < Duration.ofSeconds(9).toNanos());
    }

    @Test
    void ofARoomThatCannotBeOpenedWhoIsInItIsToldAlsoWhileAnEditorIsOpen() throws Exception {
        MemoryVault vault = new MemoryVault();
        RoomId room;
        try (TestDevice anna = new TestDevice(folder, "Anna", vault)) {
            room = anna.createRoom("Friday");
        }
        try (TestDevice anna = new TestDevice(folder, "Anna", vault, Clock.systemUTC(), new Broken())) {
            anna.sync.open("u1", "/name");
            anna.sync.renameRoom(room, "Saturday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            TestDevice.until(
                    "renamed", () -> anna.sync.rooms().getFirst().name().equals("Saturday"));
        }
    }
}
