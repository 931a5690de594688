// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.eclipse.swt.widgets.Display;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Device;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomCode;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.ServerChecks;
import org.vaultsync.SyncException;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncPolicy;
import org.vaultsync.Throughput;
import org.vaultsync.Trouble;
import org.vaultsync.VaultSync;

/** A sync that is in whatever state a test of the views needs, and writes down what the views ask of it. */
final class ScriptedSync implements VaultSync {
    static final Instant NOW = Instant.now();
    static final RoomId FRIDAY = new RoomId("0".repeat(31) + "1");
    static final RoomId HOME = new RoomId("0".repeat(31) + "2");
    static final Fingerprint SELF = fingerprint(1);
    static final Fingerprint ANNA = fingerprint(2);

    private final List<SyncListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<RoomId, Room> rooms = new LinkedHashMap<>(); // guarded by itself
    private final Map<String, ItemStatus> items = new ConcurrentHashMap<>();
    private final Map<String, List<Conflict>> conflicts = new ConcurrentHashMap<>();
    private volatile Optional<Device> self = Optional.of(new Device(SELF, "Bob's desk & chair", List.of()));

    /** What a join waits for; a test completes it. */
    volatile CompletableFuture<RoomId> joining = new CompletableFuture<>();

    /** What the peers view waits for after it has been told of the rooms; a test completes it. */
    volatile CompletableFuture<Void> answering = CompletableFuture.completedFuture(null);

    /** What stopping waits for; a test completes it. */
    volatile CompletableFuture<Void> stopping = CompletableFuture.completedFuture(null);

    /** How often the peers view has begun to wait. */
    final AtomicInteger waiting = new AtomicInteger();

    /** Calls, as {@code share 00000001 [a, b]}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    /** The items that this device shared itself; set before they are put. */
    final Set<String> sharedHere = ConcurrentHashMap.newKeySet();

    final Set<String> readOnly = ConcurrentHashMap.newKeySet();

    /** Who has what is put next. */
    volatile List<Fingerprint> holders = List.of(ANNA, fingerprint(3));

    private final Set<Scope> paused = ConcurrentHashMap.newKeySet();

    /** Why the next calls fail. */
    volatile Optional<String> refusal = Optional.empty();

    /** What somebody wrote after a conflict was settled. */
    volatile Optional<String> writtenSince = Optional.empty();

    /** Why sync of an item has stopped that is put next. */
    volatile String itemProblem = "The item is too large.";

    volatile Optional<String> problem = Optional.empty();
    volatile List<Trouble> troubles = List.of();

    static Fingerprint fingerprint(int number) {
        return Fingerprint.of(new byte[] {(byte) number});
    }

    static Invite inviteBy(Fingerprint inviter) {
        return new Invite(FRIDAY, "00112233445566778899aabbccddeeff", inviter, List.of("192.168.1.4:8765"), List.of());
    }

    /** A room with a member in each state that there is. */
    ScriptedSync withFriday() {
        paused.clear();
        List<String> ids =
                IntStream.range(0, 212).mapToObj(number -> "item" + number).toList();
        put(new Room(
                FRIDAY,
                "Friday & friends",
                ids,
                List.of(
                        new Member(
                                ANNA,
                                "Anna's laptop",
                                new Reach.Linked(
                                        "lan",
                                        "192.168.1.4:40111",
                                        Optional.of(Duration.ofMillis(3)),
                                        new Throughput(2_345_000, 12_000),
                                        NOW),
                                212),
                        new Member(
                                fingerprint(3),
                                "Cellar server",
                                new Reach.Linked(
                                        "lan",
                                        "[2001:db8::12:9]:8765",
                                        Optional.of(Duration.ofMillis(312)),
                                        Throughput.NONE,
                                        NOW),
                                180),
                        new Member(fingerprint(4), "Dieter", new Reach.Dialling(3, 5), 44),
                        new Member(
                                fingerprint(5),
                                "Eva's tablet",
                                false,
                                Optional.empty(),
                                new Reach.Away(
                                        Optional.of(NOW.minus(Duration.ofHours(20))),
                                        Optional.of("Nobody answered at 192.168.1.9:8765.")),
                                0,
                                Optional.of(NOW.minus(Duration.ofHours(21)))),
                        new Member(
                                fingerprint(6),
                                "Frank",
                                new Reach.Refused("This device proved another key than the one it had before."),
                                3))));
        return this;
    }

    /** The same room with one member paused, and everything else, too. */
    ScriptedSync withPausedMembers() {
        Room room = rooms().getFirst();
        paused.add(new Scope.Everything());
        put(new Room(
                room.id(),
                room.name(),
                room.items(),
                room.members().stream()
                        .map(member ->
                                new Member(member.fingerprint(), member.name(), new Reach.Paused(), member.items()))
                        .toList()));
        return this;
    }

