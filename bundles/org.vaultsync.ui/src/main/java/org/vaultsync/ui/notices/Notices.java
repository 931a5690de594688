// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.Badge;
import org.vaultsync.Device;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.Offers;
import org.vaultsync.Offers.Offer;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.conflicts.Conflicts;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.notices.Notice.Way;
import org.vaultsync.ui.offers.BrowseDialog;
import org.vaultsync.ui.peers.PeersView;
import org.vaultsync.ui.preferences.Choices;
import org.vaultsync.ui.preferences.NoticeKind;
import org.vaultsync.ui.rooms.InviteDialog;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Said;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.Troubles;

/** Tells of what happened in rooms and with items. */
public final class Notices implements IStartup {
    private static final int MILLIS_TO_GATHER = 1000;

    private final Instant started = Instant.now();
    private final Choices choices = new Choices();
    // All of these: UI thread
    private final Map<RoomId, Set<Fingerprint>> members = new HashMap<>();
    private final Map<Fingerprint, String> refusals = new HashMap<>();
    private final Set<String> toldStops = new HashSet<>();
    private final Set<String> toldConflicts = new HashSet<>();
    private final Map<RoomId, Asked> asked = new HashMap<>();
    private final Set<String> conflicted = new LinkedHashSet<>();
    private final Set<String> stopped = new LinkedHashSet<>();
    private final Map<RoomId, Arrivals> arrivals = new HashMap<>();
    private final Failures failures = new Failures();
    private final Runnable lookAgain = this::roomsChanged;
    private LiveSync live;
    private Display display;

    @Override
    public void earlyStartup() {
        PlatformUI.getWorkbench().getDisplay().asyncExec(this::listen);
    }

    private void listen() {
        display = Display.getCurrent();
        live = LiveSync.ofWorkbench();
        live.onRooms(display, this::roomsChanged);
        live.onItems(display, this::itemsChanged);
        roomsChanged();
    }

    private void roomsChanged() {
        failures.look(live.sync(), Instant.now())
                .forEach(trouble ->
                        tell(NoticeKind.FAILED, Troubles.all(trouble), new Way(Messages.linkPeers, PeersView::show)));
        List<Room> rooms = live.sync().map(VaultSync::rooms).orElseGet(List::of);
        for (Room room : rooms) {
            room.open().ifPresent(open -> arrived(room, open));
            boolean firstSeen = !members.containsKey(room.id());
            Set<Fingerprint> known = members.computeIfAbsent(room.id(), id -> new HashSet<>());
            for (Member member : room.members()) {
                boolean fresh = known.add(member.fingerprint()) && !firstSeen && !inviting();
                // Why it is refused says of whoever has just come that it is there, too.
                if (!refusal(member) && fresh) {
                    tellOfJoining(member.name(), room);
                }
            }
            offered(room);
        }
        List<RoomId> there = rooms.stream().map(Room::id).toList();
        asked.keySet().retainAll(there);
        arrivals.keySet().retainAll(there);
    }

    private void arrived(Room room, OpenRoom open) {
        Arrivals those = arrivals.computeIfAbsent(room.id(), id -> new Arrivals());
        those.look(open, Instant.now()).forEach(peer -> tellOfJoining(Sentences.nameOf(peer), room));
        if (those.awaitsNames()) {
            display.timerExec((int) Arrivals.FOR_ITS_NAME.toMillis(), lookAgain);
        }
    }

    private void tellOfJoining(String name, Room room) {
        tell(
                NoticeKind.JOINED,
                NLS.bind(Messages.memberJoined, name, Sentences.quoted(room)),
                new Way(Messages.linkPeers, PeersView::show));
    }

    /** What is known of the items of a room in which a person wants to be asked. UI thread. */
    private static final class Asked {
        /** What was there before, what this device took or shared, and what was told of. */
        private final Set<String> known = new HashSet<>();

        private int offered = -1;
        private boolean onTheirWay;
        private boolean asking;
        private boolean again;
    }

    /** Looks who offers what, if there may be something new in a room in which the person wants to be asked. */
    private void offered(Room room) {
        Optional<Offers> offers = live.offers();
        Optional<Taking> taking =
                live.policy().map(policy -> policy.taking(room.id())).filter(how -> how.incoming() == Incoming.ASK);
        if (offers.isEmpty() || taking.isEmpty()) {
            asked.remove(room.id());
            return;
        }
        Asked those = asked.computeIfAbsent(room.id(), id -> new Asked());
        those.known.addAll(room.items());
        if (those.asking) {
            those.again = true;
        } else if (those.offered != room.offered() || those.onTheirWay) {
            boolean first = those.offered < 0;
            those.asking = true;
            those.offered = room.offered();
            // What comes together is told together; but what is there at first is not told at all.
            display.timerExec(
                    first ? 0 : MILLIS_TO_GATHER,
                    () -> Answers.of(
                            offers.get().offers(room.id()),
                            display,
                            now -> {
                                tellOfOffers(room, those, first, taking.get(), now);
                                answered(those);
                            },
                            why -> answered(those)));
        }
    }

    private void answered(Asked those) {
        those.asking = false;
        if (those.again) {
            those.again = false;
            roomsChanged();
        }
    }

