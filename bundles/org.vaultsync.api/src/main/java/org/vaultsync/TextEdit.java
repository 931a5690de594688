// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;

/**
 * A piece of a text taken out and another put in its place. Offsets are UTF-16 units, and are not put inside of a surrogate
 * pair by what is made here.
 *
 * @param at where it begins
 * @param count how many units are taken out
 * @param text what is put in
 */
public record TextEdit(int at, int count, String text) {
    public TextEdit {
        if (at < 0 || count < 0) {
            throw new IllegalArgumentException("no edit of a text: at " + at + ", " + count + " units");
        }
    }

    /** The text after it. */
    public String in(String before) {
        return before.substring(0, at) + text + before.substring(at + count);
    }

    /** What makes one text of another, word by word: edits to be done in this order, each in what the one before has left. */
    public static List<TextEdit> between(String before, String after) {
        return TextChange.between(before, after).edits();
    }

    /**
     * Brings what others did to a text into an editor in which a person has changed it too and has not saved yet. It is put
     * between and behind what the person typed, and both stand; where both put something in at one place, that of the others
     * stands first. From then on {@code theirs} is what the editor started from, and its next save an edit of that.
     *
     * @param base what the editor started from
     * @param mine what the person made of that
     * @param theirs what the text is in the vault now
     * @return what is to be done to {@code mine}, in this order, each in what the one before has left
     */
    public static List<TextEdit> pull(String base, String mine, String theirs) {
        return TextChange.between(base, theirs)
                .after(TextChange.between(base, mine), false)
                .edits();
    }

    /** The text after all of them, one after the other. */
    public static String all(List<TextEdit> edits, String before) {
        String text = before;
        for (TextEdit edit : edits) {
            text = edit.in(text);
        }
        return text;
    }
}
