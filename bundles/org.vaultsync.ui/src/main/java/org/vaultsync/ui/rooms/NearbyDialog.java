// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Encounter;
import org.vaultsync.Neighbour;
import org.vaultsync.Pairing;
import org.vaultsync.RoomId;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;

/** The devices nearby that show themselves, to be paired with; and whether this one does. */
public final class NearbyDialog extends SyncDialog {
    private static final int SECOND = 1000;

    private final Optional<RoomId> room;
    // All of these: UI thread
    private Table devices;
    private Button show;
    private Label until;
    private List<Neighbour> listed = List.of();
    private boolean meeting;
    private Optional<RoomId> paired = Optional.empty();

    /** @param room to let the other device into, unless the person chooses another; empty to join one of the other's */
    public NearbyDialog(LiveSync live, Shell shell, Optional<RoomId> room) {
        super(live, shell, Messages.nearbyTitle, "nearby");
        this.room = room;
    }

    /** Opens, and returns with the room that both are in then; with nothing if the person gave up. */
    public Optional<RoomId> pair() {
        open();
        return paired;
    }

    @Override
    protected void fill(Composite area) {
        new Label(area, SWT.NONE).setText(Messages.nearbyDevices);
        devices = new Table(area, SWT.BORDER | SWT.SINGLE);
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(60), convertHeightInCharsToPixels(6))
                .applyTo(devices);
        devices.addListener(SWT.Selection, chosen -> check());
        devices.addListener(SWT.DefaultSelection, chosen -> okPressed());
        show = new Button(area, SWT.CHECK);
        show.setText(Messages.nearbyShow);
        show.addListener(
                SWT.Selection,
                clicked -> live.pairing().ifPresent(pairing -> pairing.discoverable(show.getSelection())));
        until = new Label(area, SWT.WRAP);
        GridDataFactory.fillDefaults()
                .indent(22, 0)
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(60), convertHeightInCharsToPixels(2))
                .applyTo(until);
        setTitle(Messages.nearbyHeading);
        setMessage(room.isPresent() ? Messages.nearbyInvite : Messages.nearbyJoin);
        live.onRooms(area, this::update);
        tick(area);
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, Messages.nearbyPair, true);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
        update();
    }

    private void tick(Control owner) {
        owner.getDisplay().timerExec(SECOND, () -> {
            if (!owner.isDisposed()) {
                showUntil();
                check();
                tick(owner);
            }
        });
    }

    private void update() {
        List<Neighbour> now = live.pairing().map(Pairing::nearby).orElse(List.of());
        if (!now.equals(listed)) {
            int chosen = devices.getSelectionIndex();
            Optional<Neighbour> kept = chosen < 0 ? Optional.empty() : Optional.of(listed.get(chosen));
            listed = now;
            devices.removeAll();
            for (Neighbour neighbour : listed) {
                new TableItem(devices, SWT.NONE).setText(neighbour.name());
            }
            devices.select(kept.map(listed::indexOf).orElse(listed.size() == 1 ? 0 : -1));
        }
        showUntil();
        check();
    }

    private void showUntil() {
        boolean unseen = live.settings()
                .map(DeviceSettings::listening)
                .filter(how -> !how.discovery())
                .isPresent();
        Optional<Instant> end = unseen ? Optional.empty() : live.pairing().flatMap(Pairing::discoverableUntil);
        show.setEnabled(!unseen);
        show.setSelection(end.isPresent());
        until.setText(end.map(then -> (Duration.between(Instant.now(), then).toSeconds() + 59) / 60)
                .map(minutes -> minutes > 1 ? NLS.bind(Messages.nearbyShownFor, minutes) : Messages.nearbyShownForOne)
                .orElse(unseen ? Messages.nearbyOff : Messages.nearbyShowExplained));
    }

    private void check() {
        Button ok = getButton(IDialogConstants.OK_ID);
        if (ok != null) {
            ok.setEnabled(!meeting && devices.getSelectionIndex() >= 0);
        }
    }

    @Override
    protected void okPressed() {
        Optional<Pairing> pairing = live.pairing();
        int chosen = devices.getSelectionIndex();
        if (pairing.isEmpty() || chosen < 0 || meeting) {
            return;
        }
        meeting = true;
        setErrorMessage(null);
        check();
        Answers.of(pairing.get().meet(listed.get(chosen)), getShell(), this::compare, this::failed);
    }

    private void compare(Encounter encounter) {
        meeting = false;
        paired = new CodeDialog(live, getShell(), encounter, room, room.isEmpty()).compare();
        if (paired.isPresent()) {
            super.okPressed();
        } else {
            check();
        }
    }

    /**
     * Asks about a device that came to this one, which is what the person waits for here.
     *
     * @param over the dialog on top
     */
    public void visited(Visitor.Nearby visitor, Shell over) {
        Optional<RoomId> entered = visitor.compare(live, over, room, room.isEmpty());
        if (entered.isPresent() && getShell() != null) {
            paired = entered;
            super.okPressed();
        }
    }

    private void failed(String why) {
        meeting = false;
        setErrorMessage(why);
        check();
    }

    @Override
    public boolean close() {
        live.pairing().ifPresent(pairing -> pairing.discoverable(false));
        return super.close();
    }
}
