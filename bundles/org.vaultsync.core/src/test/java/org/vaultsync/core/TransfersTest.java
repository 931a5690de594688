// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Badge;
import org.vaultsync.ItemHistory;
import org.vaultsync.LogEntry;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.Version;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** Files of items on their way from one device to another. */
class TransfersTest {
    private static final String UNIT = "{\"tonnage\":20}";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void twoDevicesInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        room = anna.createRoom("Friday");
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** Anna shares a unit with a picture that has these bytes, or says it has. */
    private String share(String item, byte[] bytes, byte[] stored) throws Exception {
        String hash = hash(bytes);
        anna.vault.putAttachment(hash, new ByteArrayInputStream(stored));
        anna.vault.save(
                new Item(
                        item,
                        "unit",
                        "Locust",
                        UNIT,
                        List.of(new Attachment("k1", "locust.png", hash, bytes.length, "image/png")),
                        List.of()),
                Revision.NONE);
        anna.share(room, item);
        return hash;
    }

    private void untilHere(String hash, byte[] bytes) throws Exception {
        TestDevice.until(
                () -> "the file, not " + ben.sync.progress(hash),
                () -> ben.vault.openAttachment(hash).isPresent());
        assertArrayEquals(bytes, ben.vault.openAttachment(hash).orElseThrow().readAllBytes());
        TestDevice.until("nothing to do", () -> ben.sync.progress(hash) instanceof Progress.Nothing);
    }

    private void fetchAtOnce(long size) throws Exception {
        ben.sync.setFetchedAtOnce(size).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private long parts() throws Exception {
        Path parts = folder.resolve("ben/parts");
        if (!Files.isDirectory(parts)) {
            return 0;
        }
        long all = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(parts)) {
            for (Path file : files) {
                all += Files.size(file);
            }
        }
        return all;
    }

    @Test
    void filesOfAnySizeArriveWhole() throws Exception {
        int piece = 256 << 10;
        for (int size : List.of(0, 1, piece - 1, piece, piece + 1, 20 * piece + 17)) {
            byte[] bytes = bytes(size);
            untilHere(share("u" + size, bytes, bytes), bytes);
        }
        assertEquals(0, parts());
    }

    @Test
    void aLargeFileIsFetchedWhenAPersonAsks() throws Exception {
        fetchAtOnce(1_000_000);
        byte[] bytes = bytes(3_000_000);
        String hash = share("u1", bytes, bytes);
        ben.untilContent("u1", UNIT);
        TestDevice.until("on demand", () -> ben.sync.progress(hash).equals(new Progress.OnDemand(bytes.length)));
        assertTrue(ben.vault.openAttachment(hash).isEmpty());
        ben.sync.fetch(hash);
        untilHere(hash, bytes);
    }

