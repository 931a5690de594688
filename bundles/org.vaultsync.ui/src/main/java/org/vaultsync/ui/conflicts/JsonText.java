// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import org.vaultsync.Conflict;
import org.vaultsync.ui.text.Messages;

/** JSON and JSON pointers as people like to read them. */
public final class JsonText {
    private JsonText() {}

    /** A single text without its quotation marks, everything else with line breaks and indentation. */
    public static String readable(String json) {
        String trimmed = json.strip();
        return trimmed.startsWith("\"") ? unquoted(trimmed) : indented(trimmed);
    }

    /** In one line, and no longer than that. */
    static String brief(String json, int longest) {
        if (json.isEmpty()) {
            return Messages.fieldGone;
        }
        String text =
                readable(json.length() > 200 ? json.substring(0, 200) : json).replaceAll("\\s+", " ");
        return text.length() > longest ? text.substring(0, longest) + "…" : text;
    }

    /** The field that a conflict is about. */
    static String field(Conflict conflict) {
        String path = path(conflict.field());
        return path.isEmpty() ? Messages.wholeItem : path;
    }

    private static String unquoted(String json) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < json.length() - 1; i++) {
            char letter = json.charAt(i);
            if (letter != '\\') {
                text.append(letter);
                continue;
            }
            char escaped = json.charAt(++i);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r', 'b', 'f' -> {}
                case 'u' -> {
                    if (i + 4 < json.length() && json.substring(i + 1, i + 5).matches("[0-9a-fA-F]{4}")) {
                        text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                        i += 4;
                    }
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    private static String indented(String json) {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char letter = json.charAt(i);
            if (quoted) {
                text.append(letter);
                if (letter == '\\' && i + 1 < json.length()) {
                    text.append(json.charAt(++i));
                } else if (letter == '"') {
                    quoted = false;
                }
                continue;
            }
            switch (letter) {
                case '"' -> {
                    quoted = true;
                    text.append(letter);
                }
                case '{', '[' -> {
                    text.append(letter);
                    int next = i + 1;
                    while (next < json.length() && Character.isWhitespace(json.charAt(next))) {
                        next++;
                    }
                    if (next < json.length() && (json.charAt(next) == '}' || json.charAt(next) == ']')) {
                        text.append(json.charAt(next));
                        i = next;
                    } else {
                        newLine(text, ++depth);
                    }
                }
                case '}', ']' -> {
                    newLine(text, --depth);
                    text.append(letter);
                }
                case ',' -> {
                    text.append(letter);
                    newLine(text, depth);
                }
                case ':' -> text.append(": ");
                default -> {
                    if (!Character.isWhitespace(letter)) {
                        text.append(letter);
                    }
                }
            }
        }
        return text.toString();
    }

    private static void newLine(StringBuilder text, int depth) {
        text.append('\n').append("  ".repeat(Math.max(0, depth)));
    }

    /** {@code /content/armor/0/points} as {@code armor › 0 › points}; empty for the whole item. */
    public static String path(String pointer) {
        String inner = pointer.replaceFirst("^/(content|meta)(?=/|$)", "");
        if (inner.isEmpty()) {
            return "";
        }
        return inner.substring(1).replace("/", " › ").replace("~1", "/").replace("~0", "~");
    }
}
