// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.history;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Shell;
import org.vaultsync.ItemHistory;
import org.vaultsync.Room;
import org.vaultsync.Version;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/** The items of a room that were deleted, each with the way back. UI thread. */
public final class DeletedDialog extends TitleAreaDialog {
    private static final int RESTORE = IDialogConstants.CLIENT_ID;

    private final LiveSync live;
    private final Room room;
    private TableViewer items;

    public DeletedDialog(LiveSync live, Shell shell, Room room) {
        super(shell);
        this.live = live;
        this.room = room;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.deletedTitle);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Point getInitialSize() {
        Point wanted = super.getInitialSize();
        return new Point(Math.max(wanted.x, 620), Math.max(wanted.y, 420));
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite framed = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(framed);
        GridLayoutFactory.swtDefaults().margins(12, 12).applyTo(framed);
        Composite area = new Composite(framed, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        TableColumnLayout columns = new TableColumnLayout();
        area.setLayout(columns);
        items = new TableViewer(area, SWT.SINGLE | SWT.BORDER | SWT.FULL_SELECTION | SWT.V_SCROLL);
        items.getTable().setHeaderVisible(true);
        items.setContentProvider(ArrayContentProvider.getInstance());
        column(
                columns,
                Messages.deletedItem,
                4,
                version -> version.item().map(item -> item.name()).orElse(version.itemId()));
        column(columns, Messages.versionWhen, 2, Told::when);
        column(columns, Messages.versionWho, 3, Told::who);
        items.addSelectionChangedListener(changed -> enable());
        return framed;
    }

    private void column(TableColumnLayout columns, String title, int weight, Function<Version, String> text) {
        TableViewerColumn column = new TableViewerColumn(items, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(ColumnLabelProvider.createTextProvider(version -> text.apply((Version) version)));
        columns.setColumnData(column.getColumn(), new ColumnWeightData(weight, true));
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, RESTORE, Messages.restoreDeleted, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(NLS.bind(Messages.deletedIn, Names.literal(room.name())));
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
        items.setInput(deleted);
        setMessage(deleted.isEmpty() ? Messages.deletedNone : Messages.deletedExplained);
        enable();
    }

    private Optional<Version> selected() {
        return Optional.ofNullable((Version) items.getStructuredSelection().getFirstElement());
    }

    private void enable() {
        getButton(RESTORE).setEnabled(selected().isPresent());
    }

    @Override
    protected void buttonPressed(int button) {
        Optional<ItemHistory> history = live.history();
        if (button != RESTORE) {
            super.buttonPressed(button);
        } else if (selected().isPresent() && history.isPresent()) {
            setErrorMessage(null);
            getButton(RESTORE).setEnabled(false);
            Answers.of(history.get().restore(selected().get()), getShell(), done -> load(), why -> {
                setErrorMessage(why);
                enable();
            });
        }
    }
}
