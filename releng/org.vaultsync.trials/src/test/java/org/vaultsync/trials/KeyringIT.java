// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;
import org.vaultsync.transport.contract.Lack;

/** Where the device key is, with a real gnome-keyring that works, is locked, is not there, or does not answer. */
class KeyringIT {
    private static final String READY = "Share with a friend";
    /** The bus lets a question wait for 25 s. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A window that asks the bus itself would wait for several times as long. */
    private static final Duration FREEZE = Duration.ofSeconds(5);

    private static final String KEY_FILE = ".metadata/.plugins/org.vaultsync.core/device.key";

    @TempDir
    static Path folder;

    private static Installation hangar;

    @TempDir
    private Path place;

    private DesktopKeyring keyring;
    private Path workspace;

    @BeforeAll
    static void install() throws IOException {
        if (!DesktopKeyring.isInstalled()) {
            throw Lack.of("gnome-keyring or dbus-daemon is missing");
        }
        hangar = Installation.withSync(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
    }

    @BeforeEach
    void open() throws IOException {
        keyring = DesktopKeyring.at(place.resolve("home"));
        workspace = place.resolve("workspace");
    }

    @AfterEach
    void close() throws IOException {
        keyring.close();
    }

    private HostDriver start() throws IOException {
        HostDriver host = hangar.startIn(keyring.environment(), workspace, keyring.vmArgument());
        host.view("org.vaultsync.ui.peers");
        return host;
    }

    private List<String> keyFile() throws IOException {
        return Files.readAllLines(workspace.resolve(KEY_FILE));
    }

    /** Waits until the key takes the keyring to be read. */
    private void wrapped() throws IOException {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); keyFile().size() != 3; ) {
            assertTrue(System.nanoTime() < end, "the key is not wrapped");
            LockSupport.parkNanos(100_000_000);
        }
        assertEquals("wrapped 1", keyFile().getFirst());
    }

    @Test
    void aKeyringLocksTheKeyAndWhileItIsLockedOrGoneThatIsSaid() throws IOException {
        keyring.unlock();
        try (HostDriver host = start()) {
            host.waitText(READY, PATIENCE);
            wrapped();
            host.quit();
        }
        List<String> before = keyFile();
        keyring.lock();
        try (HostDriver host = start()) {
            host.waitText("The key of this device is locked by The keyring of the desktop", PATIENCE);
            equinoxWasNotAsked(host);
            keyring.unlock();
            host.waitText(READY, PATIENCE);
            host.quit();
        }
        keyring.remove();
        try (HostDriver host = start()) {
            host.waitText("The key of this device is locked by ", PATIENCE);
            host.waitText("To go on without it, move ", PATIENCE);
            host.quit();
        }
        assertEquals(before, keyFile());
    }

    @Test
    void aKeyringThatIsLockedWhenTheKeyIsMadeIsNotWaitedFor() throws IOException {
        keyring.unlock();
        keyring.lock();
        try (HostDriver host = start()) {
            host.watch();
            host.waitText(READY, PATIENCE);
            host.open("Anvil AV-3");
            host.click("Not shared");
            host.waitDialog("Room", PATIENCE);
            host.type("Name:", "Friday evening");
            host.click("Create");
            host.waitDialog("Invite", PATIENCE);
            host.click("Close");
            host.waitText("nobody else is in the room yet", PATIENCE);
            assertTrue(host.watched().ofSync().compareTo(FREEZE) < 0, "the window waited for the keyring");
            keptIn(host, "The key is kept in a file that only you can read.");
            equinoxWasNotAsked(host);
            host.quit();
        }
        assertEquals(2, keyFile().size());
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(workspace.resolve(KEY_FILE)));

        // It is open at the next start, which the key then takes to be read.
        keyring.unlock();
        try (HostDriver host = start()) {
            host.waitText("Friday evening", PATIENCE);
            wrapped();
            keptIn(host, "The key is kept in a file that can only be read with the keyring of this computer.");
            host.quit();
        }
    }

    /** While the keyring is locked that may crash the process. */
    private static void equinoxWasNotAsked(HostDriver host) throws IOException {
        String log = Files.readString(host.log());
        assertTrue(log.contains("it is locked"), log);
        assertFalse(log.contains("No password was found"), log);
    }

    /** Says the preference page, and the doctor that nobody else reads it. */
    private static void keptIn(HostDriver host, String sentence) {
        host.command("org.eclipse.ui.window.preferences", "preferencePageId=org.vaultsync.ui.preferences.key");
        host.waitText(sentence, PATIENCE);
        host.click("Cancel");
        host.command("org.vaultsync.ui.diagnose");
        host.waitText("The device key is there, and nobody else can read it.", PATIENCE);
        host.click("Close");
    }

    @Test
    void withoutAKeyringTheKeyIsInItsFileAlone() throws IOException {
        try (HostDriver host = start()) {
            host.waitText(READY, PATIENCE);
            host.quit();
        }
        assertEquals(2, keyFile().size());
    }

    @Test
    void nobodyWaitsForAKeyringThatDoesNotAnswer() throws IOException {
        keyring.hang();
        try (HostDriver host = start()) {
            host.waitText(READY, PATIENCE);
            host.open("Anvil AV-3");
            assertEquals(2, keyFile().size());
            host.quit();
        }
        assertEquals(2, keyFile().size());
    }
}
