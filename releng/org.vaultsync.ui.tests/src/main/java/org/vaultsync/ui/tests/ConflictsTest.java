// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.core.commands.operations.IOperationHistory;
import org.eclipse.core.runtime.Platform;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Room;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

class ConflictsTest extends ViewsTest {
    private static final String VIEW = "org.vaultsync.ui.openConflicts";

    @BeforeEach
    void nothingToUndo() {
        screen.run(() -> PlatformUI.getWorkbench()
                .getOperationSupport()
                .getOperationHistory()
                .dispose(IOperationHistory.GLOBAL_UNDO_CONTEXT, true, true, true));
    }

    @Test
    void letsOneOrTheOtherStand() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        screen.awaitText("2 conflicts");
        screen.awaitText("tonnage");
        screen.awaitText("The other, by Anna's laptop");
        screen.click("Take the Other");
        awaitCall("settle item1-c1 60");
        screen.awaitText("1 conflict");
        screen.awaitText("Anvil \"AV-3\"");
        screen.click("Keep This");
        awaitCall("settle item1-c2 as it is");
        screen.awaitText("Everything is decided.");
    }

    @Test
    void whatIsOpenInAllRoomsIsListedAndADoubleClickLeadsThere() {
        String anvil = anvil();
        open(VIEW);
        try {
            screen.awaitText("There is nothing to decide here.");
            sync.put(new Room(ScriptedSync.FRIDAY, "Friday", List.of(anvil), List.of()));
            sync.put(new Room(ScriptedSync.HOME, "Home", List.of("unseen"), List.of()));
            sync.putConflicts(anvil);
            screen.awaitText("Anvil AV-3");
            screen.awaitText("tonnage");
            screen.awaitNoText("There is nothing to decide here.");
            Table list = screen.find(Table.class, "Anvil AV-3");
            assertEquals(
                    List.of("name", "tonnage"),
                    screen.ask(() -> Stream.of(list.getItems())
                            .map(row -> row.getText(1))
                            .toList()),
                    "the newest first");
            sync.putConflicts("unseen");
            screen.awaitText("unseen"); // a name that is not known here
            assertEquals(4, screen.ask(list::getItemCount));
            screen.start(() -> {
                IntStream.range(0, list.getItemCount())
                        .filter(row -> list.getItem(row).getText().equals("Anvil AV-3"))
                        .findFirst()
                        .ifPresent(list::setSelection);
                list.notifyListeners(SWT.Selection, new Event());
                list.notifyListeners(SWT.DefaultSelection, new Event());
            });
            screen.awaitText("2 conflicts");
            screen.click("Take the Other");
            awaitCall("settle " + anvil + "-c1 60");
            screen.await("it to be gone", () -> list.getItemCount() == 3);
            screen.click("Keep This");
            screen.awaitText("Everything is decided.");
            screen.closeDialogs();
            screen.await("the other item alone", () -> list.getItemCount() == 2);
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void anItemThatCannotBeReadHidesNoConflictAndIsDecidedLikeOthers() throws IOException {
        String anvil = anvil();
        String torn = "torn-item";
        Revision revision = new Revision("test1");
        vault().put(new Item(torn, "unit", "Torn", "{}"), revision, Optional.empty());
        Path file = Path.of(Platform.getInstanceLocation().getURL().getPath()).resolve("vault/" + torn + ".json");
        byte[] whole = Files.readAllBytes(file);
        open(VIEW);
        try {
            Files.write(file, new byte[] {'{'});
            sync.put(new Room(ScriptedSync.FRIDAY, "Friday", List.of(anvil, torn), List.of()));
            sync.putConflicts(torn);
            sync.putConflicts(anvil);
            Table list = screen.find(Table.class, "Anvil AV-3");
            screen.await("all of them", () -> list.getItemCount() == 4);
            screen.awaitText(torn); // its id, since nobody can tell its name
            openConflicts(torn);
            screen.click("Take the Other");
            awaitCall("settle " + torn + "-c1 60");
            screen.click("Undo Last Decision");
            awaitCall("reopen " + torn + "-c1 60");
        } finally {
            Files.write(file, whole);
            vault().remove(torn, revision);
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void theSelectionInTheListOfAllStaysWhenAValueChanges() {
        String anvil = anvil();
        open(VIEW);
        try {
            sync.put(new Room(ScriptedSync.FRIDAY, "Friday", List.of(anvil, "unseen"), List.of()));
            sync.putConflict(anvil, "\"One\"", "\"Two\"");
            sync.putConflicts("unseen");
            Table list = screen.find(Table.class, "notes");
            screen.await("all three", () -> list.getItemCount() == 3);
            screen.run(() -> {
                IntStream.range(0, list.getItemCount())
                        .filter(row -> list.getItem(row).getText(1).equals("notes"))
                        .forEach(list::setSelection);
                list.notifyListeners(SWT.Selection, new Event());
            });
            sync.putConflict(anvil, "\"One of today\"", "\"Two\"");
            screen.await(
                    "the value of today",
                    () -> Stream.of(list.getItems())
                            .anyMatch(row -> row.getText(2).equals("One of today")));
            assertEquals(
                    List.of("One of today"),
                    screen.ask(() -> Stream.of(list.getSelection())
                            .map(row -> row.getText(2))
                            .toList()));
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void takesAThirdValueIfItIsOneOfTheField() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        type("55", "heavy");
        screen.click("Use This Text");
        screen.awaitText("This field is a number");
        assertTrue(sync.calls.isEmpty(), sync.calls.toString());
        type("heavy", "57.5");
        screen.awaitNoText("This field is a number");
        screen.click("Use This Text");
        awaitCall("settle item1-c1 57.5");
        type("Anvil \"AV-3\"", "Anvil \\ \"AV-5\"");
        screen.click("Use This Text");
        awaitCall("settle item1-c2 \"Anvil \\\\ \\\"AV-5\\\"\"");
    }

    @Test
    void whatIsTypedStaysWhenTheItemChangesMeanwhile() {
        sync.withFriday();
        sync.putConflict("item1", "\"One\"", "\"Two\"");
        openConflicts("item1");
        type("One", "Three");
        sync.putConflict("item1", "\"One of today\"", "\"Two\"");
        screen.await(
                "what stands now",
                () -> screen.all(StyledText.class)
                        .anyMatch(each -> !each.getEditable() && each.getText().equals("One of today")));
        screen.click("Use This Text");
        awaitCall("settle item1-text \"Three\"");
    }

    @Test
    void whatIsTypedStaysWhenSomebodyElseDecides() {
        sync.withFriday();
        sync.putConflict("item1", "\"One\"", "\"Two\"");
        openConflicts("item1");
        type("One", "Three");
        sync.settleElsewhere("item1");
        screen.awaitText("Somebody else has decided this meanwhile. What you wrote is still below");
        screen.awaitEnabled("Use This Text", false);
        screen.awaitEnabled("Take the Other", false);
        assertTrue(screen.ask(() ->
                screen.all(StyledText.class).anyMatch(each -> each.getText().equals("Three"))));
        sync.putConflict("item1", "\"One\"", "\"Two\""); // and takes that back
        screen.awaitNoText("Somebody else has decided this meanwhile.");
        screen.click("Use This Text");
        awaitCall("settle item1-text \"Three\"");
        screen.awaitText("Everything is decided.");
    }

    @Test
    void whatIsTypedStaysWhileAnotherRowIsLookedAt() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        type("55", "57.5");
        select(1);
        type("Anvil \"AV-3\"", "Anvil");
        select(0);
        screen.awaitText("57.5");
        screen.click("Use This Text");
        awaitCall("settle item1-c1 57.5");
        screen.awaitText("1 conflict");
        screen.click("Use This Text");
        awaitCall("settle item1-c2 \"Anvil\"");
    }

    @Test
    void whatIsTypedStaysWhenSomebodyElseDecidesWhileAnotherRowIsLookedAt() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        type("55", "57.5");
        select(1);
        screen.awaitText("Anvil \"AV-3\"");
        sync.settleElsewhere("item1", "item1-c1");
        screen.awaitText(
                "Somebody else has decided about tonnage meanwhile. What you wrote there is still in the list");
        screen.awaitText("1 conflict");
        Table list = screen.find(Table.class, "tonnage");
        assertEquals(
                List.of("name", "tonnage"),
                screen.ask(() ->
                        Stream.of(list.getItems()).map(row -> row.getText(0)).toList()));
        assertEquals(
                "Decided by somebody else", screen.ask(() -> list.getItem(1).getText(1)));
        select(1);
        screen.awaitText("Somebody else has decided this meanwhile. What you wrote is still below");
        screen.awaitEnabled("Use This Text", false);
        assertTrue(screen.ask(() ->
                screen.all(StyledText.class).anyMatch(each -> each.getText().equals("57.5"))));
        select(0);
        screen.awaitText("Somebody else has decided about tonnage meanwhile.");
        screen.click("Keep This");
        awaitCall("settle item1-c2 as it is");
        screen.awaitText("What you wrote is still below");
        assertTrue(screen.ask(() ->
                screen.all(StyledText.class).anyMatch(each -> each.getText().equals("57.5"))));
        sync.putConflicts("item1"); // and takes that back
        screen.awaitText("2 conflicts");
        screen.awaitNoText("Somebody else");
        screen.click("Use This Text");
        awaitCall("settle item1-c1 57.5");
    }

    /** As a click on a row of the list in the dialog does. */
    private void select(int row) {
        Table list = screen.find(Table.class, "tonnage");
        screen.run(() -> {
            list.setSelection(row);
            list.notifyListeners(SWT.Selection, new Event());
        });
    }

    @Test
    void whileSyncStartsNothingIsCalledDecided() {
        sync.withFriday();
        sync.putConflict("item1", "\"One\"", "\"Two\"");
        openConflicts("item1");
        type("One", "Three");
        sync.starting();
        sync.settleElsewhere("item1"); // so it looks
        screen.awaitText("Sync is starting…");
        screen.awaitEnabled("Use This Text", false);
        sync.problem = Optional.of("Sync cannot start yet.");
        sync.tellRooms();
        screen.awaitText("Sync cannot start yet.");
        sync.put("item1", Badge.SYNCING); // its room has yet to tell of it
        sync.problem = Optional.empty();
        sync.started();
        screen.awaitRepainted();
        assertFalse(screen.ask(screen::words).stream().anyMatch(said -> said.contains("Somebody else")));
        screen.awaitEnabled("Use This Text", false);
        sync.putConflict("item1", "\"One\"", "\"Two\"");
        screen.awaitNoText("Sync cannot start yet.");
        screen.awaitEnabled("Use This Text", true);
        screen.click("Use This Text");
        awaitCall("settle item1-text \"Three\"");
    }

    @Test
    void theListOfAllSaysWhileSyncStartsThatItDoes() {
        sync.starting();
        open(VIEW);
        try {
            screen.awaitText("Sync is starting…");
            screen.awaitNoText("There is nothing to decide here.");
            sync.started();
            screen.awaitText("There is nothing to decide here.");
            screen.awaitNoText("Sync is starting…");
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void takesBackWhatWasDecidedLast() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        screen.click("Take the Other");
        awaitCall("settle item1-c1 60");
        screen.click("Keep This");
        awaitCall("settle item1-c2 as it is");
        screen.click("Undo Last Decision");
        awaitCall("reopen item1-c2 as it is");
        screen.click("Undo Last Decision");
        awaitCall("reopen item1-c1 60");
        screen.awaitText("2 conflicts");
    }

    @Test
    void aDecisionIsUndoneAfterTheDialogIsClosed() {
        String anvil = anvil();
        sync.put(new Room(ScriptedSync.FRIDAY, "Friday", List.of(anvil), List.of()));
        sync.putConflicts(anvil);
        openConflicts(anvil);
        screen.click("Take the Other");
        awaitCall("settle " + anvil + "-c1 60");
        screen.click("Keep This");
        awaitCall("settle " + anvil + "-c2 as it is");
        screen.awaitText("What you decided can be undone here, and later in the view of all conflicts.");
        screen.closeDialogs();
        open(VIEW);
        try {
            ToolItem undo = screen.find(ToolItem.class, "Undo Decision: name of Anvil AV-3");
            assertTrue(screen.ask(undo::isEnabled));
            sync.refusal = Optional.of("The item cannot be read at the moment. Try again.");
            screen.press(undo);
            screen.awaitText("The item cannot be read at the moment.");
            screen.closeDialogs();
            // The earlier one can be undone meanwhile.
            screen.find(ToolItem.class, "Undo Decision: tonnage of Anvil AV-3");
            screen.press(undo);
            screen.awaitText("The item cannot be read at the moment.");
            screen.closeDialogs();
            sync.refusal = Optional.empty();
            screen.find(ToolItem.class, "Undo Decision: name of Anvil AV-3");
            screen.press(undo);
            Table list = screen.find(Table.class, "Anvil AV-3");
            screen.await("it to be open", () -> list.getItemCount() == 1);

            // The command of the host, such as Ctrl+Z and Edit > Undo.
            screen.find(ToolItem.class, "Undo Decision: tonnage of Anvil AV-3");
            screen.start(() -> {
                activate(VIEW);
                execute("org.eclipse.ui.edit.undo");
            });
            awaitCall("reopen " + anvil + "-c1 60");
            screen.await("both", () -> list.getItemCount() == 2);
            screen.await("nothing to undo", () -> !undo.isEnabled());

            screen.start(() -> {
                activate(VIEW);
                execute("org.eclipse.ui.edit.redo");
            });
            screen.await("one again", () -> list.getItemCount() == 1);
            sync.writtenSince = Optional.of("70");
            screen.await("something to undo", undo::isEnabled);
            screen.choose(list, "Undo Decision: tonnage of Anvil AV-3");
            screen.awaitText("“tonnage” has been changed since, so it stays 70. It is open again");
            screen.closeDialogs();
            screen.await(
                    "the value of today",
                    () -> Stream.of(list.getItems())
                            .anyMatch(row -> row.getText(2).equals("70")));
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void aDecisionAboutWhatIsNotSharedAnyMoreKeepsNoEarlierOneFromBeingUndone() {
        sync.withFriday();
        for (String item : List.of("item1", "item2")) {
            sync.putConflict(item, "\"One\"", "\"Two\"");
            openConflicts(item);
            screen.click("Take the Other");
            awaitCall("settle " + item + "-text \"Two\"");
            screen.awaitText("Everything is decided.");
            screen.closeDialogs();
        }
        sync.stop(List.of("item2"));
        open(VIEW);
        try {
            ToolItem undo = screen.find(ToolItem.class, "Undo Decision: notes of item2");
            screen.press(undo);
            screen.awaitText("This item is not shared any more.");
            screen.closeDialogs();
            screen.find(ToolItem.class, "Undo Decision: notes of item1");
            screen.press(undo);
            awaitCall("reopen item1-text \"Two\"");
            screen.await("nothing to undo", () -> !undo.isEnabled());
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void whatCannotBeUndoneInTheDialogKeepsNothingElseFromIt() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        screen.click("Take the Other");
        awaitCall("settle item1-c1 60");
        screen.click("Keep This");
        awaitCall("settle item1-c2 as it is");
        sync.refusal = Optional.of("That value has no place any more.");
        screen.click("Undo Last Decision");
        screen.awaitText("That value has no place any more.");
        sync.refusal = Optional.empty();
        screen.click("Undo Last Decision");
        awaitCall("reopen item1-c1 60");
        screen.awaitText("1 conflict");
        screen.click("Undo Last Decision");
        screen.awaitText("2 conflicts");
        screen.awaitEnabled("Undo Last Decision", false);
    }

    @Test
    void whatIsUndoneInTheDialogIsNotUndoneAgain() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        screen.click("Take the Other");
        awaitCall("settle item1-c1 60");
        screen.click("Undo Last Decision");
        awaitCall("reopen item1-c1 60");
        screen.awaitText("2 conflicts");
        screen.closeDialogs();
        open(VIEW);
        try {
            screen.find(Table.class, "tonnage");
            assertFalse(screen.ask(() -> screen.all(ToolItem.class)
                    .filter(each -> Optional.ofNullable(each.getToolTipText())
                            .orElse("")
                            .startsWith("Undo Decision"))
                    .anyMatch(ToolItem::isEnabled)));
        } finally {
            screen.run(() -> page().hideView(page().findView(VIEW)));
        }
    }

    @Test
    void mergesTextsAndLists() {
        records.tellOfMerges();
        sync.withFriday();
        sync.putMerges("item1");
        openConflicts("item1");
        screen.awaitText("Before both");
        screen.awaitText("Difference 1 of 1:");
        screen.awaitEnabled("Previous", false);
        screen.awaitEnabled("Next", false);
        // Of the first line somebody chooses; what only the other changed is taken.
        screen.awaitText("Slow, but hard to stop.\nKeep it near the base.\nRuns hot in the desert.\nNeeds a spotter.");
        screen.click("The Other");
        screen.awaitText("Slow as a snail.\nKeep it near the base.\nRuns hot in the desert.\nNeeds a spotter.");
        screen.click("Both");
        screen.awaitText("Slow, but hard to stop.\nSlow as a snail.\nKeep it near the base.");
        screen.click("What Stands");
        screen.click("Use This Text");
        awaitCall("settle item1-text \"Slow, but hard to stop.\\nKeep it near the base.\\nRuns hot in the desert."
                + "\\nNeeds a spotter.\"");
        // Both added something to the list, and both is kept.
        screen.awaitText("rugged\neasy to pilot\nbad reputation");
        screen.click("Use This Text");
        awaitCall("settle item1-list [\"rugged\",\"easy to pilot\",\"bad reputation\"]");
        screen.awaitText("{\"id\":2,\"ammo\":9}");
        type("{\"id\":1,\"ammo\":5}\n{\"id\":2,\"ammo\":9}", "{\"id\":1,\"ammo\":5}\n{\"id\":2");
        screen.click("Use This Text");
        screen.awaitText("This is not JSON.");
    }

    @Test
    void decidesAboutEndlessWordsWithoutALoss() {
        sync.withFriday();
        for (int letters : new int[] {40_000, 1_000_000}) {
            String item = "item" + letters;
            String standing = "\"One line.\\n" + "x".repeat(letters) + "\"";
            sync.putConflict(item, standing, "\"One other.\\n" + "y".repeat(letters) + "\"");
            long before = screen.busyMillis();
            openConflicts(item);
            screen.awaitText("One other.\nyyy");
            screen.awaitPainted();
            long millis = screen.busyMillis() - before;
            System.out.println(letters + " letters in a conflict: " + millis + " ms of the UI thread");
            assertTrue(millis < 3000, "the UI thread was busy for " + millis + " ms");
            StyledText result = screen.ask(() -> screen.all(StyledText.class)
                    .filter(each -> (each.getStyle() & SWT.READ_ONLY) == 0)
                    .findFirst()
                    .orElseThrow());
            if (letters == 40_000) {
                screen.run(() -> result.replaceTextRange(0, 3, "My"));
                screen.click("Use This Text");
                awaitCall("settle " + item + "-text " + standing.replace("One", "My"));
            } else {
                assertFalse(screen.ask(result::getEditable));
                screen.awaitText("1,000,000 characters in one line, of which the beginning is shown");
                screen.click("The Other");
                screen.click("Use This Text");
                awaitCall("settle " + item + "-text \"One other.\\n" + "y".repeat(letters) + "\"");
            }
            screen.closeDialogs();
        }
    }

    @Test
    void takesNoMillionLettersInOneLine() {
        sync.withFriday();
        sync.putConflict("item1", "\"One\"", "\"Two\"");
        openConflicts("item1");
        screen.awaitText("Two");
        StyledText result = screen.ask(() -> screen.all(StyledText.class)
                .filter(each -> each.getEditable() && each.getText().equals("One"))
                .findFirst()
                .orElseThrow());
        screen.copy("x".repeat(1_000_000), TextTransfer.getInstance());
        long before = screen.busyMillis();
        screen.run(() -> {
            result.setSelection(3);
            result.paste();
        });
        screen.awaitText("A line of it would have 1,000,003 characters. Up to 100,000 can be edited here.");
        assertEquals("One", screen.ask(result::getText));
        screen.copy("x".repeat(40_000), TextTransfer.getInstance());
        screen.run(result::paste);
        screen.awaitNoText("A line of it would have");
        screen.awaitPainted();
        long millis = screen.busyMillis() - before;
        assertTrue(millis < 3000, "the UI thread was busy for " + millis + " ms");
        screen.click("Use This Text");
        awaitCall("settle item1-text \"One" + "x".repeat(40_000) + "\"");
    }

    @Test
    void saysOnF1WhatItIsFor() {
        sync.withFriday();
        sync.putConflicts("item1");
        openConflicts("item1");
        Shell dialog = screen.find(Shell.class, "Conflicts");
        screen.start(() -> dialog.notifyListeners(SWT.Help, new Event()));
        screen.awaitText("Two people wrote the same field without knowing of each other.");
    }

    private static String anvil() {
        return vault().ids().stream()
                .filter(id -> vault().get(id).orElseThrow().item().name().equals("Anvil AV-3"))
                .findFirst()
                .orElseThrow();
    }

    private void openConflicts(String item) {
        screen.press(toggles(item).getFirst());
        screen.click("Look at Conflicts…");
    }

    /** Types over what stands in the field for a third value. */
    private void type(String before, String text) {
        StyledText[] field = new StyledText[1];
        screen.await("the field with " + before, () -> {
            field[0] = screen.all(StyledText.class)
                    .filter(each -> each.getEditable() && each.getText().equals(before))
                    .findFirst()
                    .orElse(null);
            return field[0] != null;
        });
        screen.run(() -> field[0].setText(text));
    }
}
