// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import org.eclipse.osgi.util.NLS;

/**
 * What of a text a toolkit lays out at once. To wrap a word of 40,000 letters takes GTK four seconds, and ten times that
 * for a word three times as long; a line that is not wrapped takes it a second for a million characters.
 */
public final class LongLines {
    /** Longer lines are neither shown in full nor edited. */
    public static final int LONGEST = 100_000;

    private static final int LONGEST_WRAPPED = 20_000;
    private static final int LONGEST_WORD_WRAPPED = 2_000;
    private static final int BEGINNING = 1_000;

    private LongLines() {}

    /** Whether the lines of a text can be wrapped. */
    public static boolean areWrapped(String text) {
        return longest(text) <= LONGEST_WRAPPED && longestWord(text) <= LONGEST_WORD_WRAPPED;
    }

    /** How many characters the longest line of a text has. */
    public static int longest(String text) {
        int longest = 0;
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            longest = Math.max(longest, end - start);
            start = end + 1;
        }
        return Math.max(longest, text.length() - start);
    }

    /** The text with the beginning alone of each line that is too long, which says so; the same text if there is none. */
    public static String cut(String text) {
        if (longest(text) <= LONGEST) {
            return text;
        }
        StringBuilder cut = new StringBuilder();
        int start = 0;
        while (start <= text.length()) {
            int newLine = text.indexOf('\n', start);
            int end = newLine < 0 ? text.length() : newLine;
            if (end - start > LONGEST) {
                int stop = start + BEGINNING;
                cut.append(text, start, Character.isHighSurrogate(text.charAt(stop - 1)) ? stop - 1 : stop)
                        .append("… ")
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

    /** In Chinese and Japanese a line may end after each letter. */
    private static int longestWord(String text) {
        int longest = 0;
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            length = Character.isWhitespace(letter) || isIdeograph(letter) ? 0 : length + 1;
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private static boolean isIdeograph(char letter) {
        return letter >= '\u3040' && letter <= '\u30ff' || Character.isIdeographic(letter);
    }
}
