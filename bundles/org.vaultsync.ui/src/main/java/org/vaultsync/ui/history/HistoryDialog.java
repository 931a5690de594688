// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.history;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.FieldChange;
import org.vaultsync.ItemHistory;
import org.vaultsync.Version;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;

/**
 * The versions of an item. One that is selected shows what was changed in it, two that are selected are compared, and
 * one can be restored. UI thread.
 */
public final class HistoryDialog extends TitleAreaDialog {
    private static final int RESTORE = IDialogConstants.CLIENT_ID;

    private final LiveSync live;
    private final String itemId;
    private TableViewer versions;
    private Label compared;
    private TableViewer changes;
    private Text before;
    private Text after;
    private List<Version> known = List.of();

    public HistoryDialog(LiveSync live, Shell shell, String itemId) {
        super(shell);
        this.live = live;
        this.itemId = itemId;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.historyTitle);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Point getInitialSize() {
        Point wanted = super.getInitialSize();
        return new Point(Math.max(wanted.x, 760), Math.max(wanted.y, 620));
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        GridLayoutFactory.swtDefaults().margins(12, 12).applyTo(area);
        SashForm parts = new SashForm(area, SWT.VERTICAL);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(parts);

        versions = table(parts, SWT.MULTI);
        column(versions, Messages.versionWhen, 3, (Version version) -> Told.when(version));
        column(versions, Messages.versionWho, 3, (Version version) -> Told.who(version));
        column(versions, Messages.versionWhat, 5, (Version version) -> Told.what(version));
        versions.addSelectionChangedListener(changed -> showSelected());

        Composite lower = new Composite(parts, SWT.NONE);
        GridLayoutFactory.fillDefaults()
                .numColumns(2)
                .equalWidth(true)
                .spacing(8, 6)
                .applyTo(lower);
        compared = new Label(lower, SWT.NONE);
        GridDataFactory.fillDefaults().span(2, 1).grab(true, false).applyTo(compared);
        Composite framed = new Composite(lower, SWT.NONE);
        framed.setLayout(new org.eclipse.swt.layout.FillLayout());
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, true)
                .hint(SWT.DEFAULT, 110)
                .applyTo(framed);
        changes = table(framed, SWT.SINGLE);
        column(changes, Messages.changeField, 3, (FieldChange change) -> Told.field(change));
        column(changes, Messages.changeBefore, 4, (FieldChange change) -> Told.brief(change.before()));
        column(changes, Messages.changeAfter, 4, (FieldChange change) -> Told.brief(change.after()));
        changes.addSelectionChangedListener(changed -> showValues());
        before = value(lower);
        after = value(lower);
        parts.setWeights(4, 5);

