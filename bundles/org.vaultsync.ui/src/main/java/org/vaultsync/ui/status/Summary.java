// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.status;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.osgi.util.NLS;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.Trouble;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Troubles;

/**
 * Everything in one line.
 *
 * @param picture the worst that a person should know of, or else the best that there is
 * @param text short enough for a status line; empty without rooms
 * @param explained the same in full
 */
record Summary(Picture picture, String text, String explained) {
    /**
     * Asks for every shared item: not on the UI thread.
     *
     * @param visitors how many wait to be let in
     */
    static Summary of(Optional<VaultSync> sync, int visitors) {
        if (sync.isEmpty()) {
            return new Summary(Picture.AWAY, "", Messages.notRunning);
        }
        Optional<String> problem = Troubles.stopping(sync.get());
        if (problem.isPresent()) {
            return new Summary(Picture.REFUSED, Messages.statusProblem, problem.get());
        }
        if (sync.get().self().isEmpty()) {
            return new Summary(Picture.AWAY, Messages.starting, Messages.starting + " " + Messages.startingExplained);
        }
        List<Room> rooms = sync.get().rooms();
        if (rooms.isEmpty()) {
            return new Summary(Picture.AWAY, "", Messages.statusNoRooms);
        }
        if (sync.get().paused().contains(new Scope.Everything())) {
            return new Summary(Picture.PAUSED, Messages.statusPaused, Messages.statusPausedExplained);
        }
        Set<Fingerprint> everybody = new HashSet<>();
        Set<Fingerprint> linked = new HashSet<>();
        Optional<Reach.Dialling> dialling = Optional.empty();
        boolean refused = false;
        Map<Badge, Integer> badges = new EnumMap<>(Badge.class);
        for (Room room : rooms) {
            for (Member member : room.members()) {
                everybody.add(member.fingerprint());
                switch (member.reach()) {
                    case Reach.Linked link -> linked.add(member.fingerprint());
                    case Reach.Dialling dial -> dialling = Optional.of(dial);
                    case Reach.Away away -> {}
                    case Reach.Paused paused -> {}
                    case Reach.Refused why -> refused = true;
                }
            }
            for (OpenRoom.Peer peer : room.open().map(OpenRoom::peers).orElse(List.of())) {
                everybody.add(OpenRoom.standIn(room.id(), peer.id()));
                linked.add(OpenRoom.standIn(room.id(), peer.id()));
            }
            for (String item : room.items()) {
                badges.merge(sync.get().status(item).badge(), 1, Integer::sum);
            }
        }
        int waiting = badges.getOrDefault(Badge.PENDING, 0) + badges.getOrDefault(Badge.SYNCING, 0);
        int conflicts = badges.getOrDefault(Badge.CONFLICT, 0);
        int errors = badges.getOrDefault(Badge.ERROR, 0);
        List<Trouble> hindering = sync.get().troubles().stream()
                .filter(trouble -> !inShort(trouble).isEmpty())
                .toList();
        boolean nothingStored = hindering.stream().anyMatch(trouble -> trouble.kind() == Trouble.Kind.VAULT_UNWRITABLE);
        Picture picture;
        if (refused || errors > 0 || nothingStored) {
            picture = Picture.REFUSED;
        } else if (conflicts > 0) {
            picture = Picture.CONFLICT;
        } else if (!linked.isEmpty()) {
            picture = Picture.LINKED;
        } else {
            picture = dialling.map(Picture::of).orElse(Picture.AWAY);
        }
        StringBuilder text = new StringBuilder();
        if (everybody.isEmpty()) {
            text.append(Messages.roomAlone);
        } else if (dialling.isPresent() && linked.isEmpty()) {
            text.append(NLS.bind(
                    Messages.dialling, dialling.get().attempt(), dialling.get().of()));
        } else {
            text.append(NLS.bind(Messages.linkedOf, linked.size(), everybody.size()));
        }
        hindering.forEach(trouble -> text.append(" · ").append(inShort(trouble)));
        append(text, Messages.statusSomePaused, paused(sync.get().paused(), rooms, everybody));
        append(text, Messages.statusVisitors, visitors);
        append(text, Messages.statusPending, waiting);
        append(text, Messages.statusConflicts, conflicts);
        append(text, Messages.statusErrors, errors);
        String explained = Stream.concat(
                        Stream.of(NLS.bind(Messages.statusExplained, text)),
                        hindering.stream().map(Troubles::all))
                .collect(Collectors.joining("\n"));
        return new Summary(picture, text.toString(), explained);
    }

    /** How much is paused of what there is: a device stays paused after it was removed, and may come again. */
    private static int paused(Set<Scope> scopes, List<Room> rooms, Set<Fingerprint> everybody) {
        return (int) scopes.stream()
                .filter(scope -> switch (scope) {
                    case Scope.Everything() -> true;
                    case Scope.OfRoom(RoomId id) ->
                        rooms.stream().anyMatch(room -> room.id().equals(id));
                    case Scope.OfPeer(Fingerprint peer) -> everybody.contains(peer);
                })
                .count();
    }

    /** A trouble that keeps others from being met, or what they send from being stored; empty text for any other. */
    private static String inShort(Trouble trouble) {
        return switch (trouble.kind()) {
            case VAULT_UNWRITABLE -> Messages.statusVault;
            case NO_NETWORK -> Messages.statusNoNetwork;
            case SIGNALING_UNREACHABLE -> Messages.statusNoSignaling;
            case PORT_TAKEN,
                    SIGNALING_PORT,
                    WEBRTC_LIBRARY,
                    WEBRTC_FOLDER,
                    WEBRTC_PART,
                    WEBRTC_BROKEN,
                    CLOCK_BEHIND,
                    CLOCK_AHEAD,
                    STORE_SET_ASIDE,
                    STORE_DAMAGED,
                    STORE_FULL,
                    STORE_UNWRITABLE,
                    FOLDER_UNWRITABLE,
                    WORKSPACE_IN_USE,
                    OTHER -> "";
        };
    }

    private static void append(StringBuilder text, String message, int count) {
        if (count > 0) {
            text.append(" · ").append(NLS.bind(message, count));
        }
    }
}
