// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A code on the screen that is found only where the person points at it: by mouse or by keyboard. */
class RegionTest extends ViewsTest {
    private static final int LEFT = 40;
    private static final int TOP = 136;
    private static final String TITLE = "Where Is the QR Code?";

    private Shell elsewhere; // test thread

    /** Two small codes beside each other, and the picker after nothing was found on the whole screen. */
    private void openOver(String first, String second) {
        elsewhere = screen.show(QrPicture.small(first, second), LEFT, TOP);
        screen.click("From Screen");
        screen.awaitText("No fitting QR code was found on the screen. Drag a frame around it.");
        screen.run(elsewhere::dispose);
        screen.run(() -> screen.all(Shell.class)
                .filter(shell -> shell.getText().equals(TITLE))
                .forEach(Shell::forceActive));
        screen.awaitPainted();
    }

    @AfterEach
    void away() {
        if (elsewhere != null) {
            screen.run(elsewhere::dispose);
        }
    }

    private void openToJoin() {
        openPeers();
        screen.press(screen.find(ToolItem.class, "Join with Invite"));
        screen.awaitText("Paste the line");
        openOver(ScriptedSync.inviteBy(ScriptedSync.ANNA).line(), ScriptedSync.openLine());
    }

    private Canvas picker() {
        Shell over = screen.find(Shell.class, TITLE);
        return screen.ask(() -> (Canvas) over.getChildren()[0]);
    }

    private void awaitClosed() {
        screen.awaitNoText(TITLE);
    }

    private static Rectangle around(int which) {
        return new Rectangle(LEFT - 6 + which * QrPicture.SMALL, TOP - 6, 120, 120);
    }

    @Test
    void readsTheCodeThatTheMouseDragsAround() {
        openToJoin();
        screen.drag(picker(), around(1));
        awaitClosed();
        screen.awaitText("This is the code of the open room QK7-M3X.");
        screen.awaitEnabled("Join", true);
    }

    @Test
    void readsTheCodeThatTheKeysMoveTheFrameAround() {
        openToJoin();
        // Into the corner and as small as it becomes, whatever it was.
        screen.key(SWT.ARROW_LEFT, 60);
        screen.key(SWT.ARROW_UP, 60);
        screen.awaitRepainted();
        screen.keyWithShift(picker(), SWT.ARROW_LEFT, 40);
        screen.keyWithShift(picker(), SWT.ARROW_UP, 40);
        screen.keyWithShift(picker(), SWT.ARROW_RIGHT, 6);
        screen.keyWithShift(picker(), SWT.ARROW_DOWN, 6);
        screen.key(SWT.ARROW_RIGHT, 2);
        screen.key(SWT.ARROW_DOWN, 8);
        screen.key(SWT.CR, 1);
        awaitClosed();
        screen.awaitText("This is an invite by the device " + ScriptedSync.ANNA.brief());
    }

    @Test
    void saysThatThereIsNoneInTheFrame() {
        openToJoin();
        screen.drag(picker(), new Rectangle(LEFT, TOP + 130, 200, 60));
        awaitClosed();
        screen.awaitText("No QR code was found. Make it larger, or copy the line instead.");
        screen.awaitEnabled("Join", false);
    }

    @Test
    void aClickFramesNothingAndEscGivesUp() {
        openToJoin();
        screen.drag(picker(), new Rectangle(LEFT + 20, TOP + 20, 4, 4));
        screen.awaitRepainted();
        screen.awaitText("Drag a frame around it.");
        screen.key(SWT.ESC, 1);
        awaitClosed();
        screen.awaitText("No QR code was found.");
    }

    @Test
    void readsTheOfferOfALinkByHand() {
        openPeers();
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Dieter");
        screen.run(() -> tree.setSelection(tree.getItem(0).getItem(2)));
        screen.choose(tree, "Link by Hand\u2026");
        screen.awaitText(ScriptedByHand.OFFER);
        String invite = ScriptedSync.inviteBy(ScriptedSync.ANNA).line();
        openOver(invite, ScriptedByHand.OFFER);
        screen.drag(picker(), around(0));
        awaitClosed();
        screen.awaitText("There is a QR code, but it is not an invite.");
        openOver(invite, ScriptedByHand.OFFER);
        screen.drag(picker(), around(1));
        awaitClosed();
        screen.awaitText(ScriptedByHand.ANSWER);
    }
}
