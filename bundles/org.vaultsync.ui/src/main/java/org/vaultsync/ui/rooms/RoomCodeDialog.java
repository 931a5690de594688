// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.OpenRoom;
import org.vaultsync.Room;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.qr.QrCanvas;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Shows the code of an open room with the server where it holds, to be read out, copied or scanned. UI thread. */
public final class RoomCodeDialog extends SyncDialog {
    private static final int QR_SIDE = 200;
    private static final int LINK = IDialogConstants.CLIENT_ID + 1;

    private final Room room;
    private final OpenRoom open;
    private Label copied;

    /** @param room an open one */
    public RoomCodeDialog(LiveSync live, Shell shell, Room room) {
        super(live, shell, Messages.openCodeTitle, "invite", new Point(520, 380));
        this.room = room;
        this.open = room.open().orElseThrow();
    }

    @Override
    protected void fill(Composite area) {
        setTitle(Names.literal(NLS.bind(Messages.openCodeHeading, Sentences.quoted(room))));
        setMessage(Messages.openCodeExplained);
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(10, 8)
                .applyTo(area);
        Composite texts = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(6, 10).applyTo(texts);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(texts);
        Text code = new Text(texts, SWT.BORDER | SWT.READ_ONLY);
        code.setText(open.address().code().toString());
        GridDataFactory.fillDefaults().grab(true, false).applyTo(code);
        code.setFont(JFaceResources.getHeaderFont());
        // GTK measures it in the former font until it is shown.
        code.getDisplay().asyncExec(() -> {
            if (!code.isDisposed()) {
                code.requestLayout();
            }
        });
        ValueText whole = new ValueText(texts, SWT.READ_ONLY, () -> Messages.openCodeTitle);
        whole.control().setFont(JFaceResources.getTextFont());
        whole.show(open.address().text());
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(36), convertHeightInCharsToPixels(4))
                .applyTo(whole.control());
        copied = new Label(texts, SWT.WRAP);
        copied.setText(open.password() ? Messages.openCodePassword : "");
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(36), convertHeightInCharsToPixels(3))
                .applyTo(copied);
        QrCanvas qr = new QrCanvas(area, Messages.openCodeQr);
        GridDataFactory.fillDefaults().grab(false, true).hint(QR_SIDE, QR_SIDE).applyTo(qr);
        qr.show(open.address().link());
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.CLIENT_ID, Messages.copyCode, true);
        createButton(parent, LINK, Messages.copyLink, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == IDialogConstants.CLIENT_ID) {
            copy(open.address().text());
        } else if (button == LINK) {
            copy(open.address().link());
        } else {
            super.buttonPressed(button);
        }
    }

    private void copy(String text) {
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        try {
            clipboard.setContents(new Object[] {text}, new Transfer[] {TextTransfer.getInstance()});
        } finally {
            clipboard.dispose();
        }
        copied.setText(open.password() ? Messages.codeCopied + " " + Messages.openCodePassword : Messages.codeCopied);
        copied.requestLayout();
    }
}
