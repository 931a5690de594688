// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The names of item files: good on every system, different for different ids even where case does not count, and
 * readable for usual ids. Lower-case letters, digits and hyphens stand for themselves, any other character is {@code _}
 * and its four hexadecimal digits; a name too long for some systems ends in a hash instead.
 */
final class FileName {
    static final String SUFFIX = ".json";

    private static final int LONGEST = 140;
    private static final int KEPT = 90;
    private static final String HASHED = "~";

    private FileName() {}

    static String of(String id) {
        StringBuilder name = new StringBuilder();
        for (char c : id.toCharArray()) {
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
                name.append(c);
            } else {
                escape(name, c);
            }
        }
        if (name.toString().matches("con|prn|aux|nul|com[0-9]|lpt[0-9]")) {
            char first = name.charAt(0);
            name.deleteCharAt(0);
            StringBuilder escaped = new StringBuilder();
            escape(escaped, first);
            name.insert(0, escaped);
        }
        if (name.length() > LONGEST) {
            name.setLength(KEPT);
            name.append(HASHED).append(hash(id));
        }
        return name + SUFFIX;
    }

    /** The id that a file is named after; empty if the name does not tell. */
    static Optional<String> id(String fileName) {
        if (!fileName.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_'
                    && i + 4 < name.length()
                    && name.substring(i + 1, i + 5).matches("[0-9a-f]{4}")) {
                id.append((char) HexFormat.fromHexDigits(name, i + 1, i + 5));
                i += 4;
            } else {
                id.append(c);
            }
        }
        return !id.isEmpty() && of(id.toString()).equals(fileName) ? Optional.of(id.toString()) : Optional.empty();
    }

    private static void escape(StringBuilder name, char c) {
        name.append('_').append(HexFormat.of().toHexDigits(c));
    }

    private static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_16BE));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException inEveryJava) {
            throw new IllegalStateException(inEveryJava);
        }
    }
}
