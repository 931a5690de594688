// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** The host that docs/host-guide.md makes in an afternoon, with sync installed from the update site. */
class NotesHostIT {
    private static final Path ROOT = Path.of(System.getProperty("root"));
    private static final Path NOTES = ROOT.resolve(
            "releng/org.vaultsync.notes.product/target/products/org.vaultsync.notes.product/linux/gtk/x86_64/notes");
    private static final String PLAN = "Plan of the week";
    private static final String MONDAY = "Mow the lawn.";

    @TempDir
    Path folder;

    @Test
    void aHostMadeByTheGuideHasToggleBadgesAndPeers() throws IOException {
        assumeTrue(Files.isDirectory(NOTES), "Notes is built for Linux alone");
        Built built = Built.in(ROOT);
        Installation host = Installation.copy(new Built(NOTES, built.site(), built.robot()), folder.resolve("notes"));

        try (HostDriver a = start(host, "a")) {
            a.click("New Note");
            a.type("Name", PLAN);
            a.waitRow(PLAN, Pair.SOON);
            assertFalse(a.texts().stream().anyMatch(text -> text.contains("hared")), () -> "" + a.texts());
            a.quit();
        }

        host.installSync();
        try (Pair pair = Pair.of(start(host, "a"), start(host, "b"))) {
            HostDriver a = pair.a;
            HostDriver b = pair.b;
            String invite = pair.share(PLAN, "Family");
            b.command("org.vaultsync.ui.joinRoom");
            b.waitDialog("Room", Pair.SOON);
            b.type("Invite or code:", invite);
            b.click("Join");
            b.waitRow(PLAN, Pair.SOON);
            b.select(PLAN);
            a.type("Text", MONDAY);
            b.waitField("Text", MONDAY, Pair.SOON);
            a.waitText("1 of 1", Pair.SOON);
            b.waitText("1 of 1", Pair.SOON);
            a.view("org.vaultsync.ui.peers");
            a.waitText("Family", Pair.SOON);
            a.waitText(Pair.BEN, Pair.SOON);
            a.screenshot(ROOT.resolve("releng/org.vaultsync.trials/target/notes.png"));
            pair.quit();
        }
    }

    private HostDriver start(Installation host, String person) throws IOException {
        return host.start(folder.resolve(person), "-Dnotes=" + folder.resolve(person + "-notes"));
    }
}
