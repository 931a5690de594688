// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.vaultsync.Device;
import org.vaultsync.DeviceSettings;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.qr.QrCanvas;
import org.vaultsync.ui.text.Messages;

/** The key of this device: its fingerprint to compare, where it is kept, and a new one. */
public final class KeyPage extends PreferencePage implements IWorkbenchPreferencePage {
    /** The id of the page. */
    public static final String ID = "org.vaultsync.ui.preferences.key";

    private static final int QR_SIDE = 200;

    private final LiveSync live = LiveSync.ofWorkbench();
    // All of these: UI thread
    private Text fingerprint;
    private QrCanvas qr;
    private Label place;
    private Button replace;
    private boolean replacing;
    private Label failure; // above the page a sentence would be shortened to a line

    @Override
    public void init(IWorkbench workbench) {
        noDefaultAndApplyButton();
    }

    @Override
    protected Control createContents(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        ContextHelp.on(area, "preferences");
        GridLayoutFactory.fillDefaults().spacing(8, 10).applyTo(area);
        Label explained = new Label(area, SWT.WRAP);
        explained.setText(Messages.fingerprintExplained);
        GridDataFactory.fillDefaults().grab(true, false).hint(300, SWT.DEFAULT).applyTo(explained);
        fingerprint = new Text(area, SWT.READ_ONLY | SWT.MULTI | SWT.WRAP);
        fingerprint.setFont(JFaceResources.getTextFont());
        fingerprint.setBackground(area.getBackground()); // only to be read
        GridDataFactory.fillDefaults().grab(true, false).hint(300, SWT.DEFAULT).applyTo(fingerprint);
        qr = new QrCanvas(area, Messages.fingerprintQr);
        GridDataFactory.swtDefaults().hint(QR_SIDE, QR_SIDE).applyTo(qr);
        place = new Label(area, SWT.WRAP);
        GridDataFactory.fillDefaults().grab(true, false).hint(300, SWT.DEFAULT).applyTo(place);
        replace = new Button(area, SWT.PUSH);
        replace.setText(Messages.replaceKey);
        replace.addListener(SWT.Selection, clicked -> replace());
        failure = Wrapped.heading(area, 1, "");
        live.onRooms(area, this::update);
        update();
        return area;
    }

    private void update() {
        Optional<Device> self = live.sync().flatMap(VaultSync::self);
        String shown = self.map(device -> device.fingerprint().grouped()).orElse(Messages.notRunning);
        if (!shown.equals(fingerprint.getText())) { // a text that is set anew loses what is selected in it
            fingerprint.setText(shown);
        }
        qr.show(self.map(device -> device.fingerprint().hex()).orElse(""));
        place.setText(live.settings()
                .filter(settings -> self.isPresent())
                .map(settings -> switch (settings.keyPlace()) {
                    case FILE -> Messages.keyInFile;
                    case KEYRING -> Messages.keyInKeyring;
                })
                .orElse(""));
        replace.setEnabled(!replacing && self.isPresent() && live.settings().isPresent());
        place.requestLayout();
    }

    private void replace() {
        Optional<DeviceSettings> settings = live.settings();
        MessageDialog question = new MessageDialog(
                getShell(),
                Messages.replaceKeyTitle,
                null,
                Messages.replaceKeyQuestion,
                MessageDialog.WARNING,
                1,
                Messages.replaceKeyButton,
                IDialogConstants.CANCEL_LABEL);
        if (question.open() == 0 && settings.isPresent()) {
            replacing = true;
            update();
            say("");
            Answers.of(settings.get().rotateKey(), failure, done -> replaced(""), this::replaced);
        }
    }

    private void replaced(String failed) {
        replacing = false;
        update();
        say(failed);
    }

    private void say(String why) {
        failure.setText(why);
        failure.requestLayout();
    }
}
