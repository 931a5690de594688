// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.vaultsync.vault.Item;

/**
 * An item as it was after one change.
 *
 * @param id tells it from the other versions of the item
 * @param room in which the change was made
 * @param writers the names of the devices that made the change; empty if it is not known, as of what an item was before
 *     this device had it. More than one where changes came merged
 * @param time when the writer made the change, by the writer's clock; where it came merged, when it came here; empty if
 *     it is not known
 * @param merged whether it came with others in one piece, as after a time without a link
 * @param changes what differs from the version before; empty for the first that is known
 * @param item the item after the change; empty if the change was its deletion
 */
public record Version(
        String id,
        RoomId room,
        String itemId,
        Kind kind,
        List<String> writers,
        Optional<Instant> time,
        boolean merged,
        List<FieldChange> changes,
        Optional<Item> item) {
    /** What the change was. */
    public enum Kind {
        /** The item as it was before the changes that this device knows. */
        EARLIER,
        /** It was shared. */
        SHARED,
        /** Somebody changed it; a new name is a change of {@code /meta/name}. */
        EDITED,
        /** Somebody gave it back the content of an earlier version. */
        RESTORED,
        /** It was deleted for everybody. */
        DELETED,
        /** It was deleted, and came back because somebody had changed it at the same time. */
        CAME_BACK
    }

    public Version {
        writers = List.copyOf(writers);
        changes = List.copyOf(changes);
    }
}
