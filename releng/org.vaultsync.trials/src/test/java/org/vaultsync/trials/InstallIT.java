// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** Hangar without sync, with it, and without it again, each time started and looked at. */
class InstallIT {
    private static final String UNIT = "Anvil AV-3";
    private static final String RENAMED = "Anvil of the night";

    @TempDir
    Path folder;

    @Test
    void syncComesAndGoesAndTheVaultStays() throws IOException {
        Installation hangar =
                Installation.copy(Built.in(Path.of(System.getProperty("root"))), folder.resolve("hangar"));
        Path workspace = folder.resolve("workspace");
        Set<String> items;

        try (HostDriver host = hangar.start(workspace)) {
            assertEquals("absent", host.bundle("org.vaultsync.core"));
            host.open(UNIT);
            host.type("Name", RENAMED);
            host.save();
            host.waitRow(RENAMED, Pair.SOON);
            assertNoSync(host);
            assertNeedsNothingOfAwt(host);
            items = Set.copyOf(host.send("vault-ids"));
            host.quit();
        }

        hangar.installSync();
        try (HostDriver host = hangar.start(workspace)) {
            assertEquals("active", host.bundle("org.vaultsync.core"));
            assertTrue(contributions(host).contains("org.vaultsync.ui org.vaultsync.ui.peers"));
            host.open(RENAMED);
            host.waitText("Not shared", Pair.SOON);
            host.view("org.vaultsync.ui.peers");
            host.waitText("Share with a friend", Pair.SOON);
            host.click("Not shared");
            host.waitDialog("Room", Pair.SOON);
            host.type("Name:", "Friday evening");
            host.click("Create");
            host.waitDialog("Invite", Pair.SOON);
            host.click("Close");
            host.waitText("Shared, but nobody else is in the room yet", Pair.SOON);
            host.quit();
        }

        hangar.uninstallSync();
        try (HostDriver host = hangar.start(workspace)) {
            assertEquals("absent", host.bundle("org.vaultsync.core"));
            host.waitRow(RENAMED, Pair.SOON);
            assertNoSync(host);
            host.open(RENAMED);
            assertEquals(RENAMED, host.get("Name"));
            assertNoSync(host);
            host.type("Year", "3071");
            host.save();
            assertTrue(host.send("vault-get", "sample-unit-anvil").get(1).contains("3071"));
            assertEquals(items, Set.copyOf(host.send("vault-ids")));
            host.quit();
        }
    }

    /** Neither the toggle nor a badge nor the view: not to be seen, and nobody brings them. */
    private static void assertNoSync(HostDriver host) {
        assertFalse(
                host.texts().stream()
                        .anyMatch(text ->
                                text.contains("hared") || text.contains("Peers") || text.contains("ould not create")),
                () -> "" + host.texts());
        assertEquals(List.of(), contributions(host));
        assertEquals(List.of("0"), host.send("services", "org.vaultsync.ui.SyncControls"));
    }

    /** On a desktop without Java the libraries of X that AWT has windows by may be missing, and Hangar would not start. */
    private static void assertNeedsNothingOfAwt(HostDriver host) throws IOException {
        Path libraries = Path.of("/proc/" + host.process().pid() + "/maps");
        if (Files.exists(libraries)) {
            assertFalse(Files.readString(libraries).contains("libawt_xawt"), "windows of AWT");
        }
    }

    /** What others than Hangar and the robot bring into the workbench. */
    private static List<String> contributions(HostDriver host) {
        return Stream.of("views", "decorators", "commands", "menus", "preferencePages")
                .flatMap(point -> host.contributions("org.eclipse.ui." + point).stream())
                .filter(each -> each.startsWith("org.vaultsync.ui"))
                .toList();
    }
}
