// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.List;
import java.util.Optional;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Text;
import org.junit.jupiter.api.Test;
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

    private void fails(Trouble trouble) {
        sync.troubles = List.of(trouble);
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
