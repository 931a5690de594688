// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.VaultSync;

/** The names of devices and rooms, and who is in which, at one moment; those that are gone have the beginning of their fingerprint or id. */
public final class DeviceNames {
    private final Map<Fingerprint, String> devices = new HashMap<>();
    private final Map<RoomId, String> rooms = new HashMap<>();
    private final Map<RoomId, Set<Fingerprint>> members = new HashMap<>();

    public DeviceNames(Optional<VaultSync> sync) {
        for (Room room : sync.map(VaultSync::rooms).orElseGet(List::of)) {
            rooms.put(room.id(), room.name());
            members.put(
                    room.id(), room.members().stream().map(Member::fingerprint).collect(Collectors.toSet()));
            room.members().forEach(member -> devices.put(member.fingerprint(), member.name()));
        }
        sync.flatMap(VaultSync::self).ifPresent(self -> devices.put(self.fingerprint(), self.name()));
    }

    public String of(Fingerprint device) {
        return devices.getOrDefault(device, device.brief());
    }

    public String of(RoomId room) {
        return rooms.getOrDefault(room, room.toString());
    }

    public boolean isMember(RoomId room, Fingerprint device) {
        return members.getOrDefault(room, Set.of()).contains(device);
    }
}
