// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;
import java.util.Optional;

/**
 * A group of devices that share items, as it is at one moment.
 *
 * @param standing what this device may do in it
 * @param items the ids of the items in it that this device syncs
 * @param offered how many items there are in it that this device does not sync: see {@link Offers}
 * @param members the others; this device is not among them. Nobody is a member of an open room
 * @param open what it has besides if it is an open room
 */
public record Room(
        RoomId id,
        String name,
        Standing standing,
        List<String> items,
        int offered,
        List<Member> members,
        Optional<OpenRoom> open) {
    /** What a device may do in a room. */
    public enum Standing {
        /** It made the room: it can remove others, and name admins. */
        FOUNDER,
        /** It can remove others. */
        ADMIN,
        /** It can share, edit, invite, and leave. */
        MEMBER,
        /** It was removed: it keeps its copies and gets nothing more. */
        REMOVED
    }

    public Room {
        items = List.copyOf(items);
        members = List.copyOf(members);
    }

    /** A private room. */
    public Room(RoomId id, String name, Standing standing, List<String> items, int offered, List<Member> members) {
        this(id, name, standing, items, offered, members, Optional.empty());
    }

    /** A private room in which this device is a plain member and takes everything. */
    public Room(RoomId id, String name, List<String> items, List<Member> members) {
        this(id, name, Standing.MEMBER, items, 0, members);
    }
}
