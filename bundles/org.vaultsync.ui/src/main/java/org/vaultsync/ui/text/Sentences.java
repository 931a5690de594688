// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.Device;
import org.vaultsync.Fingerprint;
import org.vaultsync.ItemStatus;
import org.vaultsync.LinkByHand;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.Scope;
import org.vaultsync.Throughput;
import org.vaultsync.VaultSync;

/** States of sync, said in a sentence. */
public final class Sentences {
    private Sentences() {}

    /**
     * Why nothing is known of rooms and items now: sync is not there, it is starting, or it cannot start. It may be that much is
     * shared then. Empty while sync runs.
     */
    public static Optional<String> whyUnknown(Optional<VaultSync> sync) {
        if (sync.isEmpty()) {
            return Optional.of(Messages.notRunning);
        }
        return sync.get().self().isPresent()
                ? Optional.empty()
                : Troubles.stopping(sync.get()).or(() -> Optional.of(Messages.starting));
    }

    /** What the badge of an item means now. */
    public static String of(ItemStatus status, Optional<VaultSync> sync) {
        Optional<String> unknown = whyUnknown(sync);
        if (unknown.isPresent()) {
            return unknown.get();
        }
        String stands = badge(status, sync.get());
        return status.readOnly() ? NLS.bind(Messages.itemReadOnly, stands) : stands;
    }

    private static String badge(ItemStatus status, VaultSync sync) {
        return switch (status.badge()) {
            case NOT_SHARED -> Messages.itemNotShared;
            case PENDING ->
                isInOpenRoom(status, sync)
                        ? waitsInOpenRoom(status, sync)
                        : status.others() == 0
                                ? Messages.itemAlone
                                : NLS.bind(
                                        isPaused(status, sync) ? Messages.itemPendingPaused : Messages.itemPending,
                                        counted(status, sync));
            case SYNCING ->
                isInOpenRoom(status, sync)
                        ? Messages.itemSendingInOpenRoom
                        : NLS.bind(Messages.itemSyncing, counted(status, sync));
            case SYNCED ->
                status.lastSynced()
                        .map(time -> NLS.bind(Messages.itemSynced, counted(status, sync), When.was(time)))
                        .orElseGet(() -> counted(status, sync));
            case SENT -> status.others() == 0 ? Messages.itemSentEarlier : NLS.bind(Messages.itemSent, status.others());
            case CONFLICT -> conflicts(sync.conflicts(status.itemId()).size());
            case ERROR ->
                NLS.bind(Messages.itemError, status.problem().map(Said::in).orElse(Messages.unknownProblem));
        };
    }

    private static String waitsInOpenRoom(ItemStatus status, VaultSync sync) {
        boolean known = room(status, sync)
                .flatMap(Room::open)
                .flatMap(OpenRoom::profile)
                .isPresent();
        return isPaused(status, sync)
                ? Messages.itemWaitsPausedInOpenRoom
                : known ? Messages.itemWaitsInOpenRoom : Messages.itemWaitsForAnAnswer;
    }

    private static boolean isInOpenRoom(ItemStatus status, VaultSync sync) {
        return room(status, sync).flatMap(Room::open).isPresent();
    }

    /** Whether it waits for a person here, since nobody can get it before something is resumed. */
    private static boolean isPaused(ItemStatus status, VaultSync sync) {
        Set<Scope> paused = sync.paused();
        return paused.contains(new Scope.Everything())
                || room(status, sync)
                        .filter(room -> paused.contains(new Scope.OfRoom(room.id())) || isEverybodyPaused(room))
                        .isPresent();
    }

    private static boolean isEverybodyPaused(Room room) {
        return !room.members().isEmpty()
                && room.members().stream().allMatch(member -> member.reach() instanceof Reach.Paused);
    }

    private static Optional<Room> room(ItemStatus status, VaultSync sync) {
        return sync.rooms().stream()
                .filter(room -> status.room().equals(Optional.of(room.id())))
                .findFirst();
    }

    private static String counted(ItemStatus status, VaultSync sync) {
        int holders = status.holders().size();
        if (status.lastWriter().isEmpty()) {
            return NLS.bind(
                    holders == 1 ? Messages.holdersOneOfLatest : Messages.holdersOfLatest, holders, status.others());
        }
        String writer = status.lastWriter().get();
        return sync.self().map(Device::name).equals(Optional.of(writer))
                ? NLS.bind(
                        holders == 1 ? Messages.holdersOneOfYours : Messages.holdersOfYours, holders, status.others())
                : NLS.bind(
                        holders == 1 ? Messages.holdersOneOfTheirs : Messages.holdersOfTheirs,
                        new Object[] {holders, status.others(), writer});
    }

