// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.FieldChange;
import org.vaultsync.ItemHistory;
import org.vaultsync.Meeting;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Version;
import org.vaultsync.Version.Kind;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** In a time of its own: what comes by itself and what comes merged must not depend on how busy the machine is. */
class HistoryTest {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20,\"weapons\":[\"laser\",\"gun\"]}";
    private static final String ANNA = "Anna's laptop";
    private static final String BEN = "Ben's desktop";

    private static ReplicaEngine engine;

    @TempDir
    private Path folder;

    private final List<Throwable> errors = new ArrayList<>();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final SimulatedTime time = new SimulatedTime(1);
    private final SimulatedNetwork network = new SimulatedNetwork(time, true);
    private final SharedReplicas replicas = new SharedReplicas(engine, new Random(1));
    private SimulatedDevice anna;
    private SimulatedDevice ben;
    private RoomId room;

    @BeforeAll
    static void loadJavaScript() {
        engine = TestDevice.REPLICAS.openEngine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @BeforeEach
    void twoDevicesInARoom() {
        anna = device("anna", ANNA);
        ben = device("ben", BEN);
        room = done(anna.sync().createRoom("Friday group"));
        join(ben, anna);
    }

    private SimulatedDevice device(String name, String title) {
        SimulatedDevice device = new SimulatedDevice(name, folder, time, network, replicas, errors::add);
        devices.add(device);
        device.start();
        done(device.sync().nameDevice(title));
        return device;
    }

    private void join(SimulatedDevice joiner, SimulatedDevice inviter) {
        done(joiner.sync().join(done(inviter.sync().invite(room))));
        until(
                "linked",
                () -> joiner.sync().rooms().stream()
                        .flatMap(each -> each.members().stream())
                        .anyMatch(member -> member.reach() instanceof Reach.Linked));
        // Two that are linked open the room to each other then; until that is done, what is shared comes merged.
        time.pass(Duration.ofSeconds(5));
    }

    @AfterEach
    void nothingWentWrongInside() {
        devices.forEach(SimulatedDevice::stop);
        assertEquals(List.of(), errors);
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        until("an answer", future::isDone);
        return future.join();
    }

    private void until(String what, BooleanSupplier condition) {
        assertTrue(time.until(condition, Duration.ofMinutes(5)), what);
    }

    private void untilContent(SimulatedDevice device, String json) {
        until(device + " has " + json, () -> {
            String held = device.vault.content("u1");
            return !held.isEmpty() && Jsons.same(json, held);
        });
    }

    private void share(String content) {
        anna.vault.save(new Item("u1", "note", "Note u1", content), Revision.NONE);
        done(anna.sync().share(room, List.of("u1")));
    }

    private static ItemHistory history(SimulatedDevice device) {
        return new LocalItemHistory(device.sync());
    }

    private List<Version> versions(SimulatedDevice device, String item) {
        return done(history(device).versions(item));
    }

    private void restore(SimulatedDevice device, Version version) {
        done(history(device).restore(version));
    }

    private List<Kind> kinds(SimulatedDevice device) {
        return versions(device, "u1").stream().map(Version::kind).toList();
    }

    private static void assertContent(String json, Version version) {
        assertTrue(
                Jsons.same(json, version.item().orElseThrow().content()),
                version.item().toString());
    }

    /** Anna shares and edits, Ben edits; each waits until the other has it. */
    private void shareAndEditByTurns() {
        share(UNIT);
        untilContent(ben, UNIT);
        anna.vault.save("u1", content -> content.replace("20", "25"));
        untilContent(ben, UNIT.replace("20", "25"));
        ben.vault.save("u1", content -> content.replace("gun", "flamer"));
        untilContent(anna, UNIT.replace("20", "25").replace("gun", "flamer"));
    }

    @Test
    void bothSeeWhoChangedWhatFromWhatToWhat() {
        shareAndEditByTurns();
        for (SimulatedDevice device : List.of(anna, ben)) {
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
    void itIsThereAfterARestart() {
        shareAndEditByTurns();
        List<Version> before = versions(ben, "u1");
        ben.stop();
        ben.start();
        assertEquals(before, versions(ben, "u1"));
    }

    @Test
    void anOldVersionComesBackAsAnEditForEverybody() {
        shareAndEditByTurns();
        restore(ben, versions(ben, "u1").getLast());
        untilContent(anna, UNIT);
        untilContent(ben, UNIT);
        assertEquals(List.of(Kind.RESTORED, Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(ben));
        Version restored = versions(anna, "u1").getFirst();
        assertEquals(List.of(BEN), restored.writers());
        assertEquals(2, restored.changes().size());
        // And what was restored away is a version, too.
        restore(anna, versions(anna, "u1").get(1));
        untilContent(ben, UNIT.replace("20", "25").replace("gun", "flamer"));
    }

    @Test
    void restoringTakesNothingFromAnEditorThatIsOpen() {
        shareAndEditByTurns();
        Stored opened = anna.vault.get("u1").orElseThrow();
        restore(ben, versions(ben, "u1").getLast());
        untilContent(anna, UNIT);
        anna.vault.save(
                new Item("u1", "note", "Note u1", opened.item().content().replace("laser", "ppc")), opened.revision());
        String both = UNIT.replace("laser", "ppc");
        untilContent(anna, both);
        untilContent(ben, both);
    }

    @Test
    void aNewNameIsAChangeAndIsRestoredToo() {
        shareAndEditByTurns();
        Stored held = ben.vault.get("u1").orElseThrow();
        ben.vault.save(new Item("u1", "note", "Wasp", held.item().content()), held.revision());
        until("renamed", () -> anna.vault.get("u1").orElseThrow().item().name().equals("Wasp"));
        assertEquals(
                List.of(new FieldChange("/meta/name", "\"Note u1\"", "\"Wasp\"")),
                versions(anna, "u1").getFirst().changes());
        restore(anna, versions(anna, "u1").get(1));
        until(
                "named as before",
                () -> ben.vault.get("u1").orElseThrow().item().name().equals("Note u1"));
    }

    @Test
    void aDeletedItemKeepsItsHistoryAndComesBackFromIt() {
        shareAndEditByTurns();
        anna.vault.delete("u1");
        until("deleted", () -> ben.vault.get("u1").isEmpty());
        for (SimulatedDevice device : List.of(anna, ben)) {
            Version gone = versions(device, "u1").getFirst();
            assertEquals(Kind.DELETED, gone.kind());
            assertEquals(List.of(ANNA), gone.writers());
            assertEquals(Optional.empty(), gone.item());
            assertThrows(CompletionException.class, () -> restore(device, gone));
        }
        List<Version> deleted = done(history(ben).deleted(room));
        assertEquals(List.of("u1"), deleted.stream().map(Version::itemId).toList());
        assertEquals(List.of(ANNA), deleted.getFirst().writers());
        restore(ben, deleted.getFirst());
        String last = UNIT.replace("20", "25").replace("gun", "flamer");
        untilContent(ben, last);
        untilContent(anna, last);
        until("synced", () -> ben.status("u1").badge() == Badge.SYNCED);
        assertEquals(List.of(Kind.SHARED, Kind.DELETED, Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(ben));
        assertEquals(List.of(), done(history(ben).deleted(room)));
    }

    @Test
    void theNewestIsTheItemAsItIsNowAlsoWhenItWasInAnotherRoom() {
        RoomId second = done(anna.sync().createRoom("Saturday group"));
        for (RoomId where : List.of(room, second, room)) {
            anna.vault.save(new Item("u1", "note", "Note u1", UNIT), Revision.NONE);
            done(anna.sync().share(where, List.of("u1")));
            until("shared", () -> anna.shares("u1", where));
            Version newest = versions(anna, "u1").getFirst();
            assertEquals(Kind.SHARED, newest.kind());
            assertEquals(where, newest.room());
            anna.vault.delete("u1");
            until("deleted", () -> !anna.shares("u1"));
        }
    }

    @Test
    void anEditThatUndoesADeletionSaysSo() {
        share(UNIT);
        untilContent(ben, UNIT);
        ben.stop();
        anna.vault.delete("u1");
        ben.vault.save("u1", content -> content.replace("20", "35"));
        ben.start();
        untilContent(anna, UNIT.replace("20", "35"));
        assertEquals(List.of(Kind.CAME_BACK, Kind.DELETED, Kind.SHARED), kinds(anna));
        assertEquals(List.of(BEN), versions(anna, "u1").getFirst().writers());
    }

    @Test
    void whatHappenedWhileAwayComesAsOneChangeOfThoseWhoMadeIt() {
        share(UNIT);
        untilContent(ben, UNIT);
        ben.stop();
        time.pass(Duration.ofSeconds(5));
        anna.vault.save("u1", content -> content.replace("20", "25"));
        anna.vault.save("u1", content -> content.replace("laser", "ppc"));
        time.pass(Duration.ofSeconds(5));
        ben.start();
        untilContent(ben, UNIT.replace("20", "25").replace("laser", "ppc"));
        assertEquals(List.of(Kind.EDITED, Kind.SHARED), kinds(ben));
        Version merged = versions(ben, "u1").getFirst();
        assertTrue(merged.merged());
        assertEquals(List.of(ANNA), merged.writers());
        assertEquals(2, merged.changes().size());
        assertEquals(List.of(Kind.EDITED, Kind.EDITED, Kind.SHARED), kinds(anna));
    }

    @Test
    void aNewcomerIsToldThatThereIsMoreThanItKnows() {
        shareAndEditByTurns();
        SimulatedDevice carla = device("carla", "Carla");
        network.separate("anna", "carla", false);
        join(carla, ben);
        String now = UNIT.replace("20", "25").replace("gun", "flamer");
        untilContent(carla, now);
        Version earlier = versions(carla, "u1").getFirst();
        assertEquals(Kind.EARLIER, earlier.kind());
        assertEquals(Optional.empty(), earlier.time());
        carla.vault.save("u1", content -> content.replace("25", "30"));
        untilContent(anna, now.replace("25", "30"));
        assertEquals(List.of(Kind.EDITED, Kind.EARLIER), kinds(carla));
        assertContent(now, versions(carla, "u1").getLast());
        assertEquals(
                List.of(List.of("Carla"), List.of()),
                versions(carla, "u1").stream().map(Version::writers).toList());
        // Anna and Carla cannot reach each other: Ben passed it on, and Carla's signature says whose it is.
        assertEquals(List.of("Carla"), versions(anna, "u1").getFirst().writers());
    }

    /** Else an edit that comes while the disk is read would show as a part of the version before it. */
    @Test
    void whatIsAskedForWhileSomebodyWritesIsOfOneMoment() {
        askWhileEditing(room);
    }

    @Test
    void whatIsAskedForWhileSomebodyWritesIsOfOneMomentInAnOpenRoomToo() {
        anna.sync().setOpenRooms(new OpenHub());
        done(anna.sync().meet(new Meeting(List.of("ws://hub.example:4444"), List.of(), false)));
        askWhileEditing(done(anna.sync().createOpenRoom("Open", Profile.FIELDS, Optional.empty(), Taking.ALL)));
    }

    private void askWhileEditing(RoomId where) {
        anna.vault.save(new Item("u1", "note", "Note u1", "{\"n\":0}"), Revision.NONE);
        done(anna.sync().share(where, List.of("u1")));
        for (int n = 1; n <= 100; n++) {
            CompletionStage<List<Version>> asked = history(anna).versions("u1");
            time.pass(Duration.ofNanos(50_000 * n));
            String edited = "{\"n\":" + n + "}";
            anna.vault.save("u1", content -> edited);
            List<Version> versions = done(asked);
            for (int i = 0; i < versions.size(); i++) {
                assertContent("{\"n\":" + i + "}", versions.reversed().get(i));
            }
            time.pass(Duration.ofSeconds(1));
        }
    }

    @Test
    void itIsBounded() {
        share("{\"n\":0}");
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
    void aNoteThatWasNeverSharedHasNone() {
        anna.vault.save(new Item("u2", "note", "Note u2", UNIT), Revision.NONE);
        assertEquals(List.of(), versions(anna, "u2"));
        shareAndEditByTurns();
        Version old = versions(ben, "u1").getLast();
        done(ben.sync().stop(List.of("u1")));
        assertEquals(List.of(), versions(ben, "u1"));
        CompletionException stopped = assertThrows(CompletionException.class, () -> restore(ben, old));
        assertTrue(((SyncException) stopped.getCause()).getMessage().contains("stopped"), stopped.toString());
        assertFalse(ben.vault.content("u1").isEmpty());
    }
}
