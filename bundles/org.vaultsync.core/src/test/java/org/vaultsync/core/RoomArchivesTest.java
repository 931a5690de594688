// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Room.Standing;
import org.vaultsync.RoomArchives.Contents;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

class RoomArchivesTest {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20}";
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;
    private Path file;
    private String hash;

    @BeforeEach
    void aRoomWithItemsAndItsExport() throws Exception {
        file = folder.resolve("friday.vaultsync");
        hash = sha256(PICTURE);
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        room = anna.createRoom("Friday group");
        ben.join(anna.invite(room));
        anna.vault.putAttachment(hash, new ByteArrayInputStream(PICTURE));
        anna.vault.save(
                new Item(
                        "u1",
                        "unit",
                        "Locust",
                        UNIT,
                        List.of(new Attachment("k1", "locust.png", hash, PICTURE.length, "image/png")),
                        List.of()),
                Revision.NONE);
        anna.create("u2", UNIT);
        anna.share(room, "u1", "u2");
        ben.untilContent("u1", UNIT);
        ben.vault.save("u1", content -> content.replace("20", "25"));
        anna.untilContent("u1", UNIT.replace("20", "25"));
        anna.untilBadge("u1", Badge.SYNCED);
        Contents contents = export(anna);
        assertEquals(new Contents(room, "Friday group", 3, 1), contents);
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
    }

    private Contents export(TestDevice device) throws Exception {
        return export(device, Counted.untilTheEnd());
    }

    private Contents export(TestDevice device, Counted course) throws Exception {
        return new LocalRoomArchives(device.sync)
                .exportRoom(room, file, course)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private static Contents read(TestDevice device, Path from) throws Exception {
        return read(device, from, Counted.untilTheEnd());
    }

    private static Contents read(TestDevice device, Path from, Counted course) throws Exception {
        return new LocalRoomArchives(device.sync)
                .importRoom(from, course)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private static String refusal(TestDevice device, Path from) {
        Throwable thrown =
                assertThrows(ExecutionException.class, () -> read(device, from)).getCause();
        return ((SyncException) thrown).getMessage();
    }

    /** The device keeps its key and nothing else. */
    private void loseTheStoreOfAnna() throws Exception {
        anna.close();
        try (Stream<Path> files = Files.list(folder.resolve("anna"))) {
            for (Path each : files.filter(each -> each.getFileName().toString().startsWith("sync.db"))
                    .toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void aDeviceThatLostItsStoreIsInTheRoomAgainWithAllOfIt() throws Exception {
        loseTheStoreOfAnna();
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        assertTrue(anna.sync.rooms().isEmpty());
        read(anna, file);
        anna.untilContent("u1", UNIT.replace("20", "25"));
        anna.untilContent("u2", UNIT);
        assertArrayEquals(PICTURE, anna.vault.openAttachment(hash).orElseThrow().readAllBytes());
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
        ben.vault.save("u2", content -> content.replace("20", "30"));
        anna.untilContent("u2", UNIT.replace("20", "30"));
        anna.vault.save("u1", content -> content.replace("25", "35"));
        ben.untilContent("u1", UNIT.replace("20", "35"));
        ben.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void theFilesOfADeletedItemAreNotInIt() throws Exception {
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        for (TestDevice device : List.of(anna, ben)) {
            assertEquals(0, export(device).attachments());
        }
    }

    @Test
    void aVaultThatWentOnMeanwhileIsNotOverwritten() throws Exception {
        loseTheStoreOfAnna();
        ben.close();
        anna.vault.save("u1", content -> content.replace("25", "99"));
        anna = new TestDevice(folder.resolve("anna"), "Anna", anna.vault);
        read(anna, file);
        anna.untilBadge("u1", Badge.CONFLICT);
        assertTrue(anna.vault.content("u1").contains("99"), anna.vault.content("u1"));
        TestDevice.until("alike is adopted", () -> anna.sync.status("u2").badge() != Badge.NOT_SHARED);
        assertEquals(List.of(), anna.sync.conflicts("u2"));
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
    }

    @Test
    void importingWhereTheRoomIsTakesNothingBack() throws Exception {
        anna.vault.save("u1", content -> content.replace("25", "40"));
        ben.untilContent("u1", UNIT.replace("20", "40"));
        anna.vault.delete("u2");
        TestDevice.until("deleted", () -> ben.vault.get("u2").isEmpty());
        read(ben, file);
        read(anna, file);
        ben.untilContent("u1", UNIT.replace("20", "40"));
        anna.untilBadge("u1", Badge.SYNCED);
        assertTrue(ben.vault.get("u2").isEmpty());
        assertTrue(anna.vault.get("u2").isEmpty());
    }

    @Test
    void aStrangerIsToldToBeInvitedFirst() throws Exception {
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            assertTrue(refusal(carla, file).contains("invite"), refusal(carla, file));
            assertTrue(carla.sync.rooms().isEmpty());
            assertTrue(carla.vault.ids().isEmpty());
            carla.join(anna.invite(room));
            read(carla, file);
            carla.untilContent("u1", UNIT.replace("20", "25"));
        }
    }

    @Test
    void whoWasRemovedIsToldSoAndNothingIsTaken() throws Exception {
        anna.sync
                .removeMember(room, ben.sync.self().orElseThrow().fingerprint())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        TestDevice.until("Ben knows", () -> ben.sync.rooms().getFirst().standing() == Standing.REMOVED);
        anna.create("u3", UNIT);
        anna.share(room, "u3");
        export(anna);
        assertEquals(
                "This device was removed from “Friday group”, so nothing was imported. Ask a member for an invite and"
                        + " join; then import the file again, and what the others do not have any more is added.",
                refusal(ben, file));
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        TestDevice.until("Ben is up", () -> !ben.sync.rooms().isEmpty());
        assertTrue(ben.vault.get("u3").isEmpty());
    }

    @Test
    void whatIsNoExportOrDamagedOrNewerIsSaidAndNothingIsTaken() throws Exception {
        loseTheStoreOfAnna();
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        Path other = folder.resolve("other");
        Files.writeString(other, "Dear diary");
        assertTrue(refusal(anna, other).contains("not an export"), refusal(anna, other));
        copy(other, (name, bytes) -> name.startsWith("document/") ? flip(bytes) : bytes);
        assertTrue(refusal(anna, other).contains("damaged"), refusal(anna, other));
        copy(
                other,
                (name, bytes) ->
                        name.equals("manifest.json") ? replaced(bytes, "\"version\":1", "\"version\":2") : bytes);
        assertTrue(refusal(anna, other).contains("newer version"), refusal(anna, other));
        copy(
                other,
                (name, bytes) ->
                        name.equals("manifest.json") ? replaced(bytes, "vault-sync room", "something") : bytes);
        assertTrue(refusal(anna, other).contains("not an export"), refusal(anna, other));
        byte[] whole = Files.readAllBytes(file);
        Files.write(other, Arrays.copyOf(whole, whole.length / 2));
        assertFalse(refusal(anna, other).isEmpty());
        assertFalse(refusal(anna, folder.resolve("missing")).isEmpty());
        assertTrue(anna.sync.rooms().isEmpty());
        assertTrue(anna.vault.ids().isEmpty());
    }

    /** A vault keeps what it is handed under the hash, and nothing could take its place any more. */
    @Test
    void aFileUnderAHashThatIsNotItsIsNotTaken() throws Exception {
        loseTheStoreOfAnna();
        byte[] wrong = "another picture".getBytes(StandardCharsets.US_ASCII);
        Path other = folder.resolve("other");
        for (String name : List.of(hash, "../../" + hash)) {
            String wrongs = sha256(wrong);
            copy(
                    other,
                    entry -> entry.replace(hash, name),
                    (entry, bytes) -> entry.equals("attachment/" + hash)
                            ? wrong
                            : entry.equals("manifest.json")
                                    ? replaced(
                                            bytes,
                                            "\"attachment/" + hash + "\":\"" + hash,
                                            "\"attachment/" + name + "\":\"" + wrongs)
                                    : bytes);
            anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
            assertTrue(refusal(anna, other).contains("damaged"), refusal(anna, other));
            assertTrue(anna.vault.openAttachment(name).isEmpty());
            anna.close();
        }
    }

    @Test
    void aFileThatIsNotWhatItWasIsLeftOutOfAnExport() throws Exception {
        anna.vault.putAttachment(hash, new ByteArrayInputStream(flip(PICTURE.clone())));
        assertEquals(new Contents(room, "Friday group", 3, 0), export(anna));
        TestDevice.until(
                "it is said",
                () -> new LocalSyncLog(anna.sync)
                        .entries(100).toCompletableFuture().join().stream()
                                .anyMatch(entry -> entry.sentence().contains("damaged")));
        loseTheStoreOfAnna();
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        read(anna, file);
        anna.untilContent("u1", UNIT.replace("20", "25"));
        TestDevice.until("Ben has it", () -> Arrays.equals(PICTURE, bytes(anna)));
    }

    private byte[] bytes(TestDevice device) {
        try (InputStream bytes = device.vault.openAttachment(hash).orElse(InputStream.nullInputStream())) {
            return bytes.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anExportThatFailsLeavesTheOneThatIsThere() throws Exception {
        byte[] before = Files.readAllBytes(file);
        Files.createDirectories(folder.resolve("friday.vaultsync.part/in the way"));
        assertThrows(ExecutionException.class, () -> export(anna));
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void itemsComeInWhileALargeFileIsExportedOrImported() throws Exception {
        for (boolean out : List.of(true, false)) {
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch read = new CountDownLatch(1);
            anna.vault.beforeFile(() -> {
                reading.countDown();
                try {
                    read.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
            });
            LocalRoomArchives archives = new LocalRoomArchives(anna.sync);
            CompletionStage<Contents> done = out
                    ? archives.exportRoom(room, file, Counted.untilTheEnd())
                    : archives.importRoom(file, Counted.untilTheEnd());
            assertTrue(reading.await(30, TimeUnit.SECONDS));
            String tonnage = out ? "30" : "40";
            ben.vault.save("u2", content -> content.replaceAll("\\d+", tonnage));
            anna.untilContent("u2", UNIT.replace("20", tonnage));
            assertFalse(done.toCompletableFuture().isDone());
            read.countDown();
            done.toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    /** The process may end at any moment. */
    @Test
    void whileAnExportIsWrittenTheOneThatIsThereStaysAndWhatIsUnfinishedIsNotTaken() throws Exception {
        byte[] before = Files.readAllBytes(file);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        anna.vault.beforeFile(() -> {
            reading.countDown();
            try {
                looked.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
        CompletionStage<Contents> done = new LocalRoomArchives(anna.sync).exportRoom(room, file, Counted.untilTheEnd());
        assertTrue(reading.await(30, TimeUnit.SECONDS));
        assertArrayEquals(before, Files.readAllBytes(file));
        Path unfinished = Files.copy(folder.resolve("friday.vaultsync.part"), folder.resolve("unfinished"));
        assertTrue(refusal(ben, unfinished).contains("not an export"), refusal(ben, unfinished));
        looked.countDown();
        done.toCompletableFuture().get(60, TimeUnit.SECONDS);
        read(ben, file);
    }

    @Test
    void ofTwoExportsIntoOneFileAtOnceTheSecondIsRefused() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        anna.vault.beforeFile(() -> {
            anna.vault.beforeFile(() -> {});
            reading.countDown();
            try {
                tried.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
        CompletionStage<Contents> first =
                new LocalRoomArchives(anna.sync).exportRoom(room, file, Counted.untilTheEnd());
        assertTrue(reading.await(30, TimeUnit.SECONDS));
        Throwable second =
                assertThrows(ExecutionException.class, () -> export(anna)).getCause();
        assertEquals("A room is being exported into that file already.", second.getMessage());
        tried.countDown();
        first.toCompletableFuture().get(60, TimeUnit.SECONDS);
        read(ben, file);
        export(anna);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void anExportThatFillsTheDiskLeavesNothingOnIt() throws Exception {
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        anna.vault.putAttachment(hash, new ByteArrayInputStream(large));
        byte[] before = Files.readAllBytes(file);
        Path unfinished = Files.createSymbolicLink(folder.resolve("friday.vaultsync.part"), Path.of("/dev/full"));
        assertThrows(ExecutionException.class, () -> export(anna));
        assertFalse(Files.exists(unfinished, LinkOption.NOFOLLOW_LINKS));
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void itIsToldHowFarItIs() throws Exception {
        Counted written = Counted.untilTheEnd();
        export(anna, written);
        assertEquals(List.of("1 of 4", "2 of 4", "3 of 4", "4 of 4"), written.steps);
        Counted taken = Counted.untilTheEnd();
        read(ben, file, taken);
        int all = taken.steps.size();
        assertTrue(all > 8, "each entry is looked at, and the four are taken: " + all);
        assertEquals(
                IntStream.rangeClosed(1, all)
                        .mapToObj(done -> done + " of " + all)
                        .toList(),
                taken.steps);
    }

    @Test
    void aCancelledExportLeavesTheOneThatIsThere() throws Exception {
        byte[] before = Files.readAllBytes(file);
        assertThrows(CancellationException.class, () -> cause(() -> export(anna, Counted.until(2))));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertFalse(Files.exists(folder.resolve("friday.vaultsync.part")));
    }

    @Test
    void anImportThatIsCancelledWhileTheFileIsLookedAtTakesNothing() throws Exception {
        loseTheStoreOfAnna();
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        assertThrows(CancellationException.class, () -> cause(() -> read(anna, file, Counted.until(2))));
        assertTrue(anna.sync.rooms().isEmpty());
        assertTrue(anna.vault.ids().isEmpty());
        read(anna, file);
        anna.untilContent("u2", UNIT);
    }

    private static void cause(Callable<?> action) throws Throwable {
        try {
            action.call();
        } catch (ExecutionException failed) {
            throw failed.getCause();
        }
    }

    @Test
    void noKeyAndNoInviteIsInIt() throws Exception {
        String token = anna.invite(room).token();
        export(anna);
        String key = Files.readAllLines(folder.resolve("anna/device.key")).getFirst();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String text = new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                assertFalse(text.contains(token), entry.getName());
                assertFalse(text.contains(key), entry.getName());
            }
        }
    }

    private interface Change {
        byte[] of(String name, byte[] bytes);
    }

    private void copy(Path to, Change change) throws IOException {
        copy(to, UnaryOperator.identity(), change);
    }

    private void copy(Path to, UnaryOperator<String> rename, Change change) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile());
                OutputStream out = Files.newOutputStream(to);
                ZipOutputStream copy = new ZipOutputStream(out)) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                copy.putNextEntry(new ZipEntry(rename.apply(entry.getName())));
                copy.write(change.of(entry.getName(), zip.getInputStream(entry).readAllBytes()));
                copy.closeEntry();
            }
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] flip(byte[] bytes) {
        bytes[bytes.length / 2] ^= 1;
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, String what, String by) {
        return new String(bytes, StandardCharsets.UTF_8).replace(what, by).getBytes(StandardCharsets.UTF_8);
    }
}
