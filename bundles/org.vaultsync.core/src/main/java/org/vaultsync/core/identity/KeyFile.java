// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.vaultsync.Fingerprint;
import org.vaultsync.keyring.Keyring;

/**
 * Where the device key is kept: a file that only its user can read. Plain, it is two lines, the secret and the public
 * key; wrapped, a line that says so, the secret under AES-GCM with a key that the keyring keeps, and the public key.
 */
public final class KeyFile {
    /** The keyring cannot be asked now; the message is for people. */
    public static final class Locked extends IOException {
        private static final long serialVersionUID = 1;

        Locked(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }

    private static final String WRAPPED = "wrapped 1";
    private static final int IV = 12;
    private static final int TAG_BITS = 128;

    private final Path file;
    private final SecureRandom random;

    public KeyFile(Path file, SecureRandom random) {
        this.file = file;
        this.random = random;
    }

    /**
     * Reads the key, or makes one on the first start.
     *
     * @throws Locked if the keyring that it takes is missing, locked or fails
     * @throws IOException if the file cannot be read or written, or holds no key
     */
    public DeviceKey open(Optional<Keyring> keyring) throws IOException {
        try {
            if (!Files.exists(file)) {
                DeviceKey made = DeviceKey.make(random);
                write(plain(made));
                return made;
            }
            List<String> lines = Files.readAllLines(file);
            Base64.Decoder base64 = Base64.getDecoder();
            if (lines.size() == 3 && lines.getFirst().equals(WRAPPED)) {
                byte[] publicKey = base64.decode(lines.get(2));
                byte[] wrapping = wrapping(Fingerprint.of(publicKey), keyring);
                return DeviceKey.of(unwrapped(base64.decode(lines.get(1)), wrapping), publicKey, random);
            }
            if (lines.size() != 2) {
                throw new IllegalArgumentException("two lines expected");
            }
            return DeviceKey.of(base64.decode(lines.get(0)), base64.decode(lines.get(1)), random);
        } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
            throw new IOException(
                    "The device key in " + file + " is damaged. Put back a copy of it, or move it away to become a new"
                            + " device that others must invite again.",
                    unreadable);
        }
    }

    /** Whether the key takes the keyring to be read. */
    public boolean isWrapped() throws IOException {
        return Files.exists(file) && Files.readAllLines(file).getFirst().equals(WRAPPED);
    }

    /**
     * Makes the key so that it takes the keyring to be read, if it does not yet. The file is changed only once the
     * keyring has given back what it was given.
     *
     * @throws IOException if the keyring or the file fails; the key stays as it was
     */
    public void wrap(Keyring keyring) throws IOException {
        if (isWrapped()) {
            return;
        }
        DeviceKey key = open(Optional.empty());
        byte[] wrapping = new byte[32];
        random.nextBytes(wrapping);
        String name = name(key.fingerprint());
        keyring.keep(name, wrapping);
        if (!keyring.read(name).map(kept -> Arrays.equals(kept, wrapping)).orElse(false)) {
            throw new IOException("It did not give back what it was to keep.");
        }
        Base64.Encoder base64 = Base64.getEncoder();
        try {
            write(String.join(
                    "\n",
                    WRAPPED,
                    base64.encodeToString(wrapped(key.secret(), wrapping)),
                    base64.encodeToString(key.publicKey()),
                    ""));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    private static String name(Fingerprint fingerprint) {
        return "device key " + fingerprint.hex();
    }

    private byte[] wrapping(Fingerprint fingerprint, Optional<Keyring> keyring) throws Locked {
        String choices = " To go on without it, move " + file
                + " away: this becomes a new device then, which others must" + " invite again.";
        if (keyring.isEmpty()) {
            throw new Locked(
                    "The key of this device is locked by the keyring of the computer, which is not there now."
                            + choices,
                    null);
        }
        try {
            return keyring.get()
                    .read(name(fingerprint))
                    .orElseThrow(() -> new Locked(
                            keyring.get().name() + " does not hold what the key of this device is locked with."
                                    + choices,
                            null));
        } catch (Locked asItIs) {
            throw asItIs;
        } catch (IOException locked) {
            throw new Locked(
                    "The key of this device is locked by " + keyring.get().name() + ". " + locked.getMessage()
                            + choices,
                    locked);
        }
    }

    private byte[] wrapped(byte[] secret, byte[] wrapping) throws GeneralSecurityException {
        byte[] iv = new byte[IV];
        random.nextBytes(iv);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(wrapping, "AES"), new GCMParameterSpec(TAG_BITS, iv));
        byte[] sealed = cipher.doFinal(secret);
        byte[] all = Arrays.copyOf(iv, IV + sealed.length);
        System.arraycopy(sealed, 0, all, IV, sealed.length);
        return all;
    }

    private static byte[] unwrapped(byte[] all, byte[] wrapping) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE, new SecretKeySpec(wrapping, "AES"), new GCMParameterSpec(TAG_BITS, all, 0, IV));
        return cipher.doFinal(all, IV, all.length - IV);
    }

    private static String plain(DeviceKey key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return base64.encodeToString(key.secret()) + "\n" + base64.encodeToString(key.publicKey()) + "\n";
    }

    private void write(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        // Not by the store of the file: where the root is no mount, as in a chroot, Java does not find that.
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        var onlyUser = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = posix ? FileChannel.open(fresh, options, onlyUser) : FileChannel.open(fresh, options)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
