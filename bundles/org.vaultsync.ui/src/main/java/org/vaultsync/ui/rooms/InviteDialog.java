// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Member;
import org.vaultsync.Room;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.qr.QrCanvas;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Shows the one line that lets one device into a room, to be copied; says so when that device is in. */
public final class InviteDialog extends SyncDialog {
    private static final int QR_SIDE = 250;
    private static final int NEARBY = IDialogConstants.CLIENT_ID + 1;

    private final Room room;
    private final Set<Fingerprint> before = new HashSet<>();
    private ValueText line; // UI thread
    private QrCanvas qr; // UI thread
    private Label copied; // UI thread

    public InviteDialog(LiveSync live, Shell shell, Room room) {
        super(live, shell, Messages.inviteTitle, "invite");
        this.room = room;
        room.members().forEach(member -> before.add(member.fingerprint()));
    }

    @Override
    protected void fill(Composite area) {
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(10, 8)
                .applyTo(area);

        new WaitingStrip(area, live);
        line = new ValueText(area, SWT.READ_ONLY, () -> Messages.inviteLine.replace("&", ""));
        line.control().setFont(JFaceResources.getTextFont());
        line.show(Messages.inviteMaking);
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(44), convertHeightInCharsToPixels(6))
                .applyTo(line.control());
        qr = new QrCanvas(area, Messages.inviteQr);
        GridDataFactory.fillDefaults().grab(false, true).hint(QR_SIDE, QR_SIDE).applyTo(qr);
        copied = new Label(area, SWT.WRAP);
        copied.setText(Messages.inviteHow);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .span(2, 1)
                .hint(convertWidthInCharsToPixels(64), SWT.DEFAULT)
                .applyTo(copied);
        setTitle(Names.literal(NLS.bind(Messages.inviteHeading, Sentences.quoted(room))));
        setMessage(Messages.inviteExplained);
        live.onRooms(area, this::welcome);
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.CLIENT_ID, Messages.copyInvite, true)
                .setEnabled(false);
        createButton(parent, NEARBY, Messages.inviteNearby, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        Optional<VaultSync> sync = live.sync();
        if (sync.isPresent()) {
            Answers.of(sync.get().invite(room.id()), getShell(), this::show, this::failed);
        } else {
            failed(Messages.notRunning);
        }
        return contents;
    }

    private void show(Invite invite) {
        line.show(invite.line());
        qr.show(invite.line());
        line.control().selectAll();
        Button copy = getButton(IDialogConstants.CLIENT_ID);
        copy.setEnabled(true);
        copy.setFocus();
    }

    private void failed(String why) {
        line.show("");
        setErrorMessage(why);
    }

    private void welcome() {
        live.sync().stream()
                .flatMap(sync -> sync.rooms().stream())
                .filter(now -> now.id().equals(room.id()))
                .flatMap(now -> now.members().stream())
                .filter(member -> !before.contains(member.fingerprint()))
                .map(Member::name)
                .findFirst()
                .ifPresent(name -> setMessage(NLS.bind(Messages.inviteUsed, name), IMessageProvider.INFORMATION));
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == IDialogConstants.CLIENT_ID) {
            copy();
        } else if (button == NEARBY) {
            nearby();
        } else {
            super.buttonPressed(button);
        }
    }

    /** Somebody nearby needs no line. */
    private void nearby() {
        if (new NearbyDialog(live, getShell(), Optional.of(room.id())).pair().isPresent()) {
            okPressed();
        }
    }

    private void copy() {
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        try {
            clipboard.setContents(new Object[] {line.read()}, new Transfer[] {TextTransfer.getInstance()});
        } finally {
            clipboard.dispose();
        }
        copied.setText(Messages.inviteCopied);
        copied.requestLayout();
    }
}
