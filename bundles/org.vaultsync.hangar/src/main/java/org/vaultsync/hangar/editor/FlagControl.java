// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.Field;

/** A field that is yes or no. */
final class FlagControl extends FieldControl {
    private final Button button;

    FlagControl(Field field, Editing editing, Composite parent, FormToolkit toolkit) {
        super(field, editing);
        button = toolkit.createButton(parent, "", SWT.CHECK);
        button.addListener(SWT.Selection, event -> chosen(BooleanNode.valueOf(button.getSelection())));
    }

    @Override
    Button control() {
        return button;
    }

    @Override
    protected void put(JsonNode value) {
        button.setSelection(value.asBoolean());
    }
}
