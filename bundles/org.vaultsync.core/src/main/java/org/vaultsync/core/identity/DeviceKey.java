// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
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

    private final PrivateKey secret;
    private final byte[] publicKey;
    private final SecureRandom random;

    private DeviceKey(PrivateKey secret, PublicKey publicKey, SecureRandom random) {
        this.random = random;
        this.secret = secret;
        this.publicKey = publicKey.getEncoded();
    }

    /**
     * Reads the key from a file that only its user can read, or makes one on the first start.
     *
     * @throws IOException if the file cannot be read or written, or holds no key
     */
    public static DeviceKey at(Path file) throws IOException {
        return at(file, new SecureRandom());
    }

    /** As {@link #at(Path)}, with the source of what is drawn by chance. */
    public static DeviceKey at(Path file, SecureRandom random) throws IOException {
        try {
            return Files.exists(file) ? read(file, random) : create(file, random);
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IOException(
                    "The device key in " + file + " is damaged. Put back a copy of it, or move it away to become a new"
                            + " device that others must invite again.",
                    unreadable);
        }
    }

    private static DeviceKey read(Path file, SecureRandom random) throws IOException, GeneralSecurityException {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 2) {
            throw new IllegalArgumentException("two lines expected");
        }
        KeyFactory keys = KeyFactory.getInstance("EC");
        Base64.Decoder base64 = Base64.getDecoder();
        return new DeviceKey(
                keys.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(lines.get(0)))),
                keys.generatePublic(new X509EncodedKeySpec(base64.decode(lines.get(1)))),
                random);
    }

    private static DeviceKey create(Path file, SecureRandom random) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        KeyPair pair = generator.generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        String text = base64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                + base64.encodeToString(pair.getPublic().getEncoded()) + "\n";
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
        var onlyUser = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = posix ? FileChannel.open(fresh, options, onlyUser) : FileChannel.open(fresh, options)) {
            out.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return new DeviceKey(pair.getPrivate(), pair.getPublic(), random);
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(publicKey);
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
