// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.core.TestDevice.until;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Meeting;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Room;
import org.vaultsync.RoomCode;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Version;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** How items lie in an open room is the same for all who are there, whoever was there first and whoever did not know it yet. */
@Timeout(120)
class OpenRoomProfileTest {
    private static final String SERVER = "ws://hub.example:4444";

    @TempDir
    Path folder;

    private final OpenHub hub = new OpenHub();
    private final Map<String, MemoryVault> vaults = new LinkedHashMap<>();
    private final Map<String, LocalVaultSync> devices = new LinkedHashMap<>();
    private OpenRoomAddress address = new OpenRoomAddress(new RoomCode("ABCDEF"), List.of(SERVER));

    @AfterEach
    void close() {
        List.copyOf(devices.keySet()).forEach(this::stop);
    }

    private void stop(String name) {
        LocalVaultSync device = devices.remove(name);
        device.unsetVault(vaults.get(name));
        device.stop();
    }

    private LocalVaultSync start(String name) throws Exception {
        LocalVaultSync device = new LocalVaultSync(folder.resolve(name), TestDevice.REPLICAS, Clock.systemUTC());
        devices.put(name, device);
        device.setOpenRooms(hub);
        device.setVault(vault(name));
        done(device.nameDevice(name));
        return device;
    }

