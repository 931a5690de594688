// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

/**
 * Which texts a toolkit wraps at once. It tries every place of a word that has none to break it: one of 40,000 letters
 * takes four seconds each time that it is laid out, and one of 120,000 ten times that.
 */
public final class Wrapping {
    /** More letters in one word are not shown. */
    public static final int LONGEST_WORD = 2_000;

    /** More characters in one line are not shown. */
    public static final int LONGEST_LINE = 100_000;

    private static final int BEGINNING = 1_000;

    private Wrapping() {}

    public static boolean isQuick(String text) {
        return longestWord(text) <= LONGEST_WORD && longestLine(text) <= LONGEST_LINE;
    }

    /** The beginning of a text, in place of one that is not wrapped at once. */
    public static String beginning(String text) {
        if (text.length() <= BEGINNING) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(BEGINNING - 1)) ? BEGINNING - 1 : BEGINNING;
        return text.substring(0, end) + "…";
    }

    /** How many characters the longest line has. */
    public static int longestLine(String text) {
        int longest = 0;
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            longest = Math.max(longest, end - start);
            start = end + 1;
        }
        return Math.max(longest, text.length() - start);
    }

    /** How many letters the longest word has. In Chinese and Japanese a line may end after each letter. */
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
}
