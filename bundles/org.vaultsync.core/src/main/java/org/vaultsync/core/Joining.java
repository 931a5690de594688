// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.LogEntry;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.membership.Membership;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.core.session.Switchboard;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.wire.Message.Welcome;
import org.vaultsync.core.wire.ProtocolException;

/** The invites that this device redeems to get into rooms. Thread-safe. */
final class Joining {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

    static final String ALREADY_THERE = "This device is already in that room.";

    /** An invite that is being redeemed. */
    private static final class Attempt {
        private final CompletableFuture<Void> givenUp = new CompletableFuture<>();
        private CompletableFuture<RoomId> last; // of who entered it last; guarded by the map
    }

    private final Fingerprint self;
    private final Store store;
    private final Machine machine;
    private final Logbook logbook;
    private final Switchboard switchboard;
    private final WarmUp warmUp;
    private final Map<RoomId, LiveRoom> rooms; // those that this device is in now
    private final Function<RoomId, Optional<LiveRoom>>
            openNew; // what is on disk now; empty if it is among them already
    private final Map<Invite, Attempt> attempts = new HashMap<>(); // guarded by itself

    Joining(
            Fingerprint self,
            Store store,
            Machine machine,
            Logbook logbook,
            Switchboard switchboard,
            WarmUp warmUp,
            Map<RoomId, LiveRoom> rooms,
            Function<RoomId, Optional<LiveRoom>> openNew) {
        this.self = self;
        this.store = store;
        this.machine = machine;
        this.logbook = logbook;
        this.switchboard = switchboard;
        this.warmUp = warmUp;
        this.rooms = rooms;
        this.openNew = openNew;
    }

    /**
     * An invite is redeemed once at a time: whoever enters it once more gets the answer in place of the one before.
     *
     * @param givenUp completes when the person does not want to get in any more
     */
    CompletionStage<RoomId> enter(Invite invite, CompletionStage<Void> givenUp) {
        CompletableFuture<RoomId> entered = new CompletableFuture<>();
        Attempt begun = new Attempt();
        Attempt under;
        CompletableFuture<RoomId> former;
        synchronized (attempts) {
            under = attempts.computeIfAbsent(invite, none -> begun);
            former = under.last;
            under.last = entered;
        }
        givenUp.thenRun(() -> {
            if (isLast(under, entered)) {
                under.givenUp.complete(null);
            }
        });
        if (former != null) {
            former.completeExceptionally(
                    new SyncException("This invite was entered once more, and what was begun with it goes on there."));
            return entered;
        }
        // The room is here still if this device was removed from it. Others may tell that it is let in again before who
        // invited it answers.
        boolean comingBack = rooms.containsKey(invite.room());
        switchboard
                .redeem(invite, under.givenUp)
                .thenCompose(welcome -> joined(invite, welcome, comingBack))
                .whenComplete((room, failed) -> {
                    CompletableFuture<RoomId> last;
                    synchronized (attempts) {
                        attempts.remove(invite, under);
                        last = under.last;
                    }
                    if (failed == null) {
                        last.complete(room);
                    } else {
                        last.completeExceptionally(failed instanceof CompletionException ? failed.getCause() : failed);
                    }
                });
        return entered;
    }

    /** Whether nobody entered the invite after that; nobody can any more in this run of it, then. */
    private boolean isLast(Attempt under, CompletableFuture<RoomId> entered) {
        synchronized (attempts) {
            return under.last == entered && attempts.values().remove(under);
        }
    }

    private CompletionStage<RoomId> joined(Invite invite, Welcome welcome, boolean comingBack) {
        Membership membership = new Membership(invite.room());
        List<MembershipRecord> records = new ArrayList<>();
        try {
            for (byte[] bytes : welcome.records()) {
                records.add(MembershipRecord.parse(bytes));
            }
        } catch (ProtocolException malformed) {
            return refused(invite.inviter(), "The other device sent a list of members that cannot be read.");
        }
        membership.add(records);
        if (!membership.members().keySet().containsAll(Set.of(self, invite.inviter()))) {
            return refused(invite.inviter(), "The other device sent a list of members that does not let this one in.");
        }
        return store.write(database -> {
                    Tables.putRoom(invite.room(), machine.clock().instant()).to(database);
                    LiveRoom.putRecords(invite.room(), membership.records()).to(database);
                })
                .<Void>thenCompose(stored -> {
                    if (openNew.apply(invite.room()).isPresent()) {
                        return CompletableFuture.completedStage(null);
                    }
                    return comingBack ? comeBack(invite.room(), membership.records()) : failed(ALREADY_THERE);
                })
                .thenApply(in -> {
                    LOG.info("room {}: joined", invite.room());
                    logbook.note(LogEntry.Kind.ROOM, invite.room(), invite.inviter(), "Joined with its invite.");
                    warmUp.afterJoining();
                    return invite.room();
                });
    }

    private CompletionStage<Void> comeBack(RoomId id, List<MembershipRecord> records) {
        LiveRoom room = rooms.get(id);
        return room == null ? failed(Rooms.NOT_IN_IT) : room.comeBack(records);
    }

    private <T> CompletionStage<T> refused(Fingerprint peer, String sentence) {
        logbook.refused(peer, sentence);
        return failed(sentence);
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
