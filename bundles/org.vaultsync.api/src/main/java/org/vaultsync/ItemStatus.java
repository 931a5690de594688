// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known about the sync of one item.
 *
 * @param room that it is in; empty if it is not shared
 * @param sharedHere whether this device shared it, so far as it knows: it can end its sync for everybody
 * @param holders the other members that have its last change on disk, as they have acknowledged
 * @param others how many other members the room has; how many are there now, if it is an open room
 * @param lastSynced when a member last acknowledged a change of it
 * @param lastWriter the name of the device that last changed it, so far as this device knows
 * @param problem a sentence for people, with {@link Badge#ERROR}
 * @param readOnly whether a newer version of sync has laid it out in a way that is not known here: it is shown and passed on,
 *     and what is saved of it stays on this device
 */
public record ItemStatus(
        String itemId,
        Badge badge,
        Optional<RoomId> room,
        boolean sharedHere,
        List<Fingerprint> holders,
        int others,
        Optional<Instant> lastSynced,
        Optional<String> lastWriter,
        Optional<String> problem,
        boolean readOnly) {
    public ItemStatus {
        holders = List.copyOf(holders);
    }

    /** Of an item that is in no room. */
    public static ItemStatus notShared(String itemId) {
        return new ItemStatus(
                itemId,
                Badge.NOT_SHARED,
                Optional.empty(),
                false,
                List.of(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }
}
