// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import org.eclipse.swt.widgets.Button;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerCheckTest extends ViewsTest {
    private static final String SIGNALING = "Signaling servers, one a line:";
    private static final String ICE = "STUN and TURN servers, one a line:";

    @BeforeEach
    void open() {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences.network",
                        null,
                        null)
                .open());
        screen.awaitText(ICE);
    }

    @Test
    void tellsOfEachServerWhatItDoes() {
        Button test = screen.find(Button.class, "Test STUN and TURN Servers…");
        screen.await("nothing to test", () -> !test.isEnabled());
        screen.typeAfter(ICE, "stun:nonsense:99999");
        screen.await("nothing to test", () -> !test.isEnabled());
        screen.typeAfter(ICE, "stun:stun.example.org\nturn:turn.example.org ann secret\nturn:wrong.example.org ann x");
        screen.click("Test STUN and TURN Servers…");
        screen.awaitText("It works; it answered after 41 ms. Candidates: own address (host), address seen from outside"
                + " (server reflexive), address at the server (relayed).");
        screen.awaitText(
                "stun:stun.example.org\nIt works; it answered after 41 ms. Candidates: own address (host), address"
                        + " seen from outside (server reflexive).");
        screen.awaitText("turn:wrong.example.org\nIt does not accept the user and the password.");
        screen.awaitText("One of them cannot be used.");
        screen.click("Close");
    }

    @Test
    void canBeCancelledWhileAServerDoesNotAnswer() throws InterruptedException {
        screen.typeAfter(SIGNALING, "wss://signaling.example.org\nws://gone.example.org:4444\nws://mute.example.org");
        screen.click("Test Signaling Servers…");
        screen.awaitText("It works; it answered after 23 ms.");
        screen.awaitText("Nothing listens there, or there is no way there.");
        screen.awaitText("ws://mute.example.org\nIt is being tried…");
        screen.click("Cancel");
        checks.givenUp.await();
        screen.awaitNoText("ws://mute.example.org\nIt is being tried…");
        screen.find(Button.class, "Test Signaling Servers…");
    }
}
