// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.SyncException;

class RoomDialogTest extends ViewsTest {
    @BeforeEach
    void open() {
        openPeers();
        screen.awaitText("Share with a friend");
    }

    @Test
    void saysWhatIsWrongWithANameAsItIsTyped() {
        screen.click("Create Room…");
        screen.awaitText("A room is private");
        assertFalse(enabled("Create"));
        screen.type(false, "x".repeat(70));
        screen.awaitText("A name has at most 64 characters; this one has 70.");
        assertFalse(enabled("Create"));
        screen.type(false, "bell \u0007");
        screen.awaitText("other control characters");
        screen.type(false, "Friday");
        screen.awaitText("A room is private");
        assertTrue(enabled("Create"));
    }

    @Test
    void leadsFromANewRoomToItsInviteAndTheClipboard() {
        screen.click("Create Room…");
        screen.type(false, " Friday ");
        screen.click("Create");
        awaitCall("createRoom Friday");
        String line = ScriptedSync.inviteBy(ScriptedSync.SELF).line();
        screen.awaitText(line);
        screen.awaitText("It can be used once, within a week.");
        screen.click("Copy Invite");
        screen.awaitText("Copied.");
        String copied = screen.ask(() -> {
            Clipboard clipboard = new Clipboard(Display.getCurrent());
            try {
                return (String) clipboard.getContents(TextTransfer.getInstance());
            } finally {
                clipboard.dispose();
            }
        });
        assertTrue(line.equals(copied), copied);
        sync.put(new Room(
                ScriptedSync.HOME,
                "Friday",
                List.of(),
                List.of(new Member(ScriptedSync.ANNA, "Anna's laptop", new Reach.Dialling(1, 5), 0))));
        screen.awaitText("Anna's laptop has joined.");
    }

    @Test
    void saysWhatIsWrongWithAnInvite() {
        String line = ScriptedSync.inviteBy(ScriptedSync.ANNA).line();
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, "hello");
        screen.awaitText("This is not an invite");
        screen.type(true, line.substring(0, line.length() - 9));
        screen.awaitText("Copy the whole line again");
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.SELF).line());
        screen.awaitText("This is your own invite");
        assertFalse(enabled("Join"));
        screen.type(true, line.substring(0, 40) + "\n  " + line.substring(40));
        screen.awaitText("This is an invite by the device " + ScriptedSync.ANNA.brief());
        assertTrue(enabled("Join"));
    }

    @Test
    void showsWhyJoiningFailedWhereThePersonLooks() {
        join();
        screen.awaitText("Waiting for the other device");
        sync.joining.completeExceptionally(new SyncException("The other device could not be reached."));
        screen.awaitText("The other device could not be reached.");
        assertTrue(enabled("Join"));
    }

    @Test
    void canBeCancelledWhileItJoins() {
        join();
        screen.awaitText("Waiting for the other device");
        screen.click("Cancel");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        assertTrue(sync.joining.isCancelled());
    }

    @Test
    void showsTheRoomThatWasJoined() {
        join();
        awaitCall("join");
        sync.withFriday();
        sync.joining.complete(ScriptedSync.FRIDAY);
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        screen.awaitText("Friday & friends");
    }

    private void join() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.type(true, ScriptedSync.inviteBy(ScriptedSync.ANNA).line());
        screen.click("Join");
        awaitCall("join");
    }

    /** Of the dialog, which is on top of the view that has a button with the same words. */
    private boolean enabled(String button) {
        Button found = screen.find(Button.class, button);
        return screen.ask(found::isEnabled);
    }
}
