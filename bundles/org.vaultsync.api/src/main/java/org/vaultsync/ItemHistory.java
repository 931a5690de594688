// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What happened to shared items, as this device saw it. An OSGi service, there while {@link VaultSync} is.
 *
 * <p>Of each item the last 200 changes are kept, or fewer where they take more than 2 MB. A change of one's own is in the
 * history as soon as it is safely stored, one of somebody else once it is merged. What others did while this device was
 * away comes as one change. The history of a room goes when the device leaves the room.
 *
 * <p>Thread-safe; nothing blocks. Stages complete on a thread of sync and fail with a {@link SyncException}.
 */
@ProviderType
public interface ItemHistory {
    /**
     * The versions of an item, the newest first; the newest is the item as it is now. Empty for an item that was never
     * shared here, and while its sync is stopped on this device. An item that was deleted has them still.
     */
    CompletionStage<List<Version>> versions(String itemId);

    /**
     * The items that were deleted in a room and are not back, the last deleted first: each as its deletion, but with the
     * item as it was before. At most 500.
     */
    CompletionStage<List<Version>> deleted(RoomId room);

    /**
     * What differs between two versions of an item, by field.
     *
     * @param one counts as before
     * @param other counts as after
     */
    List<FieldChange> compare(Version one, Version other);

    /**
     * Gives an item the name, content, attachments and references that it had in a version, as a new edit of its present
     * state, for everybody; an item that was deleted is put into the vault and shared again. Completes when that is
     * safely stored. What it replaces is a version in the history, too.
     *
     * @param version one with an item
     */
    CompletionStage<Void> restore(Version version);
}
