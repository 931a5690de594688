// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.peers;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;

/** A row of the peers view. Two rows are the same if they are about the same, so that a refresh keeps the selection. */
sealed interface Row {
    /** A room. */
    record OfRoom(Room room) implements Row {
        @Override
        public boolean equals(Object other) {
            return other instanceof OfRoom that && that.room.id().equals(room.id());
        }

        @Override
        public int hashCode() {
            return room.id().hashCode();
        }
    }

    /** A member of a room. */
    record OfMember(Room room, Member member) implements Row {
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
    record Nobody(RoomId inRoom) implements Row {}

    /** The room that the row is about. */
    default RoomId roomId() {
        return switch (this) {
            case OfRoom row -> row.room.id();
            case OfMember row -> row.room.id();
            case OfPeer row -> row.room.id();
            case Nobody row -> row.inRoom;
        };
    }

    /** The rows below this one. */
    default List<Row> children() {
        return switch (this) {
            case OfRoom row
            when !peers(row.room).isEmpty() ->
                peers(row.room).stream()
                        .<Row>map(peer -> new OfPeer(row.room, peer))
                        .toList();
            case OfRoom row when row.room.members().isEmpty() -> List.of(new Nobody(row.room.id()));
            case OfRoom row ->
                row.room.members().stream()
                        .<Row>map(member -> new OfMember(row.room, member))
                        .toList();
            case OfMember row -> List.of();
            case OfPeer row -> List.of();
            case Nobody row -> List.of();
        };
    }

    private static List<OpenRoom.Peer> peers(Room room) {
        return room.open().map(OpenRoom::peers).orElse(List.of());
    }

    default String name() {
        return switch (this) {
            case OfRoom row -> row.room.name();
            case OfMember row ->
                row.member.admin() ? NLS.bind(Messages.adminMark, row.member.name()) : row.member.name();
            case OfPeer row -> called(row.peer);
            case Nobody row -> Messages.nobodyYet;
        };
    }

    /** What somebody in an open room is called. */
    static String called(OpenRoom.Peer peer) {
        return !peer.name().isEmpty() ? peer.name() : peer.browser() ? Messages.openBrowser : Messages.openDevice;
    }

    default Optional<Picture> picture() {
        return switch (this) {
            case OfRoom row -> Optional.of(Picture.ROOM);
            case OfMember row -> Optional.of(Picture.of(row.member.reach()));
            case OfPeer row -> Optional.of(row.peer.note().isEmpty() ? Picture.LINKED : Picture.REFUSED);
            case Nobody row -> Optional.empty();
        };
    }

    default String state() {
        return switch (this) {
            case OfRoom row when row.room.standing() == Room.Standing.REMOVED -> Messages.removedFromRoom;
            case OfRoom row
            when row.room.open().isPresent() -> state(row.room.open().get());
            case OfRoom row when row.room.members().isEmpty() -> Messages.roomAlone;
            case OfRoom row -> {
                long linked = row.room.members().stream()
                        .filter(member -> member.reach() instanceof Reach.Linked)
                        .count();
                yield NLS.bind(Messages.linkedOf, linked, row.room.members().size());
            }
            case OfMember row -> Sentences.of(row.member.reach());
            case OfPeer row -> row.peer.browser() ? Messages.openBrowser : Messages.linked;
            case Nobody row -> "";
        };
    }

    private static String state(OpenRoom open) {
        if (open.trouble().isPresent()) {
            return Messages.openTrouble;
        }
        if (!open.notices().isEmpty()) {
            return open.notices().equals(Set.of(OpenRoom.Notice.FULL))
                    ? NLS.bind(Messages.openPeers, open.peers().size())
                    : open.notices().equals(Set.of(OpenRoom.Notice.NO_ANSWER))
                            ? Messages.openNoAnswer
                            : Messages.openPasswordDiffers;
        }
        return !open.peers().isEmpty()
                ? NLS.bind(Messages.openPeers, open.peers().size())
                : open.isReachable() ? Messages.openNobody : Messages.openNotReached;
    }

    /** How long the way to it and back takes; nothing before it was measured. */
    default Optional<Duration> measuredRoundTrip() {
        return switch (this) {
            case OfMember(Room room, Member member)
            when member.reach() instanceof Reach.Linked linked -> linked.roundTrip();
            case OfPeer row -> row.peer.roundTrip();
            case OfMember row -> Optional.empty();
            case OfRoom row -> Optional.empty();
            case Nobody row -> Optional.empty();
        };
    }

    default String roundTrip() {
        return measuredRoundTrip().map(Sentences::of).orElse("");
    }

    /** What goes there and comes from there now. */
    default String throughput() {
        return this instanceof OfPeer row
                ? Sentences.of(row.peer.throughput())
                : linked(linked -> Sentences.of(linked.throughput()));
    }

    default String path() {
        if (this instanceof OfPeer row) {
            return row.peer
                    .path()
                    .map(way -> NLS.bind(Messages.path, "WEBRTC", way))
                    .orElse("");
        }
        if (this instanceof OfRoom row && row.room.open().isPresent()) {
            return row.room.open().get().address().code().toString();
        }
        return linked(
                linked -> NLS.bind(Messages.path, linked.path().toUpperCase(Locale.ROOT), Sentences.address(linked)));
    }

    default String items() {
        return switch (this) {
            case OfRoom row
            when row.room.offered() > 0 ->
                NLS.bind(Messages.itemsOffered, Sentences.items(row.room.items().size()), row.room.offered());
            case OfRoom row -> Sentences.items(row.room.items().size());
            case OfMember row ->
                NLS.bind(Messages.itemsOf, row.member.items(), row.room.items().size());
            case OfPeer row -> "";
            case Nobody row -> "";
        };
    }

    default String fingerprint() {
        return this instanceof OfMember row ? row.member.fingerprint().brief() : "";
    }

    private String linked(Function<Reach.Linked, String> text) {
        return this instanceof OfMember row && row.member.reach() instanceof Reach.Linked linked
                ? text.apply(linked)
                : "";
    }
}
