// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.conflicts.Conflicts;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.peers.PeersView;
import org.vaultsync.ui.preferences.Choices;
import org.vaultsync.ui.preferences.NoticeKind;
import org.vaultsync.ui.rooms.InviteDialog;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Tells of what happened, in a corner of the screen, for a while, and without taking the focus. */
public final class Notices implements IStartup {
    private static final int MILLIS_TO_GATHER = 1000;
    private static final int MILLIS_SHOWN = 8000;

    private final Instant started = Instant.now();
    private final Choices choices = new Choices();
    // All of these: UI thread
    private final Map<RoomId, Set<Fingerprint>> members = new HashMap<>();
    private final Map<Fingerprint, String> refusals = new HashMap<>();
    private final Set<String> toldStops = new HashSet<>();
    private final Set<String> toldConflicts = new HashSet<>();
    private final Set<String> conflicted = new LinkedHashSet<>();
    private final Set<String> stopped = new LinkedHashSet<>();
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
        List<Room> rooms = live.sync().map(VaultSync::rooms).orElseGet(List::of);
        for (Room room : rooms) {
            boolean firstSeen = !members.containsKey(room.id());
            Set<Fingerprint> known = members.computeIfAbsent(room.id(), id -> new HashSet<>());
            for (Member member : room.members()) {
                if (known.add(member.fingerprint()) && !firstSeen && !inviting()) {
                    tell(
                            NoticeKind.JOINED,
                            NLS.bind(Messages.memberJoined, member.name(), Sentences.quoted(room)),
                            Messages.linkPeers,
                            PeersView::show);
                }
                refusal(member);
            }
        }
    }

    private void refusal(Member member) {
        if (!(member.reach() instanceof Reach.Refused refused)) {
            refusals.remove(member.fingerprint());
        } else if (!refused.why().equals(refusals.put(member.fingerprint(), refused.why()))) {
            tell(
                    NoticeKind.REFUSED,
                    NLS.bind(Messages.memberRefused, member.name(), refused.why()),
                    Messages.linkPeers,
                    PeersView::show);
        }
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
            } else if (toldStops.add(item)) {
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
        List<String> looked = List.copyOf(conflicted);
        int failed = stopped.size();
        String why = stopped.stream()
                .findFirst()
                .flatMap(item -> live.status(item).problem())
                .orElse("");
        conflicted.clear();
        stopped.clear();
        if (!looked.isEmpty()) {
            tell(
                    NoticeKind.CONFLICT,
                    NLS.bind(Messages.itemsInConflict, Sentences.items(looked.size())),
                    Messages.linkConflicts,
                    () -> {
                        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
                        if (window != null) {
                            Conflicts.show(live, window.getShell(), looked);
                        }
                    });
        }
        if (failed > 0) {
            tell(
                    NoticeKind.STOPPED,
                    NLS.bind(Messages.itemsStopped, Sentences.items(failed), why),
                    Messages.linkPeers,
                    PeersView::show);
        }
    }

    private void tell(NoticeKind kind, String text, String link, Runnable action) {
        if (!choices.tells(kind)) {
            return;
        }
        NotificationPopup[] popup = new NotificationPopup[1];
        popup[0] = NotificationPopup.forDisplay(display)
                .title(Messages.sync, true)
                .content(parent -> content(parent, text, link, () -> {
                    popup[0].close();
                    action.run();
                }))
                .delay(MILLIS_SHOWN)
                .fadeIn(false)
                .build();
        popup[0].open();
    }

    private static Control content(Composite parent, String text, String link, Runnable action) {
        Composite area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().applyTo(area);
        Label label = new Label(area, SWT.WRAP);
        label.setText(Names.literal(text));
        GridDataFactory.fillDefaults().grab(true, false).hint(300, SWT.DEFAULT).applyTo(label);
        Link more = new Link(area, SWT.NONE);
        more.setText("<a>" + link + "</a>");
        more.addListener(SWT.Selection, clicked -> action.run());
        return area;
    }
}
