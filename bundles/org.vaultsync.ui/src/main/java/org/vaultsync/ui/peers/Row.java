// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.Member;
import org.vaultsync.NameOrder;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;

/** A row of the peers view. Two rows are the same if they are about the same, so that a refresh keeps the selection. */
sealed interface Row {
    /** The room that the row is about. */
    RoomId roomId();

    String name();

    /** The row above this one. */
    default Optional<Row> parent() {
        return Optional.empty();
    }

    /** The rows below this one. */
    default List<Row> children() {
        return List.of();
    }

    default Optional<Picture> picture() {
        return Optional.empty();
    }

    default String state() {
        return "";
    }

    /** How long the way to it and back takes; nothing before it was measured. */
    default Optional<Duration> measuredRoundTrip() {
        return Optional.empty();
    }

    default String roundTrip() {
        return measuredRoundTrip().map(Sentences::of).orElse("");
    }

    /** What goes there and comes from there now. */
    default String throughput() {
        return "";
    }

    default String path() {
        return "";
    }

    default String items() {
        return "";
    }

    default String fingerprint() {
        return "";
    }

    record OfRoom(Room room) implements Row {
        @Override
        public RoomId roomId() {
            return room.id();
        }

        @Override
        public String name() {
            return room.name();
        }

        @Override
        public List<Row> children() {
            List<OpenRoom.Peer> peers = room.open().map(OpenRoom::peers).orElse(List.of());
            if (!peers.isEmpty()) {
                return peers.stream()
                        .sorted(Comparator.comparing(Sentences::nameOf, new NameOrder()))
                        .<Row>map(peer -> new OfPeer(room, peer))
                        .toList();
            }
            return room.members().isEmpty()
                    ? List.of(new Nobody(room.id()))
                    : room.members().stream()
                            .<Row>map(member -> new OfMember(room, member))
                            .toList();
        }

        @Override
        public Optional<Picture> picture() {
            return Optional.of(Picture.ROOM);
        }

        @Override
        public String state() {
            if (room.standing() == Room.Standing.REMOVED) {
                return Messages.removedFromRoom;
            }
            if (room.open().isPresent()) {
                return state(room.open().get());
            }
            if (room.members().isEmpty()) {
                return Messages.roomAlone;
            }
            long linked = room.members().stream()
                    .filter(member -> member.reach() instanceof Reach.Linked)
                    .count();
            return NLS.bind(Messages.linkedOf, linked, room.members().size());
        }

        private static String state(OpenRoom open) {
            if (open.trouble().isPresent()) {
                return Messages.openTrouble;
            }
            Set<OpenRoom.Notice> notices = new HashSet<>(open.notices());
            notices.remove(OpenRoom.Notice.FULL);
            notices.remove(OpenRoom.Notice.NO_WAY);
            if (!notices.isEmpty()) {
                return notices.equals(Set.of(OpenRoom.Notice.NO_ANSWER))
                        ? Messages.openNoAnswer
                        : Messages.openPasswordDiffers;
            }
            return !open.peers().isEmpty()
                    ? NLS.bind(Messages.openPeers, open.peers().size())
                    : open.notices().contains(OpenRoom.Notice.NO_WAY)
                            ? Messages.openNoWay
                            : open.isReachable() ? Messages.openNobody : Messages.openNotReached;
        }

        @Override
        public String path() {
            return room.open().map(open -> open.address().code().toString()).orElse("");
        }

        @Override
        public String items() {
            String here = Sentences.items(room.items().size());
            return room.offered() > 0 ? NLS.bind(Messages.itemsOffered, here, room.offered()) : here;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfRoom that && that.room.id().equals(room.id());
        }

        @Override
        public int hashCode() {
            return room.id().hashCode();
        }
    }

    record OfMember(Room room, Member member) implements Row {
        @Override
        public RoomId roomId() {
            return room.id();
        }

        @Override
        public String name() {
            return member.admin() ? NLS.bind(Messages.adminMark, member.name()) : member.name();
        }

        @Override
        public Optional<Row> parent() {
            return Optional.of(new OfRoom(room));
        }

        @Override
        public Optional<Picture> picture() {
            return Optional.of(Picture.of(member.reach()));
        }

        @Override
        public String state() {
            return Sentences.of(member.reach());
        }

        private Optional<Reach.Linked> linked() {
            return member.reach() instanceof Reach.Linked linked ? Optional.of(linked) : Optional.empty();
        }

        @Override
        public Optional<Duration> measuredRoundTrip() {
            return linked().flatMap(Reach.Linked::roundTrip);
        }

        @Override
        public String throughput() {
            return linked().map(linked -> Sentences.of(linked.throughput())).orElse("");
        }

        @Override
        public String path() {
            return linked().map(
                            linked -> NLS.bind(Messages.path, Sentences.way(linked.path()), Sentences.address(linked)))
                    .orElse("");
        }

        @Override
        public String items() {
            return NLS.bind(Messages.itemsOf, member.items(), room.items().size());
        }

        @Override
        public String fingerprint() {
            return member.fingerprint().brief();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfMember that
                    && that.room.id().equals(room.id())
                    && that.member.fingerprint().equals(member.fingerprint());
        }

        @Override
        public int hashCode() {
            return member.fingerprint().hashCode();
        }
    }

    /** Somebody in an open room. */
    record OfPeer(Room room, OpenRoom.Peer peer) implements Row {
        @Override
        public RoomId roomId() {
            return room.id();
        }

        @Override
        public String name() {
            return Sentences.nameOf(peer);
        }

        @Override
        public Optional<Row> parent() {
            return Optional.of(new OfRoom(room));
        }

        @Override
        public Optional<Picture> picture() {
            return Optional.of(peer.note().isEmpty() ? Picture.LINKED : Picture.REFUSED);
        }

        @Override
        public String state() {
            return peer.note().isPresent()
                    ? Messages.openNotAll
                    : peer.browser() ? Messages.openBrowser : Messages.linked;
        }

        @Override
        public Optional<Duration> measuredRoundTrip() {
            return peer.roundTrip();
        }

        @Override
        public String throughput() {
            return Sentences.of(peer.throughput());
        }

        @Override
        public String path() {
            return peer.path().map(known -> Sentences.way("webrtc, " + known)).orElse("");
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OfPeer that
                    && that.room.id().equals(room.id())
                    && that.peer.id().equals(peer.id());
        }

        @Override
        public int hashCode() {
            return peer.id().hashCode();
        }
    }

    /** Stands in a room where nobody else is, and says what to do. */
    record Nobody(RoomId roomId) implements Row {
        @Override
        public String name() {
            return Messages.nobodyYet;
        }
    }
}
