// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.List;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.vaultsync.ui.comparison.Comparison.Side;
import org.vaultsync.ui.conflicts.Merge.Lines;
import org.vaultsync.ui.dialogs.ValueText;
import org.vaultsync.ui.text.Names;

/** A text under a heading, with the lines coloured in which it differs from others. UI thread. */
final class Pane {
    private static final RGB BLUE = new RGB(60, 130, 220);
    private static final RGB ORANGE = new RGB(230, 140, 30);
    /** How much of the colour is mixed into the background, so that the text stays readable on it in every theme. */
    private static final double PORTION = 0.28;

    private final Composite area;
    private final Label heading;
    private final ValueText value;
    private final StyledText text;

    /** @param style {@link SWT#READ_ONLY}, or {@link SWT#NONE} for a text to be typed into */
    Pane(Composite parent, int style) {
        area = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(4, 4).applyTo(area);
        heading = new Label(area, SWT.WRAP);
        heading.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DIALOG_FONT));
        GridDataFactory.fillDefaults().grab(true, false).hint(100, SWT.DEFAULT).applyTo(heading);
        value = new ValueText(area, style, this::title);
        text = value.control();
        GridDataFactory.fillDefaults().grab(true, true).hint(160, 64).applyTo(text);
    }

    private String title() {
        return heading.getText().replace("&&", "&");
    }

    /** What it shows, under its heading. */
    Side side() {
        return new Side(title(), read());
    }

    /** What is below the text, for buttons. */
    Composite area() {
        return area;
    }

    ValueText value() {
        return value;
    }

    void head(String title) {
        heading.setText(Names.literal(title));
        heading.requestLayout();
    }

    /** How high its heading is, at the width that there is, if there is one yet. */
    int headHeight() {
        int width = area.getSize().x;
        return heading.computeSize(width > 0 ? width : SWT.DEFAULT, SWT.DEFAULT).y;
    }

    void headHeight(int height) {
        ((GridData) heading.getLayoutData()).heightHint = height;
        area.layout();
    }

    void show(String shown) {
        value.show(shown);
    }

    String read() {
        return value.read();
    }

    /** Colours lines: those of what stands blue, the others orange; all others not. */
    void mark(List<Lines> standing, List<Lines> lost) {
        text.setLineBackground(0, text.getLineCount(), null);
        standing.forEach(lines -> colour(lines, BLUE));
        lost.forEach(lines -> colour(lines, ORANGE));
    }

    private void colour(Lines lines, RGB colour) {
        int count = Math.min(lines.end(), text.getLineCount()) - lines.first();
        if (count > 0) {
            RGB ground = text.getBackground().getRGB();
            text.setLineBackground(
                    lines.first(),
                    count,
                    new Color(
                            mixed(ground.red, colour.red),
                            mixed(ground.green, colour.green),
                            mixed(ground.blue, colour.blue)));
        }
    }

    private static int mixed(int ground, int colour) {
        return (int) (ground + PORTION * (colour - ground));
    }

    /** Shows the beginning of some lines. */
    void reveal(Lines lines) {
        if (lines.first() < text.getLineCount()) {
            text.setCaretOffset(text.getOffsetAtLine(lines.first()));
            text.showSelection();
        }
    }
}