    /** What this device may do in the first room. */
    ScriptedSync as(Room.Standing standing) {
        Room room = rooms().getFirst();
        put(new Room(room.id(), room.name(), standing, room.items(), 0, room.members()));
        return this;
    }

    /** Somebody with another key is where Frank was, and all that is said then. */
    ScriptedSync withReplacedKey() {
        Room room = rooms().getFirst();
        put(new Room(
                room.id(),
                room.name(),
                room.items(),
                room.members().stream()
                        .map(member -> member.name().equals("Frank")
                                ? new Member(
                                        member.fingerprint(),
                                        member.name(),
                                        new Reach.Refused(
                                                "The device at 192.168.1.7:8765 is not the one that was expected: its"
                                                        + " fingerprint is "
                                                        + fingerprint(7).grouped()
                                                        + ". It was not let in. If that device was set up anew or its key was"
                                                        + " replaced, remove it from the room and invite it again; else it has"
                                                        + " just moved to another address."),
                                        member.items())
                                : member)
                        .toList()));
        return this;
    }

    /** A room where nobody else is. */
    ScriptedSync withHome() {
        put(new Room(HOME, "Home", List.of(), List.of()));
        return this;
    }

    void put(Room room) {
        synchronized (rooms) {
            rooms.put(room.id(), room);
        }
        listeners.forEach(SyncListener::roomsChanged);
    }

    void put(String item, Badge badge) {
        items.put(
                item,
                new ItemStatus(
                        item,
                        badge,
                        Optional.of(FRIDAY),
                        sharedHere.contains(item),
                        holders,
                        3,
                        Optional.of(NOW),
                        Optional.of("Bob's desk & chair"),
                        badge == Badge.ERROR ? Optional.of(itemProblem) : Optional.empty(),
                        readOnly.contains(item)));
        changed(Set.of(item));
    }

    void putConflicts(String item) {
        conflicts.put(
                item,
                List.of(
                        new Conflict(
                                item + "-c1",
                                item,
                                "/content/tonnage",
                                "55",
                                "60",
                                "Bob's desk",
                                "Anna's laptop",
                                NOW.minus(Duration.ofHours(1))),
                        new Conflict(
                                item + "-c2",
                                item,
                                "/meta/name",
                                "\"Anvil \\\"AV-3\\\"\"",
                                "\"Anvil AV-4\"",
                                "",
                                "Anna's laptop",
                                NOW)));
        put(item, Badge.CONFLICT);
    }

    /** A conflict about a text. */
    void putConflict(String item, String standing, String lost) {
        conflicts.put(
                item,
                List.of(new Conflict(
                        item + "-text",
                        item,
                        "/content/notes",
                        standing,
                        lost,
                        "Bob's desk & chair",
                        "Anna's laptop",
                        NOW)));
        put(item, Badge.CONFLICT);
    }

    /** Another device has decided about all that is open in an item. */
    void settleElsewhere(String item) {
        conflicts.remove(item);
        put(item, Badge.SYNCED);
    }

    /** Another device has decided about one that is open in an item, and others are open. */
    void settleElsewhere(String item, String conflict) {
        conflicts.put(
                item,
                conflicts(item).stream()
                        .filter(each -> !each.id().equals(conflict))
                        .toList());
        put(item, Badge.CONFLICT);
    }

    /** Conflicts about a text of several lines, a list of texts, and a list of other things. */
    void putMerges(String item) {
        conflicts.put(
                item,
                List.of(
                        new Conflict(
                                item + "-text",
                                item,
                                "/content/notes",
                                "\"Slow, but hard to stop.\\nKeep it near the base.\\nRuns hot.\"",
                                "\"Slow as a snail.\\n"
                                        + "Keep it near the base.\\n"
                                        + "Runs hot in the desert.\\n"
                                        + "Needs a spotter.\"",
                                "Bob's desk & chair",
                                "Anna's laptop",
                                NOW),
                        new Conflict(
                                item + "-list",
                                item,
                                "/content/quirks",
                                "[\"rugged\",\"easy to pilot\"]",
                                "[\"rugged\",\"bad reputation\"]",
                                "Bob's desk & chair",
                                "Anna's laptop",
                                NOW),
                        new Conflict(
                                item + "-mounts",
                                item,
                                "/content/mounts",
                                "[{\"id\":1,\"ammo\":5}]",
                                "[{\"id\":1,\"ammo\":5},{\"id\":2,\"ammo\":9}]",
                                "Bob's desk & chair",
                                "Anna's laptop",
                                NOW)));
        put(item, Badge.CONFLICT);
    }

