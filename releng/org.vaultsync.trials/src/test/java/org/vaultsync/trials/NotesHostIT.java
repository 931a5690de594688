// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.robot.driver.HostDriver;

/** The host that docs/host-guide.md makes in an afternoon, with sync installed from the update site. */
class NotesHostIT {
    private static final Path ROOT = Path.of(System.getProperty("root"));
    private static final Path NOTES = ROOT.resolve(
            "releng/org.vaultsync.notes.product/target/products/org.vaultsync.notes.product/linux/gtk/x86_64/notes");
    private static final Path PICTURES = ROOT.resolve("releng/org.vaultsync.trials/target/pictures");
    private static final String PLAN = "Plan of the week";
    private static final String MONDAY = "Mow the lawn.";
    private static final String ROOM = "Family";
    private static final String LIST = "org.vaultsync.notes";
    private static final String PEERS = "org.vaultsync.ui.peers";

    @TempDir
    Path folder;

    @Test
    void aHostMadeByTheGuideHasToggleBadgesPeersConflictsAndHistory() throws IOException {
        assumeTrue(Files.isDirectory(NOTES), "Notes is built for Linux alone");
        Built built = Built.in(ROOT);
        Files.createDirectories(PICTURES);
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
            try {
                shared(pair);
                peersAreListedBelowTheNotes(pair.a);
                apartTheyNameItDifferentlyAndDecide(pair.a, pair.b);
                theFirstVersionIsRestored(pair.a, pair.b);
            } catch (IllegalStateException wrong) {
                picture(pair.a, "wrong-a");
                picture(pair.b, "wrong-b");
                throw new AssertionError(
                        wrong.getMessage() + "\nA shows " + pair.a.texts() + "\nB shows " + pair.b.texts(), wrong);
            }
            pair.quit();
        }
    }

    private static void shared(Pair pair) {
        HostDriver a = pair.a;
        HostDriver b = pair.b;
        String invite = pair.share(PLAN, ROOM);
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
        picture(a, "shared");
    }

    /** In a window that was laid out before sync was installed. */
    private static void peersAreListedBelowTheNotes(HostDriver a) {
        a.view(PEERS);
        a.waitText(ROOM, Pair.SOON);
        a.waitText(Pair.BEN, Pair.SOON);
        a.waitRow(PLAN, Pair.SOON);
        assertEquals(MONDAY, a.get("Text"), "nothing of the notes is hidden");
        picture(a, "peers");
    }

    /** The name at both: a conflict may be told before the name that stands is shown. */
    private static String agreed(HostDriver a, HostDriver b) {
        Instant end = Instant.now().plus(Pair.SOON);
        String name = a.get("Name");
        while (!name.equals(b.get("Name"))) {
            assertTrue(Instant.now().isBefore(end), name);
            name = a.get("Name");
        }
        return name;
    }

    private static void apartTheyNameItDifferentlyAndDecide(HostDriver a, HostDriver b) {
        a.context(Pair.BEN, "Pause This Device");
        b.view(PEERS);
        b.waitText("0 of 1 linked", Pair.SOON);
        a.type("Name", "Plan of Anna");
        b.type("Name", "Plan of Ben");
        a.waitText("0 of 1 have your last change", Pair.SOON);
        b.waitText("0 of 1 have your last change", Pair.SOON);
        a.context(Pair.BEN, "Resume");
        a.waitText("1 conflict", Pair.SOON);
        b.waitText("1 conflict", Pair.SOON);
        String stands = agreed(a, b);
        String other = stands.equals("Plan of Ben") ? "Plan of Anna" : "Plan of Ben";
        picture(a, "conflict");

        // The badge of the editor leads there, as the menu of the list does.
        b.click("1 conflict");
        b.click("Look at Conflicts…");
        b.waitDialog("Conflicts", Pair.SOON);
        b.click("Close");
        b.view(LIST);
        b.context(stands, "Look at Conflicts…");
        b.waitDialog("Conflicts", Pair.SOON);
        assertTrue(b.texts().containsAll(List.of("Plan of Anna", "Plan of Ben")), () -> "" + b.texts());
        picture(b, "conflicts");
        b.click("Take the Other");
        b.waitText("Everything is decided.", Pair.SOON);
        b.click("Close");
        for (HostDriver host : List.of(a, b)) {
            host.waitRow(other, Pair.SOON);
            host.waitField("Name", other, Pair.SOON);
            host.waitText("1 of 1 has ", Pair.SOON);
        }
    }

    private static void theFirstVersionIsRestored(HostDriver a, HostDriver b) {
        a.view(LIST);
        a.context(a.get("Name"), "Show History…");
        a.waitDialog("History", Pair.SOON);
        a.waitText("| Shared", Pair.SOON);
        String first = a.texts().stream()
                .flatMap(String::lines)
                .filter(row -> row.endsWith("| Shared"))
                .findFirst()
                .orElseThrow();
        assertTrue(a.texts().stream().anyMatch(text -> text.contains(Pair.BEN)), () -> "" + a.texts());
        a.select(first);
        picture(a, "history");
        a.click("Restore This Version");
        a.waitText("Restored an earlier version", Pair.SOON);
        a.click("Close");
        for (HostDriver host : List.of(a, b)) {
            host.waitRow(PLAN, Pair.SOON);
            host.waitField("Name", PLAN, Pair.SOON);
            host.waitField("Text", "", Pair.SOON);
        }
    }

    private static void picture(HostDriver host, String name) {
        host.screenshot(PICTURES.resolve("notes-" + name + ".png"));
    }

    private HostDriver start(Installation host, String person) throws IOException {
        return host.start(folder.resolve(person), "-Dnotes=" + folder.resolve(person + "-notes"));
    }
}
