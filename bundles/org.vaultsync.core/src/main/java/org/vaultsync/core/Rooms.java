// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Device;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.LinkByHand;
import org.vaultsync.Listening;
import org.vaultsync.LogEntry;
import org.vaultsync.Meeting;
import org.vaultsync.Member;
import org.vaultsync.Offers.Offer;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Presence.Open;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.Trouble;
import org.vaultsync.Version;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.membership.RoomSecret;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.RenameRoom;
import org.vaultsync.core.pairing.Meetings;
import org.vaultsync.core.pairing.Requests;
import org.vaultsync.core.room.LiveOpenRoom;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.session.Switchboard;
import org.vaultsync.core.store.Housekeeping;
import org.vaultsync.core.store.OpenRoomTable;
import org.vaultsync.core.store.OpenRoomTable.OpenRoomRow;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Welcome;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.Transport;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;

/** The rooms that this device is in. Thread-safe. */
final class Rooms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rooms.class);
    private static final String DEVICE_NAME = "device.name";
    static final String NOT_IN_IT = "This device is not in that room any more.";
    private static final String PAUSED = "paused";

    private final Home home;
    private final DeviceKey key;
    private final Store store;
    private final HostVault host;
    private final ReplicaFactory replicas;
    private final Machine machine;
    private final Board board;
    private final Logbook logbook;
    private final Housekeeping housekeeping;
    private final Switchboard switchboard;
    private final Map<RoomId, LiveRoom> live = new ConcurrentHashMap<>();
    private final Object telling = new Object();
    private final Map<RoomId, LiveOpenRoom> open = new ConcurrentHashMap<>();
    private final Places places;
    private final String instance; // of this run, by which our devices know each other in open rooms
    private volatile Optional<OpenRooms> openRooms = Optional.empty();
    private final Invites invites;
    private final Choices choices;
    private final OwnSignaling signaling;
    private final SignalingServers servers;
    private final NetworkChoices networkChoices;
    private final Requests requests;
    private final Meetings meetings;
    private volatile String deviceName;
    private final Policies policies;
    private final RoomFiles files;
    private final WarmUp warmUp;
    private final Joining joining;
    private final OpenEntrance openEntrance;
    private final Leaving leaving;
    private final Overview overview;
    private final Checkup checkup;
    private volatile Map<String, String> opened = Map.of(); // what the person has open: item to field
    private volatile Pauses pauses;

    Rooms(
            Home home,
            DeviceKey key,
            Store store,
            HostVault host,
            ReplicaFactory replicas,
            Machine machine,
            Board board) {
        this.home = home;
        this.key = key;
        this.store = store;
        this.host = host;
        this.replicas = replicas;
        this.machine = machine;
        this.board = board;
        choices = new Choices(store);
        signaling = new OwnSignaling(choices, machine, this::signalingChanged);
        servers = new SignalingServers(choices, signaling, this::servedChanged);
        warmUp = new WarmUp(machine, replicas, live);
        leaving = new Leaving(machine, board::roomsChanged);
        requests = new Requests(machine, board::roomsChanged);
        meetings = new Meetings(key.fingerprint(), machine, new AroundMeetings());
        deviceName =
                store.read(database -> Tables.setting(database, DEVICE_NAME)).orElseGet(DeviceName::ofComputer);
        logbook = new Logbook(store, machine.clock());
        logbook.note(LogEntry.Kind.DEVICE, "Sync started.");
        switchboard = new Switchboard(key, store, machine, logbook, new Links());
        invites = new Invites(key.fingerprint(), store, machine, choices, requests, switchboard, live);
        joining = new Joining(key.fingerprint(), store, machine, logbook, switchboard, warmUp, live, this::openNew);
        policies = new Policies(store);
        openEntrance = new OpenEntrance(key, store, machine, logbook, policies, servers, open, this::wayIn, this::open);
        overview = new Overview(key.fingerprint(), live, open, leaving, switchboard);
        checkup = new Checkup(
                key.fingerprint(), home, store, host, machine, logbook, board, switchboard, signaling, overview);
        networkChoices = new NetworkChoices(choices, switchboard, this::meetAgain, () -> openRooms(openRooms));
        files = new RoomFiles(key.fingerprint(), store, host, machine, logbook, new AroundFiles());
        places = new Places(store);
        pauses = Pauses.parse(
                store.read(database -> Tables.setting(database, PAUSED)).orElse(""));
        switchboard.pause(pauses.everything(), pauses.peers());
        instance = machine.randomName(16);
        housekeeping = new Housekeeping(store, machine);
        try {
            store.read(Tables::rooms).forEach(this::open);
            store.read(OpenRoomTable::all).forEach(this::open);
        } catch (RuntimeException | Error unusable) {
            end();
            throw unusable;
        }
        housekeeping.start();
    }

    private LiveRoom open(RoomId id) {
        LiveRoom room = new LiveRoom(
                id, key, store, host, home.parts(), () -> replicas, machine, logbook, new LiveRoom.Listener() {
                    @Override
                    public void statusChanged(LiveRoom where, ItemStatus status, List<Conflict> conflicts) {
                        told(where.id(), status, conflicts);
                    }

                    @Override
                    public void letGo(LiveRoom where, String item) {
                        places.free(item, where.id());
                    }

                    @Override
                    public void summaryChanged(LiveRoom where) {
                        board.roomsChanged();
                    }

                    @Override
                    public void openedBy(LiveRoom where, Fingerprint member, List<Open> items) {
                        board.put(where.id(), member, items);
                    }

                    @Override
                    public void membersChanged(LiveRoom where) {
                        tellMembers();
                    }

                    @Override
                    public long fetchedAtOnce() {
                        return policies.fetchedAtOnce();
                    }

                    @Override
                    public void transfer(String sha256, Progress progress) {
                        board.put(sha256, progress);
                    }

                    @Override
                    public boolean takes(String item, String type) {
                        return Rooms.this.takes(id, item, type);
                    }

                    @Override
                    public boolean isSensitive(String type) {
                        return Rooms.this.isSensitive(type);
                    }

                    @Override
                    public void whereabouts(Fingerprint member, List<String> addresses) {
                        switchboard.heardOf(member, addresses);
                    }
                });
        live.put(id, room);
        room.start();
        room.opened(opened);
        room.pause(pauses.room(id));
        switchboard.open();
        tellMembers();
        board.roomsChanged();
        return room;
    }

    private LiveOpenRoom open(OpenRoomRow row) {
        Optional<String> password = row.password()
                .flatMap(secret -> RoomSecret.open(secret, key, key.publicKey(), row.id()))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        LiveOpenRoom room = new LiveOpenRoom(
                row, password, instance, store, host, () -> replicas, machine, logbook, new LiveOpenRoom.Listener() {
                    @Override
                    public void statusChanged(RoomId where, ItemStatus status, List<Conflict> conflicts) {
                        told(where, status, conflicts);
                    }

                    @Override
                    public void letGo(RoomId where, String item) {
                        places.free(item, where);
                    }

                    @Override
                    public void roomChanged() {
                        board.roomsChanged();
                    }

                    @Override
                    public void openedBy(RoomId where, Fingerprint standIn, List<Open> items) {
                        board.put(where, standIn, items);
                    }

                    @Override
                    public boolean takes(String item, String type) {
                        return Rooms.this.takes(row.id(), item, type);
                    }

                    @Override
                    public boolean isSensitive(String type) {
                        return Rooms.this.isSensitive(type);
                    }

                    @Override
                    public boolean shares(Item item) {
                        return whyNotShared(row.id(), item.id(), item.type(), item.name())
                                .isEmpty();
                    }

                    @Override
                    public String deviceName() {
                        return deviceName;
                    }

                    @Override
                    public List<String> signaling() {
                        return servers.known();
                    }

                    @Override
                    public List<String> nearbySignaling() {
                        return servers.nearby();
                    }

                    @Override
                    public Optional<Meeting> meeting() {
                        return choices.meeting();
                    }
                });
        open.put(row.id(), room);
        room.start();
        room.opened(opened);
        room.pause(pauses.everything() || pauses.room(row.id()));
        room.transport(wayIn());
        switchboard.open(); // to hear of servers nearby, and to tell of ours
        board.roomsChanged();
        return room;
    }

    private void told(RoomId room, ItemStatus status, List<Conflict> conflicts) {
        String item = status.itemId();
        boolean awaited = places.awaited(item).filter(room::equals).isPresent();
        if (status.room().isPresent() && !places.claim(item, room)) {
            // It came back there, as by somebody's edit of what was deleted, and is in another room by now.
            LOG.info("room {}: an item is in another room already, and is not synced here", room);
            either(room, here -> here.stop(List.of(item)), here -> here.stop(List.of(item)));
            return;
        }
        board.put(room, status, conflicts);
        if (awaited) {
            places.told(item);
            board.changed(item); // also where nothing is known of it now: until here it was syncing
        }
    }

    /** Of an item that its room has yet to tell of after the start, that the application is still asked for it. */
    ItemStatus status(String item) {
        Optional<RoomId> awaiting = places.awaited(item); // first: it goes once the board knows
        ItemStatus known = board.status(item);
        return awaiting.isEmpty() || known.room().isPresent()
                ? known
                : new ItemStatus(
                        item,
                        Badge.SYNCING,
                        awaiting,
                        false,
                        List.of(),
                        awaiting.flatMap(id -> Optional.ofNullable(live.get(id)))
                                .map(room -> room.members().size() - 1)
                                .orElse(0),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false);
    }

    private void signalingChanged() {
        switchboard.serve(signaling.isRunning() ? signaling.port() : Optional.empty());
        meetAgain();
        board.roomsChanged();
    }

    private void servedChanged() {
        meetAgain();
        board.roomsChanged();
    }

    private void meetAgain() {
        open.values().forEach(LiveOpenRoom::meetAgain);
    }

    /** The way into open rooms has come, or is gone. */
    void openRooms(Optional<OpenRooms> present) {
        openRooms = present;
        open.values().forEach(room -> room.transport(wayIn()));
    }

    /** The way into open rooms, unless it is switched off. */
    private Optional<OpenRooms> wayIn() {
        return openRooms.filter(present -> !choices.transportsOff().contains("webrtc"));
    }

    CompletionStage<RoomId> createOpen(String name, Profile profile, Optional<String> password, Taking taking) {
        return openEntrance.create(name, profile, password, taking);
    }

    CompletionStage<RoomId> joinOpen(OpenRoomAddress address, Optional<String> password, Taking taking) {
        return leaving.before(() -> openEntrance.join(address, password, taking));
    }

    private void tellMembers() {
        // Of two that tell at once, the one who looked last is to be heard last. Nothing in here waits.
        synchronized (telling) {
            Map<Fingerprint, byte[]> members = new HashMap<>();
            for (LiveRoom room : live.values()) {
                room.members().forEach((member, person) -> members.put(member, person.publicKey()));
            }
            members.remove(key.fingerprint());
            switchboard.members(members);
        }
    }

    Device self() {
        return new Device(key.fingerprint(), deviceName, switchboard.addresses());
    }

    Optional<String> problem() {
        return switchboard.problem();
    }

    /** What keeps a part of it from working. */
    List<Trouble> troubles() {
        return Stream.of(
                        host.trouble().stream(), switchboard.troubles().values().stream(), signaling.trouble().stream())
                .flatMap(Function.identity())
                .toList();
    }

    void add(Transport transport) {
        switchboard.add(transport);
    }

    void remove(Transport transport) {
        switchboard.remove(transport);
    }

    void syncNow(Scope scope) {
        switch (scope) {
            case Scope.Everything all -> syncNow();
            case Scope.OfPeer(Fingerprint peer) -> switchboard.dial(Set.of(peer));
            case Scope.OfRoom(RoomId room) -> {
                switchboard.dial(list().stream()
                        .filter(each -> each.id().equals(room))
                        .flatMap(each -> each.members().stream())
                        .map(Member::fingerprint)
                        .collect(Collectors.toSet()));
                Optional.ofNullable(open.get(room)).ifPresent(LiveOpenRoom::lookAgain);
            }
        }
    }

    void syncNow() {
        switchboard.dialAll();
        open.values().forEach(LiveOpenRoom::lookAgain);
    }

    Set<Scope> paused() {
        return pauses.scopes();
    }

    synchronized CompletionStage<Void> pause(Scope scope, boolean paused) {
        pauses = pauses.with(scope, paused);
        switchboard.pause(pauses.everything(), pauses.peers());
        live.forEach((id, room) -> room.pause(pauses.room(id)));
        open.forEach((id, room) -> room.pause(pauses.everything() || pauses.room(id)));
        // Who is linked hears of the rooms that go on.
        tellMembers();
        board.roomsChanged();
        return store.write(Tables.putSetting(PAUSED, pauses.text()));
    }

    List<Room> list() {
        return overview.rooms();
    }

    CompletionStage<Void> nameDevice(String name) {
        deviceName = name;
        List<CompletableFuture<?>> all = new ArrayList<>();
        all.add(store.write(Tables.putSetting(DEVICE_NAME, name)).toCompletableFuture());
        live.values().forEach(room -> all.add(room.write(new Name(name)).toCompletableFuture()));
        open.values().forEach(LiveOpenRoom::renamed);
        board.roomsChanged();
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    CompletionStage<RoomId> create(String name) {
        warmUp.atOnce();
        MembershipRecord founding =
                MembershipRecord.found(key, name, machine.clock().instant());
        RoomId id = founding.foundedRoom();
        return store.write(database -> {
                    Tables.putRoom(id, machine.clock().instant()).to(database);
                    LiveRoom.putRecords(id, List.of(founding)).to(database);
                })
                .thenCompose(stored -> {
                    logbook.note(id, "Created here.");
                    return open(id).write(new Name(deviceName));
                })
                .thenApply(named -> id);
    }

    CompletionStage<Invite> invite(RoomId room) {
        return invite(room, Optional.empty());
    }

    /** @param onlyFor the only key that may come with it; empty if that is not known */
    private CompletionStage<Invite> invite(RoomId room, Optional<byte[]> onlyFor) {
        if (open.containsKey(room)) {
            return failed("An open room needs no invite: pass on its code.");
        }
        return isIn(room) ? invites.give(room, onlyFor) : failed(NOT_IN_IT);
    }

    /** @param givenUp completes when the person does not want to get in any more */
    CompletionStage<RoomId> join(Invite invite, CompletionStage<Void> givenUp) {
        if (invite.inviter().equals(key.fingerprint())) {
            return failed("This invite was made by this device. Give it to the other person.");
        }
        return leaving.before(
                () -> isIn(invite.room()) ? failed(Joining.ALREADY_THERE) : joining.enter(invite, givenUp));
    }

    /** Opens a room that is on disk now, unless it came by another way meanwhile. */
    private Optional<LiveRoom> openNew(RoomId id) {
        synchronized (live) {
            return live.containsKey(id) ? Optional.empty() : Optional.of(open(id));
        }
    }

    CompletionStage<Void> rename(RoomId id, String name) {
        return open.containsKey(id)
                ? open.get(id).rename(name)
                : in(id, room -> room.write(new RenameRoom(name)).thenApply(all -> null));
    }

    CompletionStage<Void> removeMember(RoomId id, Fingerprint member) {
        return in(id, room -> room.removeMember(member));
    }

    CompletionStage<Void> appoint(RoomId id, Fingerprint member, boolean admin) {
        return in(id, room -> room.appoint(member, admin));
    }

    private <T> CompletionStage<T> in(RoomId id, Function<LiveRoom, CompletionStage<T>> action) {
        LiveRoom room = live.get(id);
        return room == null ? failed(NOT_IN_IT) : action.apply(room);
    }

    /** Whether there is such a room, and nobody has removed this device from it. */
    private boolean isIn(RoomId id) {
        return open.containsKey(id)
                || Optional.ofNullable(live.get(id))
                        .filter(room -> room.members().containsKey(key.fingerprint()))
                        .isPresent();
    }

    /** Tells the others, and forgets the room; completes when nothing of it is left on disk. */
    CompletionStage<Void> leave(RoomId id) {
        return leaving.leave(id, () -> leaveNow(id));
    }

    private CompletionStage<Void> leaveNow(RoomId id) {
        Executor elsewhere = task -> machine.run("vaultsync leave", Duration.ZERO, task);
        LiveOpenRoom there = open.remove(id);
        if (there != null) {
            return CompletableFuture.runAsync(there::close, elsewhere).thenCompose(closed -> forgetAll(id));
        }
        LiveRoom room = live.get(id);
        if (room == null) {
            return failed(NOT_IN_IT);
        }
        return room.leave()
                .thenComposeAsync(
                        told -> {
                            live.remove(id);
                            room.close();
                            CompletionStage<Void> forgotten = forgetAll(id);
                            tellMembers();
                            return forgotten;
                        },
                        elsewhere);
    }

    /** Of a room of either kind that is closed. */
    private CompletionStage<Void> forgetAll(RoomId id) {
        forget(id);
        logbook.note(id, "Left.");
        policies.forget(id);
        invites.forget(id);
        return store.write(Tables.removeRoom(id)).thenCompose(gone -> forgetPause(id));
    }

    /** Whoever enters it again wants it to go on. */
    private synchronized CompletionStage<Void> forgetPause(RoomId room) {
        if (!pauses.room(room)) {
            return CompletableFuture.completedFuture(null);
        }
        pauses = pauses.with(new Scope.OfRoom(room), false);
        board.roomsChanged();
        return store.write(Tables.putSetting(PAUSED, pauses.text()));
    }

    private void forget(RoomId room) {
        board.remove(room);
        places.free(room).forEach(board::changed);
    }

    /** Shares items of the vault; those that cannot be are told in one exception, and the others are shared all the same. */
    CompletionStage<Void> share(RoomId id, List<String> items) {
        LiveRoom.Choice choice = choice(id, item -> {
            Optional<String> why = whyNotShared(id, item.id(), item.type(), item.name());
            if (why.isPresent()) {
                throw new SyncException(why.get());
            }
            return true;
        });
        return isIn(id)
                ? either(id, room -> room.share(items, false, choice), there -> there.share(items, false, choice))
                : failed(NOT_IN_IT);
    }

    private LiveRoom.Choice choice(RoomId id, LiveRoom.Choice chosen) {
        return new LiveRoom.Choice() {
            @Override
            public boolean isFree(String item) {
                return places.isFree(item, id);
            }

            @Override
            public boolean shares(Item item) throws SyncException {
                return chosen.shares(item);
            }
        };
    }

    /** Why an item cannot be in a room; else it is kept out of the others from now on. */
    private Optional<String> whyNotShared(RoomId id, String item, String type, String name) {
        if (isSensitive(type)) {
            return Optional.of(
                    "“" + name + "” is not shared, because the preferences say that items of this type never are.");
        }
        return places.claim(item, id)
                ? Optional.empty()
                : Optional.of(
                        "“" + name
                                + "” is shared in another room already. Stop sharing it there first. If you have, try again in a moment.");
    }

    /** Whether items of a type never leave this device, nor come to it. */
    private boolean isSensitive(String type) {
        return policies.sharing(type) instanceof Sharing.Never;
    }

    /** Whether what somebody shares comes into the vault at once; then it is kept out of the other rooms from now on. */
    private boolean takes(RoomId id, String item, String type) {
        return !isSensitive(type) && policies.taking(id).takes(type) && places.claim(item, id);
    }

    /** Asks a room of either kind. */
    private <T> CompletionStage<T> either(
            RoomId id,
            Function<LiveRoom, CompletionStage<T>> ofPrivate,
            Function<LiveOpenRoom, CompletionStage<T>> ofOpen) {
        LiveOpenRoom there = open.get(id);
        return there == null ? in(id, ofPrivate) : ofOpen.apply(there);
    }

    CompletionStage<Void> stop(Collection<String> items) {
        return ofAll(room -> room.stop(items), there -> there.stop(items));
    }

    /** Asks all rooms. */
    private CompletionStage<Void> ofAll(
            Function<LiveRoom, CompletionStage<Void>> ofPrivate, Function<LiveOpenRoom, CompletionStage<Void>> ofOpen) {
        return CompletableFuture.allOf(Stream.concat(
                        live.values().stream().map(ofPrivate),
                        open.values().stream().map(ofOpen))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new));
    }

    /** Nothing is stopped where one of these is in an open room. */
    CompletionStage<Void> stopForAll(Collection<String> items) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        return ofAll(room -> done, there -> there.stopForAll(items))
                .thenCompose(inNoOpenRoom -> ofAll(room -> room.stopForAll(items), there -> done));
    }

    // Types, and what others share

    CompletionStage<Set<String>> types() {
        List<CompletableFuture<Set<String>>> parts = new ArrayList<>();
        live.values().forEach(room -> parts.add(room.types().toCompletableFuture()));
        open.values().forEach(room -> parts.add(room.types().toCompletableFuture()));
        if (host.isPresent()) {
            parts.add(host.ask(vault -> vault.ids().stream()
                            .flatMap(id -> vault.get(id).stream())
                            .map(stored -> stored.item().type())
                            .collect(Collectors.toSet()))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        parts.stream().flatMap(part -> part.join().stream()).collect(Collectors.toSet()));
    }

    Map<String, Sharing> sharing() {
        return policies.sharing();
    }

    CompletionStage<Void> setSharing(String type, Sharing sharing) {
        if (sharing instanceof Sharing.Always(RoomId room) && !isIn(room)) {
            return failed(NOT_IN_IT);
        }
        CompletionStage<Void> stored = policies.setSharing(type, sharing);
        return switch (sharing) {
            case Sharing.OnRequest() -> stored;
            case Sharing.Always(RoomId room) -> stored.thenCompose(done -> shareAllOf(Set.of(type)));
            case Sharing.Never() ->
                stored.thenCompose(done -> ofAll(room -> room.stopType(type), there -> there.stopType(type)));
        };
    }

    /** Shares what the vault holds of types that are always shared. */
    private CompletionStage<Void> shareAllOf(Set<String> types) {
        Set<RoomId> rooms = new HashSet<>();
        for (String type : types) {
            if (policies.sharing(type) instanceof Sharing.Always(RoomId id) && isIn(id)) {
                rooms.add(id);
            }
        }
        return rooms.isEmpty() || !host.isPresent()
                ? CompletableFuture.completedFuture(null)
                : host.ask(Vault::ids)
                        .thenCompose(all -> CompletableFuture.allOf(rooms.stream()
                                .map(id -> shareAlways(id, all).toCompletableFuture())
                                .toArray(CompletableFuture[]::new)));
    }

    private CompletionStage<Void> shareAlways(RoomId id, Collection<String> items) {
        LiveRoom.Choice choice = choice(id, item -> isAlways(item, id));
        return either(id, room -> room.share(items, true, choice), there -> there.share(items, true, choice));
    }

    private boolean isAlways(Item item, RoomId room) {
        return policies.sharing(item.type()).equals(new Sharing.Always(room)) && places.claim(item.id(), room);
    }

    private void shareByType(Stored stored) {
        if (policies.sharing(stored.item().type()) instanceof Sharing.Always(RoomId id)
                && isIn(id)
                && board.status(stored.item().id()).room().isEmpty()) {
            Optional.ofNullable(live.get(id)).ifPresent(room -> room.shareIfNew(stored, item -> isAlways(item, id)));
            Optional.ofNullable(open.get(id)).ifPresent(room -> room.shareIfNew(stored, item -> isAlways(item, id)));
        }
    }

    Taking taking(RoomId room) {
        return policies.taking(room);
    }

    CompletionStage<Void> setTaking(RoomId id, Taking taking) {
        return either(id, room -> policies.setTaking(id, taking), there -> policies.setTaking(id, taking))
                .thenRun(board::roomsChanged);
    }

    void fetch(String sha256) {
        live.values().forEach(room -> room.fetch(sha256));
    }

    long fetchedAtOnce() {
        return policies.fetchedAtOnce();
    }

    CompletionStage<Void> setFetchedAtOnce(long bytes) {
        return policies.setFetchedAtOnce(bytes);
    }

    CompletionStage<List<Offer>> offers(RoomId id) {
        return either(id, LiveRoom::offers, LiveOpenRoom::offers);
    }

    /** Takes what others share; those that cannot be taken are told in one exception, and the others are taken all the same. */
    CompletionStage<Void> take(RoomId id, Collection<String> items) {
        if (!isIn(id)) {
            return failed(NOT_IN_IT);
        }
        return offers(id).thenCompose(offers -> {
            Map<String, String> refused = new LinkedHashMap<>();
            offers.stream()
                    .filter(offer -> items.contains(offer.itemId()))
                    .forEach(offer -> whyNotShared(id, offer.itemId(), offer.type(), offer.name())
                            .ifPresent(why -> refused.put(offer.itemId(), why)));
            List<String> taken =
                    items.stream().filter(item -> !refused.containsKey(item)).toList();
            CompletionStage<Void> done = either(id, room -> room.take(taken), there -> there.take(taken));
            return refused.isEmpty() ? done : done.thenCompose(others -> failed(String.join("\n", refused.values())));
        });
    }

    CompletionStage<List<String>> copy(RoomId id, Collection<String> items) {
        return either(id, room -> room.copy(items), there -> there.copy(items));
    }

    synchronized void opened(String item, String field) {
        Map<String, String> now = new HashMap<>(opened);
        if (!field.equals(now.put(item, field))) {
            tellOpened(now);
        }
    }

    synchronized void closed(String item) {
        Map<String, String> now = new HashMap<>(opened);
        if (now.remove(item) != null) {
            tellOpened(now);
        }
    }

    private void tellOpened(Map<String, String> now) {
        opened = Map.copyOf(now);
        live.values().forEach(room -> room.opened(opened));
        open.values().forEach(room -> room.opened(opened));
    }

    CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        return ofItem(conflict.itemId(), room -> room.settle(conflict, value), there -> there.settle(conflict, value));
    }

    CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        return ofItem(conflict.itemId(), room -> room.reopen(conflict, value), there -> there.reopen(conflict, value));
    }

    private CompletionStage<Void> ofItem(
            String item,
            Function<LiveRoom, CompletionStage<Void>> ofPrivate,
            Function<LiveOpenRoom, CompletionStage<Void>> ofOpen) {
        return board.status(item)
                .room()
                .map(id -> either(id, ofPrivate, ofOpen))
                .orElseGet(() -> failed("This item is not shared any more."));
    }

    CompletionStage<List<Version>> versions(String item) {
        List<CompletableFuture<List<Version>>> all = Stream.concat(
                        live.values().stream().map(room -> room.versions(item)),
                        open.values().stream().map(room -> room.versions(item)))
                .map(CompletionStage::toCompletableFuture)
                .toList();
        // The item as it is now comes first, whatever rooms it was in before.
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> {
            Optional<RoomId> now = board.status(item).room();
            return all.stream()
                    .flatMap(versions -> versions.join().stream())
                    .sorted(Comparator.comparing(version -> !now.equals(Optional.of(version.room()))))
                    .toList();
        });
    }

    CompletionStage<List<Version>> deleted(RoomId id) {
        return either(id, LiveRoom::deleted, LiveOpenRoom::deleted);
    }

    CompletionStage<Void> restore(Item item, RoomId was) {
        RoomId id = board.status(item.id()).room().orElse(was);
        return whyNotShared(id, item.id(), item.type(), item.name())
                .map(Rooms::<Void>failed)
                .orElseGet(() -> either(id, room -> room.restore(item), there -> there.restore(item))
                        .whenComplete((done, failed) -> {
                            if (failed != null && board.status(item.id()).room().isEmpty()) {
                                places.free(item.id(), id);
                            }
                        }));
    }

    RoomFiles files() {
        return files;
    }

    Checkup checkup() {
        return checkup;
    }

    /** What rooms in files need of those here. */
    private final class AroundFiles implements RoomFiles.Here {
        @Override
        public Optional<LiveRoom> room(RoomId id) {
            return Optional.ofNullable(live.get(id));
        }

        @Override
        public boolean isOpenRoom(RoomId id) {
            return open.containsKey(id);
        }

        @Override
        public CompletionStage<Void> left() {
            return leaving.before(() -> CompletableFuture.completedStage(null));
        }

        @Override
        public CompletionStage<LiveRoom> enter(RoomId id, List<MembershipRecord> records) {
            return store.write(database -> {
                        Tables.putRoom(id, machine.clock().instant()).to(database);
                        LiveRoom.putRecords(id, records).to(database);
                    })
                    .thenApply(stored -> openNew(id).orElseGet(() -> live.get(id)));
        }
    }

    Logbook logbook() {
        return logbook;
    }

    void vaultArrived() {
        live.values().forEach(LiveRoom::vaultArrived);
        open.values().forEach(LiveOpenRoom::vaultArrived);
        shareAllOf(policies.sharing().keySet());
    }

    void saved(Stored stored) {
        live.values().forEach(room -> room.saved(stored));
        open.values().forEach(room -> room.saved(stored));
        shareByType(stored);
    }

    void deleted(String item, Revision revision) {
        live.values().forEach(room -> room.deleted(item, revision));
        open.values().forEach(room -> room.deleted(item, revision));
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }

    /** What links bring, given to the room that it is for. */
    private final class Links implements Switchboard.Rooms {
        @Override
        public String deviceName() {
            return deviceName;
        }

        @Override
        public void linked(Session session) {
            warmUp.afterTheStart();
            live.values().stream()
                    .filter(room -> room.members().containsKey(session.peer()))
                    .forEach(room -> room.linked(session));
        }

        @Override
        public void unlinked(Session session) {
            live.values().forEach(room -> room.unlinked(session));
        }

        @Override
        public void received(Session session, Message message, Receipt receipt) {
            Optional<LiveRoom> room = roomOf(message).map(live::get);
            if (room.isPresent()) {
                room.get().received(session, message, receipt);
            } else {
                LOG.debug(
                        "peer {}: a {} for no room of ours",
                        session.peer(),
                        message.getClass().getSimpleName());
                switch (message) {
                    case Message.Step2 step -> receipt.refuse(step.document(), "this device is not in that room");
                    case Message.Envelope edit -> receipt.refuse(edit.document(), "this device is not in that room");
                    default -> receipt.done();
                }
            }
        }

        private static Optional<RoomId> roomOf(Message message) {
            return switch (message) {
                case Message.OpenRoom open -> Optional.of(open.room());
                case Message.Records records -> Optional.of(records.room());
                case Message.Step1 step -> room(step.document());
                case Message.Step2 step -> room(step.document());
                case Message.Envelope envelope -> room(envelope.document());
                case Message.Whereabouts whereabouts -> Optional.of(whereabouts.room());
                case Message.CloseRoom close -> Optional.of(close.room());
                case Message.RoomDigest digest -> Optional.of(digest.room());
                case Message.BucketDigests digests -> Optional.of(digests.room());
                case Message.BucketEntries entries -> Optional.of(entries.room());
                case Message.AskAttachment ask -> Optional.of(ask.room());
                case Message.AttachmentPiece piece -> Optional.of(piece.room());
                case Message.Aware aware -> Optional.of(aware.room());
                case Welcome welcome -> Optional.of(welcome.room());
                case Message.Hello hello -> Optional.empty();
                case Message.Redeem redeem -> Optional.empty();
                case Message.Acknowledge ack -> Optional.empty();
                case Message.Refuse refuse -> Optional.empty();
                case Message.Ping ping -> Optional.empty();
                case Message.Pong pong -> Optional.empty();
                case Message.Bye bye -> Optional.empty();
            };
        }

        private static Optional<RoomId> room(DocumentName document) {
            return Optional.of(document.room());
        }

        @Override
        public CompletionStage<Welcome> redeem(
                String invite, byte[] publicKey, String name, CompletionStage<Void> givenUp) {
            return invites.redeem(invite, publicKey, name, givenUp);
        }

        @Override
        public boolean recognises(Knock knock) {
            return meetings.recognises(knock);
        }

        @Override
        public void visited(Link link) {
            meetings.visited(link);
        }

        @Override
        public void shown(String id, Card card, List<String> addresses) {
            meetings.shown(id, card, addresses);
        }

        @Override
        public void shownNoLonger(String id) {
            meetings.shownNoLonger(id);
        }

        @Override
        public void served(String id, List<String> addresses) {
            servers.served(id, addresses);
        }

        @Override
        public void servedNoLonger(String id) {
            servers.servedNoLonger(id);
        }

        @Override
        public Optional<Listening> settings() {
            return choices.listening();
        }

        @Override
        public Optional<Meeting> meeting() {
            return choices.meeting();
        }

        @Override
        public Set<String> transportsOff() {
            return choices.transportsOff();
        }

        @Override
        public Duration lookAgain() {
            return choices.lookAgain();
        }

        @Override
        public void reachChanged() {
            board.roomsChanged();
        }

        @Override
        public void wokeUp() {
            meetings.wokeUp();
        }
    }

    /** What a meeting of two devices needs of the rooms. */
    private final class AroundMeetings implements Meetings.Surroundings {
        @Override
        public String deviceName() {
            return deviceName;
        }

        @Override
        public CompletionStage<Invite> invite(RoomId room, byte[] publicKey) {
            return Rooms.this.invite(room, Optional.of(publicKey));
        }

        @Override
        public CompletionStage<RoomId> join(Invite invite) {
            return Rooms.this.join(invite, new CompletableFuture<>());
        }

        @Override
        public CompletionStage<Link> visit(List<String> addresses, Supplier<Knock> knocks) {
            return switchboard.visit(addresses, knocks);
        }

        @Override
        public void show(Optional<Card> card) {
            switchboard.show(card);
        }

        @Override
        public void refused(String why) {
            logbook.refusedStrangers(why, 1);
        }

        @Override
        public void changed() {
            board.roomsChanged();
        }
    }

    Meetings meetings() {
        return meetings;
    }

    Requests requests() {
        return requests;
    }

    Choices choices() {
        return choices;
    }

    OwnSignaling signaling() {
        return signaling;
    }

    SignalingServers servers() {
        return servers;
    }

    NetworkChoices networkChoices() {
        return networkChoices;
    }

    /** Looks out for devices nearby and lets itself be found, also where there is no room yet. */
    void listen() {
        switchboard.open();
    }

    CompletionStage<String> offerByHand(Fingerprint member) {
        return switchboard.offerByHand(member);
    }

    CompletionStage<LinkByHand.Reply> takeByHand(String text) {
        return switchboard.takeByHand(text);
    }

    void endByHand(Fingerprint member) {
        switchboard.endByHand(member);
    }

    List<String> addresses(Fingerprint member) {
        return store.read(database -> Tables.addresses(database, member));
    }

    List<String> typedAddresses(Fingerprint member) {
        return store.read(database -> Tables.typedAddresses(database, member));
    }

    CompletionStage<Void> setTypedAddresses(Fingerprint member, List<String> addresses) {
        return store.write(Tables.putTypedAddresses(member, addresses)).thenRun(() -> switchboard.dialAgain(member));
    }

    /** Leaves all rooms, as far as others can be told of it now. */
    CompletionStage<Void> leaveAll() {
        return CompletableFuture.allOf(Stream.concat(live.keySet().stream(), open.keySet().stream())
                .map(room -> leave(room).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** Says goodbye, ends what is queued, and gives the folder back. */
    @Override
    public void close() {
        end();
        store.close();
        try {
            home.close();
        } catch (IOException e) {
            LOG.warn("closing: {}", e.getMessage());
        }
    }

    private void end() {
        signaling.close();
        meetings.close();
        housekeeping.close();
        switchboard.close();
        live.values().forEach(LiveRoom::close);
        open.values().forEach(LiveOpenRoom::close);
    }
}
