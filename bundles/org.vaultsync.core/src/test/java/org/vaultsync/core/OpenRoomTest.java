// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.core.TestDevice.until;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.IceServer;
import org.vaultsync.Meeting;
import org.vaultsync.Offers.Offer;
import org.vaultsync.OpenRoom;
import org.vaultsync.OpenRoom.Notice;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Room;
import org.vaultsync.RoomCode;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Trouble;
import org.vaultsync.Version;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.protocol.Awareness;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** Open rooms as a person has them: whole devices, and pages that speak y-webrtc. Only the network is small. */
@Timeout(120)
class OpenRoomTest {
    private static final String SERVER = "ws://hub.example:4444";
    private static final Taking NOTHING = new Taking(Incoming.BROWSE, Optional.empty());

    @TempDir
    Path folder;

    private final OpenHub hub = new OpenHub();
    private final MemoryVault anns = new MemoryVault();
    private final MemoryVault bens = new MemoryVault();
    private LocalVaultSync ann;
    private LocalVaultSync ben;
    private RoomId room;

    @AfterEach
    void close() {
        stop(ann, anns);
        stop(ben, bens);
    }

    private static void stop(LocalVaultSync device, MemoryVault vault) {
        if (device != null) {
            device.unsetVault(vault);
            device.stop();
        }
    }