        live.onItems(area, changed -> {
            if (changed.contains(itemId)) {
                load();
            }
        });
        return area;
    }

    private static TableViewer table(Composite parent, int style) {
        Composite framed = new Composite(parent, SWT.NONE);
        framed.setLayout(new TableColumnLayout());
        TableViewer table = new TableViewer(framed, style | SWT.BORDER | SWT.FULL_SELECTION | SWT.V_SCROLL);
        table.getTable().setHeaderVisible(true);
        table.setContentProvider(ArrayContentProvider.getInstance());
        return table;
    }

    private static <T> void column(TableViewer table, String title, int weight, Function<T, String> text) {
        TableViewerColumn column = new TableViewerColumn(table, SWT.NONE);
        column.getColumn().setText(title);
        @SuppressWarnings("unchecked") // the table holds nothing else
        Function<Object, String> ofRow = row -> text.apply((T) row);
        column.setLabelProvider(ColumnLabelProvider.createTextProvider(ofRow));
        ((TableColumnLayout) table.getTable().getParent().getLayout())
                .setColumnData(column.getColumn(), new ColumnWeightData(weight, true));
    }

    private Text value(Composite parent) {
        Text text = new Text(parent, SWT.BORDER | SWT.MULTI | SWT.READ_ONLY | SWT.WRAP | SWT.V_SCROLL);
        GridDataFactory.fillDefaults()
                .grab(true, false)
                .hint(convertWidthInCharsToPixels(30), convertHeightInCharsToPixels(4))
                .applyTo(text);
        return text;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, RESTORE, Messages.restoreVersion, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, true);
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        setTitle(Messages.historyTitle);
        setMessage(Messages.historyLoading);
        versions.getControl().setFocus();
        showSelected();
        load();
        return contents;
    }

    private void load() {
        Optional<ItemHistory> history = live.history();
        if (history.isEmpty()) {
            setErrorMessage(Messages.notRunning);
        } else {
            Answers.of(history.get().versions(itemId), getShell(), this::show, this::setErrorMessage);
        }
    }

    private void show(List<Version> loaded) {
        List<String> selected = selected().stream().map(Version::id).toList();
        known = loaded;
        versions.setInput(known);
        List<Version> again = known.stream()
                .filter(version -> selected.contains(version.id()))
                .toList();
        if (!known.isEmpty()) {
            versions.setSelection(new StructuredSelection(again.isEmpty() ? known.subList(0, 1) : again), true);
        }
        known.stream()
                .flatMap(version -> version.item().stream())
                .findFirst()
                .ifPresent(item -> setTitle(NLS.bind(Messages.historyOf, Names.literal(item.name()))));
        setMessage(known.isEmpty() ? Messages.historyEmpty : Messages.historyExplained);
        showSelected();
    }

    /** The selected versions, the newest first. */
    private List<Version> selected() {
        List<?> rows = versions.getStructuredSelection().toList();
        return known.stream().filter(rows::contains).toList();
    }

    private void showSelected() {
        List<Version> selected = selected();
        List<FieldChange> found = List.of();
        String what = Messages.compareHow;
        if (selected.size() == 1) {
            Version version = selected.getFirst();
            found = version.changes();
            what = NLS.bind(Messages.changesIn, Told.when(version), Told.who(version));
        } else if (selected.size() == 2) {
            Version older = selected.getLast();
            Version newer = selected.getFirst();
            found = live.history().map(history -> history.compare(older, newer)).orElse(List.of());
            what = NLS.bind(Messages.changesBetween, Told.when(older), Told.when(newer));
        }
        compared.setText(Names.literal(what));
        changes.setInput(found);
        if (!found.isEmpty()) {
            changes.setSelection(new StructuredSelection(found.getFirst()), true);
        }
        showValues();
        Button restore = getButton(RESTORE);
        if (restore != null) {
            restore.setEnabled(toRestore().isPresent());
        }
    }

    /** The selected version, if there is something of it to restore. */
    private Optional<Version> toRestore() {
        return Stream.of(selected())
                .filter(selected -> selected.size() == 1)
                .map(List::getFirst)
                .filter(version -> version.item().isPresent() && version != known.getFirst())
                .findFirst();
    }

    private void showValues() {
        Optional<FieldChange> change = Optional.ofNullable(
                (FieldChange) changes.getStructuredSelection().getFirstElement());
        before.setText(change.map(FieldChange::before).map(Told::value).orElse(""));
        after.setText(change.map(FieldChange::after).map(Told::value).orElse(""));
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == RESTORE) {
            restore();
        } else {
            super.buttonPressed(button);
        }
    }

    private void restore() {
        Optional<Version> version = toRestore();
        Optional<ItemHistory> history = live.history();
        if (version.isEmpty() || history.isEmpty()) {
            return;
        }
        setErrorMessage(null);
        getButton(RESTORE).setEnabled(false);
        Answers.of(
                history.get().restore(version.get()),
                getShell(),
                done -> {
                    versions.setSelection(StructuredSelection.EMPTY); // so that what was restored is selected then
                    load();
                },
                why -> {
                    setErrorMessage(why);
                    showSelected();
                });
    }
}
