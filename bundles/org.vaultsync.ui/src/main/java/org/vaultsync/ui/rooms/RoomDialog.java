// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.core.runtime.ILog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.RowLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.ProgressBar;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.Invite;
import org.vaultsync.OpenRoom.Profile;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.Pairing;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.dialogs.Fields;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Said;

/**
 * Creates a private or an open room, or joins one with the invite or the code that somebody copied. Closes with OK once
 * this device is in.
 */
public final class RoomDialog extends SyncDialog {
    /** The two ways into a room. */
    public enum Way {
        CREATE,
        JOIN
    }

    private static final int LONGEST_PASSWORD = 128;

    /**
     * A room that is being entered, which may take as long as the other person does.
     *
     * @param invited whether another person may be asked
     */
    private record Entering(VaultSync sync, CompletionStage<RoomId> room, boolean invited) {
        void giveUp() {
            if (invited) {
                room.toCompletableFuture().cancel(false);
                return;
            }
            ILog log = ILog.of(RoomDialog.class);
            room.thenAccept(id -> sync.leave(id).exceptionally(why -> {
                log.error("a room that was given up was entered, and could not be left", why);
                return null;
            }));
        }
    }

    // All of these: UI thread
    private Way way;
    private Button create;
    private Button join;
    private Text name;
    private Button ofOpen;
    private Text invite;
    private Composite openPart;
    private Text password;
    private Button shown;
    private Label strength;
    private Composite profiles;
    private Combo profile;
    private Button take;
    private ProgressBar progress;
    private Label waiting;
    private Composite sources;
    private Optional<RoomId> entered = Optional.empty();
    private Optional<Entering> entering = Optional.empty();
    private Optional<String> failure = Optional.empty();

    public RoomDialog(LiveSync live, Shell shell, Way way) {
        super(live, shell, Messages.roomTitle, "enter");
        this.way = way;
    }

    /** Opens, and returns with the room that this device is in then; with nothing if the person gave up. */
    public Optional<RoomId> enter() {
        open(); // its code would be OK as well when the application is closed meanwhile
        return entered;
    }

    /** Which way the person chose. */
    public Way way() {
        return way;
    }

    @Override
    protected void fill(Composite area) {
        GridLayoutFactory.swtDefaults().margins(12, 12).spacing(6, 6).applyTo(area);

        create = radio(area, Messages.createRoom, Way.CREATE);
        Composite named = indented(area);
        new Label(named, SWT.NONE).setText(Messages.roomName);
        name = new Text(named, SWT.BORDER);
        name.setMessage(Messages.roomNameExample);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(name);
        Composite kinds = new Composite(named, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(6, 2).applyTo(kinds);
        kind(kinds, Messages.createPrivate).setSelection(true);
        ofOpen = kind(kinds, Messages.createOpen);

        join = radio(area, Messages.joinRoom, Way.JOIN);
        Composite pasted = indented(area);
        new Label(pasted, SWT.NONE).setText(Messages.inviteOrCode);
        invite = new Text(pasted, SWT.BORDER | SWT.MULTI | SWT.WRAP | SWT.V_SCROLL);
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(60), convertHeightInCharsToPixels(4))
                .applyTo(invite);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(pasted);
        sources = new Composite(pasted, SWT.NONE);
        RowLayout row = new RowLayout();
        row.marginLeft = 0;
        row.marginTop = 0;
        sources.setLayout(row);
        source(Messages.inviteFromClipboard, () -> fetch(InviteSources.clipboard(getShell(), InviteSources::isInvite)));
        source(
                Messages.inviteFromFile,
                () -> InviteSources.file(getShell(), InviteSources::isInvite).ifPresent(this::fetch));
        source(Messages.inviteFromScreen, () -> fetch(InviteSources.screen(getShell(), InviteSources::isInvite)));
        source(Messages.inviteNearby, this::nearby);
        openPart = indented(area);
        fillOpenPart(openPart);

        waiting = new Label(area, SWT.WRAP);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(waiting);
        progress = new ProgressBar(area, SWT.INDETERMINATE);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(progress);

        name.addModifyListener(typed -> changed());
        invite.addModifyListener(typed -> changed());
        InviteSources.limit(invite, this::complain);
        // Tab leaves the field and Enter presses the button: an invite has no lines of its own.
        invite.addTraverseListener(key -> {
            if (key.detail == SWT.TRAVERSE_TAB_NEXT || key.detail == SWT.TRAVERSE_TAB_PREVIOUS) {
                key.doit = true;
            } else if (key.detail == SWT.TRAVERSE_RETURN) {
                key.doit = false;
                key.detail = SWT.TRAVERSE_NONE;
                if (getButton(IDialogConstants.OK_ID).isEnabled()) {
                    okPressed();
                }
            }
        });
        setTitle(Messages.roomHeading);
        // Looks out for servers nearby, too, and says so when one is heard of.
        live.pairing().ifPresent(Pairing::nearby);
        live.onRooms(area, this::check);
    }

