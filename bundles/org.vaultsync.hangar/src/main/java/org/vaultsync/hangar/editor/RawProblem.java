// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import org.eclipse.jface.text.source.Annotation;
import org.eclipse.jface.text.source.IAnnotationPresentation;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;

/** A mistake in the raw JSON, marked in the margin. */
final class RawProblem extends Annotation implements IAnnotationPresentation {
    static final String TYPE = "org.vaultsync.hangar.problem";

    private static final int SIDE = 10;

    RawProblem(String sentence) {
        super(TYPE, false, sentence);
    }

    @Override
    public int getLayer() {
        return DEFAULT_LAYER + 1;
    }

    @Override
    public void paint(GC gc, Canvas canvas, Rectangle bounds) {
        gc.setAntialias(SWT.ON);
        gc.setBackground(new Color(217, 83, 79));
        gc.fillOval(bounds.x + 1, bounds.y + 3, SIDE, SIDE);
        gc.setForeground(new Color(255, 255, 255));
        gc.setLineWidth(2);
        gc.drawLine(bounds.x + 4, bounds.y + 6, bounds.x + 8, bounds.y + 10);
        gc.drawLine(bounds.x + 8, bounds.y + 6, bounds.x + 4, bounds.y + 10);
    }
}
