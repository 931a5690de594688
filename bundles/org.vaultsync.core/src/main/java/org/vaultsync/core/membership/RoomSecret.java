// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;

/**
 * Seals the secret of a room from one device to another, or to itself: AES-256-GCM under a key that only the two can compute, the room
 * as associated data. Sealed is 12 bytes of nonce and the ciphertext with its tag.
 */
public final class RoomSecret {
    private static final int NONCE = 12;
    static final int LENGTH = 32;

    private RoomSecret() {}

    /** 32 random bytes. */
    static byte[] fresh(DeviceKey author) {
        return author.random(LENGTH);
    }

    /** @throws GeneralSecurityException if the recipient's key is no key */
    public static byte[] seal(byte[] secret, DeviceKey author, byte[] recipient, RoomId room)
            throws GeneralSecurityException {
        byte[] nonce = author.random(NONCE);
        byte[] sealed =
                cipher(Cipher.ENCRYPT_MODE, author, recipient, room, nonce).doFinal(secret);
        byte[] all = Arrays.copyOf(nonce, NONCE + sealed.length);
        System.arraycopy(sealed, 0, all, NONCE, sealed.length);
        return all;
    }

    /** Empty if it was not sealed by that author for this device and room. */
    public static Optional<byte[]> open(byte[] sealed, DeviceKey self, byte[] author, RoomId room) {
        if (sealed.length <= NONCE) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, self, author, room, Arrays.copyOf(sealed, NONCE))
                    .doFinal(sealed, NONCE, sealed.length - NONCE));
        } catch (GeneralSecurityException notForUs) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, DeviceKey self, byte[] other, RoomId room, byte[] nonce)
            throws GeneralSecurityException {
        byte[] key = Knocks.hmac(self.agree(other), "vaultsync seal 1".getBytes(StandardCharsets.US_ASCII));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(room.hex().getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
