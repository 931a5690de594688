// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;

/**
 * The room that an item is in on this device, or is about to be: one at most, also where two rooms bring it at once.
 * Thread-safe.
 */
final class Places {
    private final Map<String, RoomId> rooms = new ConcurrentHashMap<>(); // by item

    /** With what this device synced when it ended; each room has yet to tell of it. */
    Places(Store store) {
        rooms.putAll(store.read(Tables::syncedItems));
    }

    /** Whether an item may be in a room: then it may be in no other, until {@link #free} is called. */
    boolean claim(String item, RoomId room) {
        return rooms.merge(item, room, (there, asking) -> there).equals(room);
    }

    /** An item is not in a room, or not any more. */
    void free(String item, RoomId room) {
        rooms.remove(item, room);
    }

    /** Nothing is in a room any more. */
    void free(RoomId room) {
        rooms.values().removeIf(room::equals);
    }
}
