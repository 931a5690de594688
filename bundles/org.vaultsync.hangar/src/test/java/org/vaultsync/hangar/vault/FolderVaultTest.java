// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.VaultListener;

class FolderVaultTest {
    private static final Revision R1 = new Revision("r1");
    private static final Revision R2 = new Revision("r2");

    @TempDir
    Path home;

    private FolderVault vault(Item... sample) {
        return new FolderVault(new Workspace(home.resolve("vault"), List.of(sample)));
    }

    private static Item unit(String id, String content) {
        return new Item(id, "unit", "Wren", content);
    }

    @Test
    void anItemComesBackWithItsRevisionAfterARestart() throws Exception {
        Item item = new Item(
                "one",
                "note",
                "Öd \"x\"",
                "{\"a\":1.50,\"s\":\"\\ud800\"}",
                List.of(new Attachment("k", "p.png", "0".repeat(64), 3, "image/png")),
                List.of("two"));
        assertInstanceOf(Put.Taken.class, vault().put(item, R1, Optional.empty()));
        FolderVault again = vault();
        assertEquals(List.of("one"), again.ids());
        Stored stored = again.get("one").orElseThrow();
        assertEquals(R1, stored.revision());
        assertEquals("{\"a\":1.50,\"s\":\"\ud800\"}", stored.item().content());
        assertEquals(item.attachments(), stored.item().attachments());
        assertEquals(item.references(), stored.item().references());
    }

    @Test
    void putReplacesOnlyTheRevisionThatItNames() {
        FolderVault vault = vault();
        assertInstanceOf(Put.Newer.class, vault.put(unit("one", "{}"), R2, Optional.of(R1)));
        vault.put(unit("one", "{}"), R1, Optional.empty());
        assertInstanceOf(Put.Newer.class, vault.put(unit("one", "{\"a\":1}"), R2, Optional.empty()));
        assertInstanceOf(Put.Taken.class, vault.put(unit("one", "{\"a\":1}"), R2, Optional.of(R1)));
        assertFalse(vault.remove("one", R1));
        assertTrue(vault.remove("one", R2));
        assertTrue(vault.remove("one", R2));
        assertEquals(Optional.empty(), vault.get("one"));
    }

