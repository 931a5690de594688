// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.eclipse.jface.action.ActionContributionItem;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.ui.actions.ActionFactory;
import org.junit.jupiter.api.Test;
import org.vaultsync.Room;

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
    void copiesTheLinesThatAreSelected() {
        sync.withFriday();
        open("org.vaultsync.ui.log");
        Table log = screen.find(Table.class, "Eva's tablet");
        screen.run(() -> {
            log.selectAll();
            log.notifyListeners(SWT.Selection, new Event());
            page().findView("org.vaultsync.ui.log")
                    .getViewSite()
                    .getActionBars()
                    .getGlobalActionHandler(ActionFactory.COPY.getId())
                    .run();
        });
        screen.await(
                "the lines",
                () -> screen.copied().lines().count() == log.getItemCount()
                        && screen.copied()
                                .contains("\tEva's tablet\tNobody answered at 192.168.1.9:8765. (14 times)\t"));
    }

    @Test
    void whatHasNotChangedIsNotShownAnew() {
        sync.withFriday();
        open("org.vaultsync.ui.log");
        Table log = screen.find(Table.class, "Eva's tablet");
        screen.run(() -> log.getItem(1).setText(0, "as it was"));
        awaitNewsOfRooms();
        assertEquals("as it was", screen.ask(() -> log.getItem(1).getText(0)));
        screen.run(() -> log.setSelection(1));
        sync.put(new Room(ScriptedSync.FRIDAY, "Saturday", List.of(), List.of()));
        screen.await("another name", () -> !log.getItem(1).getText(0).equals("as it was"));
        assertEquals(1, screen.<Integer>ask(log::getSelectionIndex));
    }

    @Test
    void tellsOfOneRoomAndItsMembersAlone() {
        openPeers();
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Cellar server");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.choose(tree, "Log of This Room");
        screen.awaitText("Only what happened in “Friday");
        screen.awaitText("Let in by 12ab34cd.");
        screen.awaitText("Nobody answered at 192.168.1.9:8765.");
        screen.awaitNoText("Nobody answered at 10.0.0.9:8765.");
        screen.start(() -> ((ActionContributionItem) page().findView("org.vaultsync.ui.log")
                        .getViewSite()
                        .getActionBars()
                        .getToolBarManager()
                        .getItems()[0])
                .getAction()
                .run());
        screen.awaitText("Nobody answered at 10.0.0.9:8765.");
        screen.awaitNoText("Only what happened in");
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
