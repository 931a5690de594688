// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;

/** The button for what holds unless somebody sets something else, without the one that applies at once. */
final class RestoreDefaults {
    private RestoreDefaults() {}

    /** @param bar of a page, below it */
    static void button(Composite bar, Runnable restore) {
        ((GridLayout) bar.getLayout()).numColumns++;
        Button button = new Button(bar, SWT.PUSH);
        button.setText(JFaceResources.getString("defaults"));
        button.addListener(SWT.Selection, clicked -> restore.run());
    }
}
