// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.ItemHistory;
import org.vaultsync.Member;
import org.vaultsync.Offers.Offer;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Version;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** What is shared, taken, stopped, deleted and copied, and by whom: three devices. */
class SelectiveSyncTest {
    private static final String ONE = "{\"tonnage\":20}";
    private static final String TWO = "{\"tonnage\":30}";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private TestDevice carla;
    private RoomId room;

    @BeforeEach
    void threeInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault());
        room = anna.createRoom("Friday");
        ben.join(anna.invite(room));
        carla.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked() && carla.isLinked());
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
        carla.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static String failure(CompletionStage<?> stage) {
        ExecutionException failed = assertThrows(ExecutionException.class, () -> get(stage));
        assertTrue(failed.getCause() instanceof SyncException, failed.toString());
        return failed.getCause().getMessage();
    }

    private void shared(String... items) throws Exception {
        for (String item : items) {
            anna.create(item, ONE);
        }
        anna.share(room, items);
        for (String item : items) {
            ben.untilContent(item, ONE);
            carla.untilContent(item, ONE);
        }
    }

    private static List<Offer> offers(TestDevice device, RoomId room) {
        try {
            return get(device.sync.offers(room));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void save(TestDevice device, String id, String type, String content, String... references) {
        device.vault.save(new Item(id, type, type + " " + id, content, List.of(), List.of(references)), Revision.NONE);
    }

    @Test
    void whoLeavesAnItemKeepsItAndTheOthersGoOn() throws Exception {
        shared("u1");
        get(ben.sync.stop(List.of("u1")));
        ben.untilBadge("u1", Badge.NOT_SHARED);
        anna.vault.save("u1", content -> TWO);
        carla.untilContent("u1", TWO);
        assertEquals(ONE, ben.vault.content("u1"));
        ben.share(room, "u1");
        ben.untilContent("u1", TWO);
    }

    @Test
    void onlyTheSharerStopsForAllAndEverybodyKeepsACopy() throws Exception {
        shared("u1");
        assertTrue(anna.sync.status("u1").sharedHere());
        assertFalse(ben.sync.status("u1").sharedHere());
        assertTrue(failure(ben.sync.stopForAll(List.of("u1"))).contains("Anna"));
        get(anna.sync.stopForAll(List.of("u1")));
        for (TestDevice device : List.of(anna, ben, carla)) {
            device.untilBadge("u1", Badge.NOT_SHARED);
            assertEquals(ONE, device.vault.content("u1"));
        }
        ben.vault.save("u1", content -> TWO);
        anna.vault.save("u1", content -> "{\"tonnage\":40}");
        anna.share(room, "u1");
        ben.untilBadge("u1", Badge.CONFLICT);
        carla.untilBadge("u1", Badge.CONFLICT);
        assertEquals(TWO, ben.vault.content("u1"));
    }

    @Test
    void deletedHereStaysElsewhereAndDeletedForEverybodyIsGone() throws Exception {
        shared("u1", "u2");
        get(ben.sync.stop(List.of("u1")));
        ben.vault.delete("u1");
        ben.vault.delete("u2");
        TestDevice.until(
                "u2 is gone",
                () -> anna.vault.get("u2").isEmpty() && carla.vault.get("u2").isEmpty());
        anna.vault.save("u1", content -> TWO);
        carla.untilContent("u1", TWO);
        assertTrue(ben.vault.get("u1").isEmpty());
    }

    @Test
    void aTypeIsSharedByItself() throws Exception {
        save(anna, "n1", "note", ONE);
        save(anna, "p1", "pilot", ONE);
        get(anna.sync.setSharing("note", new Sharing.Always(room)));
        ben.untilContent("n1", ONE);
        save(anna, "n2", "note", ONE);
        ben.untilContent("n2", ONE);
        get(anna.sync.stop(List.of("n2")));
        anna.vault.save("n2", content -> TWO);
        anna.untilBadge("n2", Badge.NOT_SHARED);
        anna.vault.save("n1", content -> TWO);
        carla.untilContent("n1", TWO);
        assertTrue(carla.vault.get("p1").isEmpty());
        assertEquals(ONE, carla.vault.content("n2"));
        assertEquals(Map.of("note", new Sharing.Always(room)), anna.sync.sharing());
    }

    @Test
    void aSensitiveTypeNeverLeavesTheDevice() throws Exception {
        shared("u1");
        get(ben.sync.setSharing("note", new Sharing.Never()));
        ben.untilBadge("u1", Badge.NOT_SHARED);
        save(ben, "n1", "note", ONE);
        assertTrue(failure(ben.sync.share(room, List.of("n1"))).contains("never are"));
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        assertEquals(Map.of("note", new Sharing.Never()), ben.sync.sharing());
        ben.vault.save("u1", content -> TWO);
        assertTrue(failure(ben.sync.share(room, List.of("n1"))).contains("never are"));
        assertEquals(ONE, anna.vault.content("u1"));
    }

    /** Neither one's own copy of what somebody else shares, nor what was deleted and is restored. */
    @Test
    void whatIsOfASensitiveTypeDoesNotLeaveByAnotherWay() throws Exception {
        shared("u1");
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        get(ben.sync.setSharing("note", new Sharing.Never()));
        ben.create("n1", ONE);
        anna.create("n1", ONE);
        anna.create("n2", ONE);
        anna.share(room, "n1", "n2");
        carla.untilContent("n2", ONE);
        TestDevice.until("offered", () -> offers(ben, room).size() == 2);
        assertEquals(Badge.NOT_SHARED, ben.sync.status("n1").badge());
        assertTrue(failure(ben.sync.take(room, List.of("n1", "n2"))).contains("never are"));
        assertTrue(ben.vault.get("n2").isEmpty());
        ItemHistory history = new LocalItemHistory(ben.sync);
        Version deleted = get(history.deleted(room)).getFirst();
        assertTrue(failure(history.restore(deleted)).contains("never are"));
        ben.vault.save("n1", content -> TWO);
        save(ben, "p1", "pilot", ONE);
        ben.share(room, "p1");
        anna.untilContent("p1", ONE);
        assertEquals(ONE, anna.vault.content("n1"));
        assertTrue(anna.vault.get("u1").isEmpty());
        get(ben.sync.setSharing("note", new Sharing.OnRequest()));
        get(ben.sync.take(room, List.of("n2")));
        ben.untilContent("n2", ONE);
    }

    /** What an item is says its content; the room says only what it was when it was shared. */
    @Test
    void whatBecomesOfASensitiveTypeLeavesTheDeviceNoMore() throws Exception {
        shared("u1", "u2", "u3");
        get(ben.sync.setSharing("pilot", new Sharing.Never()));
        // changed here
        ben.vault.save(
                new Item("u1", "pilot", "Note u1", TWO),
                ben.vault.get("u1").orElseThrow().revision());
        ben.untilBadge("u1", Badge.NOT_SHARED);
        // changed elsewhere
        anna.vault.save(
                new Item("u2", "pilot", "Note u2", TWO),
                anna.vault.get("u2").orElseThrow().revision());
        carla.untilContent("u2", TWO);
        ben.untilBadge("u2", Badge.NOT_SHARED);
        ben.vault.save("u2", content -> "{\"tonnage\":40}");
        // changed before the type was said to be sensitive
        anna.vault.save(
                new Item("u3", "force", "Note u3", TWO),
                anna.vault.get("u3").orElseThrow().revision());
        ben.untilContent("u3", TWO);
        get(ben.sync.setSharing("force", new Sharing.Never()));
        ben.untilBadge("u3", Badge.NOT_SHARED);
        // Whatever was to go out before is there with this.
        ben.vault.save(new Item("n1", "note", "Note n1", ONE), Revision.NONE);
        ben.share(room, "n1");
        anna.untilContent("n1", ONE);
        assertEquals(ONE, anna.vault.content("u1"));
        assertEquals(TWO, anna.vault.content("u2"));
    }

    /** Who is in two rooms shares an item in one of them, whatever others share in the other. */
    @Test
    void anItemOfOneRoomIsNotTakenFromAnother() throws Exception {
        shared("u1");
        RoomId other = carla.createRoom("Club");
        ben.join(carla.invite(other));
        get(carla.sync.stop(List.of("u1")));
        carla.untilBadge("u1", Badge.NOT_SHARED);
        carla.share(other, "u1");
        TestDevice.until("offered", () -> offers(ben, other).stream().anyMatch(offer -> !offer.taken()));
        assertTrue(failure(ben.sync.take(other, List.of("u1"))).contains("in another room"));
        ben.vault.save("u1", content -> TWO);
        anna.untilContent("u1", TWO);
        ben.create("u2", ONE);
        ben.share(other, "u2");
        carla.untilContent("u2", ONE);
        assertEquals(ONE, carla.vault.content("u1"));
        assertEquals(Optional.of(room), ben.sync.status("u1").room());
    }

    @Test
    void aDeviceTakesOnlySomeTypesAndRelaysTheOthers() throws Exception {
        get(ben.sync.setTaking(room, new Taking(Incoming.TAKE, Optional.of(Set.of("note")))));
        carla.close();
        save(anna, "n1", "note", ONE);
        save(anna, "p1", "pilot", ONE);
        anna.share(room, "n1", "p1");
        ben.untilContent("n1", ONE);
        TestDevice.until(
                "offered",
                () -> ben.sync.rooms().getFirst().offered() == 1
                        && offers(ben, room).stream()
                                .anyMatch(offer -> offer.name().equals("pilot p1")));
        assertEquals(Set.of("note", "pilot"), get(ben.sync.types()));
        assertTrue(ben.vault.get("p1").isEmpty());
        ben.untilBadge("p1", Badge.NOT_SHARED);
        anna.untilBadge("p1", Badge.SYNCED);
        anna.close();
        carla = new TestDevice(folder.resolve("carla"), "Carla", carla.vault);
        carla.untilContent("p1", ONE);
        anna = new TestDevice(folder.resolve("anna"), "Anna", anna.vault);
    }

    @Test
    void itemsRoomsAndMembersStandWherePeopleLookForThem() throws Exception {
        for (String id : List.of("10", "Zeta", "2", "äther")) {
            save(anna, id, "note", ONE);
        }
        anna.share(room, "10", "Zeta", "2", "äther");
        List<String> items = List.of("note 2", "note 10", "note äther", "note Zeta");
        TestDevice.until(
                "in this order",
                () -> items.equals(offers(ben, room).stream().map(Offer::name).toList()));
        anna.createRoom("Room 10");
        anna.createRoom("Room 9");
        List<String> rooms = List.of("Friday", "Room 9", "Room 10");
        TestDevice.until(
                "in this order",
                () -> rooms.equals(anna.sync.rooms().stream().map(Room::name).toList()));
        get(ben.sync.nameDevice("Desk 10"));
        get(carla.sync.nameDevice("Desk 9"));
        List<String> members = List.of("Desk 9", "Desk 10");
        TestDevice.until(
                "in this order",
                () -> members.equals(anna.sync.rooms().getFirst().members().stream()
                        .map(Member::name)
                        .toList()));
    }

    @Test
    void whatIsAskedForWaitsUntilAPersonTakesIt() throws Exception {
        get(ben.sync.setTaking(room, new Taking(Incoming.ASK, Optional.empty())));
        anna.create("u1", ONE);
        anna.share(room, "u1");
        carla.untilContent("u1", ONE);
        TestDevice.until(
                "offered", () -> offers(ben, room).equals(List.of(new Offer("u1", "note", "Note u1", "Anna", false))));
        assertTrue(ben.vault.get("u1").isEmpty());
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        assertTrue(ben.vault.get("u1").isEmpty());
        get(ben.sync.take(room, List.of("u1")));
        ben.untilContent("u1", ONE);
        ben.vault.save("u1", content -> TWO);
        anna.untilContent("u1", TWO);
        assertEquals(List.of(true), offers(ben, room).stream().map(Offer::taken).toList());
    }

    /** Of a device that nobody is linked to, so that nothing else is told of its room. */
    @Test
    void whatIsTakenIsToldWhenItIsSet() throws Exception {
        TestDevice dora = new TestDevice(folder.resolve("dora"), "Dora", new MemoryVault());
        try {
            RoomId own = dora.createRoom("Saturday");
            CountDownLatch told = new CountDownLatch(1);
            dora.sync.addListener(new SyncListener() {
                @Override
                public void roomsChanged() {
                    if (dora.sync.taking(own).incoming() == Incoming.ASK) {
                        told.countDown();
                    }
                }
            });
            get(dora.sync.setTaking(own, new Taking(Incoming.ASK, Optional.empty())));
            assertTrue(told.await(10, TimeUnit.SECONDS));
        } finally {
            dora.close();
        }
    }

    @Test
    void aCopyHasNewIdsThroughoutAndItsOwnLife() throws Exception {
        get(ben.sync.setTaking(room, new Taking(Incoming.BROWSE, Optional.empty())));
        save(anna, "u1", "unit", ONE);
        save(anna, "f1", "force", "{\"units\":[\"u1\",\"elsewhere\"],\"motto\":\"u1 first\"}", "u1", "elsewhere");
        anna.share(room, "u1", "f1");
        TestDevice.until(
                "browsed",
                () -> offers(ben, room).stream()
                                .filter(offer -> !offer.name().isEmpty())
                                .count()
                        == 2);
        String force = get(ben.sync.copy(room, List.of("f1"))).getFirst();
        assertEquals(2, ben.vault.ids().size());
        String unit = ben.vault.ids().stream()
                .filter(id -> !id.equals(force))
                .findFirst()
                .orElseThrow();
        assertFalse(Set.of(force, unit).contains("u1"));
        ben.untilContent(force, "{\"units\":[\"" + unit + "\",\"elsewhere\"],\"motto\":\"u1 first\"}");
        assertEquals(
                Set.of(unit, "elsewhere"),
                Set.copyOf(ben.vault.get(force).orElseThrow().item().references()));
        ben.vault.save(unit, content -> TWO);
        anna.vault.save("u1", content -> "{\"tonnage\":40}");
        carla.untilContent("u1", "{\"tonnage\":40}");
        assertEquals(TWO, ben.vault.content(unit));
        ben.untilBadge(unit, Badge.NOT_SHARED);
    }
}
