// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.history;

import java.util.List;
import java.util.Optional;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ItemHistory;
import org.vaultsync.Room;
import org.vaultsync.Version;
import org.vaultsync.ui.dialogs.Rows;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** The items of a room that were deleted, each with the way back. UI thread. */
public final class DeletedDialog extends SyncDialog {
    private static final int RESTORE = IDialogConstants.CLIENT_ID;

    private final Room room;
    private Rows<Version> items;

    public DeletedDialog(LiveSync live, Shell shell, Room room) {
        super(live, shell, Messages.deletedTitle, "history", new Point(620, 420));
        this.room = room;
    }

    @Override
    protected void fill(Composite area) {
        items = new Rows<Version>(area, SWT.SINGLE)
                .column(
                        Messages.deletedItem,
                        4,
                        version -> version.item().map(item -> item.name()).orElse(version.itemId()))
                .column(Messages.versionWhen, 2, Told::when)
                .column(Messages.versionWho, 3, Told::who)
                .onSelection(this::enable);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(items.frame());
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, RESTORE, Messages.restoreDeleted, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(NLS.bind(Messages.deletedIn, Names.literal(Sentences.quoted(room))));
        setMessage(Messages.historyLoading);
        load();
        return contents;
    }

    private void load() {
        Optional<ItemHistory> history = live.history();
        if (history.isEmpty()) {
            setErrorMessage(Messages.notRunning);
            return;
        }
        Answers.of(history.get().deleted(room.id()), getShell(), this::show, this::setErrorMessage);
        enable();
    }

    private void show(List<Version> deleted) {
        items.show(deleted);
        setMessage(deleted.isEmpty() ? Messages.deletedNone : Messages.deletedExplained);
        enable();
    }

    private void enable() {
        getButton(RESTORE).setEnabled(items.selected().isPresent());
    }

    @Override
    protected void buttonPressed(int button) {
        Optional<Version> item = items.selected();
        if (button != RESTORE) {
            super.buttonPressed(button);
        } else if (item.isPresent()) {
            setErrorMessage(null);
            getButton(RESTORE).setEnabled(false);
            Answers.ask(live.history(), history -> history.restore(item.get()), getShell(), done -> load(), why -> {
                setErrorMessage(why);
                enable();
            });
        }
    }
}
