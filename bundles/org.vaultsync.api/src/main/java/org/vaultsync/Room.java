// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;

/**
 * A group of devices that share items, as it is at one moment.
 *
 * @param items the ids of the items in it
 * @param members the others; this device is not among them
 */
public record Room(RoomId id, String name, List<String> items, List<Member> members) {
    public Room {
        items = List.copyOf(items);
        members = List.copyOf(members);
    }
}
