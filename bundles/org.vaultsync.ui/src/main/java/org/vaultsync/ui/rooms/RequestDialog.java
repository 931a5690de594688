// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.JoinRequest;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** Asks whether a device that holds an invite may come in. Put off, the device goes on waiting. UI thread. */
final class RequestDialog extends MessageDialog {
    private static final int LET_IN = 0;
    private static final int REFUSE = 1;
    private static final int LATER = 2;

    private final LiveSync live;
    private final JoinRequest request;

    RequestDialog(LiveSync live, Shell shell, Visitor.WithInvite visitor) {
        super(
                shell,
                Messages.requestTitle,
                null,
                Names.literal(NLS.bind(Messages.requestQuestion, new Object[] {
                    visitor.request().name(),
                    visitor.room(),
                    Sentences.inTwoLines(visitor.request().fingerprint())
                })),
                MessageDialog.QUESTION,
                LATER,
                Messages.requestAccept,
                Messages.requestRefuse,
                Messages.requestLater);
        this.live = live;
        request = visitor.request();
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        ContextHelp.on(shell, "request");
        live.onRooms(shell, () -> {
            if (live.pairing().stream().noneMatch(pairing -> pairing.requests().contains(request))) {
                close(); // it gave up, or waited too long
            }
        });
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == LET_IN || button == REFUSE) {
            live.pairing().ifPresent(pairing -> pairing.answer(request, button == LET_IN));
        }
        super.buttonPressed(button);
    }
}
