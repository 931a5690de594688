// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a dialling device says before anything else, so that strangers are sent away without learning whom they called:
 * a fresh random number, and its keyed hash under a secret that only the two share. A transport carries it and does not
 * look inside.
 *
 * @param nonce 16 random bytes, never used twice
 * @param mac 16 bytes
 */
public record Knock(byte[] nonce, byte[] mac) {
    public Knock {
        if (nonce.length != 16 || mac.length != 16) {
            throw new IllegalArgumentException(
                    "a knock is 16 and 16 bytes, not " + nonce.length + " and " + mac.length);
        }
    }

    /** As 64 lower-case hexadecimal digits. */
    public String text() {
        return HexFormat.of().formatHex(nonce) + HexFormat.of().formatHex(mac);
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Knock parse(String text) {
        if (text.length() != 64) {
            throw new IllegalArgumentException("a knock has 64 digits, not " + text.length());
        }
        byte[] both = HexFormat.of().parseHex(text);
        return new Knock(Arrays.copyOf(both, 16), Arrays.copyOfRange(both, 16, 32));
    }
}
