// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.FontDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.Encounter;
import org.vaultsync.Pairing;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.ui.dialogs.Fields;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Shows the code that two people compare, and asks which of the two lets the other in. */
public final class CodeDialog extends SyncDialog {
    private final Encounter encounter;
    private final List<Room> rooms;
    private final Optional<RoomId> offered;
    private final boolean joins;
    // All of these: UI thread
    private Combo choice;
    private boolean waiting;
    private boolean ended;
    private Optional<RoomId> paired = Optional.empty();

    /**
     * @param offered the room to let the other device into, unless the person chooses another
     * @param joins whether the person wants to join a room of the other device, unless they choose otherwise
     */
    public CodeDialog(LiveSync live, Shell shell, Encounter encounter, Optional<RoomId> offered, boolean joins) {
        super(live, shell, Messages.nearbyTitle, "nearby");
        this.encounter = encounter;
        this.offered = offered;
        this.joins = joins;
        // Who is let into an open room needs its code and nothing else.
        rooms = Rooms.entered(live).stream()
                .filter(room -> room.open().isEmpty())
                .toList();
    }

    /** Opens, and returns with the room that both are in then; with nothing if the person gave up or the codes differ. */
    public Optional<RoomId> compare() {
        open();
        return paired;
    }

    /** What it is about. */
    Encounter encounter() {
        return encounter;
    }

    @Override
    protected void fill(Composite area) {
        GridLayoutFactory.swtDefaults().margins(12, 12).spacing(6, 10).applyTo(area);

        Label code = new Label(area, SWT.CENTER);
        LocalResourceManager resources = new LocalResourceManager(JFaceResources.getResources(), area);
        code.setFont(resources.create(FontDescriptor.createFrom(JFaceResources.getDialogFont())
                .increaseHeight(22)
                .setStyle(SWT.BOLD)));
        code.setText(encounter.code());
        GridDataFactory.fillDefaults().grab(true, false).applyTo(code);

        Label who = new Label(area, SWT.WRAP);
        who.setText(Names.literal(NLS.bind(Messages.codeFingerprint, encounter.name())));
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(62), SWT.DEFAULT)
                .applyTo(who);
        Text fingerprint = new Text(area, SWT.READ_ONLY | SWT.WRAP | SWT.MULTI);
        fingerprint.setFont(JFaceResources.getTextFont());
        fingerprint.setBackground(area.getBackground()); // only to be read
        fingerprint.setText(encounter.fingerprint().grouped());
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(62), SWT.DEFAULT)
                .applyTo(fingerprint);

        Composite row = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(2).applyTo(row);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(row);
        new Label(row, SWT.NONE).setText(Messages.codeThen);
        choice = new Combo(row, SWT.READ_ONLY);
        choice.add(Messages.codeJoin);
        rooms.forEach(room -> choice.add(NLS.bind(Messages.codeLetIn, room.name())));
        preselected().ifPresent(choice::select);
        choice.addListener(SWT.Selection, chosen -> {
            choose();
            update(); // what the other person has said meanwhile is said again
        });
        GridDataFactory.fillDefaults().grab(true, false).applyTo(choice);

        setTitle(Names.literal(NLS.bind(Messages.codeHeading, encounter.name())));
        choose();
        live.onRooms(area, this::update);
    }

    /** What the person is likely to want; nothing where that cannot be told, since the other device may be let into the wrong room. */
    private Optional<Integer> preselected() {
        for (int i = 0; i < rooms.size(); i++) {
            if (offered.equals(Optional.of(rooms.get(i).id()))) {
                return Optional.of(i + 1);
            }
        }
        if (joins || rooms.isEmpty()) {
            return Optional.of(0);
        }
        // Whoever came to this device is likely to want in.
        return rooms.size() == 1 && !encounter.began() ? Optional.of(1) : Optional.empty();
    }

    private void choose() {
        boolean chosen = choice.getSelectionIndex() >= 0;
        setMessage(chosen ? Messages.codeExplained : Messages.codeExplained + " " + Messages.codeChoose);
        Button same = getButton(IDialogConstants.OK_ID);
        if (same != null) {
            same.setEnabled(chosen && !waiting && !ended);
        }
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, Messages.codeSame, false);
        createButton(parent, IDialogConstants.CANCEL_ID, Messages.codeDiffers, false);
        choose();
    }

    private void update() {
        Optional<Encounter> now = live.pairing().stream()
                .flatMap(pairing -> pairing.encounters().stream())
                .filter(each -> each.id().equals(encounter.id()))
                .findFirst();
        if (now.isEmpty() && !waiting && !ended) {
            ended = true;
            getButton(IDialogConstants.OK_ID).setEnabled(false);
            Fields.enable(choice, false);
            failed(Messages.codeEnded);
        } else if (now.isPresent() && now.get().confirmedThere() && !waiting) {
            setMessage(NLS.bind(Messages.codeConfirmedThere, encounter.name()), IMessageProvider.INFORMATION);
        }
    }

    @Override
    protected void okPressed() {
        Optional<Pairing> pairing = live.pairing();
        if (pairing.isEmpty()) {
            setErrorMessage(Messages.notRunning);
            return;
        }
        int chosen = choice.getSelectionIndex();
        Optional<RoomId> room = chosen > 0 ? Optional.of(rooms.get(chosen - 1).id()) : Optional.empty();
        waiting = true;
        Fields.enable(choice, false);
        getButton(IDialogConstants.OK_ID).setEnabled(false);
        getButton(IDialogConstants.CANCEL_ID).setText(IDialogConstants.CANCEL_LABEL);
        setMessage(NLS.bind(Messages.codeWaiting, encounter.name()), IMessageProvider.INFORMATION);
        Answers.of(pairing.get().confirm(encounter, room), getShell(), this::paired, this::failed);
    }

    private void paired(RoomId room) {
        paired = Optional.of(room);
        super.okPressed();
    }

    private void failed(String why) {
        setErrorMessage(why);
        Button cancel = getButton(IDialogConstants.CANCEL_ID);
        cancel.setText(IDialogConstants.CLOSE_LABEL);
        cancel.setFocus();
    }

    @Override
    public boolean close() {
        if (paired.isEmpty()) {
            live.pairing().ifPresent(pairing -> pairing.reject(encounter));
        }
        return super.close();
    }
}
