// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.regex.Pattern;

/**
 * Names a room on this device; a private room on all of them.
 *
 * @param hex 32 lower-case hexadecimal digits, made at random with the room, or when an open room is entered
 */
public record RoomId(String hex) {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{32}");

    public RoomId {
        if (!DIGITS.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a room id: " + hex);
        }
    }

    @Override
    public String toString() {
        return hex.substring(0, 8);
    }
}
