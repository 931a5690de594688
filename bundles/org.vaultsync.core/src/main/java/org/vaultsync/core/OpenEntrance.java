// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.RoomCode;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.membership.RoomSecret;
import org.vaultsync.core.room.LiveOpenRoom;
import org.vaultsync.core.store.OpenRoomTable;
import org.vaultsync.core.store.OpenRoomTable.OpenRoomRow;
import org.vaultsync.core.store.Store;
import org.vaultsync.transport.OpenRooms;

/** How this device gets into open rooms. Thread-safe; what has to be tried is tried on a thread of its own. */
final class OpenEntrance {
    private final DeviceKey key;
    private final Store store;
    private final Machine machine;
    private final Logbook logbook;
    private final Policies policies;
    private final SignalingServers servers;
    private final Map<RoomId, LiveOpenRoom> rooms; // those that this device is in now
    private final Supplier<Optional<OpenRooms>> way;
    private final Function<OpenRoomRow, LiveOpenRoom> open;
    private final Set<RoomCode> entering = ConcurrentHashMap.newKeySet(); // of rooms that are not open yet

    /**
     * @param way the way into open rooms, unless there is none or it is switched off
     * @param open opens a room that is on disk
     */
    OpenEntrance(
            DeviceKey key,
            Store store,
            Machine machine,
            Logbook logbook,
            Policies policies,
            SignalingServers servers,
            Map<RoomId, LiveOpenRoom> rooms,
            Supplier<Optional<OpenRooms>> way,
            Function<OpenRoomRow, LiveOpenRoom> open) {
        this.key = key;
        this.store = store;
        this.machine = machine;
        this.logbook = logbook;
        this.policies = policies;
        this.servers = servers;
        this.rooms = rooms;
        this.way = way;
        this.open = open;
    }

    CompletionStage<RoomId> create(String name, Profile profile, Optional<String> password, Taking taking) {
        List<String> known = servers.known();
        return enter(
                new OpenRoomAddress(RoomCode.random(machine.random()), known),
                name,
                Optional.of(LiveOpenRoom.kind(profile)),
                password,
                taking);
    }

    CompletionStage<RoomId> join(OpenRoomAddress address, Optional<String> password, Taking taking) {
        return enter(address, address.code().toString(), Optional.empty(), password, taking);
    }

    private CompletionStage<RoomId> enter(
            OpenRoomAddress address, String name, Optional<String> kind, Optional<String> password, Taking taking) {
        Optional<OpenRooms> there = way.get();
        if (there.isEmpty()) {
            return failed("Open rooms need WebRTC, which is not installed here or is switched off.");
        }
        if (address.signaling().isEmpty()
                && servers.known().isEmpty()
                && servers.nearby().isEmpty()) {
            return failed("With this code nobody can be met, because no signaling server is known: name one in the"
                    + " preferences, or ask for the code with its server.");
        }
        if (!entering.add(address.code())) {
            return failed(Joining.ALREADY_THERE);
        }
        CompletionStage<RoomId> entered =
                rooms.values().stream().anyMatch(room -> room.code().equals(address.code()))
                        ? failed(Joining.ALREADY_THERE)
                        : enter(there.get(), address, name, kind, password, taking);
        return entered.whenComplete((id, failed) -> entering.remove(address.code()));
    }

    private CompletionStage<RoomId> enter(
            OpenRooms there,
            OpenRoomAddress address,
            String name,
            Optional<String> kind,
            Optional<String> password,
            Taking taking) {
        RoomId id = new RoomId(machine.randomName(16));
        OpenRoomRow row;
        try {
            Optional<byte[]> secret = password.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            RoomSecret.seal(password.get().getBytes(StandardCharsets.UTF_8), key, key.publicKey(), id));
            row = new OpenRoomRow(
                    id,
                    machine.clock().instant(),
                    name,
                    address.code().letters(),
                    String.join(" ", address.signaling()),
                    secret,
                    kind);
        } catch (GeneralSecurityException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
        return CompletableFuture.supplyAsync(
                        there::trouble, task -> machine.run("vaultsync open room", Duration.ZERO, task))
                .<Void>thenCompose(trouble -> trouble.isEmpty()
                        ? policies.setTaking(id, taking)
                        : CompletableFuture.failedStage(new SyncException(trouble.get())))
                .thenCompose(set -> store.write(OpenRoomTable.put(row)))
                .thenApply(stored -> {
                    logbook.note(id, "Entered the open room " + address.code() + ".");
                    return open.apply(row).id();
                });
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
