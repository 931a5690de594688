// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.vaultsync.transport.Identity;

/**
 * How two devices prove their keys over a channel that is open, before anything else goes over it: both say their key and a
 * nonce, then both sign everything that tells this connection apart from any other.
 */
final class Proof {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final byte[] LABEL = "vaultsync webrtc 1".getBytes(StandardCharsets.US_ASCII);
    private static final int NONCE = 32;
    private static final int LONGEST_KEY = 256;
    private static final byte DIALLER = 1;
    private static final byte LISTENER = 2;

    private final Identity self;
    private final boolean dialler;
    private final byte[] place;
    private final byte[] ownCertificate;
    private final byte[] otherCertificate;
    private final byte[] ownNonce = new byte[NONCE];
    private Optional<ECPublicKey> other = Optional.empty();
    private byte[] otherNonce = {};

    /**
     * Of one side.
     *
     * @param place names the rendezvous
     * @param ownCertificate the hash of the DTLS certificate of this side, in hexadecimal digits with colons
     */
    Proof(Identity self, boolean dialler, byte[] place, String ownCertificate, String otherCertificate) {
        this.self = self;
        this.dialler = dialler;
        this.place = place;
        this.ownCertificate = HexFormat.ofDelimiter(":").parseHex(ownCertificate);
        this.otherCertificate = HexFormat.ofDelimiter(":").parseHex(otherCertificate);
        new SecureRandom().nextBytes(ownNonce);
    }

    private byte[] ownKey() {
        return self.certificate().getPublicKey().getEncoded();
    }

    /** What this side says first. */
    byte[] hello() {
        byte[] key = ownKey();
        return ByteBuffer.allocate(NONCE + key.length).put(ownNonce).put(key).array();
    }

    /**
     * Takes the other side's first word.
     *
     * @return the key that it says it has, as DER
     * @throws GeneralSecurityException if it holds no such key
     */
    byte[] heard(byte[] hello) throws GeneralSecurityException {
        if (hello.length <= NONCE || hello.length > NONCE + LONGEST_KEY) {
            throw new GeneralSecurityException("a hello of " + hello.length + " bytes");
        }
        otherNonce = Arrays.copyOf(hello, NONCE);
        PublicKey key = KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(Arrays.copyOfRange(hello, NONCE, hello.length)));
        if (!(key instanceof ECPublicKey elliptic)
                || !(self.certificate().getPublicKey() instanceof ECPublicKey own)
                || !elliptic.getParams().getCurve().equals(own.getParams().getCurve())) {
            throw new GeneralSecurityException("a key of another kind");
        }
        other = Optional.of(elliptic);
        return elliptic.getEncoded();
    }

    /** The signature of this side. */
    byte[] sign() throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURE);
        signature.initSign(self.key());
        signature.update(signed(dialler));
        return signature.sign();
    }

    /**
     * Checks the other side's signature.
     *
     * @throws GeneralSecurityException if it has not signed this, or with another key
     */
    void check(byte[] signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURE);
        signature.initVerify(other.orElseThrow(() -> new GeneralSecurityException("a signature before the hello")));
        signature.update(signed(!dialler));
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("a signature that does not fit");
        }
    }

    private byte[] signed(boolean byDialler) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(LABEL);
        all.write(byDialler ? DIALLER : LISTENER);
        byte[] theirs = other.orElseThrow().getEncoded();
        diallerFirst(all, ownKey(), theirs);
        diallerFirst(all, ownCertificate, otherCertificate);
        diallerFirst(all, ownNonce, otherNonce);
        all.writeBytes(place);
        return all.toByteArray();
    }

    private void diallerFirst(ByteArrayOutputStream all, byte[] own, byte[] others) {
        for (byte[] each : dialler ? new byte[][] {own, others} : new byte[][] {others, own}) {
            all.write(each.length >> 8);
            all.write(each.length);
            all.writeBytes(each);
        }
    }
}
