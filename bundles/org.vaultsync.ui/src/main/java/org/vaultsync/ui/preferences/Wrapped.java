// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.preferences;

import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;

/** Texts of a page that break into lines, so that the page is no wider than its dialog when people make text larger. */
final class Wrapped {
    /** What is left beside a field, and on a line of its own, in a dialog of the usual width. */
    private static final int BESIDE = 220;

    private static final int ALONE = 320;

    private Wrapped() {}

    /** Stands before a field, in a grid of two columns. */
    static Label label(Composite grid, String text) {
        Label label = new Label(grid, SWT.WRAP);
        label.setText(text);
        GridDataFactory.fillDefaults()
                .align(SWT.FILL, SWT.CENTER)
                .hint(Math.min(BESIDE, label.computeSize(SWT.DEFAULT, SWT.DEFAULT).x), SWT.DEFAULT)
                .applyTo(label);
        return label;
    }

    /** Stands alone, in a grid of that many columns. */
    static Label heading(Composite grid, int columns, String text) {
        Label label = new Label(grid, SWT.WRAP);
        label.setText(text);
        alone(columns).applyTo(label);
        return label;
    }

    /** A choice that stands alone, in a grid of that many columns. */
    static Button check(Composite grid, int columns, String text) {
        Button check = new Button(grid, SWT.CHECK | SWT.WRAP);
        check.setText(text);
        alone(columns).applyTo(check);
        return check;
    }

    /** The place of what stands alone, in a grid of that many columns. */
    static GridDataFactory alone(int columns) {
        return GridDataFactory.fillDefaults().span(columns, 1).grab(true, false).hint(ALONE, SWT.DEFAULT);
    }
}
