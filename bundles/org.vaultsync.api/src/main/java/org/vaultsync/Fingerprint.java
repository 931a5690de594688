// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What a device is known by: the SHA-256 of its public key.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Fingerprint(String hex) implements Comparable<Fingerprint> {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

    public Fingerprint {
        if (!DIGITS.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a fingerprint: " + hex);
        }
    }

    /**
     * Of a public key.
     *
     * @param subjectPublicKeyInfo its DER encoding
     */
    public static Fingerprint of(byte[] subjectPublicKeyInfo) {
        try {
            return new Fingerprint(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo)));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** The first 8 digits, for logs and small places. */
    public String brief() {
        return hex.substring(0, 8);
    }

    /** In groups of four digits, for people to compare. */
    public String grouped() {
        return hex.replaceAll("(.{4})(?=.)", "$1 ");
    }

    @Override
    public int compareTo(Fingerprint other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return brief();
    }
}
