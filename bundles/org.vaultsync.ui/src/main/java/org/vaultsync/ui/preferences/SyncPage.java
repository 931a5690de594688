// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.preference.PreferencePage;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchPreferencePage;
import org.vaultsync.Device;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.Fields;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.Rooms;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** The name of this device, where to share without asking, and what to be told of. */
public final class SyncPage extends PreferencePage implements IWorkbenchPreferencePage {
    private static final int BYTES = 1_000_000; // in a megabyte
    private static final int MOST_MEGABYTES = 2_000;
    private static final int USUAL_MEGABYTES = 20;
    private static final int USUAL_MINUTES = 1;
    private static final int MOST_MINUTES = 24 * 60;

    private final Choices choices = new Choices();
    private final LiveSync live = LiveSync.ofWorkbench();
    private final Map<NoticeKind, Button> notices = new EnumMap<>(NoticeKind.class);
    private Text name; // UI thread
    private Label complaint; // UI thread
    private Spinner fetched; // UI thread
    private Spinner lookAgain; // UI thread
    private Button showOpen; // UI thread
    private String nameShown; // at first, as the two below; what does not differ in the end is not set; UI thread
    private int fetchedShown; // UI thread
    private int lookAgainShown; // UI thread
    private Runnable askAgain = () -> {}; // UI thread
    private boolean forgetRoom; // UI thread

    @Override
    public void init(IWorkbench workbench) {
        noDefaultAndApplyButton();
    }

    @Override
    protected void contributeButtons(Composite bar) {
        RestoreDefaults.button(bar, this::restoreDefaults);
    }

    /** All but the name, which is given to the device at first. */
    private void restoreDefaults() {
        askAgain.run();
        if (fetched.isEnabled()) {
            fetched.setSelection(USUAL_MEGABYTES);
        }
        if (lookAgain.isEnabled()) {
            lookAgain.setSelection(USUAL_MINUTES);
        }
        showOpen.setSelection(true);
        notices.values().forEach(wanted -> wanted.setSelection(true));
    }

    @Override
    protected Control createContents(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        ContextHelp.on(area, "preferences");
        GridLayoutFactory.fillDefaults().numColumns(2).spacing(8, 10).applyTo(area);

        Optional<String> unknown = Sentences.whyUnknown(live.sync());
        unknown.ifPresent(why -> Wrapped.heading(area, 2, Names.literal(why)));
        Wrapped.label(area, Messages.deviceNameLabel);
        name = new Text(area, SWT.BORDER);
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(name);
        Optional<Device> self = live.sync().flatMap(VaultSync::self);
        name.setText(self.map(Device::name).orElse(""));
        Fields.enable(name, self.isPresent());
        nameShown = name.getText();
        name.addModifyListener(typed -> check());
        // Here and not as the message of the page, which the dialog cuts to its width.
        complaint = Wrapped.heading(area, 2, "");
        say("");

        Label room = Wrapped.heading(area, 2, Names.literal(shareRoom()));
        if (choices.shareRoom().isPresent()) {
            Button ask = new Button(area, SWT.PUSH);
            ask.setText(Messages.askAgain);
            GridDataFactory.swtDefaults().span(2, 1).applyTo(ask);
            askAgain = () -> {
                forgetRoom = true;
                ask.setEnabled(false);
                room.setText(Messages.shareRoomAsked);
            };
            ask.addListener(SWT.Selection, clicked -> askAgain.run());
        }

        Wrapped.label(area, Messages.fetchedAtOnce);
        fetched = new Spinner(area, SWT.BORDER);
        fetched.setValues(megabytes(), 0, MOST_MEGABYTES, 0, 1, 10);
        Fields.enable(fetched, self.isPresent() && live.transfers().isPresent());
        fetchedShown = fetched.getSelection();

        Wrapped.label(area, Messages.lookAgain);
        lookAgain = new Spinner(area, SWT.BORDER);
        lookAgain.setValues(minutes(), 1, MOST_MINUTES, 0, 1, 10);
        Fields.enable(lookAgain, self.isPresent() && live.settings().isPresent());
        lookAgainShown = lookAgain.getSelection();

        showOpen = Wrapped.check(area, 2, Messages.showOpen);
        showOpen.setSelection(choices.showsWhatIsOpen());

        Group told = new Group(area, SWT.NONE);
        told.setText(Messages.noticesGroup);
        GridLayoutFactory.swtDefaults().applyTo(told);
        GridDataFactory.fillDefaults().grab(true, false).span(2, 1).applyTo(told);
        for (NoticeKind kind : NoticeKind.values()) {
            Button wanted = Wrapped.check(told, 1, kind.label());
            wanted.setSelection(choices.tells(kind));
            notices.put(kind, wanted);
        }
        if (unknown.isPresent()) {
            setMessage(Messages.notRunning, WARNING);
        }
        return area;
    }

    private int megabytes() {
        return live.transfers()
                .map(transfers -> Math.clamp(transfers.fetchedAtOnce() / BYTES, 0, MOST_MEGABYTES))
                .orElse(0);
    }

    private int minutes() {
        return live.settings()
                .map(settings -> (int) settings.lookAgain().toMinutes())
                .orElse(1);
    }

    /** The dialog may be gone when an answer comes; what it belongs to is still there. */
    private Shell owner() {
        Shell window = (Shell) getShell().getParent();
        return window == null ? getShell() : window;
    }

    private String shareRoom() {
        return choices.shareRoom()
                .flatMap(id -> live.sync()
                        .flatMap(sync -> sync.rooms().stream()
                                .filter(room -> room.id().equals(id))
                                .findFirst()))
                .map(room -> NLS.bind(Messages.shareRoomRemembered, Sentences.quoted(room)))
                .orElse(Messages.shareRoomAsked);
    }

    private void say(String wrong) {
        complaint.setText(wrong);
        complaint.setVisible(!wrong.isEmpty());
        ((GridData) complaint.getLayoutData()).exclude = wrong.isEmpty();
        complaint.requestLayout();
    }

    private void check() {
        Optional<String> wrong = Names.complaint(name.getText());
        say(wrong.orElse(""));
        setValid(wrong.isEmpty());
    }

    @Override
    public boolean performOk() {
        notices.forEach((kind, wanted) -> choices.tells(kind, wanted.getSelection()));
        if (fetched.isEnabled() && fetched.getSelection() != fetchedShown) {
            Shell window = owner();
            long bytes = (long) fetched.getSelection() * BYTES;
            Answers.ask(
                    live.transfers(),
                    transfers -> transfers.setFetchedAtOnce(bytes),
                    window,
                    set -> {},
                    why -> Rooms.complain(window, why));
        }
        if (lookAgain.isEnabled() && lookAgain.getSelection() != lookAgainShown) {
            Shell window = owner();
            Duration pause = Duration.ofMinutes(lookAgain.getSelection());
            Answers.ask(
                    live.settings(),
                    settings -> settings.setLookAgain(pause),
                    window,
                    set -> {},
                    why -> Rooms.complain(window, why));
        }
        choices.showsWhatIsOpen(showOpen.getSelection());
        if (forgetRoom) {
            choices.shareRoom(Optional.empty());
        }
        String wanted = name.getText().strip();
        if (name.isEnabled() && !nameShown.equals(wanted)) {
            Shell owner = owner();
            Answers.ask(
                    live.sync(),
                    sync -> sync.nameDevice(wanted),
                    owner,
                    named -> {},
                    why -> Rooms.complain(owner, why));
        }
        return true;
    }
}
