// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.core.runtime.Platform;
import org.junit.jupiter.api.Test;
import org.osgi.framework.FrameworkUtil;
import org.vaultsync.keyring.Keyring;

/** The host of these tests was started with {@code -eclipse.password}: what Equinox keeps then is not in the keyring. */
class KeyringTest {
    @Test
    void whatAPasswordOnTheCommandLineLocksIsNotCalledKeptByTheKeyring() throws Exception {
        assertTrue(List.of(Platform.getCommandLineArgs()).contains("-eclipse.password"));
        Path log = Platform.getLogFileLocation().toPath();
        List<String> said = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("!MESSAGE keyring: "))
                .toList();
        assertEquals(
                List.of(
                        "!MESSAGE keyring: The keyring of the desktop: it is not used, because -eclipse.password names a password",
                        "!MESSAGE keyring: none of this system is used"),
                said);
        assertEquals(
                null,
                FrameworkUtil.getBundle(KeyringTest.class).getBundleContext().getServiceReference(Keyring.class));
    }
}