    @Test
    void oneOfManyPutsAtOnceWins() throws Exception {
        FolderVault vault = vault();
        vault.put(unit("one", "{}"), R1, Optional.empty());
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Revision mine = new Revision("t" + i);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException stopped) {
                    return;
                }
                if (vault.put(unit("one", "{}"), mine, Optional.of(R1)) instanceof Put.Taken) {
                    taken.incrementAndGet();
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1, taken.get());
    }

    @Test
    void aSaveIsAnEditOfWhatItStartedFromAndIsToldInOrder() throws Exception {
        FolderVault vault = vault();
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        vault.addListener(new VaultListener() {
            @Override
            public void saved(Stored stored) {
                told.add("saved " + stored.item().content());
            }

            @Override
            public void deleted(String id, Revision revision) {
                told.add("deleted " + id);
            }
        });
        vault.put(unit("one", "{}"), R1, Optional.empty());
        Stored first = vault.save(unit("one", "{\"a\":1}"), R1);
        assertEquals(List.of(first.revision().name(), "r1"), first.revision().lineage());
        vault.save(unit("one", "{\"a\":2}"), first.revision());
        vault.delete("one");
        assertEquals("saved {\"a\":1}", told.poll(10, TimeUnit.SECONDS));
        assertEquals("saved {\"a\":2}", told.poll(10, TimeUnit.SECONDS));
        assertEquals("deleted one", told.poll(10, TimeUnit.SECONDS));
        assertTrue(told.isEmpty());
    }

    @Test
    void whatSyncPutsIsNormalisedAndGivenBackSo() {
        Item odd = new Item("f", "force", " A\u0007\nB ", "{\"units\":[\"u1\",\"u1\"],\"pilots\":[\"p1\"]}");
        Put.Taken taken = assertInstanceOf(Put.Taken.class, vault().put(odd, R1, Optional.empty()));
        assertEquals("A B", taken.item().name());
        assertEquals(List.of("u1", "p1"), taken.item().references());
    }

    @Test
    void whatIsNoItemIsRefusedWithAReason() {
        FolderVault vault = vault();
        assertEquals(
                "An item needs a JSON object, from { to }; this is a list.",
                assertInstanceOf(Put.Refused.class, vault.put(unit("one", "[]"), R1, Optional.empty()))
                        .why());
        assertEquals(List.of(), vault.ids());
    }

    @Test
    void aDamagedFileIsNamedAndKeptWhileTheRestGoesOn() throws Exception {
        FolderVault first = vault();
        first.put(unit("one", "{}"), R1, Optional.empty());
        first.put(unit("two", "{}"), R1, Optional.empty());
        Path file = home.resolve("vault/one.json");
        Files.writeString(file, "{\"hangar\":1,");
        Files.writeString(home.resolve("vault/x.tmp"), "torn");
        FolderVault vault = vault();
        assertEquals(Set.of("one", "two"), new HashSet<>(vault.ids()));
        assertTrue(assertThrows(UncheckedIOException.class, () -> vault.get("one"))
                .getMessage()
                .contains("one.json cannot be read"));
        assertInstanceOf(Put.Refused.class, vault.put(unit("one", "{}"), R2, Optional.of(R1)));
        assertThrows(IOException.class, () -> vault.save(unit("one", "{}"), R1));
        assertEquals("{\"hangar\":1,", Files.readString(file));
        Path aside = vault.setAside("one");
        assertEquals("{\"hangar\":1,", Files.readString(aside));
        assertInstanceOf(Put.Taken.class, vault.put(unit("one", "{}"), R2, Optional.empty()));
        assertFalse(Files.exists(home.resolve("vault/x.tmp")));
    }

    @Test
    void theSampleIsThereOnceAndNotAfterItWasDeleted() throws Exception {
        FolderVault first = vault(unit("one", "{}"), unit("two", "{}"));
        assertEquals(2, first.ids().size());
        assertEquals(Revision.NONE, first.get("one").orElseThrow().revision());
        first.delete("one");
        first.delete("two");
        assertEquals(List.of(), vault(unit("one", "{}")).ids());
    }

    @Test
    void anAttachmentIsFoundByItsHash() throws Exception {
        FolderVault vault = vault();
        vault.ids();
        byte[] bytes = {1, 2, 3};
        Attachment attachment = vault.attach("a.png", "image/png", new ByteArrayInputStream(bytes));
        assertEquals(3, attachment.size());
        try (InputStream in = vault.openAttachment(attachment.sha256()).orElseThrow()) {
            assertArrayEquals(bytes, in.readAllBytes());
        }
        assertEquals(Optional.empty(), vault.openAttachment("f".repeat(64)));
        try (var files = Files.list(home.resolve("vault/attachments"))) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aPictureThatNoItemNamesIsGoneAfterAMonthAndNotBefore() throws Exception {
        FolderVault first = vault();
        Attachment kept = picture(first, 1);
        Attachment old = picture(first, 2);
        Attachment young = picture(first, 3);
        first.put(new Item("one", "unit", "Wren", "{}", List.of(kept), List.of()), R1, Optional.empty());
        Path torn = Files.writeString(attachments().resolve("x.tmp"), "torn");
        Path foreign = Files.writeString(attachments().resolve("notes.txt"), "mine");
        for (Path each : List.of(file(kept), file(old), foreign)) {
            Files.setLastModifiedTime(each, daysAgo(31));
        }
        Files.setLastModifiedTime(file(young), daysAgo(29));
        vault().ids();
        assertTrue(Files.exists(file(kept)));
        assertFalse(Files.exists(file(old)));
        assertTrue(Files.exists(file(young)));
        assertFalse(Files.exists(torn));
        assertTrue(Files.exists(foreign), "what is not of this vault");

        // It has been named until now, so its month begins now.
        FolderVault second = vault();
        second.delete("one");
        vault().ids();
        assertTrue(Files.exists(file(kept)));
        Files.setLastModifiedTime(file(kept), daysAgo(31));
        vault().ids();
        assertFalse(Files.exists(file(kept)));
    }

    @Test
    void noPictureIsDeletedWhileAnItemCannotBeRead() throws Exception {
        FolderVault first = vault();
        Attachment picture = picture(first, 1);
        first.put(new Item("one", "unit", "Wren", "{}", List.of(picture), List.of()), R1, Optional.empty());
        Files.writeString(home.resolve("vault/one.json"), "{\"hangar\":1,");
        Files.setLastModifiedTime(file(picture), daysAgo(31));
        vault().ids();
        assertTrue(Files.exists(file(picture)));
    }

    private static Attachment picture(FolderVault vault, int colour) throws IOException {
        return vault.attach("a.png", "image/png", new ByteArrayInputStream(new byte[] {(byte) colour}));
    }

    private Path attachments() {
        return home.resolve("vault/attachments");
    }

    private Path file(Attachment picture) {
        return attachments().resolve(picture.sha256());
    }

    private static FileTime daysAgo(int days) {
        return FileTime.from(Instant.now().minus(Duration.ofDays(days)));
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidAndASaveFails() throws Exception {
        Files.writeString(home.resolve("vault"), "a file in its place");
        FolderVault vault = vault(unit("one", "{}"));
        assertEquals(List.of(), vault.ids());
        assertTrue(vault.trouble().orElseThrow().contains("cannot be written"));
        IOException failure = assertThrows(IOException.class, () -> vault.save(unit("one", "{}"), Revision.NONE));
        assertTrue(failure.getMessage().startsWith("\"Wren\" could not be saved"));
        assertEquals(Optional.empty(), vault.card("one"));
    }

    @Test
    void aFolderThatIsGoneLosesNothingAndSavesAgainOnceItIsBack() throws Exception {
        FolderVault vault = vault();
        Stored first = vault.save(unit("one", "{\"a\":1}"), Revision.NONE);
        Path folder = home.resolve("vault");
        Path elsewhere = Files.move(folder, home.resolve("elsewhere"));
        Files.writeString(folder, "a file in its place");
        IOException failure =
                assertThrows(IOException.class, () -> vault.save(unit("one", "{\"a\":2}"), first.revision()));
        assertTrue(failure.getMessage().startsWith("\"Wren\" could not be saved"), failure.getMessage());
        assertEquals(first.revision(), vault.card("one").orElseThrow().revision());
        UncheckedIOException toSync = assertThrows(
                UncheckedIOException.class,
                () -> vault.put(unit("one", "{\"a\":3}"), R2, Optional.of(first.revision())));
        assertTrue(toSync.getMessage().startsWith("\"Wren\" could not be stored"), toSync.getMessage());
        Files.delete(folder);
        Files.move(elsewhere, folder);
        assertEquals("{\"a\":1}", vault.get("one").orElseThrow().item().content());
        vault.save(unit("one", "{\"a\":2}"), first.revision());
        assertEquals("{\"a\":2}", vault().get("one").orElseThrow().item().content());
    }

    @Test
    void everyIdHasAFileNameOfItsOwnThatEverySystemTakes() {
        List<String> ids = List.of(
                "a",
                "A",
                "con",
                "nul",
                "a/b",
                "../x",
                ".",
                "a b",
                "a_b",
                "ä",
                "a\u0308",
                "\ud800",
                "x".repeat(500),
                "x".repeat(499) + "y",
                "COM1",
                "com1",
                "a.json",
                "*?<>|:\"\\",
                "\u0000");
        Set<String> names = new HashSet<>();
        for (String id : ids) {
            String name = FileName.of(id);
            assertTrue(name.matches("[a-z0-9_-][a-z0-9_~-]*\\.json") && name.length() < 160, name);
            assertTrue(names.add(name.toLowerCase(Locale.ROOT)), id);
            if (id.length() < 100) {
                assertEquals(Optional.of(id), FileName.id(name));
            }
        }
        assertNotEquals(FileName.of("x_0041"), FileName.of("xA"));
    }
}
