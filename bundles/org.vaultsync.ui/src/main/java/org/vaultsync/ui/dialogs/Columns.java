// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.eclipse.jface.layout.AbstractColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.viewers.ColumnWeightData;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Widget;

/**
 * The columns of a list that share its width, and of which each is as wide as what is in it, however large the font is. The
 * list scrolls where that is more than it has.
 *
 * <p>UI thread.
 */
public final class Columns {
    /** What a heading or a text has on both sides. */
    private static final int AROUND = 16;

    /** Texts that have so many of the characters of the longest one may be the widest. */
    private static final double NEARLY_LONGEST = 0.7;

    /** @param before how wide what stands before a text is */
    private record Column(Widget widget, int share, int before) {}

    private final Composite list;
    private final AbstractColumnLayout layout;
    private final List<Column> columns = new ArrayList<>();
    private final List<Integer> least = new ArrayList<>();

    /** @param list the table or tree, the only one in its parent, which has the layout */
    public Columns(Composite list, AbstractColumnLayout layout) {
        this.list = list;
        this.layout = layout;
    }

    /**
     * Adds a column.
     *
     * @param before how many pixels stand before its texts at most: pictures, and what a tree draws
     */
    public void add(Widget column, String heading, int share, int least, int before) {
        ColumnWeightData data = sharing(list, heading, share, least);
        layout.setColumnData(column, data);
        columns.add(new Column(column, share, before));
        this.least.add(data.minimumWidth);
    }

    /**
     * Makes columns wider that cut off what is in them now. None becomes narrower, which would be restless.
     *
     * @param text of a row, in a column by its number
     */
    public <T> void widen(List<T> rows, Function<T, List<String>> texts) {
        List<List<String>> all = rows.stream().map(texts).toList();
        boolean wider = false;
        GC gc = new GC(list);
        try {
            for (int i = 0; i < columns.size(); i++) {
                int number = i;
                Column column = columns.get(i);
                int needs = widest(gc, all.stream().map(row -> row.get(number)).toList()) + column.before() + AROUND;
                if (needs > least.get(i)) {
                    least.set(i, needs);
                    layout.setColumnData(column.widget(), new ColumnWeightData(column.share(), needs, true));
                    wider = true;
                }
            }
        } finally {
            gc.dispose();
        }
        if (wider) {
            list.getParent().layout();
        }
    }

    /** Measuring takes time: only what is nearly as long as the longest is. */
    private static int widest(GC gc, List<String> texts) {
        int longest = texts.stream().mapToInt(String::length).max().orElse(0);
        return texts.stream()
                .filter(text -> text.length() >= longest * NEARLY_LONGEST)
                .distinct()
                .flatMapToInt(text -> IntStream.of(gc.textExtent(text).x))
                .max()
                .orElse(0);
    }

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
