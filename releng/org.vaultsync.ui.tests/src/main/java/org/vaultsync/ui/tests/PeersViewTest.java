// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Platform;
import org.eclipse.jface.action.ActionContributionItem;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.quickaccess.IQuickAccessComputer;
import org.eclipse.ui.quickaccess.QuickAccessElement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.JoinRequest;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.Scope;
import org.vaultsync.Throughput;
import org.vaultsync.Trouble;

class PeersViewTest extends ViewsTest {
    @BeforeEach
    void open() {
        openPeers();
    }

    @Test
    void explainsItselfWithoutARoom() {
        screen.awaitText("Share with a friend");
        screen.awaitText("Bob's desk & chair");
        screen.awaitText(ScriptedSync.SELF.grouped());
        screen.click("Create Room");
        screen.awaitText("Create a room and invite others to it");
    }

    @Test
    void tellsTheStateOfEachMember() {
        sync.withFriday();
        screen.awaitText("Friday & friends");
        screen.awaitText("2 of 5 linked");
        screen.awaitText("212 of 212 items");
        screen.awaitText("312 ms");
        screen.awaitText("LAN · 192.168.1.4:40111");
        screen.awaitText("try 3 of 5");
        screen.awaitText("Away, last seen");
        screen.awaitText("Refused");
        screen.awaitText(ScriptedSync.ANNA.brief());
    }

    @Test
    void saysWhyAMemberIsRefused() {
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Frank");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(4));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("Frank: This device proved another key than the one it had before.");
    }

    @Test
    void keepsTheSelectionWhileMembersChange() {
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Dieter");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(2));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        Room friday = sync.rooms().getFirst();
        Member dieter = friday.members().get(2);
        sync.put(new Room(
                friday.id(),
                friday.name(),
                friday.items(),
                List.of(
                        friday.members().get(0),
                        new Member(
                                dieter.fingerprint(),
                                "Dieter's new phone",
                                new Reach.Away(Optional.empty(), Optional.empty()),
                                7))));
        screen.awaitText("Dieter's new phone: Away");
    }

    @Test
    void whatChangesWhileTheViewLooksIsLookedAtOnceMore() {
        sync.withFriday();
        screen.awaitText("Anna's laptop");
        sync.answering = new CompletableFuture<>();
        try {
            sync.put(fridayAfter("Dora"));
            screen.await("the view to look", () -> sync.waiting.get() == 1);
            pairing.requests = List.of(new JoinRequest("r1", ScriptedSync.FRIDAY, "Tablet", ScriptedSync.ANNA));
            sync.put(fridayAfter("Emil"));
            // The line about it is told of changes just before the view.
            screen.find(Button.class, "Answer…");
            screen.run(() -> {});
            assertEquals(1, sync.waiting.get());
        } finally {
            sync.answering.complete(null);
        }
        screen.awaitText("Emil");
    }

    /** The room with somebody new in it. */
    private Room fridayAfter(String newcomer) {
        Reach away = new Reach.Away(Optional.empty(), Optional.empty());
        return new Room(
                ScriptedSync.FRIDAY,
                "Friday & friends",
                List.of(),
                List.of(new Member(ScriptedSync.fingerprint(9), newcomer, away, 0)));
    }

    @Test
    void theTreeHasRoomHoweverSmallTheViewIs() {
        sync.withFriday();
        Tree tree = selected(4);
        StyledText details = screen.find(StyledText.class, "This device proved another key");
        Composite view = screen.ask(() -> details.getParent().getParent().getParent());
        Point before = screen.ask(view::getSize);
        try {
            sized(view, 300, 200);
            assertTrue(screen.ask(() -> tree.getClientArea().height) >= 120, "small: the tree has no room");
            assertFalse(screen.ask(details::isVisible), "small: the details take room");
            sized(view, 1200, 240);
            assertTrue(screen.ask(details::isVisible), "flat: no details");
            assertTrue(screen.ask(() -> details.toDisplay(0, 0).x > tree.toDisplay(0, 0).x), "flat: not beside");
            assertTrue(screen.ask(() -> tree.getClientArea().height) >= 100, "flat: the tree has no room");
            sized(view, 400, 700);
            assertTrue(screen.ask(details::isVisible), "tall: no details");
            assertTrue(screen.ask(() -> details.toDisplay(0, 0).y > tree.toDisplay(0, 0).y), "tall: not below");
            assertTrue(screen.ask(() -> tree.getSize().y > details.getSize().y), "tall: the details are larger");
        } finally {
            screen.run(() -> view.setSize(before));
        }
    }

