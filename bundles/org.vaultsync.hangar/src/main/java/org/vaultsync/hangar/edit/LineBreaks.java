// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

/** The ends of lines: one character in a value, and two in a widget on Windows. */
public final class LineBreaks {
    private LineBreaks() {}

    /** A value as a widget shows it, so that both can be compared and places in them are the same. */
    public static String shown(String value, String delimiter) {
        return read(value).replace("\n", delimiter);
    }

    /** What stands in a widget, as a value. */
    public static String read(String shown) {
        return shown.replace("\r\n", "\n");
    }
}
