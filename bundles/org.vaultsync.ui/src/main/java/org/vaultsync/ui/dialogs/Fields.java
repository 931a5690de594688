// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.List;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;

/** Fields with labels. UI thread. */
public final class Fields {
    private Fields() {}

    /** Enables a field, or disables it, together with the label right before it, which would look as if it could be used. */
    public static void enable(Control field, boolean enabled) {
        field.setEnabled(enabled);
        List<Control> all = List.of(field.getParent().getChildren());
        int before = all.indexOf(field) - 1;
        if (before >= 0 && all.get(before) instanceof Label label) {
            label.setEnabled(enabled);
        }
    }
}
