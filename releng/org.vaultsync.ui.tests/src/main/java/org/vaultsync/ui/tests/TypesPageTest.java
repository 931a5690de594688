// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Room;
import org.vaultsync.SyncPolicy.Sharing;

class TypesPageTest extends ViewsTest {
    @BeforeEach
    void open() {
        sync.withFriday();
        offers.sharing.put("note", new Sharing.Never());
        openPage("pilot");
    }

    private void openPage(String text) {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences.types",
                        null,
                        null)
                .open());
        screen.awaitText(text);
    }

    private Combo choice(String type) {
        Label label = screen.find(Label.class, type);
        return screen.ask(() -> {
            Composite rows = label.getParent();
            List<Control> all = Arrays.asList(rows.getChildren());
            return (Combo) all.get(all.indexOf(label) + 1);
        });
    }

    @Test
    void sharesATypeByItselfAndAnotherNever() {
        Combo unit = choice("unit");
        assertEquals("When I say so", screen.ask(unit::getText));
        assertEquals("Never: sensitive", screen.ask(choice("note")::getText));
        screen.run(() -> unit.setText("Always, in “Friday & friends”"));
        Combo pilot = choice("pilot");
        screen.run(() -> pilot.setText("Never: sensitive"));
        screen.click("Apply and Close");
        awaitCall("sharing unit " + new Sharing.Always(ScriptedSync.FRIDAY));
        awaitCall("sharing pilot " + new Sharing.Never());
        assertEquals(
                2,
                sync.calls.stream().filter(call -> call.startsWith("sharing ")).count(),
                "what was not changed");
    }

    @Test
    void sharesNothingByItselfIntoARoomThatRemovedThisDevice() {
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        sync.withHome().as(Room.Standing.REMOVED);
        openPage("pilot");
        assertEquals(
                List.of("When I say so", "Never: sensitive", "Always, in “Home”"),
                screen.ask(() -> List.of(choice("unit").getItems())));
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        offers.sharing.put("force", new Sharing.Always(ScriptedSync.FRIDAY));
        openPage("pilot");
        assertEquals("Always, in “Friday & friends”", screen.ask(choice("force")::getText));
        screen.click("Apply and Close");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertEquals(List.of(), sync.calls);
    }

    @Test
    void showsNothingBeforeSyncHasStarted() {
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        sync.starting();
        openPage("Sync is starting…");
        screen.awaitText("Sync is not running.");
        screen.awaitNoText("When I say so");
        sync.started();
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertEquals(List.of(), sync.calls);
    }

    @Test
    void goesBackToAskingForEachItem() {
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        awaitCall("sharing note " + new Sharing.OnRequest());
    }

    @Test
    void enterAddsTheTypeThatIsTypedAndTheNextOneCloses() {
        screen.typeAfter("Another type:", "diary");
        Label before = screen.find(Label.class, "Another type:");
        Text type = screen.ask(() -> {
            List<Control> all = Arrays.asList(before.getParent().getChildren());
            return (Text) all.get(all.indexOf(before) + 1);
        });
        screen.focus(type);
        screen.key(SWT.CR, 1);
        Combo diary = choice("diary");
        assertTrue(screen.dialogOpen());
        screen.run(() -> diary.setText("Never: sensitive"));
        screen.focus(type);
        screen.key(SWT.CR, 1);
        awaitCall("sharing diary " + new Sharing.Never());
        screen.await("the dialog to close", () -> !screen.dialogOpen());
    }

    @Test
    void addsATypeThatIsNotThereYetAndSaysWhatFailed() {
        screen.awaitEnabled("Add", false);
        screen.typeAfter("Another type:", "  ");
        screen.awaitEnabled("Add", false);
        screen.typeAfter("Another type:", " pilot ");
        screen.click("Add");
        screen.typeAfter("Another type:", "diary");
        screen.click("Add");
        screen.awaitText("diary");
        assertEquals(
                1,
                screen.ask(screen::words).stream().filter("pilot"::equals).count(),
                "a type that was there was added");
        Combo diary = choice("diary");
        screen.run(() -> diary.setText("Never: sensitive"));
        sync.refusal = Optional.of("The disk is full.");
        screen.click("Apply and Close");
        awaitCall("sharing diary " + new Sharing.Never());
        screen.awaitText("The disk is full.");
    }
}
