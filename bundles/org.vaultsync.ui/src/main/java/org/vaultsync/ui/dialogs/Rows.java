// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;

/** A table of rows of one kind whose columns share its width. UI thread. */
public final class Rows<T> {
    private final Composite frame;
    private final TableColumnLayout columns = new TableColumnLayout();
    private final TableViewer viewer;

    /** @param style {@link SWT#SINGLE} or {@link SWT#MULTI} */
    public Rows(Composite parent, int style) {
        frame = new Composite(parent, SWT.NONE);
        frame.setLayout(columns);
        viewer = new TableViewer(frame, style | SWT.BORDER | SWT.FULL_SELECTION | SWT.V_SCROLL);
        viewer.getTable().setHeaderVisible(true);
        viewer.setContentProvider(ArrayContentProvider.getInstance());
    }

    /** Adds a column. */
    @SuppressWarnings("unchecked") // nothing else is put into the table
    public Rows<T> column(String title, int weight, Function<T, String> text) {
        TableViewerColumn column = new TableViewerColumn(viewer, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(ColumnLabelProvider.createTextProvider(row -> text.apply((T) row)));
        columns.setColumnData(column.getColumn(), Columns.sharing(viewer.getTable(), title, weight, 20));
        return this;
    }

    /** Runs it whenever other rows are selected. */
    public Rows<T> onSelection(Runnable changed) {
        viewer.addSelectionChangedListener(event -> changed.run());
        return this;
    }

    /** What is to be laid out. */
    public Composite frame() {
        return frame;
    }

    /** How high it is with so many rows, however large the font is. */
    public int height(int rows) {
        return (rows + 2) * viewer.getTable().getItemHeight();
    }

    public void show(List<T> rows) {
        viewer.setInput(rows);
    }

    public void select(List<T> rows) {
        viewer.setSelection(new StructuredSelection(rows), true);
    }

    /** The row that is selected, or the first of several. */
    public Optional<T> selected() {
        return allSelected().stream().findFirst();
    }

    /** The selected rows, from top to bottom. */
    @SuppressWarnings("unchecked")
    public List<T> allSelected() {
        return viewer.getStructuredSelection().toList();
    }

    /** Where the selection begins, from the top; -1 if nothing is selected. */
    public int index() {
        return viewer.getTable().getSelectionIndex();
    }

    public void setFocus() {
        viewer.getControl().setFocus();
    }
}
