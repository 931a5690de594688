// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;

/** What the dark theme of Hangar has beside that of the platform. */
class DarkTest extends ViewsTest {
    @Test
    void aButtonThatIsDisabledLooksSo() {
        theme("dark");
        try {
            openPeers();
            screen.click("Create Room…");
            screen.awaitText("A room is private");
            screen.awaitEnabled("Create", false);
            screen.awaitPainted();
            int disabled = brightest("Create");
            int enabled = brightest("Cancel");
            assertTrue(enabled > 200, "hard to read: " + enabled);
            assertTrue(disabled < 0.85 * enabled, disabled + " where " + enabled + " is enabled");
            screen.closeDialogs();
        } finally {
            theme("default");
        }
    }

    @SuppressWarnings("restriction") // the platform lets people switch themes, and programs only like this
    private void theme(String name) {
        screen.run(() -> PlatformUI.getWorkbench()
                .getService(IThemeEngine.class)
                .setTheme("org.eclipse.e4.ui.css.theme.e4_" + name, false));
    }

    /** How bright the text of a button is, of 255; its edge is left out. */
    private int brightest(String text) {
        Button button = screen.find(Button.class, text);
        ImageData picture = screen.ask(() -> screen.painted(button));
        int brightest = 0;
        for (int y = picture.height / 4; y < picture.height * 3 / 4; y++) {
            for (int x = picture.width / 4; x < picture.width * 3 / 4; x++) {
                brightest = Math.max(brightest, picture.palette.getRGB(picture.getPixel(x, y)).green);
            }
        }
        return brightest;
    }
}
