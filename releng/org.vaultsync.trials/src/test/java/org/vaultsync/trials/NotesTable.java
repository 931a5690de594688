// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.trials.Pair.SOON;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.vaultsync.robot.driver.HostDriver;

/** Two of the hosts that the guide makes, alone, and then with sync installed from the update site. */
final class NotesTable extends Script {
    private static final String PLAN = "Plan of the week";
    private static final String MONDAY = "Mow the lawn.";
    private static final String ROOM = "Family";
    private static final String LIST = "org.vaultsync.notes";
    private static final String PEERS = "org.vaultsync.ui.peers";

    private final List<HostDriver> running = new ArrayList<>();

    private NotesTable(Scene scene) {
        super(scene, "notes");
    }

    /** Of the project, where the host is for Linux. */
    static Path product(Path root) {
        return root.resolve(
                "releng/org.vaultsync.notes.product/target/products/org.vaultsync.notes.product/linux/gtk/x86_64/notes");
    }

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Built built = Built.in(root);
        Built notes = new Built(product(root), built.site(), built.robot());
        run(arguments, Installation.copy(notes, Path.of(arguments[1], "notes")), NotesTable::new);
    }

    @Override
    List<HostDriver> hosts() {
        return running;
    }

    @Override
    void play() throws IOException {
        alone();
        seen("a host without sync, which shows nothing of it");
        scene.host().installSync();
        Pair pair = Pair.named(() -> start("a"), () -> start("b"));
        running.addAll(List.of(pair.a, pair.b));
        shared(pair);
        seen("a note that is shared is in the list of the other, and what is typed in it");
        peersAreListedBelowTheNotes(pair.a);
        seen("the peers, below the notes");
        apartTheyNameItDifferentlyAndDecide(pair.a, pair.b);
        seen("a conflict, and what was chosen at both");
        theFirstVersionIsRestored(pair.a, pair.b);
        seen("the first version at both");
        pair.quit();
    }

    private void alone() throws IOException {
        HostDriver a = start("a");
        running.add(a);
        a.command("org.eclipse.ui.file.closePart");
        a.view(LIST); // the one that was closed is told nothing any more
        a.click("New Note");
        a.type("Name", PLAN);
        a.waitRow(PLAN, SOON);
        assertFalse(a.texts().stream().anyMatch(text -> text.contains("hared")), () -> "" + a.texts());
        a.quit();
        a.close();
        running.clear();
    }

    private void shared(Pair pair) {
        HostDriver a = pair.a;
        HostDriver b = pair.b;
        String invite = pair.share(PLAN, ROOM);
        b.command("org.vaultsync.ui.joinRoom");
        b.waitDialog("Room", SOON);
        b.type("Invite or code:", invite);
        b.click("Join");
        b.waitRow(PLAN, SOON);
        b.select(PLAN);
        a.type("Text", MONDAY);
        b.waitField("Text", MONDAY, SOON);
        a.waitText("1 of 1", SOON);
        b.waitText("1 of 1", SOON);
        picture("shared", a);
    }

    /** In a window that was laid out before sync was installed. */
    private void peersAreListedBelowTheNotes(HostDriver a) {
        a.view(PEERS);
        a.waitText(ROOM, SOON);
        a.waitText(Pair.BEN, SOON);
        a.waitRow(PLAN, SOON);
        assertEquals(MONDAY, a.get("Text"), "nothing of the notes is hidden");
        picture("peers", a);
    }

    /** The name at both: a conflict may be told before the name that stands is shown. */
    private static String agreed(HostDriver a, HostDriver b) {
        Instant end = Instant.now().plus(SOON);
        String name = a.get("Name");
        while (!name.equals(b.get("Name"))) {
            assertTrue(Instant.now().isBefore(end), name);
            name = a.get("Name");
        }
        return name;
    }

    private void apartTheyNameItDifferentlyAndDecide(HostDriver a, HostDriver b) {
        a.context(Pair.BEN, "Pause This Device");
        b.view(PEERS);
        b.waitText("0 of 1 linked", SOON);
        a.type("Name", "Plan of Anna");
        b.type("Name", "Plan of Ben");
        a.waitText("0 of 1 have your last change", SOON);
        b.waitText("0 of 1 have your last change", SOON);
        a.context(Pair.BEN, "Resume");
        a.waitText("1 conflict", SOON);
        b.waitText("1 conflict", SOON);
        String stands = agreed(a, b);
        String other = stands.equals("Plan of Ben") ? "Plan of Anna" : "Plan of Ben";
        picture("conflict", a);

        // The badge of the editor leads there, as the menu of the list does.
        b.click("1 conflict");
        b.click("Look at Conflicts…");
        b.waitDialog("Conflicts", SOON);
        b.click("Close");
        b.view(LIST);
        b.context(stands, "Look at Conflicts…");
        b.waitDialog("Conflicts", SOON);
        assertTrue(b.texts().containsAll(List.of("Plan of Anna", "Plan of Ben")), () -> "" + b.texts());
        picture("conflicts", b);
        b.click("Take the Other");
        b.waitText("Everything is decided.", SOON);
        b.click("Close");
        for (HostDriver host : List.of(a, b)) {
            host.waitRow(other, SOON);
            host.waitField("Name", other, SOON);
            host.waitText("1 of 1 has ", SOON);
        }
    }

    private void theFirstVersionIsRestored(HostDriver a, HostDriver b) {
        a.view(LIST);
        a.context(a.get("Name"), "Show History…");
        a.waitDialog("History", SOON);
        a.waitText("| Shared", SOON);
        String first = a.texts().stream()
                .flatMap(String::lines)
                .filter(row -> row.endsWith("| Shared"))
                .findFirst()
                .orElseThrow();
        assertTrue(a.texts().stream().anyMatch(text -> text.contains(Pair.BEN)), () -> "" + a.texts());
        a.select(first);
        picture("history", a);
        a.click("Restore This Version");
        a.waitText("Restored an earlier version", SOON);
        a.click("Close");
        for (HostDriver host : List.of(a, b)) {
            host.waitRow(PLAN, SOON);
            host.waitField("Name", PLAN, SOON);
            host.waitField("Text", "", SOON);
        }
    }

    private HostDriver start(String person) throws IOException {
        return scene.start(person, "-Dnotes=" + scene.folder().resolve(person + "-notes"));
    }

    @Override
    public void close() throws IOException {
        for (HostDriver host : running) {
            host.close();
        }
    }
}