    @Test
    void aTransferThatWasBrokenOffGoesOnWhereItWas() throws Exception {
        fetchAtOnce(100_000_000);
        byte[] bytes = bytes(60_000_000);
        String hash = share("u1", bytes, bytes);
        TestDevice.until(
                "under way",
                () -> ben.sync.progress(hash) instanceof Progress.Coming coming && coming.bytes() > 5_000_000);
        ben.close();
        long before = parts();
        assertTrue(before >= 5_000_000 && before < bytes.length, () -> before + " bytes are kept");
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        TestDevice.until(
                () -> "it goes on from " + before + ", not " + ben.sync.progress(hash),
                () -> ben.sync.progress(hash) instanceof Progress.Coming coming && coming.bytes() >= before
                        || ben.vault.openAttachment(hash).isPresent());
        untilHere(hash, bytes);
        assertEquals(0, parts());
        long came = bytesThatCameToBen();
        assertTrue(came < bytes.length - before + 2_000_000, () -> came + " bytes came, and " + before + " were there");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatTheVaultCouldNotTakeIsTakenAtTheNextStartOrFetchedAgain(boolean sound) throws Exception {
        byte[] bytes = bytes(700_000);
        byte[] left = bytes.clone();
        left[600_000] ^= (byte) (sound ? 0 : 1);
        ben.close();
        Path parts = Files.createDirectories(folder.resolve("ben/parts"));
        Files.write(parts.resolve(room.hex() + "-" + hash(bytes) + ".part"), left);
        String hash = share("u1", bytes, bytes);
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        untilHere(hash, bytes);
        assertEquals(0, parts());
        long came = bytesThatCameToBen();
        assertEquals(sound, came < bytes.length, () -> came + " bytes came");
    }

    @Test
    void whoSentOnlyTheRestOfAFileIsAskedForAllOfItWhereThatIsWrong() throws Exception {
        byte[] bytes = bytes(700_000);
        byte[] begun = Arrays.copyOf(bytes, 256 << 10);
        begun[100_000] ^= 1;
        ben.close();
        Path parts = Files.createDirectories(folder.resolve("ben/parts"));
        Files.write(parts.resolve(room.hex() + "-" + hash(bytes) + ".part"), begun);
        String hash = share("u1", bytes, bytes);
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        untilHere(hash, bytes);
        assertEquals(0, parts());
        long came = bytesThatCameToBen();
        assertTrue(came > 1_000_000, () -> came + " bytes came: the rest, then all of it");
    }

    @Test
    void aPartThatNobodyWentOnWithForAMonthIsDeleted() throws Exception {
        ben.close();
        Path parts = Files.createDirectories(folder.resolve("ben/parts"));
        Path old = Files.write(parts.resolve("old.part"), bytes(10));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        Path young = Files.write(parts.resolve("young.part"), bytes(10));
        Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofDays(29))));
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        TestDevice.until("the old part is gone", () -> Files.notExists(old));
        assertTrue(Files.exists(young));
    }

    /** Over the link that there is now, which ends with this. */
    private long bytesThatCameToBen() throws Exception {
        TestDevice.until("linked", ben::isLinked);
        ben.sync.pause(new Scope.Everything()).toCompletableFuture().get(30, TimeUnit.SECONDS);
        TestDevice.until("not linked", () -> !ben.isLinked());
        LocalSyncLog log = new LocalSyncLog(ben.sync);
        AtomicLong came = new AtomicLong(-1);
        TestDevice.until("the end of the link is in the log", () -> {
            log.entries(50).toCompletableFuture().join().stream()
                    .filter(entry -> entry.kind() == LogEntry.Kind.CLOSED)
                    .findFirst()
                    .flatMap(LogEntry::traffic)
                    .ifPresent(traffic -> came.set(traffic.bytesReceived()));
            return came.get() >= 0;
        });
        return came.get();
    }

    @Test
    void aFileThatIsNotWhatItShouldBeIsNotTaken() throws Exception {
        byte[] bytes = bytes(700_000);
        byte[] other = bytes.clone();
        other[600_000] ^= 1;
        String hash = share("u1", bytes, other);
        ben.untilContent("u1", UNIT);
        TestDevice.until(
                () -> "waiting, not " + ben.sync.progress(hash),
                () -> ben.sync.progress(hash) instanceof Progress.Waiting);
        assertTrue(ben.vault.openAttachment(hash).isEmpty());
        assertEquals(0, parts());
    }

    /** Ben has an item of his own under that id, with a picture, and has not chosen between the two. */
    private String clash(String item, byte[] picture) throws Exception {
        String hash = hash(picture);
        ben.vault.putAttachment(hash, new ByteArrayInputStream(picture));
        ben.vault.hold(new Item(
                item,
                "unit",
                "My Locust",
                UNIT,
                List.of(new Attachment("k1", "mine.png", hash, picture.length, "image/png")),
                List.of()));
        return hash;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHasAnItemOfTheirOwnUnderTheIdGivesOutTheFilesOfTheSharedOne(boolean restarted) throws Exception {
        byte[] mine = bytes(1000);
        byte[] shared = bytes(2000);
        String ofMine = clash("u1", mine);
        String hash = share("u1", shared, shared);
        ben.untilBadge("u1", Badge.CONFLICT);
        untilHere(hash, shared);
        anna.close();
        if (restarted) {
            ben.close();
            ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
            ben.untilBadge("u1", Badge.CONFLICT);
        }
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            carla.join(ben.invite(room));
            TestDevice.until(
                    () -> "the file, not " + carla.sync.progress(hash),
                    () -> carla.vault.openAttachment(hash).isPresent());
        }
        Path file = folder.resolve("room.vaultsync");
        new LocalRoomArchives(ben.sync)
                .exportRoom(room, file, Counted.untilTheEnd())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertNotNull(zip.getEntry("attachment/" + hash));
            assertNull(zip.getEntry("attachment/" + ofMine), "what was never shared leaves the device by no way");
        }
        anna = new TestDevice(folder.resolve("anna"), "Anna", anna.vault);
    }

    @Test
    void oneFileOfManyItemsIsFetchedOnce() throws Exception {
        byte[] bytes = bytes(2_000_000);
        String hash = share("u1", bytes, bytes);
        assertEquals(hash, share("u2", bytes, bytes));
        untilHere(hash, bytes);
        assertEquals(1, ben.vault.filesPut());
    }

    @Test
    void anEditOvertakesAFile() throws Exception {
        fetchAtOnce(1L << 30);
        anna.create("n1", UNIT);
        anna.share(room, "n1");
        ben.untilContent("n1", UNIT);
        byte[] bytes = bytes(100_000_000);
        String hash = share("u1", bytes, bytes);
        TestDevice.until(
                "under way", () -> ben.sync.progress(hash) instanceof Progress.Coming coming && coming.bytes() > 0);
        anna.vault.save("n1", content -> content.replace("20", "30"));
        ben.untilContent("n1", UNIT.replace("20", "30"));
        assertTrue(ben.vault.openAttachment(hash).isEmpty(), "the edit came first");
        untilHere(hash, bytes);
    }

    @Test
    void theFilesOfACopyComeAlsoAfterARestart() throws Exception {
        ben.sync
                .setTaking(room, new Taking(Incoming.BROWSE, Optional.empty()))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        byte[] bytes = bytes(100_000);
        String hash = share("u1", bytes, bytes);
        TestDevice.until(
                "browsed",
                () -> ben.sync.offers(room).toCompletableFuture().join().stream()
                        .anyMatch(offer -> !offer.name().isEmpty()));
        anna.close();
        TestDevice.until("alone", () -> !ben.isLinked());
        ben.sync.copy(room, List.of("u1")).toCompletableFuture().get(30, TimeUnit.SECONDS);
        for (int i = 0; i < 2; i++) {
            ben.close();
            ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        }
        anna = new TestDevice(folder.resolve("anna"), "Anna", anna.vault);
        untilHere(hash, bytes);
    }

    @Test
    void theFilesOfADeletedItemThatIsRestoredCome() throws Exception {
        fetchAtOnce(0);
        byte[] bytes = bytes(100_000);
        String hash = share("u1", bytes, bytes);
        ben.untilContent("u1", UNIT);
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        fetchAtOnce(1_000_000);
        ItemHistory history = new LocalItemHistory(ben.sync);
        Version deleted = history.deleted(room)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .getFirst();
        history.restore(deleted).toCompletableFuture().get(30, TimeUnit.SECONDS);
        untilHere(hash, bytes);
    }

    /** Else a device goes on fetching what nobody will see. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFilesOfWhatWasDeletedAreNotFetched(boolean atOnce) throws Exception {
        fetchAtOnce(atOnce ? 1_000_000 : 0);
        byte[] bytes = bytes(100_000);
        String hash = share("u1", bytes, new byte[0]);
        share("u2", bytes, new byte[0]);
        ben.untilContent("u2", UNIT);
        TestDevice.until(
                "wanted",
                () -> atOnce
                        ? ben.sync.progress(hash) instanceof Progress.Waiting
                        : ben.sync.progress(hash) instanceof Progress.OnDemand);
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        assertFalse(ben.sync.progress(hash) instanceof Progress.Nothing, "the other item names it");
        anna.vault.delete("u2");
        TestDevice.until("nothing to do", () -> ben.sync.progress(hash) instanceof Progress.Nothing);
    }

    @Test
    void aFileThatAnItemDoesNotNameAnyMoreIsNotFetched() throws Exception {
        fetchAtOnce(0);
        byte[] bytes = bytes(100_000);
        String hash = share("u1", bytes, bytes);
        TestDevice.until("on demand", () -> ben.sync.progress(hash).equals(new Progress.OnDemand(bytes.length)));
        anna.vault.save(
                new Item("u1", "unit", "Locust", UNIT),
                anna.vault.get("u1").orElseThrow().revision());
        TestDevice.until("nothing to do", () -> ben.sync.progress(hash) instanceof Progress.Nothing);
    }
}
