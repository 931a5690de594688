// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import org.vaultsync.ui.measure.TextSize;

/** Which texts the fields of Hangar show in full, and let be edited. */
public final class Wrapping {
    /** More letters in one word are not shown. */
    public static final int LONGEST_WORD = 2_000;

    /** More characters in one line are not shown. */
    public static final int LONGEST_LINE = 100_000;

    private Wrapping() {}

    public static boolean isQuick(String text) {
        return TextSize.longestWord(text) <= LONGEST_WORD && TextSize.longestLine(text) <= LONGEST_LINE;
    }
}
