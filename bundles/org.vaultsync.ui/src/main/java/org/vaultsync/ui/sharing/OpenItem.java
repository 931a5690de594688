// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.sharing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jface.fieldassist.ControlDecoration;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Widget;
import org.vaultsync.Presence;
import org.vaultsync.Presence.Open;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.preferences.Choices;
import org.vaultsync.ui.text.Messages;

/** The items that this person has open, the fields of them that they are in, and who else is there. UI thread. */
final class OpenItem {
    /** How often an item is open here, and where: it may be so in two editors. */
    private static final class Here {
        int times;
        String field = "";
    }

    private final LiveSync live;
    private final Choices choices = new Choices();
    private final Map<String, Here> here = new HashMap<>();
    private final Runnable deaf; // to what is chosen
    private Optional<Runnable> alone = Optional.empty(); // hears no more of who comes
    private Optional<Presence> told = Optional.empty(); // who was told what is open here

    OpenItem(LiveSync live) {
        this.live = live;
        deaf = choices.onShowsWhatIsOpen(this::sayAll);
    }

    void stop() {
        deaf.run();
        alone.ifPresent(Runnable::run);
    }

    private void sayAll() {
        told = live.presence();
        here.keySet().forEach(this::say);
    }

    /** Sync that has come anew knows nothing of what is open here. */
    private void sayToNewOne() {
        if (!live.presence().equals(told)) {
            sayAll();
        }
    }

    void opened(Widget owner, String itemId) {
        if (alone.isEmpty()) {
            alone = Optional.of(live.onRooms(owner.getDisplay(), this::sayToNewOne));
        }
        sayToNewOne();
        here.computeIfAbsent(itemId, none -> new Here()).times++;
        say(itemId);
        owner.addDisposeListener(disposed -> {
            if (--here.get(itemId).times == 0) {
                here.remove(itemId);
                live.presence().ifPresent(presence -> presence.close(itemId));
            }
        });
    }

    private void say(String itemId) {
        boolean shows = choices.showsWhatIsOpen();
        live.presence().ifPresent(presence -> {
            if (shows) {
                presence.open(itemId, here.get(itemId).field);
            } else {
                presence.close(itemId);
            }
        });
    }

    private void enter(String itemId, String field) {
        Here open = here.get(itemId);
        if (open != null && !open.field.equals(field)) {
            open.field = field;
            say(itemId);
        }
    }

    void field(Control control, String itemId, String field) {
        control.addListener(SWT.FocusIn, entered -> enter(itemId, field));
        control.addListener(SWT.FocusOut, left -> enter(itemId, ""));
        List<ControlDecoration> marks =
                new ArrayList<>(); // made when somebody is there first: most fields never need one
        Runnable show = () -> mark(control, marks, itemId, field);
        live.onPresence(control, changed -> {
            if (changed.contains(itemId)) {
                show.run();
            }
        });
        show.run();
    }

    private void mark(Control control, List<ControlDecoration> marks, String itemId, String field) {
        List<String> there = live.presence().stream()
                .flatMap(presence -> presence.at(itemId).stream())
                .filter(open -> open.field().equals(field))
                .map(Open::deviceName)
                .toList();
        if (!there.isEmpty() && marks.isEmpty()) {
            ControlDecoration mark = new ControlDecoration(control, SWT.RIGHT | SWT.TOP);
            mark.setImage(JFaceResources.getResources().create(Picture.SOMEBODY.descriptor()));
            mark.setShowHover(true);
            marks.add(mark);
        }
        for (ControlDecoration mark : marks) {
            if (there.isEmpty()) {
                mark.hide();
            } else {
                mark.setDescriptionText(NLS.bind(Messages.inThisField, String.join(", ", there)));
                mark.show();
            }
        }
    }

    /** Who else has the item open, in a sentence; nothing if nobody has. */
    String others(String itemId) {
        List<String> there = live.presence().stream()
                .flatMap(presence -> presence.at(itemId).stream())
                .map(Open::deviceName)
                .distinct()
                .toList();
        return there.isEmpty() ? "" : NLS.bind(Messages.openAt, String.join(", ", there));
    }
}
