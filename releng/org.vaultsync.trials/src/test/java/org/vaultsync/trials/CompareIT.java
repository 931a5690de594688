// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** A host without the compare editor of the platform, and then with it. */
class CompareIT {
    private static final Path ROOT = Path.of(System.getProperty("root"));
    private static final Path IDE = ROOT.resolve(
            "releng/org.vaultsync.ide.product/target/products/org.vaultsync.ide.product/linux/gtk/x86_64/eclipse");
    private static final Path PICTURES = ROOT.resolve("releng/org.vaultsync.trials/target/pictures");
    private static final List<String> SHADES = List.of("light", "dark");
    private static final String ANVIL = "Anvil AV-3";
    private static final String ROOM = "Friday evening";

    @TempDir
    Path folder;

    @Test
    void versionsAreShownInTheCompareEditorWhereTheHostHasIt() throws IOException {
        assumeTrue(Files.isDirectory(IDE), "an IDE is put together for Linux alone");
        Files.createDirectories(PICTURES);
        Installation hangar = Installation.withSync(Built.in(ROOT), folder.resolve("hangar"));
        try (HostDriver host = hangar.start(folder.resolve("workspace"))) {
            assertEquals("absent", host.bundle("org.eclipse.compare"));
            share(host);
            history(host);
            assertFalse(host.texts().contains("Compare in Editor"), () -> "" + host.texts());
            host.click("Close");
            host.quit();
        }

        hangar.install(Installation.COMPARE, IDE);
        try (Pair pair = Pair.start(hangar, folder.resolve("pair"))) {
            HostDriver a = pair.a;
            HostDriver b = pair.b;
            pair.join(pair.share(ANVIL, ROOM));
            b.waitRow(ANVIL, SOON);
            b.open(ANVIL);
            a.waitText("1 of 1 has ", SOON);
            a.type("Year", "3071");
            a.save();
            b.waitField("Year", "3071", SOON);
            for (String shade : SHADES) {
                a.theme(shade);
                a.open(ANVIL);
                versionsInTheEditor(a, shade);
            }
            a.open(ANVIL);
            sidesOfAConflictInTheDialog(a, b);
            pair.quit();
        }
    }

    private static void versionsInTheEditor(HostDriver host, String shade) {
        history(host);
        host.screenshot(PICTURES.resolve("compare-history-" + shade + ".png"));
        host.click("Compare in Editor");
        host.waitText("\"year\": 3071", SOON);
        host.waitText("\"year\": 3063", SOON);
        host.screenshot(PICTURES.resolve("compare-editor-" + shade + ".png"));
        assertTrue(
                host.texts().stream().anyMatch(text -> text.contains("History of " + ANVIL)), () -> "" + host.texts());
    }

    private static void sidesOfAConflictInTheDialog(HostDriver a, HostDriver b) {
        b.type("Year", "3080");
        a.type("Year", "3090");
        a.save();
        b.waitMessage("Also changed by somebody else: Year", SOON);
        b.save();
        b.waitText("1 conflict", SOON);
        b.command("org.vaultsync.ui.conflicts");
        b.waitDialog("Conflicts", SOON);
        b.waitText("3071", SOON); // what both were made from
        for (String shade : SHADES) {
            b.theme(shade);
            b.click("Compare");
            b.waitDialog("year", SOON);
            b.waitText("3080", SOON);
            b.waitText("3090", SOON);
            b.screenshot(PICTURES.resolve("compare-conflict-" + shade + ".png"));
            b.click("OK");
            b.waitDialog("Conflicts", SOON);
        }
        b.click("Close");
    }

    private static void share(HostDriver host) {
        host.open(ANVIL);
        host.click("Not shared");
        host.waitDialog("Room", SOON);
        host.type("Name:", ROOM);
        host.click("Create");
        host.waitDialog("Invite", SOON);
        host.click("Close");
        host.type("Year", "3071");
        host.save();
    }

    private static void history(HostDriver host) {
        host.command("org.vaultsync.ui.history");
        host.waitDialog("History", SOON);
        host.waitText("Changed year", SOON);
    }
}
