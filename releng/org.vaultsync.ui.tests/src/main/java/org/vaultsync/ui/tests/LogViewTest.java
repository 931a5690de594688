// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.junit.jupiter.api.Test;

class LogViewTest extends ViewsTest {
    @Test
    void tellsWhatSyncDidWithTheNamesOfDevices() {
        sync.withFriday();
        open("org.vaultsync.ui.log");
        screen.awaitText("Anna's laptop");
        screen.awaitText("Eva's tablet");
        screen.awaitText("Friday & friends");
        screen.awaitText("34 KB sent, 2.5 MB received");
        screen.awaitText("Nobody answered at 192.168.1.9:8765. (14 times)");
    }

    @Test
    void theDoctorSaysWhatToDoAndGivesAReportToCopy() {
        openPeers();
        sync.withFriday();
        screen.awaitText("Friday & friends");
        pressInPeers("Diagnose…");
        screen.awaitText("1 problem was found.");
        screen.awaitText("Make room on the disk.");
        screen.awaitText("Anna's laptop: Not reachable, never seen.");
        screen.click("Copy Report");
        screen.awaitText("The report is in the clipboard.");
        String copied = screen.ask(() -> {
            Clipboard clipboard =
                    new Clipboard(org.eclipse.ui.PlatformUI.getWorkbench().getDisplay());
            try {
                return (String) clipboard.getContents(TextTransfer.getInstance());
            } finally {
                clipboard.dispose();
            }
        });
        assertEquals("the report of this device", copied);
    }
}
