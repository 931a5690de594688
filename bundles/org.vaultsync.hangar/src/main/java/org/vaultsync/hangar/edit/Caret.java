// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import org.vaultsync.TextEdit;

/** Where a caret belongs after somebody else changed the text that it is in. */
public final class Caret {
    private Caret() {}

    /** The place in the new text that a place in the old one has become. */
    public static int moved(String before, String after, int place) {
        int moved = place;
        for (TextEdit edit : TextEdit.between(before, after)) {
            if (moved >= edit.at() + edit.count() && moved > edit.at()) {
                moved += edit.text().length() - edit.count();
            } else if (moved > edit.at()) {
                moved = edit.at() + Math.min(moved - edit.at(), edit.text().length());
            }
        }
        return moved;
    }
}
