// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Meeting;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.pairing.Requests;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.core.session.Switchboard;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.store.Tables.InviteRow;
import org.vaultsync.core.wire.Message.Welcome;

/** The invites that this device gave out, and who comes with one. Thread-safe. */
final class Invites {
    private static final Duration LASTS = Duration.ofDays(7);
    private static final Duration EXPIRED_IS_TOLD = Duration.ofDays(30);

    private final Fingerprint self;
    private final Store store;
    private final Machine machine;
    private final Choices choices;
    private final Requests requests;
    private final Switchboard switchboard;
    private final Map<RoomId, LiveRoom> rooms; // those that this device is in now
    private final Map<String, InviteRow> given = new ConcurrentHashMap<>(); // by token
    private final Map<String, byte[]> promised = new ConcurrentHashMap<>(); // token to the only key it is for

    Invites(
            Fingerprint self,
            Store store,
            Machine machine,
            Choices choices,
            Requests requests,
            Switchboard switchboard,
            Map<RoomId, LiveRoom> rooms) {
        this.self = self;
        this.store = store;
        this.machine = machine;
        this.choices = choices;
        this.requests = requests;
        this.switchboard = switchboard;
        this.rooms = rooms;
        Instant forgotten = machine.clock().instant().minus(EXPIRED_IS_TOLD);
        for (InviteRow invite : store.read(Tables::invites)) {
            if (invite.expires().isBefore(forgotten)) {
                store.write(Tables.removeInvite(invite.token()));
            } else {
                given.put(invite.token(), invite);
            }
        }
        switchboard.invites(given.keySet());
    }

    /** @param onlyFor the only key that may come with it; empty if that is not known */
    CompletionStage<Invite> give(RoomId room, Optional<byte[]> onlyFor) {
        return switchboard.listening().thenCompose(addresses -> give(room, addresses, onlyFor));
    }

    private CompletionStage<Invite> give(RoomId room, List<String> addresses, Optional<byte[]> onlyFor) {
        if (addresses.isEmpty()) {
            return failed("Nobody could use an invite now, because this device cannot be reached: "
                    + switchboard.problem().orElse("no network transport is running."));
        }
        String token = machine.randomName(16);
        InviteRow row = new InviteRow(token, room, machine.clock().instant().plus(LASTS), Optional.empty());
        return store.write(Tables.putInvite(row)).thenApply(stored -> {
            onlyFor.ifPresent(publicKey -> promised.put(token, publicKey));
            given.put(token, row);
            switchboard.invites(given.keySet());
            return new Invite(
                    room,
                    token,
                    self,
                    addresses.stream()
                            .filter(each -> !Meeting.isSignaling(each))
                            .toList(),
                    addresses.stream().filter(Meeting::isSignaling).toList());
        });
    }

    /** Somebody proved to hold the token. The invite is bound to their key on disk before anything else. */
    CompletionStage<Welcome> redeem(String token, byte[] publicKey, String name, CompletionStage<Void> givenUp) {
        InviteRow invite = given.get(token);
        if (invite == null || !rooms.containsKey(invite.room())) {
            return failed("This invite is not valid any more. Ask for a new one.");
        }
        boolean sameKey =
                invite.bound().filter(bound -> Arrays.equals(bound, publicKey)).isPresent();
        if (invite.bound().isPresent() && !sameKey) {
            return failed("This invite was used by another device already. Ask for a new one.");
        }
        if (machine.clock().instant().isAfter(invite.expires())) {
            return failed("This invite has expired. Ask for a new one.");
        }
        byte[] only = promised.get(token);
        if (only != null && !Arrays.equals(only, publicKey)) {
            return failed("This invite is for another device. Ask for one of your own.");
        }
        if (only == null && !sameKey && choices.asks()) {
            return requests.ask(
                    invite.room(),
                    DeviceName.printable(name),
                    Fingerprint.of(publicKey),
                    givenUp,
                    letIn -> letIn
                            ? bind(invite, publicKey, name, sameKey)
                            : failed("The person at the other device did not let this one in."));
        }
        return bind(invite, publicKey, name, sameKey);
    }

    private CompletionStage<Welcome> bind(InviteRow invite, byte[] publicKey, String name, boolean sameKey) {
        String token = invite.token();
        InviteRow bound = new InviteRow(token, invite.room(), invite.expires(), Optional.of(publicKey));
        if (!given.replace(token, invite, bound)) {
            InviteRow now = given.get(token);
            if (now != null
                    && now.bound()
                            .filter(other -> Arrays.equals(other, publicKey))
                            .isPresent()) {
                return bind(now, publicKey, name, true); // it asked over two links
            }
            return failed("This invite was used by another device already. Ask for a new one.");
        }
        LiveRoom room = rooms.get(invite.room());
        return store.write(Tables.putInvite(bound))
                .thenCompose(stored -> room.admit(publicKey, DeviceName.printable(name), !sameKey))
                .thenApply(records -> new Welcome(room.id(), records));
    }

    /** This device is not in the room any more. */
    void forget(RoomId room) {
        given.values().removeIf(invite -> invite.room().equals(room));
        switchboard.invites(given.keySet());
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
