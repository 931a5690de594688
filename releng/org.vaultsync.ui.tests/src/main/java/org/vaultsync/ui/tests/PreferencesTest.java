// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.preferences.IEclipsePreferences;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
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
        screen.run(() -> name.setText(" "));
        screen.awaitText("Give it a name.");
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

    @Test
    void asksAgainInWhichRoomToShare() {
        IEclipsePreferences kept = InstanceScope.INSTANCE.getNode("org.vaultsync.ui");
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        kept.put("share.room", ScriptedSync.FRIDAY.hex());
        sync.withFriday();
        open();
        screen.awaitText("Items are shared in “Friday & friends” without asking.");
        screen.click("Ask Again");
        screen.awaitText("With several rooms, sharing asks in which.");
        assertEquals(ScriptedSync.FRIDAY.hex(), kept.get("share.room", ""), "before it is applied");
        screen.click("Apply and Close");
        screen.await("it to be forgotten", () -> kept.get("share.room", "").isEmpty());
    }

    @Test
    void goesBackToWhatIsUsual() {
        Button joins = screen.find(Button.class, "A device joins a room");
        assertFalse(screen.ask(joins::getSelection));
        Label label = screen.find(Label.class, "Look again for devices that are away after, in minutes:");
        screen.run(() -> {
            List<Control> all = Arrays.asList(label.getParent().getChildren());
            ((Spinner) all.get(all.indexOf(label) + 1)).setSelection(45);
        });
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await(
                "the choice to be kept",
                () -> InstanceScope.INSTANCE.getNode("org.vaultsync.ui").getBoolean("notice.joined", false));
        assertEquals(List.of(), pairing.calls);
    }

    @Test
    void theSearchFindsAPageByWhatItIsAbout() {
        search("firewall", "Network", "Device Key");
        search("stun", "Network", "Types");
        search("keyring", "Device Key", "Network");
        search("sensitive", "Types", "Network");
        search("attachment", "Sync", "Types");
    }

    private void search(String word, String page, String other) {
        screen.await("the search", () -> filter().isPresent());
        screen.run(() -> filter().orElseThrow().setText(word));
        screen.await(
                "“" + page + "” to be found by “" + word + "”",
                () -> screen.words().contains(page)
                        && screen.all(Tree.class)
                                .noneMatch(tree -> all(tree.getItems()).contains(other)));
    }

    /** UI thread. */
    private Optional<Text> filter() {
        return screen.all(Text.class)
                .filter(text -> text.getMessage().equals("type filter text"))
                .findFirst();
    }

    private static List<String> all(TreeItem[] items) {
        return Arrays.stream(items)
                .flatMap(item -> Stream.concat(Stream.of(item.getText()), all(item.getItems()).stream()))
                .toList();
    }
}