    private void tellOfOffers(Room room, Asked those, boolean first, Taking taking, List<Offer> offers) {
        Optional<String> self = live.sync().flatMap(VaultSync::self).map(Device::name);
        Map<String, List<Offer>> fresh = new TreeMap<>(); // by who shares it
        those.onTheirWay = false;
        for (Offer offer : offers) {
            boolean nothingToAsk = first
                    || offer.taken()
                    || self.filter(offer.sharedBy()::equals).isPresent();
            if (nothingToAsk) {
                those.known.add(offer.itemId());
            } else if (offer.name().isEmpty()) {
                those.onTheirWay = true;
            } else if (those.known.add(offer.itemId())
                    && taking.types().map(some -> some.contains(offer.type())).orElse(true)) {
                fresh.computeIfAbsent(offer.sharedBy(), none -> new ArrayList<>())
                        .add(offer);
            }
        }
        fresh.forEach((sharer, items) -> tell(
                NoticeKind.OFFERED,
                items.size() == 1
                        ? NLS.bind(Messages.oneOffered, sharer, items.getFirst().name())
                        : NLS.bind(
                                Messages.severalOffered,
                                new Object[] {sharer, Sentences.items(items.size()), Sentences.quoted(room)}),
                new Way(
                        Messages.linkTake,
                        () -> take(room, items.stream().map(Offer::itemId).toList())),
                new Way(
                        Messages.linkBrowse,
                        () -> window().ifPresent(shell -> new BrowseDialog(live, shell, room).open()))));
    }

    private void take(Room room, List<String> items) {
        live.offers()
                .ifPresent(offers -> Answers.of(
                        offers.take(room.id(), items),
                        display,
                        taken -> {},
                        why -> window().ifPresent(shell -> Rooms.complain(shell, why))));
    }

    /** What dialogs are opened over. UI thread. */
    static Optional<Shell> window() {
        return Optional.ofNullable(PlatformUI.getWorkbench().getActiveWorkbenchWindow())
                .map(IWorkbenchWindow::getShell);
    }

    /** Returns whether a notice says that the member is refused. */
    private boolean refusal(Member member) {
        if (!(member.reach() instanceof Reach.Refused refused)) {
            refusals.remove(member.fingerprint());
            return false;
        }
        boolean fresh = !refused.why().equals(refusals.put(member.fingerprint(), refused.why()));
        return fresh
                && tell(
                        NoticeKind.REFUSED,
                        NLS.bind(Messages.memberRefused, member.name(), Said.in(refused.why())),
                        new Way(Messages.linkPeers, PeersView::show));
    }

    /** The dialog with an invite says by itself that somebody has joined. */
    private boolean inviting() {
        return Arrays.stream(display.getShells()).anyMatch(shell -> shell.getData() instanceof InviteDialog);
    }

    private void itemsChanged(Set<String> itemIds) {
        boolean nothingYet = conflicted.isEmpty() && stopped.isEmpty();
        for (String item : itemIds) {
            Badge now = live.status(item).badge();
            if (now == Badge.CONFLICT && freshConflict(item)) {
                conflicted.add(item);
            }
            if (now != Badge.ERROR) {
                toldStops.remove(item);
            } else if (!failures.nothingCanBeStored() && toldStops.add(item)) {
                stopped.add(item);
            }
        }
        if (nothingYet && (!conflicted.isEmpty() || !stopped.isEmpty())) {
            display.timerExec(MILLIS_TO_GATHER, this::tellOfItems);
        }
    }

    private boolean freshConflict(String item) {
        return live.sync().stream()
                .flatMap(sync -> sync.conflicts(item).stream())
                .filter(conflict -> conflict.found().isAfter(started))
                .map(conflict -> toldConflicts.add(conflict.id()))
                .reduce(false, Boolean::logicalOr);
    }

    private void tellOfItems() {
        if (failures.nothingCanBeStored()) {
            // It is why they stopped, and a notice has said it. Those that are still stopped later are told then.
            toldStops.removeAll(stopped);
            stopped.clear();
        }
        List<String> looked = List.copyOf(conflicted);
        int failed = stopped.size();
        String why = stopped.stream()
                .findFirst()
                .flatMap(item -> live.status(item).problem())
                .map(Said::in)
                .orElse("");
        conflicted.clear();
        stopped.clear();
        if (!looked.isEmpty()) {
            tell(
                    NoticeKind.CONFLICT,
                    NLS.bind(Messages.itemsInConflict, Sentences.items(looked.size())),
                    new Way(
                            Messages.linkConflicts,
                            () -> window().ifPresent(shell -> Conflicts.show(live, shell, looked))));
        }
        if (failed > 0) {
            tell(
                    NoticeKind.STOPPED,
                    NLS.bind(Messages.itemsStopped, Sentences.items(failed), why),
                    new Way(Messages.linkPeers, PeersView::show));
        }
    }

    /** Returns whether it is told: people may not want to hear of it. */
    private boolean tell(NoticeKind kind, String text, Way... ways) {
        boolean wanted = choices.tells(kind);
        if (wanted) {
            Notice.tell(display, text, ways);
        }
        return wanted;
    }
}