    private void sized(Composite view, int width, int height) {
        screen.run(() -> view.setSize(width, height));
    }

    @Test
    void renamesThisDevice() {
        screen.press(screen.find(ToolItem.class, "Rename This Device"));
        screen.awaitText("The name that others see");
        onlyNamesAreTaken();
        screen.type(false, " Attic ");
        screen.click("OK");
        awaitCall("nameDevice Attic");
        screen.awaitText("Attic");
    }

    /** What a dialog that asks for a name says of what is none. */
    private void onlyNamesAreTaken() {
        for (List<String> each : List.of(
                List.of("a\tb", "A name cannot contain line breaks, tabs or other control characters."),
                List.of("x".repeat(65), "A name has at most 64 characters; this one has 65."),
                List.of("  ", "Give it a name."))) {
            screen.type(false, each.getFirst());
            screen.awaitText(each.getLast());
            screen.awaitEnabled("OK", false);
        }
    }

    @Test
    void asksBeforeItLeavesARoom() {
        sync.withHome();
        Tree tree = screen.find(Tree.class, "Home");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.start(() -> page().findView("org.vaultsync.ui.peers")
                .getViewSite()
                .getActionBars()
                .getGlobalActionHandler(ActionFactory.DELETE.getId())
                .run());
        screen.awaitText("Do you want to leave “Home”?");
        screen.click("Leave");
        awaitCall("leave " + ScriptedSync.HOME.hex());
        screen.awaitText("Share with a friend");
    }

