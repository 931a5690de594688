// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.Arrays;
import java.util.List;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreferencesTest extends ViewsTest {
    @BeforeEach
    void open() {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences",
                        null,
                        null)
                .open());
        screen.awaitText("Name of this device:");
    }

    @Test
    void namesThisDevice() {
        Text name = screen.find(Text.class, "Bob's desk & chair");
        Button apply = screen.find(Button.class, "Apply and Close");
        screen.run(() -> name.setText("x".repeat(65)));
        screen.awaitText("A name has at most 64 characters; this one has 65.");
        screen.await("no way to apply it", () -> !apply.isEnabled());
        screen.run(() -> name.setText("Attic"));
        screen.click("Apply and Close");
        awaitCall("nameDevice Attic");
    }

    @Test
    void keepsWhatToTell() {
        Button joins = screen.find(Button.class, "A device joins a room");
        screen.run(() -> joins.setSelection(true));
        screen.click("Apply and Close");
        screen.await(
                "the choice to be kept",
                () -> InstanceScope.INSTANCE.getNode("org.vaultsync.ui").getBoolean("notice.joined", false));
    }

    @Test
    void setsWhenToLookAgainForWhoIsAway() {
        Label label = screen.find(Label.class, "Look again for devices that are away after, in minutes:");
        screen.run(() -> {
            List<Control> all = Arrays.asList(label.getParent().getChildren());
            ((Spinner) all.get(all.indexOf(label) + 1)).setSelection(45);
        });
        screen.click("Apply and Close");
        screen.await("the choice to be told", () -> pairing.calls.contains("look again after PT45M"));
    }
}