    void changed(Set<String> ids) {
        listeners.forEach(listener -> listener.itemsChanged(ids));
    }

    /** Says that others opened or closed an item, or moved in it. */
    void changedPresence(String item) {
        listeners.forEach(listener -> listener.presenceChanged(Set.of(item)));
    }

    /** Says that something about rooms, devices or who is nearby has changed. */
    void tellRooms() {
        listeners.forEach(SyncListener::roomsChanged);
    }

    /** Forgets everything. */
    void forget() {
        synchronized (rooms) {
            rooms.clear();
        }
        Set<String> known = Set.copyOf(items.keySet());
        items.clear();
        conflicts.clear();
        changed(known);
        listeners.forEach(SyncListener::roomsChanged);
    }

    /** This device listens there. */
    void at(String... addresses) {
        self = self.map(device -> new Device(device.fingerprint(), device.name(), List.of(addresses)));
        tellRooms();
    }

    void starting() {
        self = Optional.empty();
        tellRooms();
    }

    void started() {
        self = Optional.of(new Device(SELF, "Bob's desk & chair", List.of()));
        tellRooms();
    }

    @Override
    public Optional<Device> self() {
        return self;
    }

    @Override
    public Optional<String> problem() {
        return problem;
    }

    @Override
    public List<Trouble> troubles() {
        return troubles;
    }

    @Override
    public CompletionStage<Void> nameDevice(String name) {
        calls.add("nameDevice " + name);
        self = Optional.of(new Device(SELF, name, List.of()));
        listeners.forEach(SyncListener::roomsChanged);
        return done();
    }

    @Override
    public List<Room> rooms() {
        List<Room> now;
        synchronized (rooms) {
            now = List.copyOf(rooms.values());
        }
        if (!answering.isDone() && isAskedByPeersView()) {
            waiting.incrementAndGet();
            answering.join();
        }
        return now;
    }

    /** Away from the UI thread. */
    private static boolean isAskedByPeersView() {
        return Display.getCurrent() == null
                && StackWalker.getInstance()
                        .walk(frames -> frames.anyMatch(
                                frame -> frame.getClassName().startsWith("org.vaultsync.ui.peers.PeersView")));
    }

    @Override
    public CompletionStage<RoomId> createRoom(String name) {
        calls.add("createRoom " + name);
        put(new Room(HOME, name, List.of(), List.of()));
        return CompletableFuture.completedFuture(HOME);
    }

    @Override
    public CompletionStage<Void> renameRoom(RoomId room, String name) {
        calls.add("rename " + room + " " + name);
        return done();
    }

    @Override
    public CompletionStage<Void> removeMember(RoomId room, Fingerprint member) {
        calls.add("remove " + room + " " + member);
        return done();
    }

    @Override
    public CompletionStage<Void> appoint(RoomId room, Fingerprint member, boolean admin) {
        calls.add("appoint " + room + " " + member + " " + admin);
        return done();
    }

    @Override
    public CompletionStage<RoomId> createOpenRoom(
            String name, OpenRoom.Profile profile, Optional<String> password, SyncPolicy.Taking taking) {
        calls.add("createOpenRoom " + name + " " + profile + " " + password.orElse("-") + " " + taking.incoming());
        put(openRoom(name, password.isPresent()));
        return CompletableFuture.completedFuture(HOME);
    }

    @Override
    public CompletionStage<RoomId> joinOpenRoom(
            OpenRoomAddress address, Optional<String> password, SyncPolicy.Taking taking) {
        calls.add("joinOpenRoom " + address + " " + password.orElse("-") + " " + taking.incoming());
        return joining;
    }

    /** What leads into the open room. */
    static String openLine() {
        return openRoom("", false).open().orElseThrow().address().text();
    }

    /** One who is linked, and one to and from whom not everything passes. */
    static List<OpenRoom.Peer> annaAndABrowser() {
        return List.of(
                new OpenRoom.Peer(
                        "p1",
                        "Anna's laptop",
                        false,
                        Optional.of("direct"),
                        Optional.of(Duration.ofMillis(48)),
                        new Throughput(1_234_567, 7_000),
                        Optional.empty(),
                        NOW),
                new OpenRoom.Peer(
                        "p2",
                        "",
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Throughput.NONE,
                        Optional.of("It has not sent what it has."),
                        NOW));
    }

    /** An open room with nobody in it. */
    static Room openRoom(String name, boolean password) {
        return openRoom(name, password, List.of(), Set.of());
    }

