// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.look;

import java.util.regex.Pattern;

/** How texts of items and failures are shown. */
public final class Failures {
    private static final Pattern ENDLESS = Pattern.compile("(\\S{200})\\S+");
    private static final int LONGEST_SHOWN = 4_000;

    private Failures() {}

    /** A text for a dialog or a title, which would take an ampersand for the mark of a shortcut. */
    public static String plain(String text) {
        return brief(text).replace("&", "&&");
    }

    /** A text without words of thousands of letters, as an item may be called: a label takes minutes to wrap one. */
    public static String brief(String text) {
        String shown = ENDLESS.matcher(text).replaceAll("$1…");
        return shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) + "…" : shown;
    }
}
