// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.measure;

/**
 * How long the lines and words of a text are. To wrap a word of 40,000 letters takes GTK four seconds each time that it is laid out,
 * and ten times that for a word three times as long, since it tries every place of a word that has none to break it; a line that is not
 * wrapped takes it a second for a million characters.
 */
public final class TextSize {
    private static final int BEGINNING = 1_000;

    private TextSize() {}

    /** How many characters, in UTF-16 units, the longest line has. Lines end with a line feed. */
    public static int longestLine(String text) {
        int longest = 0;
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            longest = Math.max(longest, end - start);
            start = end + 1;
        }
        return Math.max(longest, text.length() - start);
    }

    /**
     * How many letters, in UTF-16 units, the longest word has, which is what stands between white space. In Chinese and Japanese a line
     * may end after each letter.
     */
    public static int longestWord(String text) {
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

    /** The first thousand characters and an ellipsis, in place of a text that is too long to be shown; a shorter one as it is. */
    public static String beginning(String text) {
        if (text.length() <= BEGINNING) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(BEGINNING - 1)) ? BEGINNING - 1 : BEGINNING;
        return text.substring(0, end) + "…";
    }
}
