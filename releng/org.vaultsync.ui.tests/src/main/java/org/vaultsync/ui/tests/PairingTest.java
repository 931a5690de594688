// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Encounter;
import org.vaultsync.JoinRequest;
import org.vaultsync.Neighbour;

/** Meeting devices nearby, being asked, and the pages about network and key. */
class PairingTest extends ViewsTest {
    private static final Encounter MET = new Encounter("1", "Anna's laptop", ScriptedSync.ANNA, "123 456", true, false);

    @BeforeEach
    void open() {
        openPeers();
        screen.awaitText("Share with a friend");
    }

    private void nearby() {
        pairing.nearby = List.of(new Neighbour("1", "Anna's laptop"), new Neighbour("2", "Tablet"));
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.click("Device Nearby…");
        screen.awaitText("Pair with a device nearby");
    }

    @Test
    void aDeviceNearbyIsJoinedAfterTheCodesWereCompared() {
        nearby();
        screen.choose("Anna's laptop");
        screen.click("Pair");
        screen.await("the call", () -> pairing.calls.contains("meet Anna's laptop"));
        pairing.encounters = List.of(MET);
        pairing.meeting.complete(MET);
        screen.awaitText("123 456");
        screen.awaitText(ScriptedSync.ANNA.grouped());
        screen.click("Codes Are the Same");
        screen.await("the call", () -> pairing.calls.contains("confirm 123 456 -"));
        screen.awaitText("Waiting for the person at Anna's laptop");
        sync.withFriday();
        pairing.pairing.complete(ScriptedSync.FRIDAY);
        screen.await("the dialogs to close", () -> !screen.dialogOpen());
    }

    @Test
    void codesThatDifferEndIt() {
        nearby();
        screen.choose("Anna's laptop");
        screen.click("Pair");
        pairing.encounters = List.of(MET);
        pairing.meeting.complete(MET);
        screen.awaitText("123 456");
        screen.click("They Differ");
        screen.await("the call", () -> pairing.calls.contains("reject 123 456"));
    }

    @Test
    void whoComesWithAnInviteIsAskedAbout() {
        sync.withFriday();
        pairing.requests = List.of(new JoinRequest("1", ScriptedSync.FRIDAY, "Work laptop", ScriptedSync.ANNA));
        sync.tellRooms();
        screen.awaitText("A device named “Work laptop” wants into");
        screen.awaitText(ScriptedSync.ANNA.grouped());
        screen.click("Let It In");
        screen.await("the answer", () -> pairing.calls.contains("answer Work laptop true"));
    }
}