    static Room openRoom(String name, boolean password, List<OpenRoom.Peer> peers, Set<OpenRoom.Notice> notices) {
        OpenRoomAddress address = new OpenRoomAddress(new RoomCode("QK7M3X"), List.of("wss://meet.example:4444"));
        return new Room(
                HOME,
                name,
                Room.Standing.MEMBER,
                List.of("item0"),
                0,
                List.of(),
                Optional.of(new OpenRoom(
                        address,
                        password,
                        Optional.of(OpenRoom.Profile.FIELDS),
                        List.of(
                                new OpenRoom.Server("wss://meet.example:4444", true, Optional.empty()),
                                new OpenRoom.Server(
                                        "ws://192.168.1.4:4444",
                                        false,
                                        Optional.of(new ServerChecks.Problem(ServerChecks.Reason.NOT_LISTENING, "")))),
                        peers,
                        notices,
                        Optional.empty())));
    }

    @Override
    public CompletionStage<Invite> invite(RoomId room) {
        calls.add("invite " + room);
        return CompletableFuture.completedFuture(inviteBy(SELF));
    }

    @Override
    public CompletionStage<RoomId> join(Invite invite) {
        calls.add("join");
        return joining;
    }

    @Override
    public CompletionStage<Void> leave(RoomId room) {
        calls.add("leave " + room.hex());
        synchronized (rooms) {
            rooms.remove(room);
        }
        listeners.forEach(SyncListener::roomsChanged);
        return done();
    }

    @Override
    public CompletionStage<Void> share(RoomId room, Collection<String> itemIds) {
        calls.add("share " + room.hex() + " " + itemIds);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(new SyncException(refusal.get()));
        }
        itemIds.forEach(item -> put(item, Badge.PENDING));
        return done();
    }

    @Override
    public CompletionStage<Void> stop(Collection<String> itemIds) {
        calls.add("stop " + itemIds);
        if (refusal.isPresent()) {
            return answered();
        }
        itemIds.forEach(items::remove);
        changed(Set.copyOf(itemIds));
        return stopping;
    }

    @Override
    public CompletionStage<Void> stopForAll(Collection<String> itemIds) {
        calls.add("stop for all " + itemIds);
        return answered();
    }

    @Override
    public ItemStatus status(String itemId) {
        return items.getOrDefault(itemId, ItemStatus.notShared(itemId));
    }

    @Override
    public List<Conflict> conflicts(String itemId) {
        return conflicts.getOrDefault(itemId, List.of());
    }

    @Override
    public CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        calls.add("settle " + conflict.id() + " " + value.orElse("as it is"));
        if (refusal.isPresent()) {
            return answered();
        }
        List<Conflict> left = new ArrayList<>(conflicts(conflict.itemId()));
        left.remove(conflict);
        conflicts.put(conflict.itemId(), left);
        put(conflict.itemId(), left.isEmpty() ? Badge.SYNCED : Badge.CONFLICT);
        return done();
    }

    @Override
    public CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        calls.add("reopen " + conflict.id() + " " + value.orElse("as it is"));
        if (refusal.isPresent()) {
            return answered();
        }
        if (!items.containsKey(conflict.itemId())) {
            return CompletableFuture.failedFuture(new SyncException("This item is not shared any more."));
        }
        List<Conflict> open = new ArrayList<>(conflicts(conflict.itemId()));
        open.add(writtenSince
                .map(now -> new Conflict(
                        conflict.id(),
                        conflict.itemId(),
                        conflict.field(),
                        now,
                        conflict.lost(),
                        conflict.standingWriter(),
                        conflict.lostWriter(),
                        conflict.found()))
                .orElse(conflict));
        conflicts.put(conflict.itemId(), open);
        put(conflict.itemId(), Badge.CONFLICT);
        return done();
    }

    @Override
    public CompletionStage<Void> pause(Scope scope) {
        calls.add("pause " + scope);
        if (refusal.isPresent()) {
            return answered();
        }
        paused.add(scope);
        tellRooms();
        return done();
    }

    @Override
    public CompletionStage<Void> resume(Scope scope) {
        calls.add("resume " + scope);
        paused.remove(scope);
        tellRooms();
        return done();
    }

    @Override
    public Set<Scope> paused() {
        return Set.copyOf(paused);
    }

    @Override
    public void syncNow(Scope scope) {
        calls.add("syncNow " + scope);
    }

    @Override
    public void syncNow() {
        calls.add("syncNow");
    }

    @Override
    public void addListener(SyncListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(SyncListener listener) {
        listeners.remove(listener);
    }

    private CompletionStage<Void> answered() {
        return refusal.<CompletionStage<Void>>map(why -> CompletableFuture.failedFuture(new SyncException(why)))
                .orElseGet(ScriptedSync::done);
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
