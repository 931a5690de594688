// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Sync, as a host and the views call it. Found as an OSGi service; it comes and goes as the sync bundles are installed,
 * started and stopped.
 *
 * <p>Thread-safe. Questions are answered at once from what is known. What takes longer returns a stage, which completes
 * on a thread of sync, and fails with a {@link SyncException} whose message is for people. Trouble with the network is
 * never a failure but a {@link Reach}.
 */
@ProviderType
public interface VaultSync {
    /** This device; empty while sync starts, and if it cannot: see {@link #problem()}. */
    Optional<Device> self();

    /**
     * What keeps sync as a whole from working, as a sentence for people: a store that cannot be written, say. It is that of
     * one of the {@link #troubles()}.
     */
    Optional<String> problem();

    /** All that keeps sync, or a part of it, from working now, the worst first; empty while all is well. */
    List<Trouble> troubles();

    /**
     * Names this device for others to see.
     *
     * @param name 1 to 64 characters, no control characters
     */
    CompletionStage<Void> nameDevice(String name);

    /** The rooms that this device is in. */
    List<Room> rooms();

    /**
     * Creates a private room with this device as its only member.
     *
     * @param name 1 to 64 characters, no control characters
     */
    CompletionStage<RoomId> createRoom(String name);

    /**
     * Renames a room, for everybody in it; an open room for this device alone.
     *
     * @param name 1 to 64 characters, no control characters
     */
    CompletionStage<Void> renameRoom(RoomId room, String name);

    /**
     * Takes a member out of a room: it gets nothing more, and keeps what it has. Fails unless this device is an admin of
     * the room; nobody removes the one who made the room.
     */
    CompletionStage<Void> removeMember(RoomId room, Fingerprint member);

    /**
     * Makes a member an admin, who can remove others, or a plain member again. Fails unless this device made the room.
     */
    CompletionStage<Void> appoint(RoomId room, Fingerprint member, boolean admin);

    /** Makes an invite to a room for one device. It can be used once, within a week. */
    CompletionStage<Invite> invite(RoomId room);

    /**
     * Joins a room. Completes when the inviting device has let this one in; fails if it cannot be reached or refuses, and if the same
     * invite is given here once more before. Whoever cancels the stage's future gives up: nobody is asked at the inviting device any
     * more, and should this one have been let in at that very moment, it leaves the room again.
     */
    CompletionStage<RoomId> join(Invite invite);

    /**
     * Makes an open room under a new code, and enters it: whoever knows the code can. Fails where no signaling server is
     * known, because nobody could be met.
     *
     * @param name for this device alone; 1 to 64 characters, no control characters
     * @param password 1 to 128 characters; without one the signaling servers see who meets, and can come in
     * @param taking what comes into the vault at once; what others share can be taken item by item otherwise
     */
    CompletionStage<RoomId> createOpenRoom(
            String name, OpenRoom.Profile profile, Optional<String> password, SyncPolicy.Taking taking);

    /**
     * Enters an open room. Completes when this device looks for the others there, whether or not somebody is. Fails where
     * neither the address nor this device names a signaling server, and if this device is in that room already.
     *
     * @param taking as in {@link #createOpenRoom}
     */
    CompletionStage<RoomId> joinOpenRoom(OpenRoomAddress address, Optional<String> password, SyncPolicy.Taking taking);

    /** Leaves a room. This device keeps its copies of the items. */
    CompletionStage<Void> leave(RoomId room);

    /** Shares items of the vault, and from now on each change of them. Completes when they are safely stored. */
    CompletionStage<Void> share(RoomId room, Collection<String> itemIds);

    /**
     * Takes this device out of the sync of these items; others go on, and all keep their copies. From now on nothing of
     * them is sent. Where the vault is still asked or told about one, it can be shared in no other room until the vault has
     * answered.
     */
    CompletionStage<Void> stop(Collection<String> itemIds);

    /**
     * Ends the sync of these items for everybody; all keep their copies. Fails for items that another device shared.
     */
    CompletionStage<Void> stopForAll(Collection<String> itemIds);

    /** The status of an item; {@link Badge#NOT_SHARED} also for ids that nobody knows. */
    ItemStatus status(String itemId);

    /** The conflicts of an item that nobody has looked at yet, oldest first. */
    List<Conflict> conflicts(String itemId);

    /**
     * Says that a person has looked at a conflict, here and on every device. Fails with a {@link SyncException}, and leaves
     * it open, where a value has no place any more: its parent is gone, or the list around it has changed.
     *
     * @param value what is to stand from now on, as JSON, by a new edit: the lost value or a third one, empty text for
     *     no such field; empty if what stands is to stay
     */
    CompletionStage<Void> settle(Conflict conflict, Optional<String> value);

    /**
     * Takes a settlement back: the conflict is open again, here and on every device, and what stood before stands again,
     * by a new edit, unless somebody has changed it since.
     *
     * @param value with which the conflict was settled
     */
    CompletionStage<Void> reopen(Conflict conflict, Optional<String> value);

    /** Stops syncing for a while; it stays so across restarts. What people change meanwhile waits. */
    CompletionStage<Void> pause(Scope scope);

    /** Goes on syncing. What else is paused stays so. */
    CompletionStage<Void> resume(Scope scope);

    /** What is paused. */
    Set<Scope> paused();

    /** Dials everybody who is away, at once. */
    void syncNow();

    /** Dials those of a room, or one other device, at once where they are away. */
    void syncNow(Scope scope);

    /** Tells the listener from now until it is removed. */
    void addListener(SyncListener listener);

    /** The listener is told nothing more. */
    void removeListener(SyncListener listener);
}
