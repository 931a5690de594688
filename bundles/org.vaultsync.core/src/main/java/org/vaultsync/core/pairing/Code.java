// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.vaultsync.Fingerprint;
import org.vaultsync.core.identity.Sha256;

/**
 * The code that two people compare. Whoever dialled commits to its nonce before it sees the other's, so that somebody
 * between the two, who speaks to each with a key of its own, has one try in a million to make both screens show the same.
 */
record Code(Party dialler, Party listener) {
    private static final int CODES = 1_000_000;

    /** One of the two: its key, and what it calls itself. */
    record Party(Fingerprint fingerprint, String name) {}

    /** What the dialler says before anything else. */
    byte[] commitment(byte[] dialled) {
        return hash("vaultsync commit 1", dialled);
    }

    /** Six digits in two groups. */
    String of(byte[] dialled, byte[] listened) {
        long number =
                ByteBuffer.wrap(hash("vaultsync code 1", dialled, listened)).getLong() & Long.MAX_VALUE;
        int code = (int) (number % CODES);
        return String.format(Locale.ROOT, "%03d %03d", code / 1000, code % 1000);
    }

    private byte[] hash(String label, byte[]... nonces) {
        MessageDigest hash = Sha256.begin();
        hash.update(label.getBytes(StandardCharsets.US_ASCII));
        hash.update(dialler.fingerprint().bytes());
        hash.update(listener.fingerprint().bytes());
        for (byte[] nonce : nonces) {
            hash.update(nonce);
        }
        // The listener's name is not known when the dialler commits.
        name(hash, dialler.name());
        if (nonces.length > 1) {
            name(hash, listener.name());
        }
        return hash.digest();
    }

    private static void name(MessageDigest hash, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        hash.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
        hash.update(bytes);
    }
}