    private Button kind(Composite kinds, String text) {
        Button button = new Button(kinds, SWT.RADIO);
        button.setText(text);
        button.addListener(SWT.Selection, clicked -> {
            if (button.getSelection()) {
                failure = Optional.empty();
                show();
            }
        });
        return button;
    }

    /** What an open room has, whether it is created or joined. */
    private void fillOpenPart(Composite part) {
        GridLayoutFactory.fillDefaults()
                .numColumns(4)
                .extendedMargins(22, 0, 0, 8)
                .applyTo(part);
        new Label(part, SWT.NONE).setText(Messages.openPassword);
        password = new Text(part, SWT.BORDER | SWT.PASSWORD);
        password.setTextLimit(LONGEST_PASSWORD);
        char hidden = password.getEchoChar();
        GridDataFactory.fillDefaults().grab(true, false).applyTo(password);
        shown = new Button(part, SWT.CHECK);
        shown.setText(Messages.openShowPassword);
        shown.addListener(SWT.Selection, clicked -> password.setEchoChar(shown.getSelection() ? '\0' : hidden));
        strength = new Label(part, SWT.NONE);
        GridDataFactory.fillDefaults()
                .align(SWT.FILL, SWT.CENTER)
                .hint(convertWidthInCharsToPixels(26), SWT.DEFAULT)
                .applyTo(strength);
        password.addModifyListener(typed -> rate());
        profiles = new Composite(part, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(2).applyTo(profiles);
        GridDataFactory.fillDefaults().span(4, 1).grab(true, false).applyTo(profiles);
        new Label(profiles, SWT.NONE).setText(Messages.openProfile);
        profile = new Combo(profiles, SWT.READ_ONLY);
        profile.setItems(Messages.profileFields, Messages.profileWhole);
        profile.select(0);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(profile);
        take = new Button(part, SWT.CHECK);
        take.setText(Messages.openTake);
        GridDataFactory.fillDefaults().span(4, 1).applyTo(take);
    }

    /** Who joins has to type the password as it is, however easy to guess. */
    private void rate() {
        strength.setText(way == Way.CREATE ? Codes.strength(password.getText()) : "");
    }

    /** Whether it is an open room that is to be entered. */
    private boolean isOpen() {
        return way == Way.CREATE ? ofOpen.getSelection() : Codes.isCode(invite.getText());
    }

    private void source(String text, Runnable action) {
        Button button = new Button(sources, SWT.PUSH);
        button.setText(text);
        button.addListener(SWT.Selection, clicked -> action.run());
    }

    private void fetch(CompletionStage<List<String>> lines) {
        waiting.setText(Messages.searchingPicture);
        progress.setVisible(true);
        Answers.of(
                lines,
                getShell(),
                found -> {
                    show();
                    InviteSources.one(getShell(), found).ifPresent(line -> invite.setText(line.strip()));
                    invite.setFocus();
                },
                why -> {
                    show();
                    complain(why);
                });
    }

    private void nearby() {
        entered = new NearbyDialog(live, getShell(), Optional.empty()).pair();
        if (entered.isPresent()) {
            super.okPressed();
        }
    }

    private static Composite indented(Composite area) {
        Composite inner = new Composite(area, SWT.NONE);
        GridLayoutFactory.fillDefaults().extendedMargins(22, 0, 0, 8).applyTo(inner);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(inner);
        return inner;
    }

    private Button radio(Composite area, String text, Way leadsTo) {
        Button button = new Button(area, SWT.RADIO);
        button.setText(text);
        button.setSelection(way == leadsTo);
        button.addListener(SWT.Selection, clicked -> {
            if (button.getSelection() && way != leadsTo) {
                way = leadsTo;
                failure = Optional.empty();
                show();
                (way == Way.CREATE ? name : invite).setFocus();
            }
        });
        return button;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, Messages.createButton, true);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, false);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        show();
        (way == Way.CREATE ? name : invite).setFocus();
        return contents;
    }

    /** Shows the fields as the chosen way and the progress want it. */
    private void show() {
        boolean busy = entering.isPresent();
        create.setEnabled(!busy);
        join.setEnabled(!busy);
        Fields.enable(name, !busy && way == Way.CREATE);
        for (Control kind : ofOpen.getParent().getChildren()) {
            kind.setEnabled(!busy && way == Way.CREATE);
        }
        Fields.enable(invite, !busy && way == Way.JOIN);
        for (Control source : sources.getChildren()) {
            source.setEnabled(!busy && way == Way.JOIN);
        }
        Fields.enable(password, !busy);
        Fields.enable(profile, !busy);
        shown.setEnabled(!busy);
        take.setEnabled(!busy);
        rate();
        progress.setVisible(busy);
        waiting.setText(busy ? (way == Way.CREATE ? Messages.creating : Messages.joining) : "");
        Button ok = getButton(IDialogConstants.OK_ID);
        ok.setText(way == Way.CREATE ? Messages.createButton : Messages.joinButton);
        check();
    }

    /** What failed before was about something else. */
    private void changed() {
        failure = Optional.empty();
        check();
    }

    /** Says why something failed, until the person changes something. */
    private void complain(String why) {
        failure = Optional.of(why);
        check();
    }

    /** Says what is wrong with what was typed so far. */
    private void check() {
        Button ok = getButton(IDialogConstants.OK_ID);
        if (ok == null) {
            return;
        }
        showOpenPart();
        Optional<String> complaint = way == Way.CREATE ? nameComplaint() : inviteComplaint();
        boolean untouched = (way == Way.CREATE ? name : invite).getText().isBlank();
        boolean begun = way == Way.JOIN && isOpen() && Codes.isBegun(invite.getText());
        Optional<String> said = failure.or(() -> complaint.filter(sentence -> !untouched && !begun));
        setErrorMessage(said.orElse(null));
        if (said.isEmpty()) {
            String created = isOpen() ? Messages.createOpenExplained : Messages.createExplained;
            String joined = complaint.filter(sentence -> begun).orElseGet(this::joinExplained);
            setMessage(way == Way.CREATE ? created : joined, IMessageProvider.NONE);
        }
        ok.setEnabled(complaint.isEmpty() && entering.isEmpty());
    }

    /** The fields of an open room are there while one is to be entered, below the way; the dialog grows where it has to. */
    private void showOpenPart() {
        boolean open = isOpen();
        boolean choice = way == Way.CREATE;
        if (openPart.getVisible() != open || profiles.getVisible() != choice) {
            exclude(profiles, !choice);
            exclude(openPart, !open);
            openPart.moveBelow((choice ? name : invite).getParent());
            openPart.getParent().layout(true, true);
            Point wanted = getShell().computeSize(getShell().getSize().x, SWT.DEFAULT);
            if (wanted.y > getShell().getSize().y) {
                getShell().setSize(getShell().getSize().x, wanted.y);
            }
        }
    }

    private static void exclude(Control control, boolean out) {
        ((GridData) control.getLayoutData()).exclude = out;
        control.setVisible(!out);
    }

    private Optional<String> nameComplaint() {
        return Names.complaint(name.getText())
                .or(() -> isOpen() && Codes.servers(live).isEmpty()
                        ? Optional.of(Messages.openNoServer)
                        : Optional.empty());
    }

    private String joinExplained() {
        if (isOpen()) {
            return codeExplained();
        }
        try {
            return NLS.bind(
                    Messages.joinReady, Invite.parse(invite.getText()).inviter().brief());
        } catch (SyncException notYet) {
            return Messages.joinExplained;
        }
    }

    private String codeExplained() {
        try {
            OpenRoomAddress address = OpenRoomAddress.parse(invite.getText());
            List<String> servers = address.signaling().isEmpty() ? Codes.found(live) : address.signaling();
            return NLS.bind(Messages.joinCodeReady, address.code(), String.join(", ", servers));
        } catch (SyncException notYet) {
            return Messages.joinExplained;
        }
    }

    private Optional<String> inviteComplaint() {
        if (isOpen()) {
            return Codes.complaint(invite.getText(), live);
        }
        try {
            Invite pasted = Invite.parse(invite.getText());
            boolean own = live.sync()
                    .flatMap(VaultSync::self)
                    .filter(self -> self.fingerprint().equals(pasted.inviter()))
                    .isPresent();
            return own ? Optional.of(Messages.ownInvite) : Optional.empty();
        } catch (SyncException why) {
            return Optional.of(Said.in(why.getMessage()));
        }
    }

    @Override
    protected void okPressed() {
        Optional<VaultSync> sync = live.sync();
        if (sync.isEmpty()) {
            complain(Messages.notRunning);
            return;
        }
        CompletionStage<RoomId> stage;
        try {
            if (isOpen()) {
                stage = enterOpen(sync.get());
            } else {
                stage = way == Way.CREATE
                        ? sync.get().createRoom(name.getText().strip())
                        : sync.get().join(Invite.parse(invite.getText()));
            }
        } catch (SyncException why) {
            complain(Said.in(why.getMessage()));
            return;
        }
        failure = Optional.empty();
        entering = Optional.of(new Entering(sync.get(), stage, way == Way.JOIN && !isOpen()));
        show();
        Answers.of(stage, getShell(), this::entered, this::failed);
    }

    private CompletionStage<RoomId> enterOpen(VaultSync sync) throws SyncException {
        Optional<String> secret = Optional.of(password.getText()).filter(typed -> !typed.isEmpty());
        Taking taking = take.getSelection() ? Taking.ALL : new Taking(Incoming.ASK, Optional.empty());
        return way == Way.CREATE
                ? sync.createOpenRoom(
                        name.getText().strip(),
                        profile.getSelectionIndex() == 0 ? Profile.FIELDS : Profile.WHOLE_ITEMS,
                        secret,
                        taking)
                : sync.joinOpenRoom(OpenRoomAddress.parse(invite.getText()), secret, taking);
    }

    private void entered(RoomId room) {
        entered = Optional.of(room);
        super.okPressed();
    }

    private void failed(String why) {
        entering = Optional.empty();
        complain(why);
        show();
        (way == Way.CREATE ? name : invite).setFocus();
    }

    /** Ends the search for a code, or else whatever the dialog is about. */
    @Override
    protected void cancelPressed() {
        if (PictureSearch.isSearching(getShell())) {
            PictureSearch.cancel(getShell());
            return;
        }
        super.cancelPressed();
    }

    /** A person who gave up, be it with Esc or by closing the window, is not in that room when it is entered later. */
    @Override
    public boolean close() {
        boolean closed = super.close();
        if (closed && entered.isEmpty()) {
            entering.ifPresent(Entering::giveUp);
            entering = Optional.empty();
        }
        return closed;
    }
}
