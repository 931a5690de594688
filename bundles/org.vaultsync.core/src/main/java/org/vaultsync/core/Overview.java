// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.Member.Admission;
import org.vaultsync.NameOrder;
import org.vaultsync.Room;
import org.vaultsync.Room.Standing;
import org.vaultsync.RoomId;
import org.vaultsync.core.membership.Membership.Person;
import org.vaultsync.core.room.LiveOpenRoom;
import org.vaultsync.core.room.LiveRoom;
import org.vaultsync.core.session.Switchboard;

/** The rooms that this device is in and their members, as people see them. Any thread. */
final class Overview {
    private final Fingerprint self;
    private final Map<RoomId, LiveRoom> live;
    private final Map<RoomId, LiveOpenRoom> open;
    private final Leaving leaving;
    private final Switchboard switchboard;

    Overview(
            Fingerprint self,
            Map<RoomId, LiveRoom> live,
            Map<RoomId, LiveOpenRoom> open,
            Leaving leaving,
            Switchboard switchboard) {
        this.self = self;
        this.live = live;
        this.open = open;
        this.leaving = leaving;
        this.switchboard = switchboard;
    }

    /** Those that are not being left, by name. */
    List<Room> rooms() {
        return Stream.concat(
                        live.values().stream()
                                .filter(room -> !leaving.has(room.id()))
                                .map(this::snapshot),
                        open.values().stream().map(LiveOpenRoom::summary))
                .sorted(Comparator.comparing(Room::name, new NameOrder())
                        .thenComparing(room -> room.id().hex()))
                .toList();
    }

    private Room snapshot(LiveRoom room) {
        LiveRoom.Summary summary = room.summary();
        List<Member> members = summary.members().values().stream()
                .filter(person -> !person.fingerprint().equals(self))
                .map(person -> new Member(
                        person.fingerprint(),
                        called(person),
                        person.admin(),
                        person.isFounder()
                                ? Optional.empty()
                                : Optional.of(new Admission(
                                        Optional.ofNullable(summary.everybody().get(person.admittedBy()))
                                                .map(Overview::called)
                                                .orElse(person.admittedBy().brief()),
                                        person.since())),
                        switchboard.reach(person.fingerprint()),
                        summary.holding().getOrDefault(person.fingerprint(), 0),
                        switchboard.lastSync(person.fingerprint())))
                .sorted(Comparator.comparing(Member::name, new NameOrder()).thenComparing(Member::fingerprint))
                .toList();
        return new Room(
                room.id(),
                summary.name(),
                standing(summary.members().get(self)),
                summary.items(),
                summary.offered(),
                members);
    }

    private static String called(Person person) {
        return person.name().isEmpty() ? person.fingerprint().brief() : person.name();
    }

    private static Standing standing(Person self) {
        if (self == null) {
            return Standing.REMOVED;
        }
        return self.isFounder() ? Standing.FOUNDER : self.admin() ? Standing.ADMIN : Standing.MEMBER;
    }
}
