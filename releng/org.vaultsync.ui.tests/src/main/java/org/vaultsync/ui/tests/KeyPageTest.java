// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.Test;
import org.vaultsync.SyncException;

/** The key of this device, and a new one. */
class KeyPageTest extends ViewsTest {
    private void openPage() {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences.key",
                        null,
                        null)
                .open());
        screen.awaitText(ScriptedSync.SELF.grouped());
        screen.awaitText("The key is kept in a file that can only be read with the keyring of this computer.");
    }

    @Test
    void theKeyIsReplacedOnlyAfterAWarningWhatThatMeans() {
        sync.withFriday();
        openPage();
        screen.click("Replace Key…");
        screen.awaitText("A new key makes this a new device to everybody else. It leaves all its rooms");
        screen.awaitText("Others must invite it again, and compare the new fingerprint.");
        assertEquals(List.of(), pairing.calls);
        screen.click("Cancel");
        screen.awaitNoText("A new key makes this a new device");
        assertEquals(List.of(), pairing.calls, "it was replaced though the person did not want it");
        screen.click("Replace Key…");
        screen.awaitText("A new key makes this a new device to everybody else.");
        screen.click("Replace Key");
        screen.await("the key to be replaced", () -> pairing.calls.contains("rotate"));
        Button replace = screen.find(Button.class, "Replace Key…");
        screen.await("the page to be as before", replace::isEnabled);
        assertEquals(List.of("rotate"), pairing.calls);
        assertTrue(screen.dialogOpen());
    }

    @Test
    void whatIsSelectedOfTheFingerprintStaysSelectedToBeCopied() {
        openPage();
        open("org.vaultsync.ui.log"); // it is told after the page
        Text fingerprint = screen.find(Text.class, ScriptedSync.SELF.grouped());
        screen.run(fingerprint::selectAll);
        awaitNewsOfRooms();
        assertEquals(ScriptedSync.SELF.grouped(), screen.ask(fingerprint::getSelectionText));
    }

    @Test
    void whyTheKeyWasNotReplacedIsSaidOnThePage() {
        pairing.rotating = Optional.of(new SyncException("The old key of this device could not be deleted."));
        openPage();
        screen.click("Replace Key…");
        screen.awaitText("It leaves all its rooms");
        screen.click("Replace Key");
        screen.awaitText("The old key of this device could not be deleted.");
    }
}
