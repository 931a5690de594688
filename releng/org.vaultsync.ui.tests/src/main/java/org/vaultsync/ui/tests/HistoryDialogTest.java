// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.junit.jupiter.api.Test;

class HistoryDialogTest extends ViewsTest {
    @Test
    void tellsWhoChangedWhatAndComparesAndRestores() {
        openHistory("item1");
        screen.awaitText("History of Anvil");
        screen.awaitText("Changed tonnage and more, 2 fields");
        screen.awaitText("Changed notes");
        screen.awaitText("by Anna's laptop");
        Table versions = screen.find(Table.class, "Shared");
        select(versions, 1);
        screen.awaitText("Keep it near the base.");
        select(versions, 0, 2);
        screen.awaitText("v1-v3");
        select(versions, 2);
        records.refusal = Optional.of("Sync of this item is stopped on this device.");
        screen.click("Restore This Version");
        screen.awaitText("Sync of this item is stopped on this device.");
        records.refusal = Optional.empty();
        screen.click("Restore This Version");
        screen.awaitText("Restored an earlier version: Changed");
        screen.await("the call", () -> records.calls.equals(java.util.List.of("restore v1", "restore v1")));
    }

    @Test
    void whatIsReadStaysWhileTheItemChanges() {
        openHistory("item1");
        Table changes = screen.find(Table.class, "Anvil & Co");
        screen.run(() -> {
            changes.setSelection(1);
            changes.notifyListeners(SWT.Selection, new Event());
        });
        screen.await("the field", () -> chosen(changes).equals(List.of("name")));
        records.refusal = Optional.of("Sync of this item is stopped on this device.");
        select(screen.find(Table.class, "Shared"), 1);
        screen.click("Restore This Version");
        screen.awaitText("Sync of this item is stopped on this device.");
        select(screen.find(Table.class, "Shared"), 0);
        screen.run(() -> {
            changes.setSelection(1);
            changes.notifyListeners(SWT.Selection, new Event());
        });
        records.tellOf("\"New\"", "\"Newer\"");
        sync.changed(Set.of("item1"));
        Table versions = screen.find(Table.class, "Shared");
        screen.await("the new version", () -> versions.getItemCount() == 4);
        assertEquals(List.of("name"), screen.ask(() -> chosen(changes)));
        assertTrue(screen.ask(screen::words).stream()
                .anyMatch(said -> said.contains("Sync of this item is stopped on this device.")));
    }

    private static List<String> chosen(Table table) {
        return Stream.of(table.getSelection()).map(row -> row.getText(0)).toList();
    }

    @Test
    void whyItCouldNotBeReadGoesOnceItCan() {
        records.unreadable = Optional.of("The database cannot be read.");
        openHistory("item1");
        screen.awaitText("The database cannot be read.");
        records.unreadable = Optional.empty();
        sync.tellRooms();
        screen.awaitText("History of Anvil");
        screen.awaitNoText("The database cannot be read.");
    }

    @Test
    void showsEndlessWordsAtOnce() {
        for (int letters : new int[] {40_000, 1_000_000}) {
            records.versions.clear();
            records.tellOf("\"" + "x".repeat(letters) + "\"", "\"Seen " + "y".repeat(letters) + "\"");
            long before = screen.busyMillis();
            openHistory("item1");
            screen.awaitText("Seen yyy");
            screen.awaitPainted();
            long millis = screen.busyMillis() - before;
            System.out.println(letters + " letters in the history: " + millis + " ms of the UI thread");
            assertTrue(millis < 3000, "the UI thread was busy for " + millis + " ms");
            screen.closeDialogs();
        }
        screen.awaitNoText("Seen yyy");
    }

    @Test
    void bringsDeletedItemsBack() {
        openPeers();
        sync.withFriday();
        screen.awaitText("Friday & friends");
        pressInPeers("Deleted Items…");
        screen.awaitText("Deleted from “Friday & friends”");
        select(screen.find(Table.class, "Anvil"), 0);
        screen.click("Restore");
        screen.await("the call", () -> records.calls.contains("restore v4"));
    }

    private void select(Table table, int... rows) {
        screen.run(() -> {
            table.setSelection(rows);
            table.notifyListeners(SWT.Selection, new Event());
        });
    }
}
