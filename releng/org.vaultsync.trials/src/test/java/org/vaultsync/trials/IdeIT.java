// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** An Eclipse IDE that has never heard of sync: it comes by Help > Install New Software, as people install it, and goes again. */
class IdeIT {
    private static final Path ROOT = Path.of(System.getProperty("root"));
    private static final Path IDE = ROOT.resolve(
            "releng/org.vaultsync.ide.product/target/products/org.vaultsync.ide.product/linux/gtk/x86_64/eclipse");
    private static final Path PICTURES = ROOT.resolve("releng/org.vaultsync.trials/target/pictures");

    /** The exit codes with which Eclipse wants to be started again: as before, or with other arguments. */
    private static final Set<Integer> RESTART = Set.of(23, 24);

    /** Where what a bundle brings is seen in an IDE. */
    private static final List<String> SEEN = List.of(
            "org.eclipse.ui.views",
            "org.eclipse.ui.preferencePages",
            "org.eclipse.ui.propertyPages",
            "org.eclipse.ui.newWizards",
            "org.eclipse.ui.importWizards",
            "org.eclipse.ui.exportWizards",
            "org.eclipse.ui.perspectives",
            "org.eclipse.ui.perspectiveExtensions",
            "org.eclipse.ui.editors",
            "org.eclipse.ui.actionSets",
            "org.eclipse.ui.popupMenus",
            "org.eclipse.ui.menus");

    @TempDir
    Path folder;

    @Test
    void syncComesByTheWizardAndGoes() throws IOException {
        assumeTrue(Files.isDirectory(IDE), "the IDE is put together for Linux alone");
        Files.createDirectories(PICTURES);
        Built built = Built.in(ROOT);
        Installation ide = Installation.copy(new Built(IDE, built.site(), built.robot()), folder.resolve("eclipse"));
        Path workspace = folder.resolve("workspace");

        Set<String> before;
        List<String> menus;
        try (HostDriver host = ide.startAlone(workspace)) {
            assertEquals("absent", host.bundle("org.vaultsync.api"));
            before = seen(host);
            menus = host.menus();
            installByWizard(host, built.site());
            int code = host.await();
            assertTrue(RESTART.contains(code), () -> "exit code " + code);
        }

        try (HostDriver host = ide.startAlone(workspace)) {
            assertEquals("active", host.bundle("org.vaultsync.core"));
            Set<String> added = seen(host);
            added.removeAll(before);
            assertEquals(
                    Set.of("org.vaultsync.ui"),
                    added.stream().map(line -> line.split(" ")[0]).collect(Collectors.toSet()),
                    added::toString);
            assertEquals(menus, host.menus());
            host.view("org.vaultsync.ui.peers");
            host.waitText("Share with a friend", Pair.SOON);
            picture(host, "peers");
            for (String page : List.of("Sync", "Types", "Network", "Device Key")) {
                preferences(host, page);
            }
            host.quit();
        }

        ide.uninstallSync();
        try (HostDriver host = ide.startAlone(workspace)) {
            assertEquals("absent", host.bundle("org.vaultsync.core"));
            assertEquals(before, seen(host));
            assertEquals(menus, host.menus());
            host.quit();
        }
    }

    private static void installByWizard(HostDriver host, Path site) {
        host.menu("Help/Install New Software");
        host.waitDialog("Install", Pair.SOON);
        host.click("Add");
        host.waitDialog("Add Repository", Pair.SOON);
        host.type("Name:", "Vault Sync");
        host.type("Location:", site.toUri().toString());
        picture(host, "add-repository");
        host.click("Add");
        host.waitDialog("Install", Pair.SOON);
        host.waitRow("Vault Sync across networks", Pair.SOON);
        host.unfold("Vault Sync");
        host.tick("Vault Sync");
        picture(host, "available-software");
        host.send("wait-enabled", "Next >", Pair.SOON.toMillis());
        host.click("Next >");
        host.waitText("Install Details", Pair.SOON);
        picture(host, "install-details");
        host.click("Next >");
        host.waitText("Review Licenses", Pair.SOON);
        host.click("I accept the terms of the license agreements");
        picture(host, "licenses");
        host.send("wait-enabled", "Finish", Pair.SOON.toMillis());
        host.click("Finish");
        host.waitDialog("Trust Artifacts", Pair.SOON);
        host.waitText("Do you trust unsigned content of unknown origin?", Pair.SOON);
        host.click("Select All");
        picture(host, "trust");
        host.click("Trust Selected");
        host.waitDialog("Software Updates", Pair.SOON);
        picture(host, "restart");
        host.click("Restart Now");
    }

    private static void preferences(HostDriver host, String page) {
        host.command("org.eclipse.ui.window.preferences");
        host.waitDialog("Preferences", Pair.SOON);
        host.unfold("Sync");
        host.select(page);
        picture(host, "preferences-" + page);
        host.click("Cancel");
    }

    /** What bundles bring that is seen, a line each: the bundle, the kind and the id. */
    private static Set<String> seen(HostDriver host) {
        Set<String> seen = new TreeSet<>();
        for (String kind : SEEN) {
            host.contributions(kind).forEach(line -> seen.add(line.replaceFirst(" ", " " + kind + " ")));
        }
        return seen;
    }

    private static void picture(HostDriver host, String name) {
        host.screenshot(PICTURES.resolve("ide-" + name + ".png"));
    }
}
