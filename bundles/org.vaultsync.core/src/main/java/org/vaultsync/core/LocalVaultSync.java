// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.ItemStatus;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncListener;
import org.vaultsync.VaultSync;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.room.HostVault;
import org.vaultsync.core.store.Store;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.transport.Transport;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;
import org.vaultsync.vault.Vault;
import org.vaultsync.vault.VaultListener;

/**
 * Sync of this device, as a service. Starts on a thread of its own, so that nobody who asks for the service waits; what
 * is asked before it has started is done afterwards.
 */
@Component(service = VaultSync.class, immediate = true)
public final class LocalVaultSync implements VaultSync {
    private static final Logger LOG = LoggerFactory.getLogger(LocalVaultSync.class);

    private final Machine machine;
    private final Board board;
    private final HostVault host;
    private final ReplicaFactory replicas;
    private final Worker starter;
    private final CompletableFuture<Rooms> rooms = new CompletableFuture<>();
    private final VaultListener vaultListener = new VaultListener() {
        @Override
        public void saved(Stored stored) {
            rooms.thenAccept(all -> all.saved(stored));
        }

        @Override
        public void deleted(String id, Revision revision) {
            rooms.thenAccept(all -> all.deleted(id));
        }
    };
    private volatile Optional<String> problem = Optional.empty();

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
        starter.execute(() -> start(place));
    }

    private void start(Place place) {
        try {
            Home home = Home.take(place.folder());
            try {
                DeviceKey key = DeviceKey.at(home.key(), machine.random());
                Store store = Store.open(home.database(), machine, this::storeTrouble);
                rooms.complete(new Rooms(home, key, store, host, replicas, machine, board));
            } catch (IOException | RuntimeException unusable) {
                home.close();
                throw unusable;
            }
        } catch (IOException | RuntimeException cannot) {
            LOG.error("sync cannot start: {}", cannot.getMessage(), cannot);
            problem = Optional.of("Sync cannot start. " + cannot.getMessage());
            rooms.completeExceptionally(new SyncException(problem.get(), cannot));
        }
        board.roomsChanged();
    }

    private void storeTrouble(Optional<String> sentence) {
        problem = sentence;
        board.roomsChanged();
    }

    @Deactivate
    void stop() {
        // A start that is under way ends first, so that nothing of it is left behind.
        starter.close();
        if (rooms.isDone() && !rooms.isCompletedExceptionally()) {
            rooms.join().close();
        }
        host.close();
        board.close();
        machine.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addTransport(Transport transport) {
        rooms.thenAccept(all -> all.add(transport));
    }

    void removeTransport(Transport transport) {
        rooms.thenAccept(all -> all.remove(transport));
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void setVault(Vault vault) {
        host.bind(vault);
        vault.addListener(vaultListener);
        rooms.thenAccept(Rooms::vaultArrived);
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
        return problem.or(() -> started().flatMap(Rooms::problem));
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
        return once(all -> all.join(invite));
    }

    @Override
    public CompletionStage<Void> leave(RoomId room) {
        return once(all -> all.leave(room));
    }

    @Override
    public CompletionStage<Void> share(RoomId room, Collection<String> itemIds) {
        return once(all -> host.ask(vault -> {
                    List<Stored> items = new ArrayList<>();
                    for (String id : itemIds) {
                        items.add(vault.get(id)
                                .orElseThrow(() -> new CompletionException(
                                        new SyncException("The item “" + id + "” is not in the vault any more."))));
                    }
                    return items;
                })
                .thenCompose(items -> all.share(room, items)));
    }

    @Override
    public CompletionStage<Void> stop(Collection<String> itemIds) {
        return once(all -> all.stop(itemIds));
    }

    @Override
    public ItemStatus status(String itemId) {
        return board.status(itemId);
    }

    @Override
    public List<Conflict> conflicts(String itemId) {
        return board.conflicts(itemId);
    }

    @Override
    public CompletionStage<Void> settle(Conflict conflict, boolean takeLost) {
        return once(all -> all.settle(conflict, takeLost));
    }

    @Override
    public void syncNow() {
        rooms.thenAccept(Rooms::syncNow);
    }

    @Override
    public void addListener(SyncListener listener) {
        board.add(listener);
    }

    @Override
    public void removeListener(SyncListener listener) {
        board.remove(listener);
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

    /** Does something once sync has started; fails with a {@link SyncException} and nothing else. */
    private <T> CompletionStage<T> once(Function<Rooms, CompletionStage<T>> action) {
        return rooms.thenCompose(action).exceptionallyCompose(failed -> {
            Throwable cause = failed;
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            return CompletableFuture.failedStage(
                    cause instanceof SyncException
                            ? cause
                            : new SyncException(String.valueOf(cause.getMessage()), cause));
        });
    }
}
