// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;

/** A field that is a list of texts: what texts and references have in common. */
abstract class ListControl extends FieldControl {
    protected final Composite place;
    protected final Table table;
    protected final LocalResourceManager resources;
    private final List<String> elements = new ArrayList<>();
    private final List<ToolItem> buttons = new ArrayList<>();
    private final List<IntPredicate> usable = new ArrayList<>();
    private final ToolBar tools;
    private boolean editable = true;

    ListControl(Field field, Editing editing, Composite parent, FormToolkit toolkit, LocalResourceManager resources) {
        super(field, editing);
        this.resources = resources;
        place = toolkit.createComposite(parent);
        GridLayoutFactory.fillDefaults().numColumns(2).spacing(2, 2).applyTo(place);
        table = new Table(place, SWT.BORDER | SWT.SINGLE | SWT.V_SCROLL | SWT.FULL_SELECTION);
        toolkit.adapt(table, true, false);
        table.setData("label", field.label());
        tools = new ToolBar(place, SWT.VERTICAL | SWT.FLAT);
        toolkit.adapt(tools);
        GridDataFactory.fillDefaults().grab(true, true).hint(200, 110).applyTo(table);
        GridDataFactory.fillDefaults().applyTo(tools);
        table.addListener(SWT.Selection, event -> enableButtons());
        table.addListener(SWT.MouseDoubleClick, event -> {
            if (table.getSelectionIndex() >= 0) {
                activate(table.getSelectionIndex());
            }
        });
        table.addListener(SWT.KeyDown, event -> {
            if (editable && event.keyCode == SWT.DEL && table.getSelectionIndex() >= 0) {
                remove();
            }
        });
    }

    /** The buttons that every list has. */
    protected void addCommonButtons() {
        button(Icon.REMOVE, Words.of("Remove from %s", field.label()), index -> index >= 0, this::remove);
        button(Icon.UP, Words.of("Move up in %s", field.label()), index -> index > 0, () -> move(-1));
        button(
                Icon.DOWN,
                Words.of("Move down in %s", field.label()),
                index -> index >= 0 && index < elements.size() - 1,
                () -> move(1));
        enableButtons();
    }

    protected void button(Icon icon, String tooltip, IntPredicate when, Runnable work) {
        ToolItem item = new ToolItem(tools, SWT.PUSH);
        item.setImage(resources.get(icon.descriptor()));
        item.setToolTipText(tooltip);
        item.addListener(SWT.Selection, event -> work.run());
        buttons.add(item);
        usable.add(when);
    }

    protected List<String> elements() {
        return Collections.unmodifiableList(elements);
    }

    /** Whether what is in it may be changed; it is looked at all the same. */
    protected boolean isEditable() {
        return editable;
    }

    /** What double-clicking an element does. */
    protected abstract void activate(int index);

    /** Shows one element in its row. */
    protected abstract void label(TableItem row, String element);

    /** The list with its buttons. */
    Composite place() {
        return place;
    }

    @Override
    Table control() {
        return table;
    }

    @Override
    protected boolean takes(JsonNode value) {
        if (!value.isArray()) {
            return value.isMissingNode() || value.isNull();
        }
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                return false;
            }
        }
        return true;
    }

    @Override
    protected void enable(boolean enabled) {
        editable = enabled;
        tools.setEnabled(enabled);
    }

    @Override
    protected void put(JsonNode value) {
        List<String> next = new ArrayList<>();
        value.forEach(element -> next.add(element.isTextual() ? element.textValue() : Json.line(element)));
        fill(next);
    }

    /** Rows that stay as they are are not touched, and the selection stays with its element. */
    private void fill(List<String> next) {
        int index = table.getSelectionIndex();
        String selected = index >= 0 && index < elements.size() ? elements.get(index) : null;
        table.setRedraw(false);
        try {
            while (table.getItemCount() > next.size()) {
                table.remove(table.getItemCount() - 1);
            }
            for (int i = 0; i < next.size(); i++) {
                TableItem row = i < table.getItemCount() ? table.getItem(i) : new TableItem(table, SWT.NONE);
                if (i >= elements.size()
                        || !elements.get(i).equals(next.get(i))
                        || row.getText().isEmpty()) {
                    label(row, next.get(i));
                }
            }
        } finally {
            table.setRedraw(true);
        }
        elements.clear();
        elements.addAll(next);
        if (selected != null) {
            int now = index < next.size() && next.get(index).equals(selected) ? index : next.indexOf(selected);
            if (now >= 0) {
                table.setSelection(now);
            } else {
                table.deselectAll();
            }
        }
        enableButtons();
    }

    /** Shows all elements anew, because what their labels say may have changed. */
    protected void relabel() {
        for (int i = 0; i < elements.size(); i++) {
            label(table.getItem(i), elements.get(i));
        }
    }

    protected void change(List<String> next, int select) {
        ArrayNode array = Json.empty().putArray("list");
        next.forEach(array::add);
        fill(next);
        if (select >= 0 && select < next.size()) {
            table.setSelection(select);
            table.showSelection();
        }
        enableButtons();
        chosen(array);
    }

    private void remove() {
        int index = table.getSelectionIndex();
        List<String> next = new ArrayList<>(elements);
        next.remove(index);
        change(next, Math.min(index, next.size() - 1));
    }

    private void move(int by) {
        int index = table.getSelectionIndex();
        List<String> next = new ArrayList<>(elements);
        Collections.swap(next, index, index + by);
        change(next, index + by);
    }

    private void enableButtons() {
        for (int i = 0; i < buttons.size(); i++) {
            buttons.get(i).setEnabled(usable.get(i).test(table.getSelectionIndex()));
        }
    }
}
