// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.HexFormat;

/** Names of members as they stand in documents: those that would be mistaken there begin with a $. */
final class Keys {
    private Keys() {}

    static String escape(String name) {
        if (hasHalfPair(name)) {
            return "$~" + units(name);
        }
        return name.startsWith("$") || name.equals("__proto__") ? "$" + name : name;
    }

    /** Whether a text has half a surrogate pair somewhere, which UTF-8 cannot hold. */
    static boolean hasHalfPair(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                return true;
            }
        }
        return false;
    }

    /** Four hexadecimal digits for each UTF-16 unit. */
    static String units(String text) {
        StringBuilder digits = new StringBuilder(text.length() * 4);
        for (int i = 0; i < text.length(); i++) {
            digits.append(HexFormat.of().toHexDigits(text.charAt(i)));
        }
        return digits.toString();
    }
}