    /** How many conflicts an item has. */
    public static String conflicts(int count) {
        return count == 1 ? Messages.oneConflict : NLS.bind(Messages.severalConflicts, count);
    }

    /** How many of a room's items there are. */
    public static String items(int count) {
        return count == 1 ? Messages.oneItem : NLS.bind(Messages.severalItems, count);
    }

    /** What somebody in an open room says of itself, or what is known of it. */
    public static String nameOf(OpenRoom.Peer peer) {
        return !peer.name().isEmpty() ? peer.name() : peer.browser() ? Messages.openBrowser : Messages.openDevice;
    }

    /** How many items a file of a room has. */
    public static String documents(int count) {
        return count == 1 ? Messages.oneDocument : NLS.bind(Messages.severalDocuments, count);
    }

    /** How many files of items a file of a room has. */
    public static String files(int count) {
        return count == 1 ? Messages.oneFile : NLS.bind(Messages.severalFiles, count);
    }

    /** Why somebody in an open room cannot be talked to, and what to do. */
    public static String of(OpenRoom.Notice notice) {
        return switch (notice) {
            case OTHER_PASSWORD -> Messages.noticeOtherPassword;
            case THEY_HAVE_A_PASSWORD -> Messages.noticeTheyHaveOne;
            case THEY_HAVE_NO_PASSWORD -> Messages.noticeTheyHaveNone;
            case NO_ANSWER -> Messages.noticeNoAnswer;
            case FULL -> Messages.noticeFull;
            case NO_WAY -> Messages.noticeNoWay;
        };
    }

    /** Whether a member can be reached, in few words. */
    public static String of(Reach reach) {
        return switch (reach) {
            case Reach.Linked linked -> Messages.linked;
            case Reach.Dialling dialling -> NLS.bind(Messages.dialling, dialling.attempt(), dialling.of());
            case Reach.Away away ->
                away.lastSeen()
                        .map(time -> NLS.bind(Messages.awaySince, When.was(time)))
                        .orElse(Messages.away);
            case Reach.Refused refused -> Messages.refused;
            case Reach.Paused paused -> Messages.paused;
        };
    }

    /** A way to others in a word or two, as it stands in a column. */
    public static String way(String path) {
        return path.equals("lan") ? "LAN" : Said.in(Reach.over(path));
    }

    /** Where a linked member is, or how it was linked. */
    public static String address(Reach.Linked linked) {
        return isByHand(linked) ? Messages.byHandAddress : linked.address();
    }

    /** Whether a member can be reached, and where and why not, as far as it is known. */
    public static String details(Reach reach) {
        return switch (reach) {
            case Reach.Linked linked -> linked(Said.in(Reach.over(linked.path())), linked);
            case Reach.Dialling dialling -> of(dialling) + ".";
            case Reach.Away away ->
                of(away) + "." + away.why().map(why -> " " + Said.in(why)).orElse("");
            case Reach.Refused refused -> Said.in(refused.why());
            case Reach.Paused paused -> Messages.pausedDetails;
        };
    }

    private static String linked(String over, Reach.Linked linked) {
        return isByHand(linked)
                ? NLS.bind(Messages.linkedByHand, over, When.was(linked.since()))
                : NLS.bind(Messages.linkedDetails, new Object[] {over, linked.address(), When.was(linked.since())});
    }

    private static boolean isByHand(Reach.Linked linked) {
        return linked.address().equals(LinkByHand.ADDRESS);
    }

    /** A measured time. */
    public static String of(Duration roundTrip) {
        return roundTrip.compareTo(Duration.ofMillis(10)) < 0
                ? NLS.bind(Messages.milliseconds, String.format("%.1f", roundTrip.toNanos() / 1e6))
                : NLS.bind(Messages.milliseconds, roundTrip.toMillis());
    }

    /** What goes over a link; empty text while that is next to nothing. */
    public static String of(Throughput throughput) {
        long sent = throughput.sent() / 1000;
        long received = throughput.received() / 1000;
        if (sent == 0 && received == 0) {
            return "";
        }
        return NLS.bind(Messages.throughput, sent, received);
    }

    /** A fingerprint in two lines of the same length, to be compared. */
    public static String inTwoLines(Fingerprint fingerprint) {
        String groups = fingerprint.grouped();
        int middle = groups.length() / 2;
        return groups.substring(0, middle) + "\n" + groups.substring(middle + 1);
    }

    /** The room's name in quotation marks. */
    public static String quoted(Room room) {
        return NLS.bind(Messages.quoted, room.name());
    }
}
