// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Optional;
import org.eclipse.swt.widgets.Control;
import org.vaultsync.hangar.item.Field;
import org.vaultsync.hangar.json.Json;

/**
 * Edits one field. It writes to its widget only when the value has changed since it was last shown or typed, so that a
 * caret, a selection and a half-typed text stay where they are.
 */
abstract class FieldControl {
    protected final Field field;
    protected final Editing editing;
    private JsonNode shown = MissingNode.getInstance();
    private boolean everShown;
    private boolean showing;

    FieldControl(Field field, Editing editing) {
        this.field = field;
        this.editing = editing;
    }

    JsonPointer at() {
        return field.at();
    }

    /** The widget that has the focus when the field is edited. */
    abstract Control control();

    /** Puts a value into the widget. */
    protected abstract void put(JsonNode value);

    /** Whether the widget can edit this value, or shows it only. */
    protected boolean takes(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isValueNode();
    }

    /** Shows what the draft holds now. */
    final void show() {
        if (editing.isUnfinished(at())) {
            return;
        }
        JsonNode value = editing.value(at());
        if (everShown && Json.same(shown, value)) {
            return;
        }
        everShown = true;
        shown = value.deepCopy();
        enable(!editing.isReadOnly() && editing.isReachable(at()) && takes(value));
        showing = true;
        try {
            put(value);
        } finally {
            showing = false;
        }
        editing.complain(this, remark(value), control());
    }

    /** What there is to say about a value that is shown. */
    protected Optional<String> remark(JsonNode value) {
        return Optional.empty();
    }

    /** Shows it anew even if the value is the same: a text that was no value was taken back. */
    final void showAgain() {
        everShown = false;
        show();
    }

    /** Whether something is typed beside the value that is meant to become a part of it. */
    boolean isPending() {
        return false;
    }

    /** Makes that a part of the value, as the person did not. */
    void takePending() {}

    protected void enable(boolean enabled) {
        control().setEnabled(enabled);
    }

    /** Whether the widget is being written to, and not by the person. */
    protected final boolean isShowing() {
        return showing;
    }

    protected final void typed(JsonNode value) {
        shown = value;
        editing.complain(this, Optional.empty(), control());
        editing.type(at(), value);
    }

    protected final void chosen(JsonNode value) {
        shown = value;
        editing.edit(at(), value);
    }

    protected final void unfinished(String text, String why) {
        editing.leaveUnfinished(at(), text);
        editing.complain(this, Optional.of(why), control());
    }
}
