// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to one end of a connection, as it is trickled. It comes from the network and goes into native code, so all that
 * is not of that form is refused.
 *
 * @param mid the section of the description that it belongs to
 * @param index the number of that section
 */
record Candidate(String text, String mid, int index) {
    private static final Pattern FORM =
            Pattern.compile("candidate:[A-Za-z0-9+/]{1,32} [12] (?:udp|tcp|UDP|TCP) (\\d{1,10})"
                    + " ([0-9A-Za-z.:-]{1,255}) (\\d{1,5}) typ (host|srflx|prflx|relay)([ A-Za-z0-9.:+/_-]{0,400})");

    Candidate {
        Matcher form = FORM.matcher(text);
        if (!form.matches()
                || Long.parseLong(form.group(1)) > 0xffff_ffffL
                || Integer.parseInt(form.group(3)) > 65_535) {
            throw new IllegalArgumentException("not a candidate");
        }
        if (!mid.matches("[A-Za-z0-9_-]{0,16}") || index < 0 || index > 15) {
            throw new IllegalArgumentException("a candidate of no section");
        }
    }

    /** How it was found: {@code host}, {@code srflx}, {@code prflx} or {@code relay}. */
    String type() {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalStateException(text);
        }
        return form.group(4);
    }

    /** Whether it can be tried as it is; a browser hides its addresses behind names, and comes by itself. */
    boolean isNumeric() {
        Matcher form = FORM.matcher(text);
        return form.matches() && form.group(2).matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    }
}
