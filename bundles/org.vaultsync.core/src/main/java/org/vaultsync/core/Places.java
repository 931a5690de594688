// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Set<String> awaited = ConcurrentHashMap.newKeySet(); // items of which their room has yet to tell

    /** With what this device synced when it ended; each room has yet to tell of it. */
    Places(Store store) {
        rooms.putAll(store.read(Tables::syncedItems));
        awaited.addAll(rooms.keySet());
    }

    /** The room that has yet to tell of an item after the start. */
    Optional<RoomId> awaited(String item) {
        return awaited.contains(item) ? Optional.ofNullable(rooms.get(item)) : Optional.empty();
    }

    /** The room of an item has told of it. */
    void told(String item) {
        awaited.remove(item);
    }

    /** Whether an item is in no other room than this. */
    boolean isFree(String item, RoomId room) {
        return rooms.getOrDefault(item, room).equals(room);
    }

    /** Whether an item may be in a room: then it may be in no other, until {@link #free} is called. */
    boolean claim(String item, RoomId room) {
        return rooms.merge(item, room, (there, asking) -> there).equals(room);
    }

    /** An item is not in a room, or not any more. */
    void free(String item, RoomId room) {
        rooms.remove(item, room);
    }

    /** Nothing is in a room any more; returns the items of which it has never told. */
    List<String> free(RoomId room) {
        List<String> untold =
                awaited.stream().filter(item -> room.equals(rooms.get(item))).toList();
        rooms.values().removeIf(room::equals);
        untold.forEach(awaited::remove);
        return untold;
    }
}
