// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.ProgressBar;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.Test;
import org.vaultsync.Diagnosis;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.Meeting;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;

/** Each trouble has a sentence of its own, and where something helps against it, that is one press away. */
class WhenThingsFailTest extends ViewsTest {
    private static Trouble trouble(Kind kind, String... details) {
        return new Trouble(kind, List.of(details), "in English for the log");
    }

    private void fails(Trouble... troubles) {
        sync.troubles = List.of(troubles);
        sync.withFriday();
        openPeers();
    }

    @Test
    void withoutANetworkItIsSaidThatItGoesOnByItself() {
        fails(trouble(Kind.NO_NETWORK));
        screen.awaitText(
                "This computer is in no network, so nobody can be reached. What you change waits, and is sent by"
                        + " itself once there is a network.");
        sync.troubles = List.of();
        sync.withFriday();
        screen.awaitNoText("This computer is in no network");
        screen.awaitText("Anna's laptop");
    }

    @Test
    void forAPortThatIsTakenAnotherOneCanBeChosen() {
        fails(trouble(Kind.PORT_TAKEN, "8765", "40123"));
        screen.awaitText("Another program has port 8765, so this device listens at port 40123.");
        screen.click("Choose Another Port…");
        screen.awaitText("Find members of my rooms on the local network");
    }

    @Test
    void whatLastsStaysSeenWhateverIsDoneMeanwhile() {
        fails(trouble(Kind.PORT_TAKEN, "8765", "40123"));
        screen.awaitText("Another program has port 8765");
        Tree tree = screen.find(Tree.class, "Friday & friends");
        screen.choose(tree, "Sync Now");
        awaitCall("syncNow");
        screen.awaitText("Another program has port 8765");
        assertTrue(isOffered("Choose Another &Port…"));
        // What an action says is over it, until that is read.
        sync.refusal = Optional.of("Nothing can be paused today.");
        screen.run(() -> tree.setSelection(tree.getItem(0)));
        screen.choose(tree, "Pause This Room");
        screen.awaitText("Nothing can be paused today.");
        screen.awaitNoText("Another program has port 8765");
        screen.click("Dismiss");
        screen.awaitText("Another program has port 8765");
        assertTrue(isOffered("Choose Another &Port…"));
        // Who has read that, too, is not told of it again, but of anything else.
        screen.click("Dismiss");
        screen.awaitNoText("Another program has port 8765");
        screen.choose(tree, "Sync Now");
        screen.await("the second call", () -> sync.calls.indexOf("syncNow") < sync.calls.lastIndexOf("syncNow"));
        screen.awaitNoText("Another program has port 8765");
        fails(trouble(Kind.PORT_TAKEN, "8765", "40999"));
        screen.awaitText("this device listens at port 40999");
    }

    private boolean isOffered(String button) {
        return screen.ask(
                () -> screen.all(Button.class).anyMatch(each -> each.getText().equals(button)));
    }

    @Test
    void thereIsAWayOutOfEachOfSeveral() {
        fails(
                trouble(Kind.PORT_TAKEN, "8765", "40123"),
                trouble(Kind.SIGNALING_PORT, "4444", "in use"),
                trouble(Kind.SIGNALING_UNREACHABLE, "wss://gone.example:4444"));
        screen.awaitText("Another program has port 8765");
        screen.await(
                "the ways",
                () -> screen.all(Button.class)
                        .map(Button::getText)
                        .filter(text -> text.endsWith("…"))
                        .toList()
                        .equals(List.of("Choose Another &Port…", "&Test Signaling Servers…")));
    }

    @Test
    void whatIsInADamagedDatabaseCanBeExported() {
        records.found = List.of(new Finding(
                Area.STORE,
                Weight.PROBLEM,
                Optional.empty(),
                "in English",
                "in English",
                Optional.of(trouble(Kind.STORE_DAMAGED, "a page is torn"))));
        sync.put(ScriptedSync.openRoom("Table", false));
        openPeers();
        pressInPeers("Diagnose…");
        screen.awaitText("The sync database is damaged: a page is torn");
        screen.click("Export Rooms…");
        screen.awaitText("An open room is not exported");
        screen.click("OK");
    }

