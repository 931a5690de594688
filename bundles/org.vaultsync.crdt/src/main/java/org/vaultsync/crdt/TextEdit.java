// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

/**
 * A piece of a text taken out and another put in its place. Offsets are UTF-16 units and never inside of a surrogate pair.
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
}
