// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.keyring.Keyring;

/** The device key in its file, with a keyring that works, is absent, locked, forgetful or failing. */
class KeyFileTest {
    /** A keyring in memory that can be in any condition. */
    private static final class TestKeyring implements Keyring {
        private final Map<String, byte[]> kept = new HashMap<>();
        private boolean locked;
        private boolean forgetful;

        @Override
        public String name() {
            return "The test keyring";
        }

        @Override
        public Optional<byte[]> read(String name) throws IOException {
            if (locked) {
                throw new IOException("It is locked.");
            }
            return Optional.ofNullable(kept.get(name));
        }

        @Override
        public void keep(String name, byte[] secret) throws IOException {
            if (locked) {
                throw new IOException("It is locked.");
            }
            if (!forgetful) {
                kept.put(name, secret.clone());
            }
        }
    }

    @TempDir
    private Path folder;

    private final TestKeyring keyring = new TestKeyring();
    private Path path;
    private KeyFile file;

    @BeforeEach
    void place() {
        path = folder.resolve("home").resolve("device.key");
        file = new KeyFile(path, new SecureRandom());
    }

    private DeviceKey open(Optional<Keyring> with) throws IOException {
        return file.open(with);
    }

    @Test
    void theFileIsForItsUserOnlyPlainAndWrapped() throws Exception {
        open(Optional.empty());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        file.wrap(keyring);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void aWrappedKeyIsTheSameKeyAndTakesTheKeyring() throws Exception {
        DeviceKey made = open(Optional.empty());
        String plain = Files.readString(path);
        assertFalse(file.isWrapped());
        file.wrap(keyring);
        assertTrue(file.isWrapped());
        assertFalse(Files.readString(path).contains(plain.lines().findFirst().orElseThrow()));
        DeviceKey again = open(Optional.of(keyring));
        assertEquals(made.fingerprint(), again.fingerprint());
        byte[] message = {1, 2, 3};
        assertTrue(DeviceKey.verify(made.publicKey(), message, again.sign(message)));
    }

    @Test
    void aMissingKeyringIsSaidWithWhatToDoAndTheFileStays() throws Exception {
        open(Optional.empty());
        file.wrap(keyring);
        byte[] before = Files.readAllBytes(path);
        KeyFile.Locked absent = assertThrows(KeyFile.Locked.class, () -> open(Optional.empty()));
        assertTrue(absent.getMessage().contains("not there now"), absent.getMessage());
        assertTrue(absent.getMessage().contains("move " + path + " away"), absent.getMessage());
        keyring.locked = true;
        KeyFile.Locked locked = assertThrows(KeyFile.Locked.class, () -> open(Optional.of(keyring)));
        assertTrue(locked.getMessage().contains("It is locked."), locked.getMessage());
        keyring.locked = false;
        keyring.kept.clear();
        KeyFile.Locked emptied = assertThrows(KeyFile.Locked.class, () -> open(Optional.of(keyring)));
        assertTrue(emptied.getMessage().contains("does not hold"), emptied.getMessage());
        assertEquals(HexFormat.of().formatHex(before), HexFormat.of().formatHex(Files.readAllBytes(path)));
    }

    @Test
    void aKeyringThatFailsOrForgetsLeavesTheKeyAsItIs() throws Exception {
        DeviceKey made = open(Optional.empty());
        keyring.locked = true;
        assertThrows(IOException.class, () -> file.wrap(keyring));
        keyring.locked = false;
        keyring.forgetful = true;
        assertThrows(IOException.class, () -> file.wrap(keyring));
        assertFalse(file.isWrapped());
        assertEquals(made.fingerprint(), open(Optional.empty()).fingerprint());
    }

    @Test
    void anAlteredFileIsSaidToBeDamaged() throws Exception {
        open(Optional.empty());
        file.wrap(keyring);
        String text = Files.readString(path);
        int at = text.indexOf('\n') + 20;
        Files.writeString(path, text.substring(0, at) + (text.charAt(at) == 'A' ? 'B' : 'A') + text.substring(at + 1));
        IOException damaged = assertThrows(IOException.class, () -> open(Optional.of(keyring)));
        assertTrue(damaged.getMessage().contains("is damaged"), damaged.getMessage());
    }
}
