// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Identity;

/** Makes devices for tests, with the certificate written out by hand. */
public final class Identities {
    private static final String ECDSA_SHA256 = "300a06082a8648ce3d040302";
    private static final String RSA_SHA256 = "300d06092a864886f70d01010b0500";
    private static final String LONG_OVER = "3020170d3031303130313030303030305a180f32303032303130313030303030305a";

    private Identities() {}

    /** With a certificate that expired long ago and names nobody: only its key counts. */
    public static Identity make() {
        return make("EC", new ECGenParameterSpec("secp256r1"), "SHA256withECDSA", ECDSA_SHA256);
    }

    public static Identity makeP384() {
        return make("EC", new ECGenParameterSpec("secp384r1"), "SHA256withECDSA", ECDSA_SHA256);
    }

    public static Identity makeRsa() {
        return make("RSA", null, "SHA256withRSA", RSA_SHA256);
    }

    public static Fingerprint fingerprint(Identity identity) {
        return Fingerprint.of(identity.certificate().getPublicKey().getEncoded());
    }

    private static Identity make(String algorithm, ECGenParameterSpec curve, String signing, String signingId) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (curve != null) {
                generator.initialize(curve);
            }
            KeyPair keys = generator.generateKeyPair();
            byte[] name =
                    der(0x30, der(0x31, der(0x30, hex("0603550403"), der(0x0c, "x".getBytes(StandardCharsets.UTF_8)))));
            byte[] signed = der(
                    0x30,
                    hex("a003020102"),
                    der(0x02, BigInteger.valueOf(System.nanoTime()).toByteArray()),
                    hex(signingId),
                    name,
                    hex(LONG_OVER),
                    name,
                    keys.getPublic().getEncoded());
            Signature signature = Signature.getInstance(signing);
            signature.initSign(keys.getPrivate());
            signature.update(signed);
            byte[] certificate = der(0x30, signed, hex(signingId), der(0x03, new byte[1], signature.sign()));
            return new Identity(keys.getPrivate(), (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate)));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        if (content.size() < 128) {
            whole.write(content.size());
        } else {
            whole.write(0x82);
            whole.write(content.size() >> 8);
            whole.write(content.size());
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
