// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.Conflict;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.When;

/** The conflicts of some items, field by field: the value that stands and the one that lost, and who wrote them. */
final class ConflictDialog extends TitleAreaDialog {
    private final LiveSync live;
    private final List<String> itemIds;
    // All of these: UI thread
    private TableViewer list;
    private Side standing;
    private Side lost;
    private List<Conflict> conflicts = List.of();

    ConflictDialog(LiveSync live, Shell shell, List<String> itemIds) {
        super(shell);
        this.live = live;
        this.itemIds = itemIds;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(Messages.conflictsTitle);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Point getInitialSize() {
        Point wanted = super.getInitialSize();
        return new Point(Math.max(wanted.x, 720), Math.max(wanted.y, 520));
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        GridLayoutFactory.swtDefaults()
                .numColumns(2)
                .equalWidth(true)
                .margins(12, 12)
                .spacing(12, 8)
                .applyTo(area);

        Composite table = new Composite(area, SWT.NONE);
        GridDataFactory.fillDefaults()
                .span(2, 1)
                .grab(true, false)
                .hint(SWT.DEFAULT, 120)
                .applyTo(table);
        TableColumnLayout columns = new TableColumnLayout();
        table.setLayout(columns);
        list = new TableViewer(table, SWT.SINGLE | SWT.BORDER | SWT.FULL_SELECTION | SWT.V_SCROLL);
        list.getTable().setHeaderVisible(true);
        list.setContentProvider(ArrayContentProvider.getInstance());
        column(columns, Messages.conflictField, 4, ConflictDialog::field);
        column(columns, Messages.conflictStanding, 3, conflict -> brief(conflict.standing()));
        column(columns, Messages.conflictLost, 3, conflict -> brief(conflict.lost()));
        column(columns, Messages.conflictFound, 2, conflict -> When.was(conflict.found()));
        list.addSelectionChangedListener(changed -> showSelected());

        standing = new Side(area, Messages.keepThis, false);
        lost = new Side(area, Messages.takeOther, true);

        live.onItems(area, changed -> {
            if (itemIds.stream().anyMatch(changed::contains)) {
                refresh();
            }
        });
        return area;
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        refresh();
        list.getControl().setFocus();
        return contents;
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
    }

    private void column(TableColumnLayout columns, String title, int weight, Function<Conflict, String> text) {
        TableViewerColumn column = new TableViewerColumn(list, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(ColumnLabelProvider.createTextProvider(conflict -> text.apply((Conflict) conflict)));
        columns.setColumnData(column.getColumn(), new ColumnWeightData(weight, true));
    }

    private static String field(Conflict conflict) {
        String path = JsonText.path(conflict.field());
        return path.isEmpty() ? Messages.wholeItem : path;
    }

    private static String brief(String json) {
        if (json.isEmpty()) {
            return Messages.fieldGone;
        }
        String text = JsonText.readable(json.length() > 200 ? json.substring(0, 200) : json)
                .replaceAll("\\s+", " ");
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private void refresh() {
        Optional<Conflict> selected = selected();
        int index = list.getTable().getSelectionIndex();
        Optional<VaultSync> sync = live.sync();
        conflicts = sync.stream()
                .flatMap(present -> itemIds.stream().flatMap(item -> present.conflicts(item).stream()))
                .toList();
        list.setInput(conflicts);
        if (!conflicts.isEmpty()) {
            Conflict next = selected.filter(conflicts::contains)
                    .orElseGet(() -> conflicts.get(Math.clamp(index, 0, conflicts.size() - 1)));
            list.setSelection(new StructuredSelection(next), true);
        }
        if (sync.isEmpty()) {
            setErrorMessage(Messages.notRunning);
        } else {
            setMessage(conflicts.isEmpty() ? Messages.allSettled : Messages.conflictsExplained);
        }
        setTitle(Sentences.conflicts(conflicts.size()));
        showSelected();
    }

    private Optional<Conflict> selected() {
        return Optional.ofNullable((Conflict) list.getStructuredSelection().getFirstElement());
    }

    private void showSelected() {
        Optional<Conflict> conflict = selected();
        standing.show(
                conflict.map(Conflict::standing),
                conflict.map(shown -> written(Messages.standingBy, Messages.standing, shown.standingWriter())));
        lost.show(
                conflict.map(Conflict::lost),
                conflict.map(shown -> written(Messages.lostBy, Messages.lost, shown.lostWriter())));
    }

    private static String written(String by, String byNobodyKnown, String writer) {
        return writer.isEmpty() ? byNobodyKnown : NLS.bind(by, writer);
    }

    private void settle(boolean takeLost) {
        Optional<Conflict> conflict = selected();
        Optional<VaultSync> sync = live.sync();
        if (conflict.isEmpty() || sync.isEmpty()) {
            return;
        }
        setErrorMessage(null);
        standing.enable(false);
        lost.enable(false);
        Answers.of(sync.get().settle(conflict.get(), takeLost), getShell(), settled -> refresh(), why -> {
            refresh();
            setErrorMessage(why);
        });
    }

    /** One of the two values, with the button that lets it stand. */
    private final class Side {
        private final Label heading;
        private final Text value;
        private final Button button;

        Side(Composite parent, String choice, boolean takesLost) {
            Composite area = new Composite(parent, SWT.NONE);
            GridLayoutFactory.fillDefaults().spacing(4, 4).applyTo(area);
            GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
            heading = new Label(area, SWT.NONE);
            heading.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DIALOG_FONT));
            GridDataFactory.fillDefaults().grab(true, false).applyTo(heading);
            value = new Text(area, SWT.BORDER | SWT.MULTI | SWT.READ_ONLY | SWT.WRAP | SWT.V_SCROLL);
            GridDataFactory.fillDefaults()
                    .grab(true, true)
                    .hint(convertWidthInCharsToPixels(30), convertHeightInCharsToPixels(6))
                    .applyTo(value);
            value.getAccessible().addAccessibleListener(new AccessibleAdapter() {
                @Override
                public void getName(AccessibleEvent event) {
                    event.result = heading.getText().replace("&&", "&");
                }
            });
            button = new Button(area, SWT.PUSH);
            button.setText(choice);
            setButtonLayoutData(button);
            button.addListener(SWT.Selection, clicked -> settle(takesLost));
        }

        void show(Optional<String> json, Optional<String> title) {
            value.setText(json.map(text -> text.isEmpty() ? Messages.fieldGone : JsonText.readable(text))
                    .orElse(""));
            heading.setText(Names.literal(title.orElse("")));
            enable(json.isPresent());
        }

        void enable(boolean enabled) {
            button.setEnabled(enabled);
        }
    }
}
