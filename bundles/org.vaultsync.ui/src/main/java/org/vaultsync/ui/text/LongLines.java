// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import org.eclipse.osgi.util.NLS;
import org.vaultsync.ui.measure.TextSize;

/** What of a text the dialogs of sync show in full, and wrap. */
public final class LongLines {
    /** Longer lines are neither shown in full nor edited. */
    public static final int LONGEST = 100_000;

    private static final int LONGEST_WRAPPED = 20_000;
    private static final int LONGEST_WORD_WRAPPED = 2_000;

    private LongLines() {}

    /** Whether the lines of a text can be wrapped. */
    public static boolean areWrapped(String text) {
        return TextSize.longestLine(text) <= LONGEST_WRAPPED && TextSize.longestWord(text) <= LONGEST_WORD_WRAPPED;
    }

    /** The text with the beginning alone of each line that is too long, which says so; the same text if there is none. */
    public static String cut(String text) {
        if (TextSize.longestLine(text) <= LONGEST) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int start = 0;
        while (start <= text.length()) {
            int newLine = text.indexOf('\n', start);
            int end = newLine < 0 ? text.length() : newLine;
            if (end - start > LONGEST) {
                cut.append(TextSize.beginning(text.substring(start, end)))
                        .append(' ')
                        .append(NLS.bind(Messages.lineCut, "%,d".formatted(end - start)));
            } else {
                cut.append(text, start, end);
            }
            if (newLine >= 0) {
                cut.append('\n');
            }
            start = end + 1;
        }
        return cut.toString();
    }
}
