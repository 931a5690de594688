// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.widgets.Control;

/** How wide the columns of lists are. */
public final class Columns {
    /** What a heading has on both sides. */
    private static final int AROUND = 16;

    private Columns() {}

    /** A column that takes its share of the width, and is never too narrow for its heading, however large the font is. */
    public static ColumnWeightData sharing(Control list, String heading, int share, int least) {
        GC gc = new GC(list);
        try {
            gc.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DEFAULT_FONT));
            return new ColumnWeightData(share, Math.max(least, gc.textExtent(heading).x + AROUND), true);
        } finally {
            gc.dispose();
        }
    }
}