    private Tree selected(int member) {
        Tree tree = screen.find(Tree.class, "Cellar server"); // who is in no other room of these tests
        screen.run(() -> {
            TreeItem room = tree.getItem(0);
            tree.setSelection(member < 0 ? room : room.getItem(member));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        return tree;
    }

    private void fridayAs(Room.Standing standing) {
        sync.withFriday().as(standing);
    }

    @Test
    void theFounderRemovesAMemberAfterAQuestionAndNamesAdmins() {
        fridayAs(Room.Standing.FOUNDER);
        screen.choose(selected(0), "Remove from Room…");
        screen.awaitText("Do you want to remove Anna's laptop from “Friday & friends”?");
        screen.click("Remove");
        awaitCall("remove " + ScriptedSync.FRIDAY + " " + ScriptedSync.ANNA);
        screen.choose(selected(1), "Make Admin");
        awaitCall("appoint " + ScriptedSync.FRIDAY + " " + ScriptedSync.fingerprint(3) + " true");
    }

    @Test
    void eachEntryOfAMenuHasAMnemonicOfItsOwn() {
        Legible legible = new Legible();
        fridayAs(Room.Standing.FOUNDER);
        Tree tree = selected(-1);
        assertEquals(List.of(), complaints(legible, tree, "Rename Room…"));
        selected(0);
        assertEquals(List.of(), complaints(legible, tree, "Make Admin"));
        Control device = screen.find(Label.class, "Bob's desk & chair");
        assertEquals(List.of(), complaints(legible, device, "Copy Fingerprint of This Device"));
        List<String> ofView = screen.ask(() -> legible.complaints(((MenuManager) menuOfPeers()).getMenu()));
        assertEquals(List.of(), ofView);
        sync.forget();
        sync.put(ScriptedSync.openRoom("Game table", true, ScriptedSync.annaAndABrowser(), Set.of()));
        Tree open = screen.find(Tree.class, "Game table");
        screen.run(() -> {
            open.setSelection(open.getItem(0));
            open.notifyListeners(SWT.Selection, new Event());
        });
        assertEquals(List.of(), complaints(legible, open, "Show Code…"));
        screen.run(() -> {
            open.setSelection(open.getItem(0).getItem(0));
            open.notifyListeners(SWT.Selection, new Event());
        });
        assertEquals(List.of(), complaints(legible, open, "Copy ID"));
    }

    /** What is wrong with the context menu, once it has an entry. */
    private List<String> complaints(Legible legible, Control control, String entry) {
        screen.await("the entry " + entry, () -> {
            control.getMenu().notifyListeners(SWT.Show, new Event());
            return Stream.of(control.getMenu().getItems())
                    .anyMatch(item -> item.getText().replaceAll("&|\t.*", "").equals(entry));
        });
        return screen.ask(() -> legible.complaints(control.getMenu()));
    }

    @Test
    void whoWasRemovedIsToldSo() {
        fridayAs(Room.Standing.REMOVED);
        screen.awaitText("Removed: you keep your copies");
    }

    @Test
    void renamesARoom() {
        sync.withFriday();
        screen.choose(selected(-1), "Rename Room…");
        screen.awaitText("Name of the room, for everybody in it:");
        onlyNamesAreTaken();
        screen.type(false, "Saturday");
        screen.click("OK");
        awaitCall("rename " + ScriptedSync.FRIDAY + " Saturday");
    }

    @Test
    void takesTheAddressesThatAPersonTypesForAMemberInTheirOrder() {
        sync.withFriday();
        pairing.typed = List.of("192.0.2.7");
        screen.choose(selected(0), "Addresses…");
        screen.awaitText("Where “Anna's laptop” is dialled");
        screen.awaitText("Known: 192.168.1.4:8765");
        screen.type(false, " laptop.tailnet.example:8765 ");
        screen.click("Add");
        screen.awaitText("laptop.tailnet.example:8765");
        screen.choose("laptop.tailnet.example:8765");
        screen.click("Up");
        screen.await("it to be first", () -> firstRow().equals("laptop.tailnet.example:8765"));
        for (String wrong : List.of("two words", "laptop:99999", "http://laptop", "[fd00::20")) {
            screen.type(false, wrong);
            screen.awaitText("“" + wrong + "” is not an address; one looks like");
            screen.awaitEnabled("Add", false);
            screen.awaitEnabled("OK", false);
        }
        screen.type(false, "dock.local");
        screen.awaitNoText("is not an address");
        pairing.refusal = Optional.of("At most 2 addresses can be kept for a device.");
        screen.click("OK");
        String call = "addresses of " + ScriptedSync.ANNA + " [laptop.tailnet.example:8765, 192.0.2.7, dock.local]";
        screen.await(call, () -> pairing.calls.contains(call));
        screen.awaitText("At most 2 addresses can be kept for a device.");
        screen.awaitText("dock.local"); // nothing of what was typed is lost
        screen.type(false, "");
        pairing.refusal = Optional.empty();
        screen.choose("192.0.2.7");
        screen.click("Remove");
        screen.click("OK");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        screen.await("the addresses to be kept", () -> pairing.typed.equals(List.of("laptop.tailnet.example:8765")));
    }

    private String firstRow() {
        Table table = screen.find(Table.class, "192.0.2.7");
        return screen.ask(() -> table.getItem(0).getText());
    }

    @Test
    void syncsOneDeviceOrARoomAtOnce() {
        sync.withFriday();
        screen.choose(selected(0), "Sync with This Device");
        awaitCall("syncNow " + new Scope.OfPeer(ScriptedSync.ANNA));
        screen.choose(selected(-1), "Sync This Room");
        awaitCall("syncNow " + new Scope.OfRoom(ScriptedSync.FRIDAY));
    }

    @Test
    void saysOfWhomTheKeyWasProved() {
        sync.withFriday();
        selected(0);
        screen.awaitText("Verified: it has proved its key.");
        selected(4);
        screen.awaitText("This device proved another key");
        screen.awaitNoText("Verified: it has proved its key.");
    }

    @Test
    void showsTheOwnFingerprintAsAQrCode() {
        screen.press(screen.find(ToolItem.class, "Show Fingerprint as a QR Code"));
        screen.awaitText("Replace Key");
        screen.pictureOfCode();
    }

    @Test
    void pausesAndResumesAMember() {
        sync.withFriday();
        screen.choose(selected(0), "Pause This Device");
        awaitCall("pause " + new Scope.OfPeer(ScriptedSync.ANNA));
        screen.awaitText("2 of 5 linked · 1 paused"); // in the status line
        screen.choose(selected(0), "Resume");
        awaitCall("resume " + new Scope.OfPeer(ScriptedSync.ANNA));
        screen.choose(selected(-1), "Pause This Room");
        awaitCall("pause " + new Scope.OfRoom(ScriptedSync.FRIDAY));
    }

    @Test
    void pausesAndResumesEverything() {
        sync.withFriday();
        screen.awaitText("2 of 5 linked");
        pressInPeers("Pause Everything");
        awaitCall("pause " + new Scope.Everything());
        screen.awaitText("Sync paused"); // in the status line
        pressInPeers("Resume");
        awaitCall("resume " + new Scope.Everything());
        screen.awaitNoText("Sync paused");
    }

    @Test
    void syncsWithEverybodyAtOnce() {
        sync.withFriday();
        screen.awaitText("2 of 5 linked");
        screen.run(() -> Stream.of(page().findView("org.vaultsync.ui.peers")
                        .getViewSite()
                        .getActionBars()
                        .getToolBarManager()
                        .getItems())
                .filter(ActionContributionItem.class::isInstance)
                .map(entry -> ((ActionContributionItem) entry).getAction())
                .filter(action -> action.getToolTipText().equals("Sync Now"))
                .findFirst()
                .orElseThrow()
                .run());
        screen.choose(selected(-1), "Sync Now");
        screen.run(() -> execute("org.vaultsync.ui.syncNow"));
        screen.await("three calls", () -> sync.calls.equals(List.of("syncNow", "syncNow", "syncNow")));
    }

    @Test
    void copiesFingerprints() {
        sync.withFriday();
        screen.press(screen.find(ToolItem.class, "Copy Fingerprint of This Device"));
        screen.await("the own one", () -> screen.copied().equals(ScriptedSync.SELF.grouped()));
        screen.choose(selected(0), "Copy Fingerprint");
        screen.await("that of the member", () -> screen.copied().equals(ScriptedSync.ANNA.grouped()));
        selected(1);
        screen.run(() -> page().findView("org.vaultsync.ui.peers")
                .getViewSite()
                .getActionBars()
                .getGlobalActionHandler(ActionFactory.COPY.getId())
                .run());
        screen.await(
                "that of another one",
                () -> screen.copied().equals(ScriptedSync.fingerprint(3).grouped()));
    }

    @Test
    void makesAnAdminAPlainMemberAgain() {
        sync.withFriday();
        Room friday = sync.rooms().getFirst();
        Member dora = new Member(
                ScriptedSync.fingerprint(9),
                "Dora",
                true,
                Optional.empty(),
                new Reach.Away(Optional.empty(), Optional.empty()),
                0,
                Optional.empty());
        sync.put(new Room(friday.id(), friday.name(), Room.Standing.FOUNDER, friday.items(), 0, List.of(dora)));
        Tree tree = screen.find(Tree.class, "Dora (admin)");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.choose(tree, "Make Plain Member");
        awaitCall("appoint " + ScriptedSync.FRIDAY + " " + ScriptedSync.fingerprint(9) + " false");
    }

    @Test
    void whereNobodyElseIsADoubleClickInvites() {
        sync.put(new Room(ScriptedSync.HOME, "Home", List.of(), List.of()));
        Tree tree = screen.find(Tree.class, "Nobody else yet");
        screen.start(() -> {
            tree.setSelection(tree.getItem(0).getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
            tree.notifyListeners(SWT.DefaultSelection, new Event());
        });
        screen.awaitText("Invite somebody to “Home”");
    }

    @Test
    void leadsToConflictsAndLog() {
        sync.withFriday();
        Map<String, String> views =
                Map.of("Show Conflicts", "org.vaultsync.ui.openConflicts", "Show Log", "org.vaultsync.ui.log");
        views.forEach((entry, view) -> {
            hide(view);
            pressInPeers(entry);
            screen.await(view, () -> page().findView(view) != null);
            hide(view);
        });
    }

    private void hide(String view) {
        screen.run(() -> Optional.ofNullable(page().findView(view)).ifPresent(page()::hideView));
        screen.await(view + " to be gone", () -> page().findView(view) == null);
    }

    @Test
    void isOpenedFromTheStatusLineAndByACommand() {
        sync.withFriday();
        ToolItem status = screen.find(ToolItem.class, "2 of 5 linked");
        hide("org.vaultsync.ui.peers");
        screen.press(status);
        screen.awaitText("Friday & friends");
        hide("org.vaultsync.ui.peers");
        screen.run(() -> execute("org.vaultsync.ui.showPeers"));
        screen.awaitText("Friday & friends");
    }

    @Test
    void commandsLeadIntoARoom() {
        screen.start(() -> execute("org.vaultsync.ui.createRoom"));
        screen.awaitText("Create a room and invite others to it");
        screen.awaitText("A room is private");
        screen.click("Cancel");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        screen.start(() -> execute("org.vaultsync.ui.joinRoom"));
        screen.awaitText("Paste the line");
    }

    @Test
    void invitesNobodyIntoARoomThatRemovedThisDevice() {
        sync.withFriday();
        screen.find(Tree.class, "Friday & friends");
        ToolItem invite = screen.find(ToolItem.class, "Invite");
        screen.await("a way to invite", invite::isEnabled);
        sync.as(Room.Standing.REMOVED);
        screen.await("no way to invite", () -> !invite.isEnabled());
    }

    @Test
    void saysWhenAMemberLastSynced() {
        sync.withFriday();
        Tree tree = screen.find(Tree.class, "Eva's tablet");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(3));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("Last synced: ");
    }

    @Test
    void saysWhileSyncStartsAndWhatKeepsItFromWorking() {
        sync.starting();
        sync.withHome();
        screen.awaitText("Sync is starting");
        sync.problem = Optional.of("The disk is full. Make room, then restart the application.");
        sync.troubles = List.of(Trouble.other(sync.problem.get()));
        sync.withHome();
        screen.awaitText("The disk is full. Make room, then restart the application.");
    }

    @Test
    void isFoundByTheSearchOfTheWindow() {
        sync.withFriday();
        screen.awaitText("Friday & friends");
        screen.start(() -> execute("org.eclipse.ui.window.quickAccess"));
        screen.type(false, "laptop");
        String row = "Anna's laptop – Friday & friends";
        Table found = screen.find(Table.class, row);
        screen.start(() -> {
            IntStream.range(0, found.getItemCount())
                    .filter(each -> found.getItem(each).getText(1).equals(row))
                    .findFirst()
                    .ifPresent(found::setSelection);
            Event enter = new Event();
            enter.item = found.getSelection()[0];
            found.notifyListeners(SWT.DefaultSelection, enter);
        });
        screen.awaitText("Linked over the LAN at 192.168.1.4:40111");
        screen.await("the search to close", found::isDisposed);
    }

    private static IQuickAccessComputer search() {
        try {
            return (IQuickAccessComputer) Arrays.stream(
                            Platform.getExtensionRegistry().getConfigurationElementsFor("org.eclipse.ui.quickAccess"))
                    .filter(each -> each.getContributor().getName().equals("org.vaultsync.ui"))
                    .findFirst()
                    .orElseThrow()
                    .createExecutableExtension("class");
        } catch (CoreException broken) {
            throw new AssertionError(broken);
        }
    }

    private static final List<OpenRoom.Peer> TWO = List.of(peer("p1", "Anna's laptop"), peer("p2", ""));

    private static OpenRoom.Peer peer(String id, String name) {
        return new OpenRoom.Peer(
                id,
                name,
                name.isEmpty(),
                Optional.empty(),
                Optional.empty(),
                Throughput.NONE,
                Optional.empty(),
                Instant.EPOCH);
    }

    @Test
    void thoseInAnOpenRoomStandByName() {
        sync.put(ScriptedSync.openRoom(
                "Table",
                false,
                List.of(peer("p1", "Zoe"), peer("p2", "Tablet 10"), peer("p3", "Tablet 9"), peer("p4", "Ömer")),
                Set.of()));
        Tree tree = screen.find(Tree.class, "Zoe");
        assertEquals(
                List.of("Ömer", "Tablet 9", "Tablet 10", "Zoe"),
                screen.ask(() -> Arrays.stream(tree.getItem(0).getItems())
                        .map(TreeItem::getText)
                        .toList()));
    }

    @Test
    void theSearchTellsThoseInAnOpenRoomApart() {
        sync.put(ScriptedSync.openRoom("Table", false, TWO, Set.of()));
        List<QuickAccessElement> found = screen.ask(() -> List.of(search().computeElements()));
        assertEquals(
                List.of("Table", "A browser – Table", "Anna's laptop – Table"),
                found.stream().map(QuickAccessElement::getLabel).toList());
        assertEquals(3, found.stream().map(QuickAccessElement::getId).distinct().count());
    }

    @Test
    void copiesWhatTellsSomebodyInAnOpenRoomFromOthers() {
        sync.put(ScriptedSync.openRoom("Table", false, TWO, Set.of()));
        Tree tree = screen.find(Tree.class, "A browser");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.choose(tree, "Copy ID");
        screen.await("the id", () -> screen.copied().equals("p2"));
    }

    @Test
    void copiesDiagnosticsFromTheMenuOfARoomAndOfThisDevice() {
        sync.withFriday();
        screen.choose(selected(-1), "Copy Diagnostics");
        screen.await("the report", () -> screen.copied().startsWith("the report"));
        screen.awaitText("The report is in the clipboard.");
        screen.press(screen.find(ToolItem.class, "Copy Fingerprint of This Device"));
        screen.await("something else", () -> screen.copied().equals(ScriptedSync.SELF.grouped()));
        screen.choose(screen.find(Label.class, "Bob's desk & chair"), "Copy Diagnostics");
        screen.await("the report again", () -> screen.copied().startsWith("the report"));
    }

    private void selectRoom(String text) {
        Tree tree = screen.find(Tree.class, text);
        screen.run(() -> {
            tree.setSelection(tree.getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
    }

    @Test
    void tellsWhoIsInAnOpenRoom() {
        sync.put(ScriptedSync.openRoom("Table", true, ScriptedSync.annaAndABrowser(), Set.of()));
        screen.awaitText("2 there");
        screen.awaitText("QK7-M3X");
        screen.awaitText("Anna's laptop");
        screen.awaitText("A browser");
        screen.awaitText("Not everything passes");
        screen.awaitText("WebRTC, direct");
        screen.awaitText("48 ms");
        screen.awaitText("↑ 1234 ↓ 7 KB/s");
        Tree tree = screen.find(Tree.class, "A browser");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(1));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("Not verified: whoever knows the code can come in under any name.");
        selectRoom("Table");
        screen.awaitText("open to whoever knows the code QK7-M3X, has 1 item.");
        screen.awaitText("Signaling server wss://meet.example:4444: It is connected.");
        screen.awaitText("Signaling server ws://192.168.1.4:4444: Nothing listens there");
        screen.choose(screen.find(Tree.class, "Table"), "Show Code…");
        screen.awaitText("QK7-M3X @ wss://meet.example:4444");
    }

    @Test
    void saysThatAPasswordDiffersAndWhatToDo() {
        sync.put(ScriptedSync.openRoom("Table", true, List.of(), Set.of(OpenRoom.Notice.OTHER_PASSWORD)));
        screen.awaitText("Other password");
        selectRoom("Table");
        screen.awaitText("Somebody is there with another password.");
    }

    @Test
    void saysWhyAnOpenRoomIsNotExported() {
        sync.put(ScriptedSync.openRoom("Table", false));
        selectRoom("Table");
        screen.choose(screen.find(Tree.class, "Table"), "Export Room…");
        screen.awaitText("An open room is not exported: it has no members");
        screen.click("OK");
    }
}
