// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;

class StoreTest {
    @TempDir
    private Path folder;

    private final List<Optional<String>> told = new CopyOnWriteArrayList<>();

    private final Machine machine = new ThisMachine(Clock.systemUTC());

    @AfterEach
    void stop() {
        machine.close();
    }

    private Store open() throws IOException {
        return Store.open(folder.resolve("sync.db"), machine, told::add);
    }

    @Test
    void whatWasCommittedIsThereAfterOpeningAgain() throws Exception {
        try (Store store = open()) {
            store.write(Tables.putSetting("name", "Anna's laptop"))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertEquals(Optional.of("Anna's laptop"), store.read(db -> Tables.setting(db, "name")));
        }
        try (Store store = open()) {
            assertEquals(Optional.of("Anna's laptop"), store.read(db -> Tables.setting(db, "name")));
        }
    }

    @Test
    void aWriteThatFailsTakesNoOtherWithIt() throws Exception {
        try (Store store = open()) {
            CompletionStage<Void> before = store.write(Tables.putSetting("a", "1"));
            CompletionStage<Void> bad = store.write(db -> {
                throw new IllegalStateException("a fault of the caller");
            });
            CompletionStage<Void> after = store.write(Tables.putSetting("b", "2"));
            before.toCompletableFuture().get(10, TimeUnit.SECONDS);
            after.toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThrows(
                    CompletionException.class, () -> bad.toCompletableFuture().join());
            assertEquals(Optional.of("1"), store.read(db -> Tables.setting(db, "a")));
            assertEquals(Optional.of("2"), store.read(db -> Tables.setting(db, "b")));
        }
    }

    @Test
    void aFullDiskIsToldAndWhatWaitsIsWrittenOnceThereIsRoom() throws Exception {
        try (Store store = open()) {
            store.write(limitPages(8)).toCompletableFuture().get(10, TimeUnit.SECONDS);
            byte[] large = new byte[1 << 20];
            CompletionStage<Void> stuck = store.write(database -> {
                if (told.size() > 1) {
                    limitPages(1 << 20).to(database);
                }
                try (var insert = database.prepareStatement("INSERT INTO record VALUES ('room', 'hash', ?)")) {
                    insert.setBytes(1, large);
                    insert.executeUpdate();
                }
                told.add(Optional.of("tried"));
            });
            for (long end = System.nanoTime() + 10_000_000_000L; told.isEmpty() && System.nanoTime() < end; ) {
                Thread.onSpinWait();
            }
            assertTrue(told.getFirst().orElseThrow().contains("the disk is full"), told.toString());
            assertFalse(stuck.toCompletableFuture().isDone());
            told.add(Optional.of("the person made room"));
            stuck.toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertEquals(Optional.empty(), told.getLast());
            assertArrayEquals(large, store.read(db -> row(db)));
        }
    }

    private static Store.Write limitPages(int pages) {
        return database -> {
            try (Statement statement = database.createStatement()) {
                statement.execute("PRAGMA max_page_count = " + pages);
            }
        };
    }

    private static byte[] row(Connection database) throws java.sql.SQLException {
        try (Statement statement = database.createStatement();
                var row = statement.executeQuery("SELECT bytes FROM record")) {
            return row.getBytes(1);
        }
    }

    @Test
    void aDamagedDatabaseIsSetAsideAndSaid() throws Exception {
        Files.writeString(
                folder.resolve("sync.db"), "this is no database at all, but long enough to be looked at ".repeat(50));
        try (Store store = open()) {
            assertTrue(told.getFirst().orElseThrow().contains("damaged"), told.toString());
            assertEquals(List.of(), store.read(Tables::rooms));
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.anyMatch(file -> file.getFileName().toString().startsWith("sync.db.damaged-")));
        }
    }

    @Test
    void aDatabaseOfANewerVersionIsLeftAlone() throws Exception {
        open().close();
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        byte[] before = Files.readAllBytes(folder.resolve("sync.db"));
        IOException refused = assertThrows(IOException.class, this::open);
        assertTrue(refused.getMessage().contains("newer version"), refused.getMessage());
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("sync.db")));
    }

    @Test
    void aFolderThatCannotBeMadeIsSaid() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        assertThrows(IOException.class, () -> Store.open(folder.resolve("file/sync.db"), machine, told::add));
    }
}