    private MemoryVault vault(String name) {
        return vaults.computeIfAbsent(name, none -> new MemoryVault());
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private LocalVaultSync create(String name, Profile profile) throws Exception {
        LocalVaultSync device = start(name);
        done(device.meet(new Meeting(List.of(SERVER), List.of(), false)));
        done(device.createOpenRoom("Friday group", profile, Optional.empty(), Taking.ALL));
        address = room(device).open().orElseThrow().address();
        return device;
    }

    private LocalVaultSync join(String name) throws Exception {
        LocalVaultSync device = start(name);
        done(device.joinOpenRoom(address, Optional.empty(), Taking.ALL));
        return device;
    }

    private WebPage page(DocumentKind kind) throws Exception {
        return new WebPage(hub, address.code().letters(), kind);
    }

    private static Room room(LocalVaultSync device) {
        return device.rooms().getFirst();
    }

    private static Optional<Profile> profile(LocalVaultSync device) {
        return room(device).open().orElseThrow().profile();
    }

    private void share(String name, String id, String content) throws Exception {
        save(name, id, "note", content);
        done(devices.get(name).share(room(devices.get(name)).id(), List.of(id)));
    }

    private void save(String name, String id, String type, String content) {
        vault(name).save(new Item(id, type, "Note " + id, content), Revision.NONE);
    }

    private void edit(String name, String id, String content) {
        vault(name).save(id, before -> content);
    }

    private void untilContent(String name, String id, String json) {
        until(
                () -> id + " of " + name + " is " + json + ", not "
                        + vault(name).content(id),
                () -> json.isEmpty()
                        ? vault(name).content(id).isEmpty()
                        : !vault(name).content(id).isEmpty()
                                && Jsons.same(json, vault(name).content(id)));
    }

    private static void untilContent(WebPage page, String id, String json) {
        until(
                () -> id + " is " + json + ", not " + page.content(id),
                () -> !page.content(id).isEmpty() && Jsons.same(json, page.content(id)));
    }

    private void untilBadge(String name, String id, Badge badge) {
        until(
                () -> "badge of " + id + " is " + badge + ", not "
                        + devices.get(name).status(id),
                () -> devices.get(name).status(id).badge() == badge);
    }

    private void untilItems(String name, String... ids) {
        until(
                () -> "items of " + name + ": " + room(devices.get(name)).items(),
                () -> room(devices.get(name)).items().equals(List.of(ids)));
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whatIsSharedBeforeAnybodyWasMetWaitsAndThenAllSeeIt(Profile profile) throws Exception {
        create("ann", profile);
        share("ann", "u1", "{\"a\":1}");
        stop("ann");
        LocalVaultSync ben = join("ben");
        share("ben", "u2", "{\"b\":1}");
        untilBadge("ben", "u2", Badge.PENDING);
        untilItems("ben", "u2");
        assertEquals(Optional.empty(), profile(ben));
        start("ann");
        untilContent("ann", "u2", "{\"b\":1}");
        untilContent("ben", "u1", "{\"a\":1}");
        untilBadge("ben", "u2", Badge.SENT);
        until("it is known", () -> profile(ben).equals(Optional.of(profile)));
        edit("ann", "u2", "{\"b\":2}");
        untilContent("ben", "u2", "{\"b\":2}");
        assertEquals(
                List.of(Version.Kind.EDITED, Version.Kind.SHARED),
                done(new LocalItemHistory(ben).versions("u2")).stream()
                        .map(Version::kind)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whoMadeTheRoomAndHasPutNothingThereSaysHowItemsLie(Profile profile) throws Exception {
        create("ann", profile);
        LocalVaultSync ben = join("ben");
        until("it is known", () -> profile(ben).equals(Optional.of(profile)));
        share("ben", "u1", "{\"b\":1}");
        untilContent("ann", "u1", "{\"b\":1}");
        try (WebPage page = page(profile == Profile.FIELDS ? DocumentKind.ITEMS : DocumentKind.VAULT_ITEMS)) {
            untilContent(page, "u1", "{\"b\":1}");
        }
    }

    @Test
    void twoWhoJoinedAndHaveNothingWaitForEachOtherNoLonger() throws Exception {
        join("ann");
        share("ann", "u1", "{\"a\":1}");
        untilBadge("ann", "u1", Badge.PENDING);
        save("ben", "u2", "note", "{\"b\":1}");
        LocalVaultSync ben = join("ben");
        done(ben.share(room(ben).id(), List.of("u2")));
        untilContent("ann", "u2", "{\"b\":1}");
        untilContent("ben", "u1", "{\"a\":1}");
        untilBadge("ann", "u1", Badge.SENT);
        untilBadge("ben", "u2", Badge.SENT);
        for (LocalVaultSync device : devices.values()) {
            until("it is known", () -> profile(device).equals(Optional.of(Profile.FIELDS)));
        }
    }

    @Test
    void aPageThatHasNothingIsTakenForTheWebApp() throws Exception {
        LocalVaultSync ben = join("ben");
        share("ben", "u1", "{\"b\":1}");
        untilBadge("ben", "u1", Badge.PENDING);
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            untilContent(page, "u1", "{\"b\":1}");
            untilBadge("ben", "u1", Badge.SENT);
            until("it is known", () -> profile(ben).equals(Optional.of(Profile.WHOLE_ITEMS)));
            page.put("u2", "{}");
            untilContent("ben", "u2", "{}");
        }
    }

    /** Somebody is there and has not said what it has. */
    @Test
    void whoDoesNotAnswerIsNoAnswer() throws Exception {
        LocalVaultSync ben = join("ben");
        OpenRooms.Attendance cat = hub.join(
                new OpenRooms.Place(address.code().letters(), Optional.empty(), List.of(SERVER), "cat"),
                Optional.empty(),
                new OpenRooms.Visitor() {
                    @Override
                    public void came(OpenRooms.Channel channel) {
                        channel.start(new Link.Receiver() {
                            @Override
                            public void received(byte[] message) {
                                // It says nothing to that.
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
        until("cat is there", () -> room(ben).open().orElseThrow().peers().size() == 1);
        share("ben", "u1", "{\"b\":1}");
        until(
                () -> "it waits while somebody is there: " + ben.status("u1"),
                () -> ben.status("u1").badge() == Badge.PENDING
                        && ben.status("u1").others() == 1);
        assertEquals(Optional.empty(), profile(ben));
        try (WebPage page = page(DocumentKind.ITEMS)) {
            page.put("u2", "{\"c\":1}");
            untilContent(page, "u1", "{\"b\":1}");
        }
        cat.close();
        until("it is known", () -> profile(ben).equals(Optional.of(Profile.FIELDS)));
    }

    @Test
    void whatWaitsSurvivesARestartAndIsSharedAsTheVaultHasItThen() throws Exception {
        join("ben");
        share("ben", "u1", "{\"b\":1}");
        share("ben", "u2", "{\"b\":1}");
        untilBadge("ben", "u1", Badge.PENDING);
        edit("ben", "u1", "{\"b\":2}");
        stop("ben");
        edit("ben", "u1", "{\"b\":3}");
        vault("ben").delete("u2");
        LocalVaultSync ben = start("ben");
        untilBadge("ben", "u1", Badge.PENDING);
        edit("ben", "u1", "{\"b\":4}");
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("p1", "{}");
            untilContent(page, "u1", "{\"b\":4}");
            untilBadge("ben", "u2", Badge.NOT_SHARED);
            untilItems("ben", "p1", "u1");
            stop("ben");
            edit("ben", "u1", "{\"b\":5}");
            start("ben");
            untilContent(page, "u1", "{\"b\":5}");
        }
        assertEquals(Optional.empty(), ben.problem());
    }

    @Test
    void whatIsNotWantedAnyMoreWhileItWaitsIsNotShared() throws Exception {
        LocalVaultSync ben = join("ben");
        RoomId there = room(ben).id();
        save("ben", "secret", "diary", "{}");
        done(ben.share(there, List.of("secret")));
        share("ben", "u1", "{}");
        share("ben", "u2", "{}");
        share("ben", "u3", "{}");
        share("ben", "u4", "{}");
        untilItems("ben", "secret", "u1", "u2", "u3", "u4");
        assertThrows(ExecutionException.class, () -> done(ben.stopForAll(List.of("u1"))));
        done(ben.stop(List.of("u1", "u3")));
        vault("ben").delete("u2");
        done(ben.setSharing("diary", new Sharing.Never()));
        done(ben.share(there, List.of("u3")));
        done(ben.pause(new Scope.Everything()));
        done(ben.resume(new Scope.Everything()));
        untilItems("ben", "u3", "u4");
        for (String item : List.of("secret", "u1", "u2")) {
            untilBadge("ben", item, Badge.NOT_SHARED);
        }
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            untilContent(page, "u3", "{}");
            untilContent(page, "u4", "{}");
            untilItems("ben", "u3", "u4");
            for (String item : List.of("secret", "u1", "u2")) {
                assertEquals("", page.content(item));
            }
        }
        done(ben.leave(there));
        untilBadge("ben", "u4", Badge.NOT_SHARED);
    }

    /** What is always shared waits as well, and is not shared where that was changed meanwhile. */
    @Test
    void whatIsAlwaysSharedWaits() throws Exception {
        LocalVaultSync ben = join("ben");
        save("ben", "u1", "note", "{}");
        done(ben.setSharing("note", new Sharing.Always(room(ben).id())));
        untilBadge("ben", "u1", Badge.PENDING);
        save("ben", "u2", "note", "{}");
        untilBadge("ben", "u2", Badge.PENDING);
        stop("ben");
        start("ben");
        untilItems("ben", "u1", "u2");
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            untilContent(page, "u1", "{}");
            untilContent(page, "u2", "{}");
        }
    }

    @Test
    void whatWasForbiddenWhileTheVaultWasAwayIsNotShared() throws Exception {
        LocalVaultSync ben = join("ben");
        share("ben", "u1", "{}");
        save("ben", "u2", "list", "{}");
        done(ben.share(room(ben).id(), List.of("u2")));
        untilItems("ben", "u1", "u2");
        ben.unsetVault(vault("ben"));
        done(ben.setSharing("note", new Sharing.Never()));
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("p1", "{}");
            until("it is offered", () -> room(ben).offered() == 1);
            untilItems("ben", "u1", "u2");
            ben.setVault(vault("ben"));
            untilContent(page, "u2", "{}");
            untilBadge("ben", "u1", Badge.NOT_SHARED);
            assertEquals("", page.content("u1"));
        }
    }

    @Test
    void thatTheVaultFailsOnWhatWaitedIsSaidAndItIsSharedWithTheNextSave() throws Exception {
        LocalVaultSync ben = join("ben");
        share("ben", "u1", "{}");
        vault("ben").beforeGet(id -> {
            throw new IllegalStateException("the disk is on fire");
        });
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            untilBadge("ben", "u1", Badge.ERROR);
            assertEquals(
                    Optional.of("The application could not read it: the disk is on fire"),
                    ben.status("u1").problem());
            vault("ben").beforeGet(id -> {});
            edit("ben", "u1", "{\"b\":2}");
            untilContent(page, "u1", "{\"b\":2}");
            untilBadge("ben", "u1", Badge.SENT);
        }
    }

    @Test
    void ofAnItemThatIsThereAlreadyAPersonChooses() throws Exception {
        LocalVaultSync ben = join("ben");
        share("ben", "u1", "{\"a\":\"ben\"}");
        share("ben", "u2", "{\"same\":1}");
        untilBadge("ben", "u1", Badge.PENDING);
        done(ben.pause(new Scope.Everything()));
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("u1", "{\"a\":\"page\"}");
            page.put("u2", "{\"same\":1}");
            done(ben.resume(new Scope.Everything()));
            untilBadge("ben", "u1", Badge.CONFLICT);
            untilBadge("ben", "u2", Badge.SENT);
            assertEquals("{\"a\":\"ben\"}", vault("ben").content("u1"));
            assertTrue(Jsons.same("{\"a\":\"page\"}", page.content("u1")));
        }
    }

    /** Who made the room is away, and two who do not know how items lie there meet. */
    @Test
    void whoTookARoomOfWholeItemsForTheOtherComesToTheSame() throws Exception {
        create("ann", Profile.WHOLE_ITEMS);
        share("ann", "u1", "{\"a\":1}");
        stop("ann");
        join("ben");
        join("carla");
        share("ben", "u2", "{\"b\":1}");
        untilContent("carla", "u2", "{\"b\":1}");
        until("carla knows", () -> profile(devices.get("carla")).equals(Optional.of(Profile.FIELDS)));
        share("carla", "u3", "{\"c\":1}");
        untilContent("ben", "u3", "{\"c\":1}");
        start("ann");
        for (String name : List.of("ann", "ben", "carla")) {
            untilContent(name, "u1", "{\"a\":1}");
            untilContent(name, "u2", "{\"b\":1}");
            untilContent(name, "u3", "{\"c\":1}");
            until(name, () -> profile(devices.get(name)).equals(Optional.of(Profile.WHOLE_ITEMS)));
        }
        // What Carla has laid otherwise was sent before this.
        share("carla", "u4", "{}");
        untilContent("ben", "u4", "{}");
        edit("ben", "u3", "{\"c\":2}");
        untilContent("ann", "u3", "{\"c\":2}");
        untilContent("carla", "u3", "{\"c\":2}");
        vault("carla").delete("u2");
        untilContent("ann", "u2", "");
        untilContent("ben", "u2", "");
        for (LocalVaultSync device : devices.values()) {
            for (String item : List.of("u1", "u3")) {
                assertEquals(List.of(), device.conflicts(item));
            }
        }
    }

    @Test
    void aRoomThatThePageOfTheWebAppComesIntoIsItsFromThenOn() throws Exception {
        LocalVaultSync ann = create("ann", Profile.FIELDS);
        share("ann", "u1", "{\"a\":1,\"b\":1}");
        share("ann", "u2", "{\"a\":1}");
        done(ann.pause(new Scope.Everything()));
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("u1", "{\"a\":\"page\",\"b\":1}");
            page.put("p1", "{}");
            done(ann.resume(new Scope.Everything()));
            untilContent(page, "u2", "{\"a\":1}");
            untilContent("ann", "p1", "{}");
            untilContent("ann", "u1", "{\"a\":\"page\",\"b\":1}");
            until("what differs is told", () -> ann.conflicts("u1").size() == 1);
            Conflict conflict = ann.conflicts("u1").getFirst();
            assertEquals(
                    List.of("/content/a", "\"page\"", "1"),
                    List.of(conflict.field(), conflict.standing(), conflict.lost()));
            edit("ann", "u2", "{\"a\":2}");
            untilContent(page, "u2", "{\"a\":2}");
            page.put("u2", "{\"a\":3}");
            untilContent("ann", "u2", "{\"a\":3}");
            page.remove("p1");
            untilContent("ann", "p1", "");
        }
    }

    @Test
    void whoWasAwayMeanwhileTakesWhatTheOthersMadeOfItSince() throws Exception {
        create("ann", Profile.FIELDS);
        share("ann", "u1", "{\"a\":1}");
        join("ben");
        untilContent("ben", "u1", "{\"a\":1}");
        stop("ben");
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("p1", "{}");
            untilContent(page, "u1", "{\"a\":1}");
        }
        edit("ann", "u1", "{\"a\":2}");
        start("ben");
        untilContent("ben", "u1", "{\"a\":2}");
        untilContent("ben", "p1", "{}");
        edit("ben", "u1", "{\"a\":3}");
        untilContent("ann", "u1", "{\"a\":3}");
        for (LocalVaultSync device : devices.values()) {
            assertEquals(List.of(), device.conflicts("u1"));
        }
    }

    /** As it is after a crash, and in rooms of earlier versions that were taken in two ways. */
    @Test
    void whatWasNotLaidOtherwiseToTheEndIsAtTheNextStart() throws Exception {
        create("ann", Profile.FIELDS);
        share("ann", "u1", "{\"a\":1}");
        try (WebPage page = page(DocumentKind.VAULT_ITEMS)) {
            page.put("p1", "{}");
            untilContent(page, "u1", "{\"a\":1}");
            untilContent("ann", "p1", "{}");
        }
        stop("ann");
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ann/sync.db"));
                Statement statement = database.createStatement()) {
            assertEquals(1, statement.executeUpdate("UPDATE open_room SET profile = 'ITEMS'"));
        }
        LocalVaultSync ann = start("ann");
        untilItems("ann", "p1", "u1");
        until("it is known", () -> profile(ann).equals(Optional.of(Profile.WHOLE_ITEMS)));
        assertEquals(List.of("p1", "u1"), vault("ann").ids());
        assertEquals(List.of(), ann.conflicts("u1"));
    }
}
