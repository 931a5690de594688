// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.PlatformUI;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.notices.Notice.Way;
import org.vaultsync.ui.preferences.Choices;
import org.vaultsync.ui.preferences.NoticeKind;
import org.vaultsync.ui.rooms.InviteDialog;
import org.vaultsync.ui.rooms.NearbyDialog;
import org.vaultsync.ui.rooms.Visitor;
import org.vaultsync.ui.text.Messages;

/** Tells of devices that come by themselves and wait to be let in. Whoever is not told finds them in the peers view. */
public final class Visitors implements IStartup {
    private final Choices choices = new Choices();
    private final Map<String, Optional<Notice>> met = new HashMap<>(); // by visit; UI thread
    private LiveSync live;
    private Display display;

    @Override
    public void earlyStartup() {
        PlatformUI.getWorkbench().getDisplay().asyncExec(() -> {
            display = Display.getCurrent();
            live = LiveSync.ofWorkbench();
            live.onRooms(display, this::update);
            update();
        });
    }

    private void update() {
        List<Visitor> waiting = Visitor.waiting(live);
        List<String> visits = waiting.stream().map(Visitor::id).toList();
        met.entrySet().removeIf(visit -> {
            boolean gone = !visits.contains(visit.getKey());
            if (gone) {
                visit.getValue().ifPresent(Notice::close);
            }
            return gone;
        });
        for (Visitor visitor : waiting) {
            if (!met.containsKey(visitor.id())) {
                met.put(visitor.id(), tell(visitor));
            }
        }
    }

    private Optional<Notice> tell(Visitor visitor) {
        Optional<Shell> pairing = windows(NearbyDialog.class).findFirst();
        if (visitor instanceof Visitor.Nearby nearby && pairing.isPresent()) {
            NearbyDialog waiting = (NearbyDialog) pairing.get().getData();
            Shell active = display.getActiveShell();
            display.asyncExec(() -> waiting.visited(nearby, active == null ? pairing.get() : active));
            return Optional.empty();
        }
        // The dialog with an invite says by itself who waits.
        return !choices.tells(NoticeKind.REQUEST)
                        || windows(InviteDialog.class).findAny().isPresent()
                ? Optional.empty()
                : Optional.of(Notice.tell(display, visitor.sentence(), new Way(Messages.answer, () -> ask(visitor))));
    }

    private void ask(Visitor visitor) {
        Visitor.waiting(live).stream()
                .filter(now -> now.id().equals(visitor.id()))
                .findFirst()
                .ifPresent(now -> Notices.window().ifPresent(shell -> now.ask(live, shell)));
    }

    private Stream<Shell> windows(Class<?> kind) {
        return Arrays.stream(display.getShells()).filter(shell -> kind.isInstance(shell.getData()));
    }
}
