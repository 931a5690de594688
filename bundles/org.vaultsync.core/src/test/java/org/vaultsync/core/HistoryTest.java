// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.FieldChange;
import org.vaultsync.ItemHistory;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Version;
import org.vaultsync.Version.Kind;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

class HistoryTest {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20,\"weapons\":[\"laser\",\"gun\"]}";
    private static final String ANNA = "Anna's laptop";
    private static final String BEN = "Ben's desktop";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void twoDevicesInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), ANNA, new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), BEN, new MemoryVault());
        room = anna.createRoom("Friday group");
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
    }

    private static ItemHistory history(TestDevice device) {
        return new LocalItemHistory(device.sync);
    }

    private static List<Version> versions(TestDevice device, String item) {
        try {
            return history(device).versions(item).toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static void restore(TestDevice device, Version version) throws Exception {
        history(device).restore(version).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static List<Kind> kinds(TestDevice device) {
        return versions(device, "u1").stream().map(Version::kind).toList();
    }

    private static void assertContent(String json, Version version) {
        assertTrue(
                Jsons.same(json, version.item().orElseThrow().content()),
                version.item().toString());
    }

    /** Anna shares and edits, Ben edits; each waits until the other has it. */
    private void shareAndEditByTurns() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.vault.save("u1", content -> content.replace("20", "25"));
        ben.untilContent("u1", UNIT.replace("20", "25"));
        ben.vault.save("u1", content -> content.replace("gun", "flamer"));
        anna.untilContent("u1", UNIT.replace("20", "25").replace("gun", "flamer"));
    }

    @Test
    void bothSeeWhoChangedWhatFromWhatToWhat() throws Exception {
        shareAndEditByTurns();
        for (TestDevice device : List.of(anna, ben)) {
            List<Version> versions = versions(device, "u1");
            assertEquals(
                    List.of(Kind.EDITED, Kind.EDITED, Kind.SHARED),
                    versions.stream().map(Version::kind).toList());
            assertEquals(
                    List.of(List.of(BEN), List.of(ANNA), List.of(ANNA)),
                    versions.stream().map(Version::writers).toList());
            assertEquals(
                    List.of(new FieldChange("/content/weapons/1", "\"gun\"", "\"flamer\"")),
                    versions.get(0).changes());
            assertEquals(
                    List.of(new FieldChange("/content/tonnage", "20", "25")),
                    versions.get(1).changes());
            assertContent(UNIT, versions.get(2));
            assertContent(UNIT.replace("20", "25"), versions.get(1));
            assertTrue(versions.stream().allMatch(version -> version.time().isPresent() && !version.merged()));
            assertEquals(
                    List.of("/content/tonnage", "/content/weapons/1"),
                    history(device).compare(versions.get(2), versions.get(0)).stream()
                            .map(FieldChange::field)
                            .toList());
        }
    }

    @Test
    void itIsThereAfterARestart() throws Exception {
        shareAndEditByTurns();
        List<Version> before = versions(ben, "u1");
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), BEN, ben.vault);
        assertEquals(before, versions(ben, "u1"));
    }

    @Test
    void anOldVersionComesBackAsAnEditForEverybody() throws Exception {
        shareAndEditByTurns();
        restore(ben, versions(ben, "u1").getLast());
        anna.untilContent("u1", UNIT);
        ben.untilContent("u1", UNIT);
        assertEquals(List.of(Kind.RESTORED, Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(ben));
        Version restored = versions(anna, "u1").getFirst();
        assertEquals(List.of(BEN), restored.writers());
        assertEquals(2, restored.changes().size());
        // And what was restored away is a version, too.
        restore(anna, versions(anna, "u1").get(1));
        ben.untilContent("u1", UNIT.replace("20", "25").replace("gun", "flamer"));
    }

    @Test
    void restoringTakesNothingFromAnEditorThatIsOpen() throws Exception {
        shareAndEditByTurns();
        Stored opened = anna.vault.get("u1").orElseThrow();
        restore(ben, versions(ben, "u1").getLast());
        anna.untilContent("u1", UNIT);
        anna.vault.save(
                new Item("u1", "note", "Note u1", opened.item().content().replace("laser", "ppc")), opened.revision());
        String both = UNIT.replace("laser", "ppc");
        anna.untilContent("u1", both);
        ben.untilContent("u1", both);
    }

    @Test
    void aNewNameIsAChangeAndIsRestoredToo() throws Exception {
        shareAndEditByTurns();
        Stored held = ben.vault.get("u1").orElseThrow();
        ben.vault.save(new Item("u1", "note", "Wasp", held.item().content()), held.revision());
        TestDevice.until(
                "renamed",
                () -> anna.vault.get("u1").orElseThrow().item().name().equals("Wasp"));
        assertEquals(
                List.of(new FieldChange("/meta/name", "\"Note u1\"", "\"Wasp\"")),
                versions(anna, "u1").getFirst().changes());
        restore(anna, versions(anna, "u1").get(1));
        TestDevice.until(
                "named as before",
                () -> ben.vault.get("u1").orElseThrow().item().name().equals("Note u1"));
    }

    @Test
    void aDeletedItemKeepsItsHistoryAndComesBackFromIt() throws Exception {
        shareAndEditByTurns();
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        for (TestDevice device : List.of(anna, ben)) {
            TestDevice.until(
                    () -> "told: " + versions(device, "u1"),
                    () -> versions(device, "u1").getFirst().kind() == Kind.DELETED);
            Version gone = versions(device, "u1").getFirst();
            assertEquals(List.of(ANNA), gone.writers());
            assertEquals(Optional.empty(), gone.item());
            assertThrows(ExecutionException.class, () -> restore(device, gone));
        }
        List<Version> deleted = history(ben).deleted(room).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertEquals(List.of("u1"), deleted.stream().map(Version::itemId).toList());
        assertEquals(List.of(ANNA), deleted.getFirst().writers());
        restore(ben, deleted.getFirst());
        String last = UNIT.replace("20", "25").replace("gun", "flamer");
        ben.untilContent("u1", last);
        anna.untilContent("u1", last);
        ben.untilBadge("u1", Badge.SYNCED);
        assertEquals(List.of(Kind.SHARED, Kind.DELETED, Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(ben));
        assertEquals(List.of(), history(ben).deleted(room).toCompletableFuture().get(30, TimeUnit.SECONDS));
    }

    @Test
    void anEditThatUndoesADeletionSaysSo() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        ben.close();
        anna.vault.delete("u1");
        ben.vault.save("u1", content -> content.replace("20", "35"));
        ben = new TestDevice(folder.resolve("ben"), BEN, ben.vault);
        anna.untilContent("u1", UNIT.replace("20", "35"));
        TestDevice.until(
                () -> versions(anna, "u1").toString(),
                () -> kinds(anna).equals(List.of(Kind.CAME_BACK, Kind.DELETED, Kind.SHARED)));
        assertEquals(List.of(BEN), versions(anna, "u1").getFirst().writers());
    }

    @Test
    void whatHappenedWhileAwayComesAsOneChangeOfThoseWhoMadeIt() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        ben.close();
        anna.vault.save("u1", content -> content.replace("20", "25"));
        anna.vault.save("u1", content -> content.replace("laser", "ppc"));
        ben = new TestDevice(folder.resolve("ben"), BEN, ben.vault);
        ben.untilContent("u1", UNIT.replace("20", "25").replace("laser", "ppc"));
        assertEquals(List.of(Kind.EDITED, Kind.SHARED), kinds(ben));
        Version merged = versions(ben, "u1").getFirst();
        assertTrue(merged.merged());
        assertEquals(List.of(ANNA), merged.writers());
        assertEquals(2, merged.changes().size());
        assertEquals(List.of(Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(anna));
    }

    @Test
    void aNewcomerIsToldThatThereIsMoreThanItKnows() throws Exception {
        shareAndEditByTurns();
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            carla.join(ben.invite(room));
            String now = UNIT.replace("20", "25").replace("gun", "flamer");
            carla.untilContent("u1", now);
            Version earlier = versions(carla, "u1").getFirst();
            assertEquals(Kind.EARLIER, earlier.kind());
            assertEquals(Optional.empty(), earlier.time());
            carla.vault.save("u1", content -> content.replace("25", "30"));
            anna.untilContent("u1", now.replace("25", "30"));
            assertEquals(List.of(Kind.EDITED, Kind.EARLIER), kinds(carla));
            assertContent(now, versions(carla, "u1").getLast());
            assertEquals(
                    List.of(List.of("Carla"), List.of()),
                    versions(carla, "u1").stream().map(Version::writers).toList());
            // Anna is not linked with Carla: Ben passed it on, and Carla's signature says whose it is.
            assertEquals(List.of("Carla"), versions(anna, "u1").getFirst().writers());
        }
    }

    @Test
    void itIsBounded() throws Exception {
        anna.create("u1", "{\"n\":0}");
        anna.share(room, "u1");
        Revision held = anna.vault.get("u1").orElseThrow().revision();
        for (int n = 1; n <= 230; n++) {
            held = anna.vault.save(new Item("u1", "note", "Note u1", "{\"n\":" + n + "}"), held);
        }
        List<Version> versions = versions(anna, "u1");
        assertEquals(201, versions.size());
        assertEquals(Kind.EARLIER, versions.getLast().kind());
        assertContent("{\"n\":230}", versions.getFirst());
        assertContent("{\"n\":30}", versions.getLast());
    }

    @Test
    void aNoteThatWasNeverSharedHasNone() throws Exception {
        anna.create("u2", UNIT);
        assertEquals(List.of(), versions(anna, "u2"));
        shareAndEditByTurns();
        Version old = versions(ben, "u1").getLast();
        ben.sync.stop(List.of("u1")).toCompletableFuture().get();
        assertEquals(List.of(), versions(ben, "u1"));
        ExecutionException stopped = assertThrows(ExecutionException.class, () -> restore(ben, old));
        assertTrue(((SyncException) stopped.getCause()).getMessage().contains("stopped"), stopped.toString());
        assertFalse(ben.vault.content("u1").isEmpty());
    }
}
