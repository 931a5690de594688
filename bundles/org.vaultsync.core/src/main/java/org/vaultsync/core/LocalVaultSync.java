// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Conflict;
import org.vaultsync.Device;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.JoinRequest;
import org.vaultsync.LinkByHand;
import org.vaultsync.Listening;
import org.vaultsync.LogEntry;
import org.vaultsync.Meeting;
import org.vaultsync.Neighbour;
import org.vaultsync.Offers;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Pairing;
import org.vaultsync.Presence;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncException;
import org.vaultsync.SyncListener;
import org.vaultsync.SyncPolicy;
import org.vaultsync.Transfers;
import org.vaultsync.Trouble;
import org.vaultsync.VaultSync;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.KeyFile;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.keyring.Keyring;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.SignalingHost;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.TroubleException;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/**
 * Sync of this device, as a service. Starts on a thread of its own, so that nobody who asks for the service waits; what
 * is asked before it has started is done afterwards.
 */
@Component(
        service = {
            VaultSync.class,
            Pairing.class,
            DeviceSettings.class,
            SyncPolicy.class,
            Offers.class,
            Transfers.class,
            Presence.class,
            LinkByHand.class,
            LocalVaultSync.class
        },
        immediate = true)
public final class LocalVaultSync
        implements VaultSync, Pairing, DeviceSettings, SyncPolicy, Offers, Transfers, Presence, LinkByHand {
    private static final Logger LOG = LoggerFactory.getLogger(LocalVaultSync.class);
    private static final Duration UNLOCKED_SOON = Duration.ofSeconds(10);
    private static final int MOST_TYPED = 32;
    private static final String STOPPED = "This device has left the room, or sync has stopped, before that was done.";

    private final Machine machine;
    private final Board board;
    private final HostVault host;
    private final ReplicaFactory replicas;
    private final Worker starter;
    private volatile CompletableFuture<Rooms> rooms = new CompletableFuture<>();
    private final VaultListener vaultListener = new VaultListener() {
        @Override
        public void saved(Stored stored) {
            inOrder(all -> all.saved(stored));
        }

        @Override
        public void deleted(String id, Revision revision) {
            inOrder(all -> all.deleted(id, revision));
        }
    };
    private final List<Consumer<Rooms>> early = new ArrayList<>(); // guarded by itself; what was told before the start
    private volatile Optional<Trouble> stopped = Optional.empty(); // what keeps all of it from working
    private volatile Optional<Trouble> setAside = Optional.empty(); // what happened at the start, until the next one
    private boolean stopping; // guarded by early
    private volatile KeyPlace keyPlace = KeyPlace.FILE;
    private volatile Optional<Keyring> keyring = Optional.empty();
    private final Set<Transport> transports = ConcurrentHashMap.newKeySet();
    private volatile Optional<OpenRooms> openRooms = Optional.empty();
    private volatile Optional<SignalingHost> signalingHost = Optional.empty();
    private final Place place;

    /** Takes the folder of this workspace and starts what was there. */
    @Activate
    public LocalVaultSync(BundleContext context, @Reference ReplicaFactory replicas) {
        this(() -> Home.folder(context), replicas, new ThisMachine(Clock.systemUTC()));
    }

    /** Outside a framework. */
    public LocalVaultSync(Path home, ReplicaFactory replicas, Clock clock) {
        this(() -> home, replicas, new ThisMachine(clock));
    }

    /** On a machine of the caller's making. */
    LocalVaultSync(Path home, ReplicaFactory replicas, Machine machine) {
        this(() -> home, replicas, machine);
    }

    /** Says where the folder is. */
    @FunctionalInterface
    private interface Place {
        Path folder() throws IOException;
    }

    private LocalVaultSync(Place place, ReplicaFactory replicas, Machine machine) {
        this.machine = machine;
        this.board = new Board(machine);
        this.host = new HostVault(machine);
        this.starter = machine.worker("vaultsync start");
        this.replicas = replicas;
        this.place = place;
        starter.execute(this::start);
    }

    /** On the starter's thread. */
    private void start() {
        if (rooms.isDone()) {
            return;
        }
        try {
            Home home = Home.take(place.folder());
            try {
                KeyFile file = new KeyFile(home.key(), machine.random());
                DeviceKey key = file.open(keyring);
                Store store = Store.open(home.database(), machine, this::storeTrouble);
                Rooms all = rooms(home, key, store);
                keyPlace = file.isWrapped() ? KeyPlace.KEYRING : KeyPlace.FILE;
                stopped = Optional.empty();
                signalingHost.ifPresent(all.signaling()::came); // before anybody asks for it
                openRooms.ifPresent(present -> all.openRooms(openRooms));
                boolean inVain;
                synchronized (early) {
                    inVain = stopping;
                    if (!inVain) {
                        early.forEach(told -> told.accept(all));
                        early.clear();
                        rooms.complete(all);
                    }
                }
                if (inVain) {
                    all.close();
                    return;
                }
                keyring.ifPresent(present -> wrap(file, present));
            } catch (IOException | RuntimeException | Error unusable) {
                home.close();
                throw unusable;
            }
        } catch (KeyFile.Locked notNow) {
            LOG.warn("sync cannot start yet: {}", notNow.getMessage());
            stopped = Optional.of(Trouble.other("Sync cannot start yet. " + notNow.getMessage()));
            machine.run("vaultsync key", UNLOCKED_SOON, () -> starter.execute(this::start));
        } catch (IOException | RuntimeException | Error cannot) {
            LOG.error("sync cannot start: {}", cannot.getMessage(), cannot);
            Trouble why = cannot instanceof IOException said
                    ? TroubleException.of(said)
                    : Trouble.other(Optional.ofNullable(cannot.getMessage()).orElse(cannot.toString()));
            Trouble trouble = new Trouble(why.kind(), why.details(), "Sync cannot start. " + why.sentence());
            stopped = Optional.of(trouble);
            rooms.completeExceptionally(new SyncException(trouble));
        }
        board.roomsChanged();
    }

    private Rooms rooms(Home home, DeviceKey key, Store store) {
        try {
            return new Rooms(home, key, store, host, replicas, machine, board);
        } catch (RuntimeException | Error unusable) {
            store.close();
            throw unusable;
        }
    }

    private void keyringCame() {
        if (started().isEmpty()) {
            start();
        } else if (keyPlace == KeyPlace.FILE) {
            keyring.ifPresent(present -> {
                try {
                    wrap(new KeyFile(Home.keyIn(place.folder()), machine.random()), present);
                } catch (IOException noFolder) {
                    LOG.warn("the device key stays in its file: {}", noFolder.getMessage());
                }
            });
        }
    }

    private void wrap(KeyFile file, Keyring present) {
        try {
            file.wrap(present);
            keyPlace = KeyPlace.KEYRING;
            LOG.info("the device key is wrapped by {}", present.name());
        } catch (IOException keyringFails) {
            LOG.warn("the device key stays in its file, as {} fails: {}", present.name(), keyringFails.getMessage());
        }
        board.roomsChanged();
    }

    /** On the starter's thread, when all rooms are left. */
    private void startWithNewKey() {
        rooms.join().close();
        rooms = new CompletableFuture<>();
        try {
            Files.deleteIfExists(Home.keyIn(place.folder()));
        } catch (IOException kept) {
            throw new CompletionException(new SyncException(
                    "The old key of this device could not be deleted, so it keeps it. It has left its rooms. "
                            + kept.getMessage(),
                    kept));
        } finally {
            start();
            rooms.thenAccept(all -> {
                transports.forEach(all::add);
                all.openRooms(openRooms);
            });
        }
    }

    /** Whether the database was damaged at the start. */
    Optional<Trouble> setAside() {
        return setAside;
    }

    private void storeTrouble(Optional<Trouble> trouble) {
        if (trouble.map(Trouble::kind).equals(Optional.of(Trouble.Kind.STORE_SET_ASIDE))) {
            setAside = trouble;
        } else {
            stopped = trouble;
        }
        rooms.thenAccept(all -> all.logbook()
                .note(
                        LogEntry.Kind.STORE,
                        trouble.map(Trouble::sentence).orElse("Changes can be stored for sync again.")));
        board.roomsChanged();
    }

    @Deactivate
    void stop() {
        synchronized (early) {
            stopping = true;
        }
        // A start that is under way closes what it has opened, also where that takes longer than this waits.
        starter.close();
        if (!rooms.completeExceptionally(new SyncException(STOPPED)) && !rooms.isCompletedExceptionally()) {
            rooms.join().close();
        }
        host.close();
        board.close();
        machine.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addTransport(Transport transport) {
        transports.add(transport);
        inOrder(all -> all.add(transport));
    }

    void removeTransport(Transport transport) {
        transports.remove(transport);
        inOrder(all -> all.remove(transport));
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setOpenRooms(OpenRooms present) {
        openRooms = Optional.of(present);
        inOrder(all -> all.openRooms(openRooms));
    }

    void unsetOpenRooms(OpenRooms gone) {
        openRooms = openRooms.filter(present -> present != gone);
        inOrder(all -> all.openRooms(openRooms));
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setSignalingHost(SignalingHost present) {
        signalingHost = Optional.of(present);
        inOrder(all -> all.signaling().came(present));
    }

    void unsetSignalingHost(SignalingHost gone) {
        signalingHost = Optional.empty();
        inOrder(all -> all.signaling().gone(gone));
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setKeyring(Keyring present) {
        keyring = Optional.of(present);
        starter.execute(this::keyringCame);
    }

    void unsetKeyring(Keyring gone) {
        if (keyring.filter(present -> present == gone).isPresent()) {
            keyring = Optional.empty();
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setVault(Vault vault) {
        host.bind(vault);
        vault.addListener(vaultListener);
        inOrder(Rooms::vaultArrived);
    }

    /**
     * What the host and the framework tell comes to the rooms in its order, also what they told before these were there, and
     * before anything that waits for the rooms: a future runs what waits for it the latest first.
     */
    private void inOrder(Consumer<Rooms> told) {
        synchronized (early) {
            if (!rooms.isDone()) {
                early.add(told);
                return;
            }
        }
        started().ifPresent(told);
    }

    void unsetVault(Vault vault) {
        vault.removeListener(vaultListener);
        host.unbind(vault);
    }

    // VaultSync

    @Override
    public Optional<Device> self() {
        return started().map(Rooms::self);
    }

    @Override
    public Optional<String> problem() {
        return stopped.map(Trouble::sentence).or(() -> started().flatMap(Rooms::problem));
    }

    @Override
    public List<Trouble> troubles() {
        return Stream.of(stopped.stream(), setAside.stream(), started().map(Rooms::troubles).orElse(List.of()).stream())
                .flatMap(Function.identity())
                .toList();
    }

    @Override
    public CompletionStage<Void> nameDevice(String name) {
        return once(all -> all.nameDevice(valid(name)));
    }

    @Override
    public List<Room> rooms() {
        return started().map(Rooms::list).orElse(List.of());
    }

    @Override
    public CompletionStage<RoomId> createRoom(String name) {
        return once(all -> all.create(valid(name)));
    }

    @Override
    public CompletionStage<Void> renameRoom(RoomId room, String name) {
        return once(all -> all.rename(room, valid(name)));
    }

    @Override
    public CompletionStage<Void> removeMember(RoomId room, Fingerprint member) {
        return once(all -> all.removeMember(room, member));
    }

    @Override
    public CompletionStage<Void> appoint(RoomId room, Fingerprint member, boolean admin) {
        return once(all -> all.appoint(room, member, admin));
    }

    @Override
    public CompletionStage<Invite> invite(RoomId room) {
        return once(all -> all.invite(room));
    }

    @Override
    public CompletionStage<RoomId> join(Invite invite) {
        return Wanted.from(
                givenUp -> once(all -> all.join(invite, givenUp)),
                // It was let in at the moment in which the person gave up.
                room -> leave(room).exceptionally(stays -> {
                    LOG.error("room {}: joining was given up too late, and it could not be left", room, stays);
                    return null;
                }));
    }

    @Override
    public CompletionStage<RoomId> createOpenRoom(
            String name, Profile profile, Optional<String> password, Taking taking) {
        return once(all -> all.createOpen(valid(name), profile, password.map(LocalVaultSync::validPassword), taking));
    }

    @Override
    public CompletionStage<RoomId> joinOpenRoom(OpenRoomAddress address, Optional<String> password, Taking taking) {
        return once(all -> all.joinOpen(address, password.map(LocalVaultSync::validPassword), taking));
    }

    @Override
    public CompletionStage<Void> leave(RoomId room) {
        return once(all -> all.leave(room));
    }

    @Override
    public CompletionStage<Void> share(RoomId room, Collection<String> itemIds) {
        return once(all -> all.share(room, List.copyOf(itemIds)));
    }

    @Override
    public CompletionStage<Void> stop(Collection<String> itemIds) {
        return once(all -> all.stop(itemIds));
    }

    @Override
    public CompletionStage<Void> stopForAll(Collection<String> itemIds) {
        return once(all -> all.stopForAll(itemIds));
    }

    @Override
    public ItemStatus status(String itemId) {
        return started().map(all -> all.status(itemId)).orElseGet(() -> board.status(itemId));
    }

    @Override
    public List<Conflict> conflicts(String itemId) {
        return board.conflicts(itemId);
    }

    @Override
    public CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        return once(all -> all.settle(conflict, value));
    }

    @Override
    public CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        return once(all -> all.reopen(conflict, value));
    }

    @Override
    public CompletionStage<Void> pause(Scope scope) {
        return once(all -> all.pause(scope, true));
    }

    @Override
    public CompletionStage<Void> resume(Scope scope) {
        return once(all -> all.pause(scope, false));
    }

    @Override
    public Set<Scope> paused() {
        return started().map(Rooms::paused).orElse(Set.of());
    }

    @Override
    public void syncNow() {
        rooms.thenAccept(Rooms::syncNow);
    }

    @Override
    public void syncNow(Scope scope) {
        rooms.thenAccept(all -> all.syncNow(scope));
    }

    // Pairing

    @Override
    public boolean asksFirst() {
        return started().map(all -> all.choices().asks()).orElse(false);
    }

    @Override
    public CompletionStage<Void> askFirst(boolean ask) {
        return once(all -> all.choices().ask(ask));
    }

    @Override
    public List<JoinRequest> requests() {
        return started().map(all -> all.requests().waiting()).orElse(List.of());
    }

    @Override
    public void answer(JoinRequest request, boolean letIn) {
        started().ifPresent(all -> all.requests().answer(request, letIn));
    }

    @Override
    public void discoverable(boolean on) {
        rooms.thenAccept(all -> all.meetings().discoverable(on));
    }

    @Override
    public Optional<Instant> discoverableUntil() {
        return started().flatMap(all -> all.meetings().discoverableUntil());
    }

    @Override
    public List<Neighbour> nearby() {
        started().ifPresent(Rooms::listen);
        return started().map(all -> all.meetings().nearby()).orElse(List.of());
    }

    @Override
    public CompletionStage<Encounter> meet(Neighbour neighbour) {
        return once(all -> all.meetings().meet(neighbour));
    }

    @Override
    public List<Encounter> encounters() {
        return started().map(all -> all.meetings().encounters()).orElse(List.of());
    }

    @Override
    public CompletionStage<RoomId> confirm(Encounter encounter, Optional<RoomId> room) {
        return once(all -> all.meetings().confirm(encounter, room));
    }

    @Override
    public CompletionStage<String> offer(Fingerprint member) {
        return once(all -> all.offerByHand(member));
    }

    @Override
    public CompletionStage<Reply> take(String text) {
        return once(all -> all.takeByHand(text));
    }

    @Override
    public void end(Fingerprint member) {
        started().ifPresent(all -> all.endByHand(member));
    }

    @Override
    public void reject(Encounter encounter) {
        started().ifPresent(all -> all.meetings().reject(encounter));
    }

    // DeviceSettings

    @Override
    public Listening listening() {
        return started().flatMap(all -> all.choices().listening()).orElse(Listening.USUAL);
    }

    @Override
    public CompletionStage<Void> listen(Listening how) {
        return once(all -> all.networkChoices().listen(how));
    }

    @Override
    public Meeting meeting() {
        return started().flatMap(all -> all.choices().meeting()).orElse(Meeting.USUAL);
    }

    @Override
    public CompletionStage<Void> meet(Meeting how) {
        return once(all -> all.networkChoices().meet(how));
    }

    @Override
    public Set<String> transports() {
        return transports.stream().map(Transport::kind).collect(Collectors.toSet());
    }

    @Override
    public Set<String> transportsOff() {
        return started().map(all -> all.choices().transportsOff()).orElse(Set.of());
    }

    @Override
    public CompletionStage<Void> switchOff(Set<String> kinds) {
        return once(all -> all.networkChoices().switchOff(kinds));
    }

    @Override
    public Duration lookAgain() {
        return started().map(all -> all.choices().lookAgain()).orElse(Duration.ofMinutes(1));
    }

    @Override
    public CompletionStage<Void> setLookAgain(Duration pause) {
        if (pause.compareTo(Duration.ofMinutes(1)) < 0 || pause.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("not from a minute to a day: " + pause);
        }
        return once(all -> all.networkChoices().lookAgain(pause));
    }

    @Override
    public List<String> addresses(Fingerprint member) {
        return started().map(all -> all.addresses(member)).orElse(List.of());
    }

    @Override
    public List<String> typedAddresses(Fingerprint member) {
        return started().map(all -> all.typedAddresses(member)).orElse(List.of());
    }

    @Override
    public CompletionStage<Void> setTypedAddresses(Fingerprint member, List<String> addresses) {
        List<String> stripped = addresses.stream().map(String::strip).distinct().toList();
        Optional<String> wrong = stripped.stream()
                .filter(address -> !DeviceSettings.isAddress(address))
                .findFirst();
        if (wrong.isPresent()) {
            return CompletableFuture.failedStage(new SyncException(
                    "“" + wrong.get() + "” is not an address; one looks like 192.168.1.20:8765 or laptop.local:8765."));
        }
        if (stripped.size() > MOST_TYPED) {
            return CompletableFuture.failedStage(
                    new SyncException("At most " + MOST_TYPED + " addresses can be kept for a device."));
        }
        return once(all -> all.setTypedAddresses(member, stripped));
    }

    @Override
    public Optional<Integer> signalingPort() {
        return started().flatMap(all -> all.signaling().port());
    }

    @Override
    public CompletionStage<Void> runSignaling(Optional<Integer> port) {
        return once(all -> all.signaling().run(port));
    }

    @Override
    public List<String> signalingAddresses() {
        return started().map(all -> all.signaling().addresses()).orElse(List.of());
    }

    @Override
    public List<String> nearbySignaling() {
        return started().map(all -> all.servers().nearby()).orElse(List.of());
    }

    @Override
    public KeyPlace keyPlace() {
        return keyPlace;
    }

    @Override
    public CompletionStage<Void> rotateKey() {
        return once(Rooms::leaveAll).thenRunAsync(this::startWithNewKey, starter);
    }

    @Override
    public void addListener(SyncListener listener) {
        board.add(listener);
    }

    @Override
    public void removeListener(SyncListener listener) {
        board.remove(listener);
    }

    // SyncPolicy

    @Override
    public CompletionStage<Set<String>> types() {
        return once(Rooms::types);
    }

    @Override
    public Map<String, Sharing> sharing() {
        return started().map(Rooms::sharing).orElse(Map.of());
    }

    @Override
    public CompletionStage<Void> setSharing(String type, Sharing sharing) {
        return once(all -> all.setSharing(type, sharing));
    }

    @Override
    public Taking taking(RoomId room) {
        return started().map(all -> all.taking(room)).orElse(Taking.ALL);
    }

    @Override
    public CompletionStage<Void> setTaking(RoomId room, Taking taking) {
        return once(all -> all.setTaking(room, taking));
    }

    // Transfers

    @Override
    public Progress progress(String sha256) {
        return board.progress(sha256);
    }

    @Override
    public void fetch(String sha256) {
        rooms.thenAccept(all -> all.fetch(sha256));
    }

    @Override
    public long fetchedAtOnce() {
        return started().map(Rooms::fetchedAtOnce).orElse(0L);
    }

    @Override
    public CompletionStage<Void> setFetchedAtOnce(long bytes) {
        return once(all -> all.setFetchedAtOnce(Math.max(0, bytes)));
    }

    // Presence

    @Override
    public void open(String itemId, String field) {
        inOrder(all -> all.opened(itemId, field));
    }

    @Override
    public void close(String itemId) {
        inOrder(all -> all.closed(itemId));
    }

    @Override
    public List<Open> at(String itemId) {
        return board.openAt(itemId);
    }

    @Override
    public List<Open> by(Fingerprint device) {
        return board.openBy(device);
    }

    // Offers

    @Override
    public CompletionStage<List<Offer>> offers(RoomId room) {
        return once(all -> all.offers(room));
    }

    @Override
    public CompletionStage<Void> take(RoomId room, Collection<String> itemIds) {
        return once(all -> all.take(room, itemIds));
    }

    @Override
    public CompletionStage<List<String>> copy(RoomId room, Collection<String> itemIds) {
        return once(all -> all.copy(room, itemIds));
    }

    private Optional<Rooms> started() {
        return rooms.isDone() && !rooms.isCompletedExceptionally() ? Optional.of(rooms.join()) : Optional.empty();
    }

    private static String valid(String name) {
        String trimmed = name.strip();
        if (trimmed.isEmpty()
                || trimmed.codePointCount(0, trimmed.length()) > 64
                || trimmed.codePoints().anyMatch(Character::isISOControl)) {
            throw new CompletionException(
                    new SyncException("A name has 1 to 64 characters, and no control characters."));
        }
        return trimmed;
    }

    private static String validPassword(String password) {
        if (password.isEmpty() || password.length() > 128) {
            throw new CompletionException(new SyncException("A password has 1 to 128 characters."));
        }
        return password;
    }

    /** Does something once sync has started; fails with a {@link SyncException} and nothing else, unless it is cancelled. */
    <T> CompletionStage<T> once(Function<Rooms, CompletionStage<T>> action) {
        return rooms.thenCompose(action).exceptionallyCompose(failed -> {
            Throwable cause = failed;
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            return CompletableFuture.failedStage(
                    cause instanceof SyncException || cause instanceof CancellationException
                            ? cause
                            : new SyncException(String.valueOf(cause.getMessage()), cause));
        });
    }
}
