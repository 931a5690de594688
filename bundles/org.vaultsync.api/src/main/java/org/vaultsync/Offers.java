// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the members of a room share, whether this device takes part in it or not. Found as an OSGi service beside
 * {@link VaultSync}. Thread-safe; stages complete on a thread of sync and fail with a {@link SyncException}.
 */
@ProviderType
public interface Offers {
    /**
     * An item of a room.
     *
     * @param type the host's word for what it is; empty if its content has not come yet
     * @param name as people see it; empty if its content has not come yet
     * @param sharedBy the name of the device that shared it
     * @param taken whether this device syncs it
     */
    record Offer(String itemId, String type, String name, String sharedBy, boolean taken) {}

    /** The items of a room, by name. */
    CompletionStage<List<Offer>> offers(RoomId room);

    /** Takes part in the sync of these items from now on; they come into the vault. */
    CompletionStage<Void> take(RoomId room, Collection<String> itemIds);

    /**
     * Puts copies of these items, and of those that they refer to in the room, into the vault. They have new ids, which
     * stand for the old ones wherever a copy refers to another, and have nothing to do with the room from then on.
     *
     * @return completes with the ids of the copies of {@code itemIds}, in their order
     */
    CompletionStage<List<String>> copy(RoomId room, Collection<String> itemIds);
}
