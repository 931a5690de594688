// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Identity;

/** The key that this device is known by: signs, is the TLS certificate, and agrees on secrets with other devices. */
public final class DeviceKey {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final String CURVE = "secp256r1";
    private static final EllipticCurve P256 = p256();

    private final PrivateKey secret;
    private final byte[] publicKey;
    private final Fingerprint fingerprint;
    private final SecureRandom random;

    private DeviceKey(PrivateKey secret, PublicKey publicKey, SecureRandom random) {
        this.random = random;
        this.secret = secret;
        this.publicKey = publicKey.getEncoded();
        fingerprint = Fingerprint.of(this.publicKey);
    }

    /**
     * Reads the key from a file that only its user can read, or makes one on the first start.
     *
     * @throws IOException if the file cannot be read or written, or holds no key
     */
    public static DeviceKey at(Path file) throws IOException {
        return new KeyFile(file, new SecureRandom()).open(Optional.empty());
    }

    static DeviceKey make(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE), random);
        KeyPair pair = generator.generateKeyPair();
        return new DeviceKey(pair.getPrivate(), pair.getPublic(), random);
    }

    /**
     * Of its encodings.
     *
     * @param secret PKCS 8
     * @param publicKey SubjectPublicKeyInfo
     */
    static DeviceKey of(byte[] secret, byte[] publicKey, SecureRandom random) throws GeneralSecurityException {
        KeyFactory keys = KeyFactory.getInstance("EC");
        return new DeviceKey(
                keys.generatePrivate(new PKCS8EncodedKeySpec(secret)),
                keys.generatePublic(new X509EncodedKeySpec(publicKey)),
                random);
    }

    /** In PKCS 8. */
    byte[] secret() {
        return secret.getEncoded();
    }

    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /** DER of the SubjectPublicKeyInfo. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Bytes by chance. */
    public byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** ECDSA over SHA-256, in DER. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(SIGNATURE);
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the signature was made by the key, which may come from anybody. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        try {
            Signature check = Signature.getInstance(SIGNATURE);
            check.initVerify(parse(publicKey));
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException refused) {
            return false;
        }
    }

    /** 32 bytes that only this device and the holder of the other key can compute. */
    public byte[] agree(byte[] otherPublicKey) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(secret);
        agreement.doPhase(parse(otherPublicKey), true);
        return agreement.generateSecret();
    }

    /** Whether a device could have this key, which may come from anybody: one of P-256. */
    public static boolean isKey(byte[] publicKey) {
        try {
            return parse(publicKey) instanceof ECPublicKey key
                    && key.getParams().getCurve().equals(P256)
                    && isOnCurve(key.getW().getAffineX(), key.getW().getAffineY());
        } catch (GeneralSecurityException refused) {
            return false;
        }
    }

    private static boolean isOnCurve(BigInteger x, BigInteger y) {
        BigInteger prime = ((ECFieldFp) P256.getField()).getP();
        BigInteger right = x.pow(3).add(P256.getA().multiply(x)).add(P256.getB());
        return y.multiply(y).subtract(right).mod(prime).signum() == 0;
    }

    private static EllipticCurve p256() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(CURVE));
            return parameters.getParameterSpec(ECParameterSpec.class).getCurve();
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static PublicKey parse(byte[] publicKey) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey));
    }

    /** The key and a certificate that it signs for itself; nobody looks at the certificate's name and dates. */
    public Identity identity() {
        try {
            X500Principal name = new X500Principal("CN=Vault Sync device");
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name,
                                    new BigInteger(64, random).add(BigInteger.ONE),
                                    Date.from(Instant.parse("2000-01-01T00:00:00Z")),
                                    Date.from(Instant.parse("2999-12-31T00:00:00Z")),
                                    name,
                                    parse(publicKey))
                            .build(new JcaContentSignerBuilder(SIGNATURE).build(secret)));
            return new Identity(secret, certificate);
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