    @Test
    void aDiagnosisIsCancelledAsAJobAndWithItsDialog() {
        openPeers();
        CompletableFuture<Diagnosis> asked = new CompletableFuture<>();
        records.pending = Optional.of(asked);
        pressInPeers("Diagnose…");
        screen.awaitText("This takes some seconds.");
        assertEquals(1, screen.ask(() -> screen.all(ProgressBar.class).count()));
        screen.await(
                "its job",
                () -> job("Diagnostics")
                        .filter(job -> job.getState() == Job.RUNNING)
                        .isPresent());
        screen.run(() -> job("Diagnostics").orElseThrow().cancel());
        screen.awaitText("The check was cancelled.");
        screen.await("nobody to wait for it", asked::isCancelled);
        screen.find(Button.class, "Close");
        assertEquals(0, screen.ask(() -> screen.all(ProgressBar.class).count()));
        screen.closeDialogs();

        CompletableFuture<Diagnosis> again = new CompletableFuture<>();
        records.pending = Optional.of(again);
        pressInPeers("Diagnose…");
        screen.awaitText("This takes some seconds.");
        screen.click("Cancel");
        screen.await("nobody to wait for it", again::isCancelled);
        screen.await("no job", () -> job("Diagnostics").isEmpty());
    }

    private static Optional<Job> job(String name) {
        return Stream.of(Job.getJobManager().find(null))
                .filter(job -> job.getName().equals(name))
                .findFirst();
    }

    @Test
    void whatKeepsOthersAwayIsInTheStatusLine() {
        fails(trouble(Kind.VAULT_UNWRITABLE, "The disk is write-protected."));
        screen.awaitText("2 of 5 linked · the vault cannot be written");
        fails(trouble(Kind.NO_NETWORK), trouble(Kind.PORT_TAKEN, "8765", "40123"));
        ToolItem status = screen.find(ToolItem.class, "2 of 5 linked · no network");
        assertEquals("2 of 5 linked · no network", screen.ask(status::getText));
        assertTrue(screen.ask(status::getToolTipText).contains("What you change waits"));
    }

    @Test
    void serversThatAreNotReachedCanBeTested() {
        pairing.meet(new Meeting(List.of("wss://gone.example:4444"), List.of(), false));
        fails(trouble(Kind.SIGNALING_UNREACHABLE, "wss://gone.example:4444"));
        screen.awaitText("No signaling server is reached: wss://gone.example:4444.");
        screen.click("Test Signaling Servers…");
        screen.awaitText("Nothing listens there, or there is no way there.");
    }

    @Test
    void whatIsMissingForWebRtcIsNamed() {
        fails(trouble(Kind.WEBRTC_LIBRARY, "libXcomposite.so.1", "libxcomposite1"));
        screen.awaitText(
                "because the library libXcomposite.so.1 is missing. Install the package libxcomposite1, then start"
                        + " again. Sync over the local network works.");
    }

    @Test
    void afterADatabaseWasSetAsideOneJoinsAgain() {
        fails(trouble(Kind.STORE_SET_ASIDE, "sync.db.damaged-1"));
        screen.awaitText("The sync database was damaged and is kept as sync.db.damaged-1.");
        screen.click("Join with Invite…");
        screen.await(
                "the dialog to join", () -> screen.all(Text.class).findAny().isPresent() && screen.dialogOpen());
    }

    @Test
    void aSyncThatCannotStartCanBeStartedAgain() {
        sync.starting();
        sync.problem = Optional.of("in English for the log");
        sync.troubles = List.of(trouble(Kind.FOLDER_UNWRITABLE, "/home/bob/hangar"));
        sync.withHome();
        openPeers();
        screen.awaitText("because it cannot write into its folder /home/bob/hangar. Allow this user to write there");
        screen.await(
                "a way to start again",
                () -> screen.all(Button.class)
                        .anyMatch(button -> button.getText().equals("Re&start") && button.isVisible()));
        screen.awaitNoText("in English for the log");
    }

    @Test
    void theDoctorSaysItInTheSameWords() {
        records.found = List.of(
                new Finding(
                        Area.CLOCK,
                        Weight.NOTE,
                        Optional.of(ScriptedSync.ANNA),
                        "in English",
                        "in English",
                        Optional.of(trouble(Kind.CLOCK_BEHIND, "18000"))),
                new Finding(
                        Area.VAULT,
                        Weight.PROBLEM,
                        Optional.empty(),
                        "in English",
                        "in English",
                        Optional.of(trouble(Kind.VAULT_UNWRITABLE, "The disk is write-protected."))));
        sync.withFriday();
        openPeers();
        pressInPeers("Diagnose…");
        screen.awaitText("Anna's laptop: Its clock is 5 hours behind the one of this device.");
        screen.awaitText("What others change cannot be taken into your vault. The disk is write-protected.");
        screen.find(Button.class, "Restart");
        screen.awaitNoText("in English");
    }
}
