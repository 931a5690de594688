// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Knock;

/** Makes and checks {@link Knock}s under a secret that two devices share. */
public final class Knocks {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MARKED = 8; // of a nonce: from here on it follows from the bytes before

    private Knocks() {}

    /** A fresh knock. */
    public static Knock under(byte[] secret) {
        byte[] nonce = nonce();
        return new Knock(nonce, mac(secret, nonce));
    }

    /**
     * A fresh knock that its maker knows again. Two devices knock at each other under the same secret, so one that comes back to
     * where it came from would fit there.
     *
     * @param mark of the device that knocks, which nobody else knows
     */
    public static Knock under(byte[] secret, byte[] mark) {
        byte[] nonce = nonce();
        System.arraycopy(marked(nonce, mark), 0, nonce, MARKED, nonce.length - MARKED);
        return new Knock(nonce, mac(secret, nonce));
    }

    /** Whether a knock was made with the mark. */
    public static boolean isOf(Knock knock, byte[] mark) {
        byte[] nonce = knock.nonce();
        return Arrays.equals(Arrays.copyOfRange(nonce, MARKED, nonce.length), marked(nonce, mark));
    }

    private static byte[] marked(byte[] nonce, byte[] mark) {
        return Arrays.copyOf(
                hmac(mark, "vaultsync own knock 1".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(nonce, MARKED)),
                nonce.length - MARKED);
    }

    /** 16 random bytes. */
    public static byte[] nonce() {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        return nonce;
    }

    /** What a device announces to the other one of a pair. */
    public static byte[] token(byte[] secret, Fingerprint announcer, byte[] nonce) {
        byte[] label = "vaultsync announce 1".getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(hmac(secret, label, announcer.bytes(), nonce), 8);
    }

    /** Whether the knock was made under the secret. */
    public static boolean fits(Knock knock, byte[] secret) {
        return MessageDigest.isEqual(knock.mac(), mac(secret, knock.nonce()));
    }

    /** What two who share a secret find each other with where they cannot dial. */
    public static byte[] ofRendezvous(byte[] secret) {
        return hmac(secret, "vaultsync rendezvous 1".getBytes(StandardCharsets.US_ASCII));
    }

    /** The secret of an invite's token. */
    public static byte[] ofToken(String token) {
        return hmac(HexFormat.of().parseHex(token), "vaultsync invite 1".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] mac(byte[] secret, byte[] nonce) {
        return Arrays.copyOf(hmac(secret, "vaultsync knock 1".getBytes(StandardCharsets.US_ASCII), nonce), 16);
    }

    /** HMAC-SHA256 over the parts. */
    public static byte[] hmac(byte[] secret, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
