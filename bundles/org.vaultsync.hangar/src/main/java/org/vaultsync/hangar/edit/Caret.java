// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

/** Where a caret belongs after somebody else changed the text that it is in. */
public final class Caret {
    private Caret() {}

    /** The place in the new text that a place in the old one has become. */
    public static int moved(String before, String after, int place) {
        int shorter = Math.min(before.length(), after.length());
        int same = 0;
        while (same < shorter && before.charAt(same) == after.charAt(same)) {
            same++;
        }
        if (place <= same) {
            return place;
        }
        int end = 0;
        while (end < shorter - same
                && before.charAt(before.length() - 1 - end) == after.charAt(after.length() - 1 - end)) {
            end++;
        }
        if (place >= before.length() - end) {
            return place + after.length() - before.length();
        }
        return Math.min(place, after.length() - end);
    }
}
