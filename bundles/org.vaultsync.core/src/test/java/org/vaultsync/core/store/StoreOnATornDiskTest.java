// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Trouble;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;

/**
 * What a power cut leaves behind: files that end in the middle, pages of which half is there. What was said to be on disk
 * is on disk; and what cannot be read is kept, byte for byte, and told.
 */
class StoreOnATornDiskTest {
    private static final String LONG = "x".repeat(3000);
    private static final int WAL_HEADER = 32;
    private static final int FRAME_HEADER = 24;

    @TempDir
    private Path folder;

    private final List<Optional<String>> told = new CopyOnWriteArrayList<>();
    private final Machine machine = new ThisMachine(Clock.systemUTC());
    private int copies;

    @AfterEach
    void stop() {
        machine.close();
    }

    private void told(Optional<Trouble> trouble) {
        told.add(trouble.map(Trouble::sentence));
    }

    private Store open(Path home) throws IOException {
        return Store.open(home.resolve("sync.db"), machine, this::told);
    }

    /** Comes back when it is on disk. */
    private static void write(Store store, String name) throws Exception {
        store.write(Tables.putSetting(name, name + LONG)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static boolean has(Store store, String name) {
        return store.read(database -> Tables.setting(database, name)).equals(Optional.of(name + LONG));
    }

    /** A folder with the files as they would be found after the power came back. */
    private Path after(byte[] database, byte[] log) throws IOException {
        Path home = Files.createDirectory(folder.resolve("copy" + copies++));
        Files.write(home.resolve("sync.db"), database);
        Files.write(home.resolve("sync.db-wal"), log);
        return home;
    }

    @Test
    void aLogThatEndsAnywhereBehindWhatWasAcknowledgedHoldsAllOfThat() throws Exception {
        try (Store store = open(folder)) {
            write(store, "first");
            int promised = (int) Files.size(folder.resolve("sync.db-wal"));
            write(store, "second");
            byte[] database = Files.readAllBytes(folder.resolve("sync.db"));
            byte[] log = Files.readAllBytes(folder.resolve("sync.db-wal"));
            assertTrue(log.length > promised);
            for (int end = promised; end < log.length; end += 509) {
                byte[] cut = Arrays.copyOf(log, end);
                byte[] half = log.clone();
                Arrays.fill(half, end, log.length, (byte) 0);
                for (byte[] left : List.of(cut, half)) {
                    try (Store found = open(after(database, left))) {
                        assertTrue(has(found, "first"), "cut at " + end);
                        write(found, "third");
                    }
                }
            }
            try (Store found = open(after(database, log))) {
                assertTrue(has(found, "first") && has(found, "second"));
            }
        }
        assertEquals(List.of(), told);
    }

    @Test
    void aPageOfTheDatabaseThatIsTornWhileTheLogIsBroughtIntoItIsMended() throws Exception {
        try (Store store = open(folder)) {
            for (int i = 0; i < 50; i++) {
                write(store, "before" + i);
            }
        }
        try (Store store = open(folder)) {
            for (int i = 0; i < 50; i++) {
                write(store, "after" + i);
            }
            byte[] log = Files.readAllBytes(folder.resolve("sync.db-wal"));
            byte[] whole = Files.readAllBytes(folder.resolve("sync.db"));
            int size = ByteBuffer.wrap(log).getInt(8);
            TreeSet<Integer> pages = new TreeSet<>();
            for (int at = WAL_HEADER; at + FRAME_HEADER + size <= log.length; at += FRAME_HEADER + size) {
                pages.add(ByteBuffer.wrap(log).getInt(at));
            }
            pages.removeIf(page -> page * size > whole.length);
            assertTrue(!pages.isEmpty());
            for (int page : pages) {
                byte[] torn = whole.clone();
                Arrays.fill(torn, page * size - size / 2, page * size, (byte) 0x5a);
                try (Store found = open(after(torn, log))) {
                    for (int i = 0; i < 50; i++) {
                        assertTrue(has(found, "before" + i) && has(found, "after" + i), "page " + page + ", " + i);
                    }
                }
            }
        }
        assertEquals(List.of(), told);
    }

    @Test
    void aDatabaseWhoseLastPageIsTornIsKeptAndTold() throws Exception {
        try (Store store = open(folder)) {
            for (int i = 0; i < 20; i++) {
                write(store, "word" + i);
            }
        }
        byte[] whole = Files.readAllBytes(folder.resolve("sync.db"));
        for (int left : List.of(whole.length - 4096, whole.length - 10_000, whole.length / 2, 100)) {
            told.clear();
            byte[] torn = Arrays.copyOf(whole, left);
            Path home = after(torn, new byte[0]);
            try (Store fresh = open(home)) {
                assertTrue(told.getFirst().orElseThrow().contains("is kept as sync.db.damaged-"), told.toString());
                assertEquals(List.of(), fresh.read(Tables::rooms));
                write(fresh, "new");
            }
            List<Path> kept = files(home, "sync.db.damaged-");
            assertArrayEquals(torn, Files.readAllBytes(kept.getFirst()), kept.toString());
            try (Store again = open(home)) {
                assertTrue(has(again, "new"));
            }
            assertEquals(1, told.size(), told.toString());
        }
    }

    private static List<Path> files(Path home, String beginning) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.getFileName().toString().startsWith(beginning))
                    .sorted()
                    .toList();
        }
    }
}
