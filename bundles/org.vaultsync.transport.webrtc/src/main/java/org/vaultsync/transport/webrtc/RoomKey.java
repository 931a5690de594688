// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts what goes over a signaling server with the password of an open room, as y-webrtc does. */
final class RoomKey {
    private static final String ALGORITHM = "AES-GCM";
    private static final int ROUNDS = 100_000;
    private static final int IV = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** Takes some tens of milliseconds. */
    RoomKey(String password, String room) {
        try {
            // PBEKeySpec gives the characters of the password to the provider, which encodes them as UTF-8.
            byte[] bits = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(
                            new PBEKeySpec(password.toCharArray(), room.getBytes(StandardCharsets.UTF_8), ROUNDS, 256))
                    .getEncoded();
            key = new SecretKeySpec(bits, "AES");
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    String encrypt(JsonNode message) {
        byte[] iv = new byte[IV];
        random.nextBytes(iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
            byte[] sealed = cipher.doFinal(Any.write(message));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Any.writeString(out, ALGORITHM);
            Any.writeBytes(out, iv);
            Any.writeBytes(out, sealed);
            return Base64.getEncoder().encodeToString(out.toByteArray());
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** Empty if it was not encrypted with this key. */
    Optional<JsonNode> decrypt(String message) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getDecoder().decode(message));
            if (!Arrays.equals(Any.readBytes(in), ALGORITHM.getBytes(StandardCharsets.US_ASCII))) {
                return Optional.empty();
            }
            byte[] iv = Any.readBytes(in);
            byte[] sealed = Any.readBytes(in);
            if (iv.length != IV || in.hasRemaining()) {
                return Optional.empty();
            }
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
            return Optional.of(Any.read(ByteBuffer.wrap(cipher.doFinal(sealed))));
        } catch (GeneralSecurityException | IllegalArgumentException another) {
            return Optional.empty();
        }
    }
}
