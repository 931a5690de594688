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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.Trouble;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.crdt.update.ByteWriter;

class StoreTest {
    @TempDir
    private Path folder;

    private final List<Optional<String>> told = new CopyOnWriteArrayList<>();

    private final Machine machine = new ThisMachine(Clock.systemUTC());

    @AfterEach
    void stop() {
        machine.close();
    }

    private void told(Optional<Trouble> trouble) {
        told.add(trouble.map(Trouble::sentence));
    }

    private Store open() throws IOException {
        return Store.open(folder.resolve("sync.db"), machine, this::told);
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
    void anInsertIsNotFollowedByAQueryThatNobodyAsksFor() throws Exception {
        try (Store store = open()) {
            AtomicBoolean asksForKeys = new AtomicBoolean(true);
            store.write(database -> asksForKeys.set(
                            ((SQLiteConnection) database).getConnectionConfig().isGetGeneratedKeys()))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertFalse(asksForKeys.get());
        }
    }

    @Test
    void ofAddressesThatOthersTellTheNewestAreKeptAndThoseThatWorked() throws Exception {
        Fingerprint device = new Fingerprint("ab".repeat(32));
        Fingerprint other = new Fingerprint("cd".repeat(32));
        try (Store store = open()) {
            store.write(Tables.putTypedAddresses(device, List.of("typed:1")));
            store.write(Tables.hearAddresses(other, List.of("other:1")));
            store.write(Tables.hearAddresses(device, List.of("heard:1", "heard:2", "heard:3")));
            store.write(Tables.addressWorked(device, "heard:1", Instant.EPOCH.plusSeconds(1)));
            for (int i = 4; i < 40; i += 4) {
                store.write(Tables.hearAddresses(
                        device,
                        IntStream.range(i, i + 4)
                                .mapToObj(each -> "heard:" + each)
                                .toList()));
            }
            store.written().toCompletableFuture().get(10, TimeUnit.SECONDS);
            List<String> newest =
                    IntStream.range(32, 40).mapToObj(each -> "heard:" + each).toList();
            assertEquals(
                    Stream.of(List.of("heard:1"), newest, List.of("typed:1"))
                            .flatMap(List::stream)
                            .toList(),
                    store.read(db -> Tables.addresses(db, device)));
            assertEquals(List.of("other:1"), store.read(db -> Tables.addresses(db, other)));
        }
    }

    @Test
    void whatCanWaitIsWrittenByItselfOrWithTheNextOrAtTheEnd() throws Exception {
        try (Store store = open()) {
            store.writeSoon(Tables.putSetting("first", "by itself"));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (store.read(db -> Tables.setting(db, "first")).isEmpty()) {
                assertTrue(System.nanoTime() < end, "written by itself");
                TimeUnit.MILLISECONDS.sleep(10);
            }
            store.writeSoon(Tables.putSetting("second", "with the next"));
            store.written().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertEquals(Optional.of("with the next"), store.read(db -> Tables.setting(db, "second")));
            store.writeSoon(Tables.putSetting("third", "at the end"));
        }
        try (Store store = open()) {
            assertEquals(Optional.of("at the end"), store.read(db -> Tables.setting(db, "third")));
        }
    }

    /** One member written so often. */
    private static byte[] overwrites(int count) {
        ByteWriter out = new ByteWriter();
        out.varUint(1);
        out.varUint(count);
        out.varUint(3_456_789_012L);
        out.varUint(0);
        for (int i = 0; i < count; i++) {
            out.uint8(i == 0 ? 0x28 : 0x88);
            if (i == 0) {
                out.varUint(1);
                out.varString("content");
                out.varString("armor");
            } else {
                out.varUint(3_456_789_012L);
                out.varUint(i - 1);
            }
            out.varUint(1);
            out.uint8(125);
            out.uint8(i & 0x3f);
        }
        out.varUint(0);
        return out.toByteArray();
    }

    @Test
    void snapshotsTakeLittleRoomAndComeBackAsTheyWereAlsoThoseOfAnOlderVersion() throws Exception {
        RoomId room = new RoomId("00112233445566778899aabbccddeeff");
        byte[] state = overwrites(2_000);
        byte[] later = overwrites(2_001);
        Tables.Piece piece = new Tables.Piece(state, Optional.empty(), Instant.EPOCH, true);
        try (Store store = open()) {
            // as a version stored them that knew of no packing
            store.write(Tables.addPiece(room, "old", piece))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            store.write(Tables.addPiece(room, "new", piece))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            store.write(Tables.compact(room, "new", later))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            store.write(Tables.putRevision(room, "new", new Tables.RevisionRow("r", "{}", later)))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
        try (Store store = open()) {
            List<byte[]> old = store.read(db -> Tables.pieces(db, room, "old")).all();
            assertEquals(1, old.size());
            assertArrayEquals(state, old.getFirst());
            List<byte[]> compacted =
                    store.read(db -> Tables.pieces(db, room, "new")).all();
            assertEquals(1, compacted.size());
            assertArrayEquals(later, compacted.getFirst());
            assertArrayEquals(
                    later,
                    store.read(db -> Tables.revision(db, room, "new", "r"))
                            .orElseThrow()
                            .state());
            int onDisk = store.read(db -> {
                try (Statement statement = db.createStatement();
                        var row = statement.executeQuery("SELECT length(bytes) FROM piece WHERE document = 'new'")) {
                    return row.getInt(1);
                }
            });
            assertTrue(onDisk < later.length / 10, onDisk + " of " + later.length);
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
    void aWriteThatADamagedDatabaseDoesNotTakeIsTold() throws Exception {
        try (Store store = open()) {
            CompletionStage<Void> before = store.write(Tables.putSetting("a", "1"));
            store.write(db -> {
                throw new SQLiteException("twice the same", SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY);
            });
            CompletionStage<Void> lost = store.write(db -> {
                throw new SQLiteException("a page is torn", SQLiteErrorCode.SQLITE_CORRUPT);
            });
            CompletionStage<Void> after = store.write(Tables.putSetting("b", "2"));
            before.toCompletableFuture().get(10, TimeUnit.SECONDS);
            after.toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThrows(
                    CompletionException.class, () -> lost.toCompletableFuture().join());
            assertEquals(List.of(Optional.of("The database is damaged: a page is torn")), told);
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

    private static byte[] row(Connection database) throws SQLException {
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

    /** What the first version made; never changed. */
    private static final List<String> VERSION_1 = List.of(
            "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "CREATE TABLE room (id TEXT PRIMARY KEY, joined INTEGER NOT NULL)",
            "CREATE TABLE record (room TEXT NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (room,"
                    + " hash))",
            "CREATE TABLE invite (token TEXT PRIMARY KEY, room TEXT NOT NULL, expires INTEGER NOT NULL, bound BLOB)",
            "CREATE TABLE address (device TEXT NOT NULL, address TEXT NOT NULL, source TEXT NOT NULL,"
                    + " used INTEGER NOT NULL, PRIMARY KEY (device, address))",
            "CREATE TABLE seen (device TEXT PRIMARY KEY, at INTEGER NOT NULL)",
            "CREATE TABLE document (room TEXT NOT NULL, id TEXT NOT NULL, item TEXT, digest BLOB NOT NULL,"
                    + " host TEXT, left INTEGER NOT NULL DEFAULT 0, author TEXT, changed INTEGER NOT NULL,"
                    + " PRIMARY KEY (room, id))",
            "CREATE TABLE piece (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, document TEXT NOT NULL,"
                    + " bytes BLOB NOT NULL, integrated INTEGER NOT NULL)",
            "CREATE INDEX piece_of_document ON piece (room, document)",
            "CREATE TABLE revision (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, document TEXT NOT"
                    + " NULL, name TEXT NOT NULL, item TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (room, document, name))",
            "CREATE TABLE quarantine (room TEXT NOT NULL, document TEXT NOT NULL, hash TEXT NOT NULL,"
                    + " bytes BLOB NOT NULL, PRIMARY KEY (room, document, hash))",
            "CREATE TABLE held (room TEXT NOT NULL, document TEXT NOT NULL, device TEXT NOT NULL, digest BLOB NOT NULL,"
                    + " at INTEGER NOT NULL, PRIMARY KEY (room, document, device))",
            "INSERT INTO setting VALUES ('device.name', 'Anna''s laptop')",
            "INSERT INTO room VALUES ('00112233445566778899aabbccddeeff', 7)",
            "INSERT INTO piece (room, document, bytes, integrated)"
                    + " VALUES ('00112233445566778899aabbccddeeff', 'd1', x'0102', 1)",
            "INSERT INTO piece (room, document, bytes, integrated)"
                    + " VALUES ('00112233445566778899aabbccddeeff', 'd1', x'03', 0)",
            "PRAGMA user_version = 1");

    private void make(List<String> statements) throws Exception {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aDatabaseOfTheFirstVersionIsBroughtUpToDateAndACopyIsKept() throws Exception {
        make(VERSION_1);
        RoomId room = new RoomId("00112233445566778899aabbccddeeff");
        try (Store store = open()) {
            assertEquals(Optional.of("Anna's laptop"), store.read(db -> Tables.setting(db, "device.name")));
            assertEquals(List.of(room), store.read(Tables::rooms));
            Tables.Pieces pieces = store.read(db -> Tables.pieces(db, room, "d1"));
            assertArrayEquals(new byte[] {1, 2}, pieces.integrated().getFirst());
            assertArrayEquals(new byte[] {3}, pieces.waiting().getFirst().bytes());
            assertEquals(List.of(), store.read(db -> HistoryTable.of(db, room, "item")));
        }
        SQLiteDataSource copy = new SQLiteDataSource();
        copy.setUrl("jdbc:sqlite:" + folder.resolve("sync.db.version-1"));
        try (Connection database = copy.getConnection();
                Statement statement = database.createStatement()) {
            try (var row = statement.executeQuery("PRAGMA user_version")) {
                assertEquals(1, row.getInt(1));
            }
            try (var row = statement.executeQuery("SELECT count(*) FROM piece")) {
                assertEquals(2, row.getInt(1));
            }
        }
        assertEquals(List.of(), told);
    }

    @Test
    void withoutACopyAnOlderDatabaseIsLeftAsItIs() throws Exception {
        make(VERSION_1);
        Files.createDirectories(folder.resolve("sync.db.version-1.part/in the way"));
        IOException refused = assertThrows(IOException.class, this::open);
        assertTrue(refused.getMessage().contains("left as it is"), refused.getMessage());
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement();
                var row = statement.executeQuery("PRAGMA user_version")) {
            assertEquals(1, row.getInt(1));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsSaid() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        assertThrows(IOException.class, () -> Store.open(folder.resolve("file/sync.db"), machine, this::told));
    }
}
