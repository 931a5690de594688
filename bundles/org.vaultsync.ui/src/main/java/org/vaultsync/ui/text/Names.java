// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.osgi.util.NLS;

/** What people may name a room or a device. */
public final class Names {
    /** In UTF-16 units, so that a name is never cut on its way to another device. */
    public static final int LONGEST = 64;

    private static final Pattern ENDLESS = Pattern.compile("(\\S{200})\\S+");
    private static final int LONGEST_SHOWN = 4_000;

    private Names() {}

    /**
     * A text with names in it, for a label or a title: there an ampersand would make a mnemonic and vanish, and a word of
     * thousands of letters, as somebody may have called an item, would take a label seconds to wrap.
     */
    public static String literal(String text) {
        String shown = ENDLESS.matcher(text).replaceAll("$1…");
        return (shown.length() > LONGEST_SHOWN ? shown.substring(0, LONGEST_SHOWN) + "…" : shown).replace("&", "&&");
    }

    /** What is wrong with a name as typed so far, in a sentence; nothing if it is a good name. */
    public static Optional<String> complaint(String typed) {
        String name = typed.strip();
        if (name.isEmpty()) {
            return Optional.of(Messages.nameMissing);
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            return Optional.of(Messages.nameControl);
        }
        if (name.length() > LONGEST) {
            return Optional.of(NLS.bind(Messages.nameLong, LONGEST, name.length()));
        }
        return Optional.empty();
    }
}
