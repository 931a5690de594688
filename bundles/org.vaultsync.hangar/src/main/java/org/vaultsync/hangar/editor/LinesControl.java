// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;

/** A list of short texts, with a line below to add one. */
final class LinesControl extends ListControl {
    private final Text entry;

    LinesControl(Field field, Editing editing, Composite parent, FormToolkit toolkit, LocalResourceManager resources) {
        super(field, editing, parent, toolkit, resources);
        entry = new Text(place, SWT.BORDER | SWT.SINGLE);
        toolkit.adapt(entry, true, false);
        entry.setMessage(Words.of("Add to %s, then Enter", field.label()));
        entry.setData("label", Words.of("Add to %s", field.label()));
        GridDataFactory.fillDefaults().grab(true, false).span(2, 1).applyTo(entry);
        entry.addListener(SWT.DefaultSelection, event -> add());
        entry.addModifyListener(event -> editing.pendingChanged());
        // Later, since the list may be closed, or the focus come back.
        entry.addListener(
                SWT.FocusOut,
                event -> entry.getDisplay().asyncExec(() -> {
                    if (!entry.isDisposed() && !entry.isFocusControl()) {
                        takePending();
                    }
                }));
        button(Icon.ADD, Words.of("Add to %s", field.label()), index -> true, this::add);
        addCommonButtons();
    }

    private void add() {
        if (!isPending()) {
            entry.setFocus();
            return;
        }
        append(elements().size());
    }

    private void append(int select) {
        List<String> next = new ArrayList<>(elements());
        next.add(entry.getText().strip());
        entry.setText("");
        change(next, select);
    }

    @Override
    boolean isPending() {
        return !entry.isDisposed() && entry.getEditable() && !entry.getText().isBlank();
    }

    @Override
    void takePending() {
        if (isPending()) {
            append(table.getSelectionIndex());
        }
    }

    @Override
    protected void enable(boolean enabled) {
        super.enable(enabled);
        entry.setEditable(enabled);
    }

    @Override
    protected void activate(int index) {
        if (!isEditable()) {
            return;
        }
        String before = elements().get(index);
        InputDialog dialog = new InputDialog(table.getShell(), field.label(), Words.of("Text:"), before, null);
        if (dialog.open() == Window.OK && !table.isDisposed()) {
            // Somebody else may have changed the list while the dialog was open.
            int now = index < elements().size() && elements().get(index).equals(before)
                    ? index
                    : elements().indexOf(before);
            List<String> next = new ArrayList<>(elements());
            if (now >= 0) {
                next.set(now, dialog.getValue());
            } else {
                next.add(dialog.getValue());
            }
            change(next, now >= 0 ? now : next.size() - 1);
        }
    }

    @Override
    protected void label(TableItem row, String element) {
        row.setText(element);
    }
}
