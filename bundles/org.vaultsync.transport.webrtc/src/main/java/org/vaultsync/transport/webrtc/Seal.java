// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What follows from the secret of a rendezvous: under which topics two devices look for each other, and how they write there. */
final class Seal {
    private static final int IV = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secret;
    private final SecretKeySpec key;

    Seal(byte[] secret) {
        this.secret = secret.clone();
        key = new SecretKeySpec(hmac("vaultsync signal 1"), "AES");
    }

    private byte[] hmac(String label, byte... rest) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(label.getBytes(StandardCharsets.US_ASCII));
            return mac.doFinal(rest);
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** Names the rendezvous to both, without giving it away. */
    byte[] name() {
        return hmac("vaultsync place 1");
    }

    /** The topic of a day, in days since 1970-01-01 UTC. */
    String topic(long day) {
        byte[] whole = hmac(
                "vaultsync topic 1",
                ByteBuffer.allocate(Long.BYTES).putLong(day).array());
        return HexFormat.of().formatHex(whole, 0, 16);
    }

    /** The topics that are listened to on a day: clocks differ, and a day ends somewhere first. */
    Set<String> topics(long day) {
        Set<String> topics = new LinkedHashSet<>();
        for (long each = day - 1; each <= day + 1; each++) {
            topics.add(topic(each));
        }
        return topics;
    }

    String close(String topic, ObjectNode message) {
        byte[] iv = new byte[IV];
        RANDOM.nextBytes(iv);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, iv, topic)
                    .doFinal(Json.write(message).getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(iv, IV + sealed.length);
            System.arraycopy(sealed, 0, all, IV, sealed.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** Empty if it was not sealed by the other one, for this topic. */
    Optional<ObjectNode> open(String topic, String text) {
        try {
            byte[] all = Base64.getDecoder().decode(text);
            if (all.length < IV) {
                return Optional.empty();
            }
            byte[] opened =
                    cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, IV), topic).doFinal(all, IV, all.length - IV);
            return Json.read(new String(opened, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException another) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] iv, String topic) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(topic.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
