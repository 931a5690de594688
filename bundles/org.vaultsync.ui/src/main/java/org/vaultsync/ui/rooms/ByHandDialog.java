// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.rooms;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.RowLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand;
import org.vaultsync.LinkByHand.Fault;
import org.vaultsync.LinkByHand.Reply;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.qr.QrCanvas;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** Links with a member by a text that goes there and one that comes back. Open on both sides. UI thread. */
public final class ByHandDialog extends SyncDialog {
    private static final int QR_SIDE = 200;
    private static final int NEW = IDialogConstants.CLIENT_ID + 1;

    private final Member member;
    private String to; // whom the text goes to that is shown
    private Label which;
    private ValueText own;
    private QrCanvas qr;
    private Text pasted;
    private int texts; // an offer that is ready only after a newer text is not shown
    private boolean linking;
    private boolean linked;

    /** @param member of a private room */
    public ByHandDialog(LiveSync live, Shell shell, Member member) {
        super(live, shell, Messages.byHandTitle, "by-hand", new Point(640, 520));
        this.member = member;
        to = member.name();
        linked = member.reach() instanceof Reach.Linked;
    }

    @Override
    protected void fill(Composite area) {
        setTitle(bound(Messages.byHandHeading));
        setMessage(said(linked ? Messages.byHandLinkedAlready : Messages.byHandExplained));
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .margins(12, 12)
                .spacing(10, 6)
                .applyTo(area);
        which = new Label(area, SWT.WRAP);
        which.setText(bound(Messages.byHandOffer));
        wide(which);
        own = new ValueText(area, SWT.READ_ONLY, () -> which.getText().replace("&&", "&"));
        own.control().setFont(JFaceResources.getTextFont());
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(44), convertHeightInCharsToPixels(6))
                .applyTo(own.control());
        qr = new QrCanvas(area, Messages.byHandQr);
        GridDataFactory.fillDefaults().grab(false, true).hint(QR_SIDE, QR_SIDE).applyTo(qr);