    private LocalVaultSync device(String name, MemoryVault vault) throws Exception {
        LocalVaultSync device = new LocalVaultSync(folder.resolve(name), TestDevice.REPLICAS, Clock.systemUTC());
        device.setOpenRooms(hub);
        device.setVault(vault);
        done(device.nameDevice(name));
        return device;
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static SyncException refused(CompletionStage<?> stage) {
        return (SyncException)
                assertThrows(ExecutionException.class, () -> done(stage)).getCause();
    }

    private void annCreates(Profile profile) throws Exception {
        ann = device("ann", anns);
        done(ann.meet(new Meeting(List.of(SERVER), List.of(), false)));
        room = done(ann.createOpenRoom("Friday group", profile, Optional.empty(), Taking.ALL));
    }

    private void benJoins(Taking taking) throws Exception {
        ben = device("ben", bens);
        done(ben.joinOpenRoom(open(ann).address(), Optional.empty(), taking));
    }

    private static Room roomOf(LocalVaultSync device) {
        return device.rooms().getFirst();
    }

    private static OpenRoom open(LocalVaultSync device) {
        return roomOf(device).open().orElseThrow();
    }

    private void annShares(String id, String content) throws Exception {
        anns.save(new Item(id, "note", "Note " + id, content), Revision.NONE);
        done(ann.share(room, List.of(id)));
    }

    private WebPage page(DocumentKind kind) throws Exception {
        return new WebPage(hub, open(ann).address().code().letters(), kind);
    }

    private static void untilContent(MemoryVault vault, String id, String json) {
        until(
                () -> id + " is " + json + ", not " + vault.content(id),
                () -> json.isEmpty()
                        ? vault.content(id).isEmpty()
                        : !vault.content(id).isEmpty() && Jsons.same(json, vault.content(id)));
    }

    private static void untilContent(WebPage page, String id, String json) {
        until(
                () -> id + " is " + json + ", not " + page.content(id),
                () -> json.isEmpty()
                        ? page.content(id).isEmpty()
                        : !page.content(id).isEmpty() && Jsons.same(json, page.content(id)));
    }

    private static void untilBadge(LocalVaultSync device, String item, Badge badge) {
        until(
                () -> "badge of " + item + " is " + badge + ", not " + device.status(item),
                () -> device.status(item).badge() == badge);
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void itemsAreCreatedEditedAndDeletedOnBothSides(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":1}");
        untilBadge(ann, "u1", Badge.PENDING);
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        untilBadge(ann, "u1", Badge.SENT);
        bens.save("u1", content -> "{\"a\":2,\"b\":[1,2]}");
        untilContent(anns, "u1", "{\"a\":2,\"b\":[1,2]}");
        untilBadge(ben, "u1", Badge.SENT);
        until("the writer is told", () -> ann.status("u1").lastWriter().equals(Optional.of("ben")));
        bens.save(new Item("u2", "note", "Ben's", "{}"), Revision.NONE);
        done(ben.share(roomOf(ben).id(), List.of("u2")));
        untilContent(anns, "u2", "{}");
        anns.delete("u2");
        untilContent(bens, "u2", "");
        untilBadge(ann, "u2", Badge.NOT_SHARED);
        bens.delete("u1");
        untilContent(anns, "u1", "");
        until("it is recognised", () -> open(ben).profile().equals(Optional.of(profile)));
    }

    @Test
    void anEditThatCouldNotBeStoredIsToldAndMadeAgainWithTheNextOne() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1,\"b\":1,\"c\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1,\"b\":1,\"c\":1}");
        untilBadge(ann, "u1", Badge.SENT);
        TroublesTest.sql(folder.resolve("ann"), TroublesTest.NOTHING_COMES_IN);
        anns.save("u1", content -> content.replace("\"a\":1", "\"a\":99"));
        untilBadge(ann, "u1", Badge.ERROR);
        TroublesTest.sql(folder.resolve("ann"), "DROP TRIGGER torn");
        anns.save("u1", content -> content.replace("\"b\":1", "\"b\":77"));
        untilContent(bens, "u1", "{\"a\":99,\"b\":77,\"c\":1}");
        bens.save("u1", content -> content.replace("\"c\":1", "\"c\":55"));
        untilContent(anns, "u1", "{\"a\":99,\"b\":77,\"c\":55}");
        assertEquals(List.of(), ann.conflicts("u1"));
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void aPageTakesPart(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":1}");
        DocumentKind kind = profile == Profile.FIELDS ? DocumentKind.ITEMS : DocumentKind.VAULT_ITEMS;
        try (WebPage page = page(kind)) {
            untilContent(page, "u1", "{\"a\":1}");
            untilBadge(ann, "u1", Badge.SENT);
            page.put("u1", "{\"a\":5}");
            untilContent(anns, "u1", "{\"a\":5}");
            page.put("u2", "{\"new\":true}");
            untilContent(anns, "u2", "{\"new\":true}");
            anns.save("u2", content -> "{\"new\":false}");
            untilContent(page, "u2", "{\"new\":false}");
            page.remove("u1");
            untilContent(anns, "u1", "");
            anns.delete("u2");
            untilContent(page, "u2", "");
            until(
                    "the page is listed by name",
                    () -> open(ann).peers().stream()
                            .anyMatch(peer -> peer.browser() && peer.name().equals("A page")));
            until(
                    "the page knows who is there",
                    () -> statesOf(page).stream().anyMatch(state -> state.contains("\"name\":\"ann\"")));
        }
        until("the page is gone", () -> open(ann).peers().isEmpty());
    }

    private static List<String> statesOf(WebPage page) {
        try {
            return List.copyOf(page.states().values());
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DocumentKind.class,
            names = {"ITEMS", "VAULT_ITEMS"})
    void whoJoinsRecognisesHowItemsLie(DocumentKind kind) throws Exception {
        ann = device("ann", anns);
        RoomCode code = RoomCode.parse("abc def");
        try (WebPage page = new WebPage(hub, "ABCDEF", kind)) {
            page.put("u1", "{\"a\":1}");
            room = done(ann.joinOpenRoom(new OpenRoomAddress(code, List.of(SERVER)), Optional.empty(), Taking.ALL));
            untilContent(anns, "u1", "{\"a\":1}");
            anns.save("u1", content -> "{\"a\":2}");
            untilContent(page, "u1", "{\"a\":2}");
            annShares("u2", "{}");
            untilContent(page, "u2", "{}");
            Profile profile = kind == DocumentKind.ITEMS ? Profile.FIELDS : Profile.WHOLE_ITEMS;
            until("it is recognised", () -> open(ann).profile().equals(Optional.of(profile)));
        }
    }

    @Test
    void aRestartKeepsTheRoomAndLeavingForgetsIt() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        try (WebPage page = page(DocumentKind.ITEMS)) {
            untilContent(page, "u1", "{\"a\":1}");
            untilBadge(ann, "u1", Badge.SENT);
            stop(ann, anns);
            anns.save("u1", content -> "{\"a\":2}");
            page.put("u2", "{}");
            ann = device("ann", anns);
            untilContent(page, "u1", "{\"a\":2}");
            untilContent(anns, "u2", "{}");
            assertEquals("Friday group", roomOf(ann).name());
        }
        stop(ann, anns);
        ann = device("ann", anns);
        untilBadge(ann, "u2", Badge.SENT); // the page had it
        done(ann.leave(room));
        assertEquals(List.of(), ann.rooms());
        untilBadge(ann, "u1", Badge.NOT_SHARED);
        assertEquals("{\"a\":2}", anns.content("u1"));
        stop(ann, anns);
        ann = device("ann", anns);
        assertEquals(List.of(), ann.rooms());
    }

    /** As when a neighbour's server comes and goes. Who joins anew has another name there. */
    @Test
    void whoIsLinkedStaysWhileTheServersChange() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        until("ben sees ann", () -> !open(ben).peers().isEmpty());
        List<String> there = open(ben).peers().stream().map(OpenRoom.Peer::id).toList();
        done(ann.meet(new Meeting(List.of("wss://other.example"), List.of(), false)));
        until(
                "the other server is looked at",
                () -> open(ann).servers().stream()
                        .anyMatch(each -> each.address().equals("wss://other.example")));
        done(ann.meet(new Meeting(List.of(), List.of(), false)));
        anns.save("u1", content -> "{\"a\":2}");
        untilContent(bens, "u1", "{\"a\":2}");
        assertEquals(there, open(ben).peers().stream().map(OpenRoom.Peer::id).toList());
        IceServer stun = new IceServer("stun:stun.example:3478", "", "");
        done(ann.meet(new Meeting(List.of(), List.of(stun), false)));
        until(
                "it has joined again",
                () -> !there.equals(
                        open(ben).peers().stream().map(OpenRoom.Peer::id).toList()));
    }

    @Test
    void aPasswordIsKeptAndAnotherOneIsSaid() throws Exception {
        ann = device("ann", anns);
        done(ann.meet(new Meeting(List.of(SERVER), List.of(), false)));
        room = done(ann.createOpenRoom("Secret", Profile.FIELDS, Optional.of("sésame"), Taking.ALL));
        annShares("u1", "{\"a\":1}");
        stop(ann, anns);
        ann = device("ann", anns);
        assertTrue(open(ann).password());
        String code = open(ann).address().code().letters();
        try (WebPage right = new WebPage(hub, code, DocumentKind.ITEMS, "sésame")) {
            untilContent(right, "u1", "{\"a\":1}");
        }
        benJoins(Taking.ALL);
        until("ben hears of it", () -> open(ben).notices().equals(Set.of(Notice.THEY_HAVE_A_PASSWORD)));
        until("ann hears of it", () -> open(ann).notices().contains(Notice.THEY_HAVE_NO_PASSWORD));
        done(ben.leave(roomOf(ben).id()));
        done(ben.joinOpenRoom(open(ann).address(), Optional.of("other"), Taking.ALL));
        until("the other password is said", () -> open(ben).notices().equals(Set.of(Notice.OTHER_PASSWORD)));
        assertEquals("", bens.content("u1"));
        assertFalse(new String(Files.readAllBytes(folder.resolve("ann/sync.db")), StandardCharsets.UTF_8)
                .contains("sésame"));
    }

    @Test
    void aPasswordThatANewKeyCannotReadIsAskedForAgainAndHoldsNothingUp() throws Exception {
        ann = device("ann", anns);
        done(ann.meet(new Meeting(List.of(SERVER), List.of(), false)));
        done(ann.createOpenRoom("Secret", Profile.FIELDS, Optional.of("sésame"), Taking.ALL));
        RoomId other = done(ann.createOpenRoom("Other", Profile.FIELDS, Optional.empty(), Taking.ALL));
        stop(ann, anns);
        Files.move(folder.resolve("ann/device.key"), folder.resolve("device.key.old"));
        ann = device("ann", anns);
        Supplier<Room> secret = () -> ann.rooms().stream()
                .filter(each -> each.name().equals("Secret"))
                .findFirst()
                .orElseThrow();
        until("it is said", () -> secret.get().open().orElseThrow().trouble().isPresent());
        String said = secret.get().open().orElseThrow().trouble().get().sentence();
        assertTrue(said.contains("enter its code and its password again"), said);
        annSharesIn(other, "u1");
        assertTrue(refused(ann.share(secret.get().id(), List.of("u1")))
                .getMessage()
                .contains("password"));
        OpenRoomAddress address = secret.get().open().orElseThrow().address();
        done(ann.leave(secret.get().id()));
        done(ann.joinOpenRoom(address, Optional.of("sésame"), Taking.ALL));
        String code = address.code().letters();
        try (WebPage right = new WebPage(hub, code, DocumentKind.ITEMS, "sésame")) {
            right.put("u2", "{\"a\":1}");
            untilContent(anns, "u2", "{\"a\":1}");
        }
    }

    private void annSharesIn(RoomId where, String id) throws Exception {
        anns.save(new Item(id, "note", "Note " + id, "{}"), Revision.NONE);
        done(ann.share(where, List.of(id)));
        untilBadge(ann, id, Badge.PENDING);
    }

    @Test
    void thatTheRoomIsFullIsSaidUntilSomebodyGoes() throws Exception {
        hub.places = 1;
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        try (WebPage first = page(DocumentKind.ITEMS);
                WebPage late = page(DocumentKind.ITEMS)) {
            untilContent(first, "u1", "{\"a\":1}");
            until("it is said", () -> open(ann).notices().equals(Set.of(Notice.FULL)));
            assertEquals(1, open(ann).peers().size());
            assertEquals("", late.content("u1"));
        }
        until("there is a place again", () -> open(ann).notices().isEmpty());
    }

    @Test
    void whoIsNotReachedIsTriedAgainWhenAPersonAsksForIt() throws Exception {
        annCreates(Profile.FIELDS);
        until("there", () -> open(ann).isReachable());
        ann.syncNow(new Scope.OfRoom(new RoomId("f".repeat(32))));
        ann.syncNow();
        until("asked", () -> hub.again.get() == 1);
        ann.syncNow(new Scope.OfRoom(room));
        until("asked for the room", () -> hub.again.get() == 2);
    }

    @Test
    void whatIsOfferedStandsWherePeopleLookForIt() throws Exception {
        annCreates(Profile.FIELDS);
        for (String id : List.of("10", "Zeta", "2", "äther")) {
            annShares(id, "{}");
        }
        benJoins(NOTHING);
        until("it is offered", () -> roomOf(ben).offered() == 4);
        assertEquals(
                List.of("Note 2", "Note 10", "Note äther", "Note Zeta"),
                done(ben.offers(roomOf(ben).id())).stream().map(Offer::name).toList());
    }

    @Test
    void whatOthersShareIsOnlyOfferedUntilItIsTaken() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(NOTHING);
        until("it is offered", () -> roomOf(ben).offered() == 1);
        assertEquals("", bens.content("u1"));
        assertEquals(Badge.NOT_SHARED, ben.status("u1").badge());
        List<String> copies = done(ben.copy(roomOf(ben).id(), List.of("u1")));
        untilContent(bens, copies.getFirst(), "{\"a\":1}");
        done(ben.take(roomOf(ben).id(), List.of("u1")));
        untilContent(bens, "u1", "{\"a\":1}");
        bens.save("u1", content -> "{\"a\":2}");
        untilContent(anns, "u1", "{\"a\":2}");
        done(ben.stop(List.of("u1")));
        bens.save("u1", content -> "{\"a\":3}");
        annShares("u2", "{}");
        until("the next is offered", () -> roomOf(ben).offered() == 2);
        assertEquals("{\"a\":2}", anns.content("u1"));
        SyncException notForAll = refused(ann.stopForAll(List.of("u1")));
        assertTrue(notForAll.getMessage().contains("delete"), notForAll.getMessage());
    }

    @Test
    void whatIsStoppedWhileItIsBeingSharedIsNotInTheRoom() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{}");
        anns.hold(new Item("u2", "note", "Note u2", "{}"));
        anns.hold(new Item("u3", "note", "Note u3", "{}"));
        CountDownLatch answer = new CountDownLatch(1);
        anns.beforeGet(id -> assertDoesNotThrow(() -> answer.await(30, TimeUnit.SECONDS)));
        CompletionStage<Void> shared = ann.share(room, List.of("u2", "u3"));
        SyncException notForAll = refused(ann.stopForAll(List.of("u2")));
        assertTrue(notForAll.getMessage().contains("each device"), notForAll.getMessage());
        done(ann.stop(List.of("u2")));
        answer.countDown();
        done(shared);
        assertEquals(Badge.NOT_SHARED, ann.status("u2").badge());
        benJoins(Taking.ALL);
        untilContent(bens, "u3", "{}");
        assertEquals("", bens.content("u2"));
    }

    /** Notes are shared by themselves. What comes after the stopped one tells that it would have been there. */
    @Test
    void whatIsStoppedBeforeItIsSharedByItselfStaysSoUntilAPersonWantsIt() throws Exception {
        annCreates(Profile.FIELDS);
        anns.hold(new Item("u2", "note", "Note u2", "{}"));
        anns.hold(new Item("u3", "note", "Note u3", "{}"));
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        anns.beforeGet(id -> {
            asked.countDown();
            assertDoesNotThrow(() -> answer.await(30, TimeUnit.SECONDS));
        });
        CompletionStage<Void> shared = ann.setSharing("note", new Sharing.Always(room));
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        done(ann.stop(List.of("u2")));
        answer.countDown();
        done(shared);
        benJoins(Taking.ALL);
        untilContent(bens, "u3", "{}");
        stop(ann, anns);
        anns.hold(new Item("u4", "note", "Note u4", "{}"));
        ann = device("ann", anns);
        untilContent(bens, "u4", "{}");
        anns.save("u2", content -> "{\"a\":1}");
        anns.save("u3", content -> "{\"a\":1}");
        untilContent(bens, "u3", "{\"a\":1}");
        assertEquals("", bens.content("u2"));
        assertEquals(Badge.NOT_SHARED, ann.status("u2").badge());
        done(ann.share(room, List.of("u2")));
        untilContent(bens, "u2", "{\"a\":1}");
        stop(ann, anns);
        ann = device("ann", anns);
        anns.save("u2", content -> "{\"a\":2}");
        untilContent(bens, "u2", "{\"a\":2}");
    }

    /** The vault is read at the start; what was edited before that waits for its answer. */
    @Test
    void whatIsStoppedWhileItIsReadGoesToNobody() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        ben.stop();
        bens.save("u1", content -> "{\"a\":2}");
        CountDownLatch answer = new CountDownLatch(1);
        bens.beforeGet(id -> assertDoesNotThrow(() -> answer.await(30, TimeUnit.SECONDS)));
        ben = device("ben", bens);
        done(ben.stop(List.of("u1")));
        answer.countDown();
        bens.save(new Item("u2", "note", "Note u2", "{}"), Revision.NONE);
        done(ben.share(roomOf(ben).id(), List.of("u2")));
        untilContent(anns, "u2", "{}");
        assertEquals("{\"a\":1}", anns.content("u1"));
        untilBadge(ben, "u1", Badge.NOT_SHARED);
    }

    @Test
    void whatIsStoppedWhileTheVaultIsToldOfItIsInNoOtherRoomBefore() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        untilBadge(ben, "u1", Badge.SENT);
        RoomId open = ben.status("u1").room().orElseThrow();
        RoomId other = done(ben.createRoom("Other"));
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        bens.beforePut(() -> {
            told.countDown();
            assertDoesNotThrow(() -> answer.await(30, TimeUnit.SECONDS));
        });
        anns.save("u1", content -> "{\"a\":2}");
        assertTrue(told.await(30, TimeUnit.SECONDS));
        anns.save(
                new Item("u1", "note", "Merged last", "{\"a\":3}"),
                anns.get("u1").orElseThrow().revision());
        until("it has come", () -> nameOffered(ben, open).equals("Merged last"));
        done(ben.stop(List.of("u1")));
        untilBadge(ben, "u1", Badge.NOT_SHARED);
        refused(ben.share(other, List.of("u1")));
        answer.countDown();
        untilContent(bens, "u1", "{\"a\":3}");
        until("it may be in the other room", () -> isShared(ben, other));
    }

    /** Stopping, and deleting in the vault after that, is what a person means by deleting it only here. */
    @Test
    void whatIsDeletedOnlyHereWhileItIsReadDoesNotComeBack() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        ben.stop();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        bens.beforeGet(id -> {
            asked.countDown();
            assertDoesNotThrow(() -> answer.await(30, TimeUnit.SECONDS));
        });
        ben = device("ben", bens);
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        done(ben.stop(List.of("u1")));
        bens.delete("u1");
        answer.countDown();
        bens.save(new Item("u2", "note", "Note u2", "{}"), Revision.NONE);
        done(ben.share(roomOf(ben).id(), List.of("u2")));
        untilContent(anns, "u2", "{}");
        assertEquals(Optional.empty(), bens.get("u1"));
        assertEquals("{\"a\":1}", anns.content("u1"));
    }

    private static boolean isShared(LocalVaultSync device, RoomId room) {
        try {
            device.share(room, List.of("u1")).toCompletableFuture().join();
            return true;
        } catch (CompletionException refused) {
            return false;
        }
    }

    private static String nameOffered(LocalVaultSync device, RoomId room) {
        return device.offers(room).toCompletableFuture().join().getFirst().name();
    }

    @Test
    void isNotExportedAndSaysWhy() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        Path file = folder.resolve("room.vaultsync");
        SyncException notExported = refused(new LocalRoomArchives(ann).exportRoom(room, file));
        assertTrue(notExported.getMessage().startsWith("An open room is not exported"), notExported.getMessage());
        assertFalse(Files.exists(file));
    }

    private List<Version> deleted(LocalItemHistory history) {
        return history.deleted(room).toCompletableFuture().join();
    }

    /** Files stay with the vault that has them: nothing of them is in the room, and no edit from there takes them away. */
    @ParameterizedTest
    @EnumSource(Profile.class)
    void filesAreNotSent(Profile profile) throws Exception {
        annCreates(profile);
        benJoins(Taking.ALL);
        String sha256 = "ab".repeat(32);
        Item withFile = new Item(
                "u1",
                "note",
                "Note u1",
                "{\"a\":1}",
                List.of(new Attachment("k", "picture.png", sha256, 9, "image/png")),
                List.of());
        anns.save(withFile, Revision.NONE);
        done(ann.share(room, List.of("u1")));
        untilContent(bens, "u1", "{\"a\":1}");
        assertEquals(List.of(), bens.get("u1").orElseThrow().item().attachments());
        bens.save("u1", content -> "{\"a\":2}");
        untilContent(anns, "u1", "{\"a\":2}");
        assertEquals(withFile.attachments(), anns.get("u1").orElseThrow().item().attachments());
        assertEquals(0, bens.filesPut());
    }

    /**
     * The vault holds two saves, the second made from the first, and tells of them while it is being waited for; or later,
     * where this machine is busy, which must not matter.
     */
    @Test
    void aVaultThatTellsLateDoublesNothing() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"log\":[]}");
        try (WebPage page = page(DocumentKind.ITEMS)) {
            untilContent(page, "u1", "{\"log\":[]}");
            Queue<Runnable> untold = new ConcurrentLinkedQueue<>();
            anns.tellBy(untold::add);
            anns.save("u1", content -> "{\"log\":[\"x\"]}");
            Stored first = anns.get("u1").orElseThrow();
            anns.save("u1", content -> "{\"log\":[\"x\",\"y\"]}");
            CountDownLatch asked = new CountDownLatch(1);
            anns.beforeGet(item -> asked.countDown());
            page.put("u1", "{\"log\":[\"a\"]}");
            assertTrue(asked.await(60, TimeUnit.SECONDS), "what came was not brought together with what the vault has");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            untold.forEach(Runnable::run);
            anns.tellBy(Runnable::run);
            // Another editor had gone on from the first save.
            Item other = first.item();
            anns.save(new Item("u1", other.type(), other.name(), "{\"log\":[\"x\",\"z\"]}"), first.revision());
            until(
                    () -> "all four are there once, not " + page.content("u1") + " and " + anns.content("u1"),
                    () -> words(page.content("u1")).equals(List.of("a", "x", "y", "z"))
                            && words(anns.content("u1")).equals(List.of("a", "x", "y", "z")));
        }
    }

    private static List<String> words(String content) {
        return Pattern.compile("\"([axyz])\"")
                .matcher(content)
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void anEditorThatIsBehindRevertsNothing(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":1,\"b\":1,\"c\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1,\"b\":1,\"c\":1}");
        Revision started = bens.get("u1").orElseThrow().revision();
        anns.save("u1", content -> "{\"a\":2,\"b\":2,\"c\":1}");
        untilContent(bens, "u1", "{\"a\":2,\"b\":2,\"c\":1}");
        // Ben's editor still shows what it started from; he changed b and c.
        bens.save(new Item("u1", "note", "Note u1", "{\"a\":1,\"b\":3,\"c\":3}"), started);
        untilContent(anns, "u1", "{\"a\":2,\"b\":3,\"c\":3}");
        untilContent(bens, "u1", "{\"a\":2,\"b\":3,\"c\":3}");
        untilBadge(ben, "u1", Badge.CONFLICT);
        Conflict conflict = ben.conflicts("u1").getFirst();
        assertEquals(List.of("/content/b", "3", "2"), List.of(conflict.field(), conflict.standing(), conflict.lost()));
        done(ben.settle(conflict, Optional.of(conflict.lost())));
        untilContent(anns, "u1", "{\"a\":2,\"b\":2,\"c\":3}");
        untilBadge(ben, "u1", Badge.SENT);
        assertEquals(List.of(), ben.conflicts("u1"));
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void aChosenValueWithoutAPlaceLeavesItsConflictOpen(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":{\"b\":1}}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":{\"b\":1}}");
        Revision started = bens.get("u1").orElseThrow().revision();
        anns.save("u1", content -> "{\"a\":{\"b\":2}}");
        untilContent(bens, "u1", "{\"a\":{\"b\":2}}");
        bens.save(new Item("u1", "note", "Note u1", "{\"a\":{\"b\":3}}"), started);
        untilContent(anns, "u1", "{\"a\":{\"b\":3}}");
        untilBadge(ben, "u1", Badge.CONFLICT);
        Conflict conflict = ben.conflicts("u1").getFirst();
        assertEquals(List.of("/content/a/b", "2"), List.of(conflict.field(), conflict.lost()));
        anns.save("u1", content -> "{}");
        untilContent(bens, "u1", "{}");
        SyncException why = refused(ben.settle(conflict, Optional.of("2")));
        assertTrue(why.getMessage().contains("What this value belongs to is gone"), why.getMessage());
        assertEquals(conflict.id(), ben.conflicts("u1").getFirst().id());
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void aConflictIsShownAlsoWhileTheHostTakesNothing(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":1,\"b\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1,\"b\":1}");
        Revision started = bens.get("u1").orElseThrow().revision();
        anns.save("u1", content -> "{\"a\":1,\"b\":2}");
        untilContent(bens, "u1", "{\"a\":1,\"b\":2}");
        bens.save(new Item("u1", "note", "Note u1", "{\"a\":1,\"b\":3}"), started);
        untilContent(anns, "u1", "{\"a\":1,\"b\":3}");
        untilBadge(ben, "u1", Badge.CONFLICT);
        bens.refuse("The host does not want it.");
        anns.save("u1", content -> "{\"a\":4,\"b\":3}");
        untilBadge(ben, "u1", Badge.ERROR);
        assertEquals(
                List.of("/content/b"),
                ben.conflicts("u1").stream().map(Conflict::field).toList());
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whatTwoWriteAtOnceIsAConflictAndBothValuesAreKept(Profile profile) throws Exception {
        annCreates(profile);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        hub.cut();
        until(
                "both are alone",
                () -> open(ann).peers().isEmpty() && open(ben).peers().isEmpty());
        anns.save("u1", content -> "{\"a\":\"ann\"}");
        bens.save("u1", content -> "{\"a\":\"ben\"}");
        untilBadge(ann, "u1", Badge.PENDING);
        untilBadge(ben, "u1", Badge.PENDING);
        meetAgain(ann);
        meetAgain(ben);
        until(
                () -> "a conflict at one of them: " + ann.status("u1") + ben.status("u1"),
                () -> ann.status("u1").badge() == Badge.CONFLICT
                        || ben.status("u1").badge() == Badge.CONFLICT);
        until("both say the same", () -> anns.content("u1").equals(bens.content("u1")));
        Conflict conflict = ann.conflicts("u1").isEmpty()
                ? ben.conflicts("u1").getFirst()
                : ann.conflicts("u1").getFirst();
        assertEquals(Set.of("\"ann\"", "\"ben\""), Set.of(conflict.standing(), conflict.lost()));
    }

    private void meetAgain(LocalVaultSync device) throws Exception {
        done(device.pause(new Scope.Everything()));
        done(device.resume(new Scope.Everything()));
    }

    @Test
    void ofTwoItemsUnderOneIdThePresentOnesAreToChooseFromAlsoWhenTheSharedOneWasGone() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":\"ann\"}");
        bens.save(new Item("u1", "note", "Ben's", "{\"a\":\"ben\"}"), Revision.NONE);
        benJoins(Taking.ALL);
        untilBadge(ben, "u1", Badge.CONFLICT);
        anns.delete("u1");
        untilBadge(ben, "u1", Badge.NOT_SHARED);
        bens.save("u1", content -> "{\"a\":\"later\"}");
        annShares("u1", "{\"a\":\"again\"}");
        until(
                () -> "both are told: " + ben.conflicts("u1"),
                () -> ben.conflicts("u1").stream()
                        .anyMatch(conflict -> conflict.standing().contains("again")
                                && conflict.lost().contains("later")));
    }

    @Test
    void anOwnItemThatAnEditorOfTheSharedOneWritesOverIsToldAlsoAfterARestart() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":\"ann\",\"b\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":\"ann\",\"b\":1}");
        Revision opened = bens.get("u1").orElseThrow().revision();
        done(ben.stop(List.of("u1")));
        bens.delete("u1");
        bens.save(new Item("u1", "note", "Note u1", "{\"a\":\"own\",\"b\":1}"), Revision.NONE);
        done(ben.share(roomOf(ben).id(), List.of("u1")));
        untilBadge(ben, "u1", Badge.CONFLICT);
        bens.save(new Item("u1", "note", "Note u1", "{\"a\":\"ann\",\"b\":2}"), opened);
        untilContent(anns, "u1", "{\"a\":\"ann\",\"b\":2}");
        stop(ben, bens);
        ben = device("ben", bens);
        until(
                () -> "one's own is told: " + ben.conflicts("u1"),
                () -> ben.conflicts("u1").stream()
                        .anyMatch(conflict -> conflict.lost().contains("own")));
    }

    @Test
    void twoItemsThatMeetUnderOneIdAreBothKept() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":\"ann\"}");
        bens.hold(new Item("u1", "note", "Note u1", "{\"a\":\"ben\"}"));
        bens.hold(new Item("u2", "note", "Note u2", "{\"same\":1}"));
        annShares("u2", "{\"same\":1}");
        benJoins(Taking.ALL);
        untilBadge(ben, "u1", Badge.CONFLICT);
        untilBadge(ben, "u2", Badge.SENT);
        assertEquals("{\"a\":\"ben\"}", bens.content("u1"));
        Conflict conflict = ben.conflicts("u1").getFirst();
        done(ben.settle(conflict, Optional.of(conflict.lost())));
        untilContent(anns, "u1", "{\"a\":\"ben\"}");
        untilBadge(ben, "u1", Badge.SENT);
    }

    @Test
    void whatIsDeletedComesBackFromTheHistoryWithItsFiles() throws Exception {
        annCreates(Profile.WHOLE_ITEMS);
        String sha256 = "ab".repeat(32);
        Item withFile = new Item(
                "u1",
                "note",
                "Note u1",
                "{\"a\":1}",
                List.of(new Attachment("k", "picture.png", sha256, 9, "image/png")),
                List.of("u9"));
        anns.save(withFile, Revision.NONE);
        done(ann.share(room, List.of("u1")));
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            untilContent(page, "u1", "{\"a\":1}");
            page.put("u1", "{\"a\":2}");
            untilContent(anns, "u1", "{\"a\":2}");
            Item held = anns.get("u1").orElseThrow().item();
            assertEquals(withFile.attachments(), held.attachments());
            assertEquals(withFile.references(), held.references());
            page.remove("u1");
            untilContent(anns, "u1", "");
            LocalItemHistory history = new LocalItemHistory(ann);
            // It is written when the vault has said that the item is gone.
            until("it is among the deleted", () -> deleted(history).size() == 1);
            done(history.restore(deleted(history).getFirst()));
            untilContent(anns, "u1", "{\"a\":2}");
            assertEquals(
                    withFile.attachments(), anns.get("u1").orElseThrow().item().attachments());
            untilContent(page, "u1", "{\"a\":2}");
            List<Version> versions = done(new LocalItemHistory(ann).versions("u1"));
            assertEquals(
                    List.of(Version.Kind.SHARED, Version.Kind.DELETED, Version.Kind.EDITED, Version.Kind.SHARED),
                    versions.stream().map(Version::kind).toList());
        }
    }

    @Test
    void aLargeRoomComesToAPageInMessagesThatFitAndToADeviceWhole() throws Exception {
        annCreates(Profile.FIELDS);
        Random random = new Random(6);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new byte[40_000];
            random.nextBytes(bytes);
            annShares("u" + i, "{\"text\":\"" + java.util.HexFormat.of().formatHex(bytes) + "\"}");
        }
        try (WebPage page = page(DocumentKind.ITEMS)) {
            until("all of it came", () -> items(page) == 40);
            assertTrue(page.received.size() > 12, page.received.size() + " messages");
            benJoins(Taking.ALL);
            until("ben has all", () -> bens.ids().size() == 40);
            assertTrue(open(ben).peers().stream().allMatch(peer -> peer.note().isEmpty()));
        }
    }

    private static int items(WebPage page) {
        try {
            return Update.decode(page.merged()).isEmpty()
                    ? 0
                    : (int) IntStream.range(0, 40)
                            .filter(i -> !page.content("u" + i).isEmpty())
                            .count();
        } catch (MalformedUpdateException notYet) {
            return 0;
        }
    }

    @Test
    void thatSomethingIsTooLargeForAPageIsSaidAndStaysSaid() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"text\":\"" + "x".repeat(300_000) + "\"}");
        try (WebPage page = page(DocumentKind.ITEMS)) {
            until("it is said", this::isTooLarge);
            long told = awareness(page);
            page.say(new byte[] {0, 1, 2, 0, 0}); // all that it has, which is nothing
            page.say(new byte[] {3}); // who is there?
            until("it was heard", () -> awareness(page) > told);
            assertTrue(isTooLarge(), open(ann).peers().toString());
        }
    }

    private boolean isTooLarge() {
        return open(ann).peers().stream()
                .anyMatch(peer -> peer.note()
                        .filter(note -> note.startsWith("Something in this room is larger"))
                        .isPresent());
    }

    private static long awareness(WebPage page) {
        return page.received.stream().filter(message -> message[0] == 1).count();
    }

    @Test
    void whoBreaksTheRulesIsIgnoredAndThatIsSaid() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        try (WebPage bad = page(DocumentKind.ITEMS);
                WebPage good = page(DocumentKind.ITEMS)) {
            untilContent(bad, "u1", "{\"a\":1}");
            untilContent(good, "u1", "{\"a\":1}");
            until("both are there", () -> open(ann).peers().size() == 2);
            Random random = new Random(1);
            byte[] garbage = new byte[2000];
            random.nextBytes(garbage);
            garbage[0] = 0;
            garbage[1] = 2;
            bad.say(garbage);
            until(
                    "it is said",
                    () -> open(ann).peers().stream()
                            .anyMatch(peer -> peer.note()
                                    .filter(note -> note.contains("ignored"))
                                    .isPresent()));
            good.put("u1", "{\"a\":2}");
            untilContent(anns, "u1", "{\"a\":2}");
            untilBadge(ann, "u1", Badge.SENT);
        }
    }

    /** A device that says to the first it meets, which is Ann, so many pieces of a message and never the last. */
    private final class Endless implements OpenRooms.Visitor, AutoCloseable {
        private final int pieces;
        private final OpenRooms.Attendance attendance;
        private final AtomicBoolean met = new AtomicBoolean();
        final CountDownLatch closed = new CountDownLatch(1);

        Endless(String instance, int pieces) {
            this.pieces = pieces;
            attendance = hub.join(
                    new OpenRooms.Place(
                            open(ann).address().code().letters(), Optional.empty(), List.of(SERVER), instance),
                    Optional.empty(),
                    this);
        }

        @Override
        public void came(OpenRooms.Channel channel) {
            boolean first = !met.getAndSet(true);
            channel.start(new Link.Receiver() {
                @Override
                public void received(byte[] message) {
                    // It does not listen.
                }

                @Override
                public void closed(String reason) {
                    if (first) {
                        closed.countDown();
                    }
                }
            });
            if (!first) {
                return;
            }
            byte[] piece = new byte[OpenRooms.Channel.MAX_MESSAGE];
            piece[0] = 100;
            Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < pieces; i++) {
                        channel.send(piece);
                    }
                } catch (IOException over) {
                    throw new UncheckedIOException(over);
                }
            });
        }

        @Override
        public void notice(OpenRooms.Notice notice) {
            // There is none.
        }

        @Override
        public void serversChanged() {
            // They do not.
        }

        @Override
        public void close() {
            attendance.close();
        }
    }

    @Test
    void ofThoseWhoTogetherLetTooMuchWaitTheOneWithTheMostGoes() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        try (Endless much = new Endless("much", 200);
                Endless less = new Endless("less", 160);
                Endless alsoLess = new Endless("alsoLess", 160)) {
            assertTrue(much.closed.await(60, TimeUnit.SECONDS));
            until("it is gone", () -> open(ann).peers().size() == 2);
            try (WebPage page = page(DocumentKind.ITEMS)) {
                untilContent(page, "u1", "{\"a\":1}");
                page.put("u1", "{\"a\":2}");
                untilContent(anns, "u1", "{\"a\":2}");
            }
            assertEquals(1, less.closed.getCount());
            assertEquals(1, alsoLess.closed.getCount());
        }
    }

    @Test
    void whatIsNoItemStaysInTheRoomAndOutOfTheVault() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        try (WebPage page = page(DocumentKind.ITEMS)) {
            untilContent(page, "u1", "{\"a\":1}");
            page.putPlain("strange", "{\"tonnage\":20}");
            page.put("u2", "{}");
            untilContent(anns, "u2", "{}");
            assertEquals(List.of("u1", "u2"), anns.ids());
            assertEquals(0, roomOf(ann).offered());
        }
    }

    @Test
    void whoHasWhatOpenIsSeen() throws Exception {
        annCreates(Profile.FIELDS);
        annShares("u1", "{\"a\":1}");
        benJoins(Taking.ALL);
        untilContent(bens, "u1", "{\"a\":1}");
        ben.open("u1", "/content/a");
        until(
                "ann sees it",
                () -> ann.at("u1").stream()
                        .anyMatch(open ->
                                open.deviceName().equals("ben") && open.field().equals("/content/a")));
        ben.close("u1");
        until("it is closed", () -> ann.at("u1").isEmpty());
    }

    /** y-webrtc may pass on what it has just heard before it says who it is. */
    @Test
    void aPageIsNotTakenForTheOneThatItTellsOf() throws Exception {
        annCreates(Profile.FIELDS);
        OpenRooms.Attendance cat = cat("{\"user\":{\"name\":\"Cat\"}}");
        until(
                () -> "Cat is there: " + open(ann).peers(),
                () -> open(ann).peers().stream()
                        .map(OpenRoom.Peer::name)
                        .toList()
                        .equals(List.of("Cat")));
        cat.close();
    }

    @Test
    void whoSaysOfItselfWhatCannotBeReadHasNoNameAndHidesNobodyElse() throws Exception {
        annCreates(Profile.FIELDS);
        OpenRooms.Attendance cat = cat("{\"user\":{\"name\":\"Cat\"},\"x\":1,\"x\":2}");
        benJoins(Taking.ALL);
        until(
                () -> "both are there: " + open(ann).peers(),
                () -> open(ann).peers().stream()
                        .map(OpenRoom.Peer::name)
                        .toList()
                        .equals(List.of("", "ben")));
        annShares("u1", "{\"a\":1}");
        untilContent(bens, "u1", "{\"a\":1}");
        cat.close();
        until(() -> "Cat is gone: " + open(ann).peers(), () -> open(ann).peers().size() == 1);
        untilBadge(ann, "u1", Badge.SENT);
    }

    /** A page that passes on what Ann says of herself, and then says this of itself. */
    private OpenRooms.Attendance cat(String state) throws Exception {
        Awareness cats = new Awareness(4711, Instant.EPOCH);
        cats.say(Optional.of(state), Instant.EPOCH);
        ByteWriter hello = new ByteWriter();
        hello.varUint(1);
        hello.varBytes(cats.encode(Set.of(4711L)));
        CountDownLatch told = new CountDownLatch(1);
        OpenRooms.Attendance attendance = hub.join(
                new OpenRooms.Place(open(ann).address().code().letters(), Optional.empty(), List.of(SERVER), ""),
                Optional.empty(),
                new OpenRooms.Visitor() {
                    @Override
                    public void came(OpenRooms.Channel channel) {
                        channel.start(new Link.Receiver() {
                            @Override
                            public void received(byte[] message) {
                                try {
                                    if (message[0] == 1 && told.getCount() > 0) {
                                        channel.send(message); // what Ann has said of herself
                                        channel.send(hello.toByteArray());
                                        told.countDown();
                                    }
                                } catch (IOException broken) {
                                    throw new UncheckedIOException(broken);
                                }
                            }

                            @Override
                            public void closed(String reason) {
                                // It is over then.
                            }
                        });
                    }

                    @Override
                    public void notice(OpenRooms.Notice notice) {
                        // There is none.
                    }

                    @Override
                    public void serversChanged() {
                        // They do not.
                    }
                });
        assertTrue(told.await(60, TimeUnit.SECONDS));
        return attendance;
    }

    @Test
    void aRoomThatCanReachNobodyIsRefused() throws Exception {
        ann = device("ann", anns);
        OpenRoomAddress bare = OpenRoomAddress.parse("abcdef");
        SyncException why = refused(ann.joinOpenRoom(bare, Optional.empty(), Taking.ALL));
        assertTrue(why.getMessage().contains("no signaling server is known"), why.getMessage());
        done(ann.joinOpenRoom(OpenRoomAddress.parse("ABC-DEF @ " + SERVER), Optional.empty(), Taking.ALL));
        until("there", () -> open(ann).isReachable());
        SyncException twice = refused(
                ann.joinOpenRoom(OpenRoomAddress.parse("vaultsync:ABC-DEF@" + SERVER), Optional.empty(), Taking.ALL));
        assertEquals("This device is already in that room.", twice.getMessage());
        ann.unsetOpenRooms(hub);
        until("it is said", () -> open(ann).trouble().isPresent());
    }

    @Test
    void aCodeThatIsEnteredTwiceAtOnceIsOneRoom() throws Exception {
        ann = device("ann", anns);
        OpenRoomAddress address = OpenRoomAddress.parse("ABC-DEF @ " + SERVER);
        CompletionStage<RoomId> first = ann.joinOpenRoom(address, Optional.empty(), Taking.ALL);
        SyncException twice = refused(ann.joinOpenRoom(address, Optional.empty(), Taking.ALL));
        assertEquals("This device is already in that room.", twice.getMessage());
        room = done(first);
        assertEquals(List.of(room), ann.rooms().stream().map(Room::id).toList());
        done(ann.leave(room));
        done(ann.joinOpenRoom(address, Optional.empty(), Taking.ALL));
    }

    @Test
    void aCodeThatCouldNotBeEnteredCanBeEnteredAgain() throws Exception {
        ann = device("ann", anns);
        ann.unsetOpenRooms(hub);
        AtomicBoolean broken = new AtomicBoolean(true);
        AtomicBoolean brokenInside = new AtomicBoolean(true);
        OpenRooms brittle = new OpenRooms() {
            @Override
            public Attendance join(Place place, Optional<Meeting> meeting, Visitor visitor) throws IOException {
                if (brokenInside.get()) {
                    throw new UnsatisfiedLinkError("no natives inside");
                }
                return hub.join(place, meeting, visitor);
            }

            @Override
            public Optional<Trouble> trouble() {
                if (broken.get()) {
                    throw new UnsatisfiedLinkError("no natives");
                }
                return Optional.empty();
            }
        };
        ann.setOpenRooms(brittle);
        OpenRoomAddress address = OpenRoomAddress.parse("ABC-DEF @ " + SERVER);
        assertThrows(ExecutionException.class, () -> done(ann.joinOpenRoom(address, Optional.empty(), Taking.ALL)));
        broken.set(false);
        done(ann.joinOpenRoom(address, Optional.empty(), Taking.ALL));
        until(
                "it is said",
                () -> open(ann)
                        .trouble()
                        .filter(trouble -> trouble.sentence().endsWith("no natives inside"))
                        .isPresent());
        brokenInside.set(false);
        ann.unsetOpenRooms(brittle);
        ann.setOpenRooms(brittle);
        until("there", () -> open(ann).isReachable());
    }

    @Test
    void aCodeIsReadAsPeopleTypeIt() throws Exception {
        assertEquals("ABC-DEF", RoomCode.parse(" aBc–dEf ").toString());
        for (String wrong : List.of("", "ABC-DE", "ABC-DEFG", "ABC-DE0", "ABCDEI", "ÄBCDEF")) {
            assertThrows(SyncException.class, () -> RoomCode.parse(wrong), wrong);
        }
        OpenRoomAddress address = OpenRoomAddress.parse("abc-def @ wss://one.example:4444 ws://10.0.0.1:4444");
        assertEquals(address, OpenRoomAddress.parse(address.text()));
        assertEquals(address, OpenRoomAddress.parse(address.link()));
        assertEquals(
                new OpenRoomAddress(new RoomCode("ABCDEF"), List.of()), OpenRoomAddress.parse("vaultsync:abcdef@"));
        assertThrows(SyncException.class, () -> OpenRoomAddress.parse("ABC-DEF @ http://one.example"));
        Set<RoomCode> codes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            codes.add(RoomCode.random(new SecureRandom()));
        }
        assertEquals(100, codes.size());
    }
}
