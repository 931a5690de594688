// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.item.Field.Option;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Json;

/** A field with a few values to choose from; a value that is not among them is kept and can be seen. */
final class ChoiceControl extends FieldControl {
    private final Combo combo;
    private final Field.Kind.Choice choice;
    private final List<Option> offered = new ArrayList<>(); // as in the combo, after the empty one

    ChoiceControl(Field field, Field.Kind.Choice choice, Editing editing, Composite parent, FormToolkit toolkit) {
        super(field, editing);
        this.choice = choice;
        combo = new Combo(parent, SWT.READ_ONLY);
        toolkit.adapt(combo, true, true);
        offer(choice.options());
        combo.addListener(SWT.Selection, event -> {
            int index = combo.getSelectionIndex();
            chosen(
                    index <= 0
                            ? MissingNode.getInstance()
                            : TextNode.valueOf(offered.get(index - 1).value()));
        });
        // Scrolling the form must not change what the pointer happens to pass.
        combo.addListener(SWT.MouseVerticalWheel, event -> event.doit = false);
    }

    private void offer(List<Option> options) {
        offered.clear();
        offered.addAll(options);
        List<String> labels = new ArrayList<>(List.of(""));
        options.forEach(option -> labels.add(option.label()));
        combo.setItems(labels.toArray(String[]::new));
    }

    @Override
    Combo control() {
        return combo;
    }

    @Override
    protected void put(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            combo.select(0);
            return;
        }
        String stored = value.isTextual() ? value.textValue() : Json.line(value);
        if (offered.stream().noneMatch(option -> option.value().equals(stored))) {
            List<Option> all = new ArrayList<>(choice.options());
            all.add(new Option(
                    stored, stored.equals(stored.toUpperCase(Locale.ROOT)) ? ItemType.words(stored) : stored));
            offer(all);
        }
        for (int i = 0; i < offered.size(); i++) {
            if (offered.get(i).value().equals(stored)) {
                combo.select(i + 1);
            }
        }
    }
}