        Label then = new Label(area, SWT.WRAP);
        then.setText(bound(Messages.byHandPaste));
        wide(then);
        pasted = new Text(area, SWT.BORDER | SWT.MULTI | SWT.WRAP);
        pasted.setFont(JFaceResources.getTextFont());
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, false)
                .hint(SWT.DEFAULT, convertHeightInCharsToPixels(4))
                .applyTo(pasted);
        pasted.addModifyListener(typed -> check());
        InviteSources.limit(pasted, this::failed);
        Composite sources = new Composite(area, SWT.NONE);
        RowLayout row = new RowLayout();
        row.marginLeft = 0;
        sources.setLayout(row);
        GridDataFactory.fillDefaults().span(2, 1).applyTo(sources);
        source(
                sources,
                Messages.inviteFromClipboard,
                () -> fetch(InviteSources.clipboard(getShell(), InviteSources::isByHand)));
        source(
                sources,
                Messages.inviteFromFile,
                () -> InviteSources.file(getShell(), InviteSources::isByHand).ifPresent(this::fetch));
        source(
                sources,
                Messages.inviteFromScreen,
                () -> fetch(InviteSources.screen(getShell(), InviteSources::isByHand)));
        live.onRooms(area, this::look);
    }

    private void wide(Label label) {
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(70), SWT.DEFAULT)
                .applyTo(label);
    }

    private static void source(Composite sources, String text, Runnable action) {
        Button button = new Button(sources, SWT.PUSH);
        button.setText(text);
        button.addListener(SWT.Selection, clicked -> action.run());
    }

    /** For a label or a title. */
    private String bound(String message) {
        return Names.literal(said(message));
    }

    /** For the message of the dialog, which is a text and shows an ampersand as it is. */
    private String said(String message) {
        return NLS.bind(message, member.name());
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.CLIENT_ID, Messages.byHandCopy, false);
        createButton(parent, NEW, Messages.byHandNew, false);
        createButton(parent, IDialogConstants.OK_ID, Messages.byHandLink, true);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        offer();
        return contents;
    }

    private void offer() {
        show(Messages.byHandOffer, member.name(), "");
        own.show(Messages.byHandMaking);
        int asked = ++texts;
        Optional<LinkByHand> byHand = live.byHand();
        if (byHand.isPresent()) {
            Answers.of(
                    byHand.get().offer(member.fingerprint()),
                    getShell(),
                    text -> {
                        if (asked == texts) {
                            show(Messages.byHandOffer, member.name(), text);
                        }
                    },
                    this::failed);
        } else {
            failed(Messages.notRunning);
        }
    }

    private void show(String what, String to, String text) {
        this.to = to;
        which.setText(Names.literal(NLS.bind(what, to)));
        which.requestLayout();
        own.show(text);
        qr.show(text);
        own.control().selectAll();
        check();
    }

    private void check() {
        Button copy = getButton(IDialogConstants.CLIENT_ID);
        if (copy != null) {
            copy.setEnabled(!own.read().isEmpty());
            getButton(NEW).setEnabled(!linking);
            getButton(IDialogConstants.OK_ID)
                    .setEnabled(!linking && !pasted.getText().isBlank());
        }
    }

    private void fetch(CompletionStage<List<String>> texts) {
        Answers.of(
                texts,
                getShell(),
                found -> InviteSources.one(getShell(), found).ifPresent(text -> {
                    pasted.setText(text);
                    okPressed();
                }),
                this::failed);
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == IDialogConstants.CLIENT_ID) {
            copy();
        } else if (button == NEW) {
            live.byHand().ifPresent(byHand -> byHand.end(member.fingerprint()));
            setErrorMessage(null);
            offer();
        } else {
            super.buttonPressed(button);
        }
    }

    private void copy() {
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        try {
            clipboard.setContents(new Object[] {own.read()}, new Transfer[] {TextTransfer.getInstance()});
        } finally {
            clipboard.dispose();
        }
        setErrorMessage(null);
        setMessage(NLS.bind(Messages.byHandCopied, to), IMessageProvider.INFORMATION);
    }

    @Override
    protected void okPressed() {
        Optional<LinkByHand> byHand = live.byHand();
        if (byHand.isEmpty()) {
            failed(Messages.notRunning);
            return;
        }
        linking = true;
        setErrorMessage(null);
        setMessage(said(Messages.byHandLinking), IMessageProvider.INFORMATION);
        check();
        Answers.of(byHand.get().take(pasted.getText()), getShell(), this::replied, why -> {
            linking = false;
            failed(why);
        });
    }

    private void replied(Reply reply) {
        linking = false;
        switch (reply) {
            case Reply.Answer(Fingerprint by, String text) -> {
                pasted.setText("");
                texts++;
                show(Messages.byHandAnswer, name(by), text);
                setMessage(NLS.bind(Messages.byHandWaits, to), IMessageProvider.INFORMATION);
            }
            case Reply.Linked(Fingerprint by) -> linked(name(by));
            case Reply.Useless(Fault fault) -> failed(sentence(fault));
        }
        check();
    }

    /** A text may come from another member than the one that was chosen. */
    private String name(Fingerprint by) {
        return live.sync().stream()
                .flatMap(sync -> sync.rooms().stream())
                .flatMap(room -> room.members().stream())
                .filter(each -> each.fingerprint().equals(by))
                .map(Member::name)
                .findFirst()
                .orElse(member.name());
    }

    private String sentence(Fault fault) {
        return said(
                switch (fault) {
                    case NO_SUCH_TEXT -> Messages.byHandNoSuchText;
                    case DAMAGED -> Messages.byHandDamaged;
                    case NEWER -> Messages.byHandNewer;
                    case OWN -> Messages.byHandOwn;
                    case FOREIGN -> Messages.byHandForeign;
                    case EXPIRED -> Messages.byHandExpired;
                });
    }

    private void failed(String why) {
        if (own.read().equals(Messages.byHandMaking)) {
            own.show("");
        }
        setErrorMessage(why);
        check();
    }

    private void linked(String name) {
        linked = true;
        setErrorMessage(null);
        setMessage(NLS.bind(Messages.byHandLinked, name), IMessageProvider.INFORMATION);
        getButton(IDialogConstants.CANCEL_ID).setFocus();
    }

    /** The side that made the answer hears nothing else of its use. */
    private void look() {
        boolean now = live.sync().stream()
                .flatMap(sync -> sync.rooms().stream())
                .flatMap(room -> room.members().stream())
                .anyMatch(each ->
                        each.fingerprint().equals(member.fingerprint()) && each.reach() instanceof Reach.Linked);
        if (now && !linked && getButton(IDialogConstants.CANCEL_ID) != null) {
            linked(member.name());
        }
        linked = now;
    }
}
