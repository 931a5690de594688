// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Encounter;
import org.vaultsync.JoinRequest;
import org.vaultsync.Listening;
import org.vaultsync.Neighbour;
import org.vaultsync.Room;
import org.vaultsync.RoomId;

/** Meeting devices nearby, being asked, and the pages about network and key. */
class PairingTest extends ViewsTest {
    private static final Encounter COMES = new Encounter("6", "Tablet", ScriptedSync.ANNA, "654 321", false, false);

    private static final Encounter MET = new Encounter("1", "Anna's laptop", ScriptedSync.ANNA, "123 456", true, false);

    private static final RoomId ATTIC = new RoomId("0".repeat(31) + "3");

    @BeforeEach
    void open() {
        openPeers();
        screen.awaitText("Share with a friend");
    }

    private void nearby() {
        screen.click("Join with Invite…");
        screen.awaitText("Paste the line");
        screen.click("Device Nearby…");
        screen.awaitText("Pair with a device nearby");
        screen.awaitEnabled("Pair", false);
        pairing.nearby = List.of(new Neighbour("1", "Anna's laptop"), new Neighbour("2", "Tablet"));
        sync.tellRooms();
        screen.awaitText("Tablet");
    }

    @Test
    void aDeviceNearbyIsJoinedAfterTheCodesWereCompared() {
        nearby();
        screen.choose("Anna's laptop");
        screen.click("Pair");
        screen.await("the call", () -> pairing.calls.contains("meet Anna's laptop"));
        pairing.encounters = List.of(MET);
        pairing.meeting.complete(MET);
        screen.awaitText("123 456");
        screen.awaitText(ScriptedSync.ANNA.grouped());
        screen.click("Codes Are the Same");
        screen.await("the call", () -> pairing.calls.contains("confirm 123 456 -"));
        screen.awaitText("Waiting for the person at Anna's laptop");
        sync.withFriday();
        pairing.pairing.complete(ScriptedSync.FRIDAY);
        screen.await("the dialogs to close", () -> !screen.dialogOpen());
    }

    @Test
    void whoComesToADeviceThatWaitsIsAskedAboutAndThenAllDialogsClose() {
        sync.withFriday();
        nearby();
        pairing.encounters = List.of(COMES);
        sync.tellRooms();
        screen.awaitText("654 321");
        screen.click("Codes Are the Same");
        screen.await("the call", () -> pairing.calls.contains("confirm 654 321 -")); // to join is what it waits for
        pairing.pairing.complete(ScriptedSync.FRIDAY);
        screen.awaitText("This device and Tablet are in the room");
        screen.click("OK");
        screen.await("the dialogs to close", () -> !screen.dialogOpen());
    }

    @Test
    void whoComesIsLetIntoTheOnlyRoomThatCanBeOffered() {
        sync.withFriday().as(Room.Standing.REMOVED);
        sync.put(ScriptedSync.openRoom("Table", false));
        sync.put(new Room(ATTIC, "Attic & cellar", List.of(), List.of()));
        tabletComes();
        Combo choice = screen.ask(() -> screen.all(Combo.class).findFirst().orElseThrow());
        assertEquals(
                List.of("Join a room that it offers", "Let it into “Attic & cellar”"),
                screen.ask(() -> List.of(choice.getItems())));
        screen.click("Codes Are the Same");
        screen.await("the call", () -> pairing.calls.contains("confirm 654 321 " + ATTIC.hex()));
    }

    @Test
    void ofSeveralRoomsThePersonChooses() {
        sync.withFriday().withHome();
        tabletComes();
        screen.awaitText("Then choose which of you lets the other in.");
        screen.awaitEnabled("Codes Are the Same", false);
        screen.awaitEnabled("They Differ", true);
        Combo choice = screen.ask(() -> screen.all(Combo.class).findFirst().orElseThrow());
        assertEquals(-1, screen.ask(choice::getSelectionIndex));
        screen.run(() -> {
            choice.select(2);
            choice.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitNoText("Then choose which of you lets the other in.");
        screen.click("Codes Are the Same");
        screen.await("the call", () -> pairing.calls.contains("confirm 654 321 " + ScriptedSync.HOME.hex()));
    }

    @Test
    void whatTheOtherEndsBeforeThePersonHasChosenCanOnlyBeClosed() {
        sync.withFriday().withHome();
        tabletComes();
        pairing.encounters = List.of();
        sync.tellRooms();
        screen.awaitText("The other device ended it. Nothing was shared.");
        screen.awaitEnabled("Codes Are the Same", false);
        screen.click("Close");
    }

    /** A device nearby, and the person wants to see. */
    private void tabletComes() {
        pairing.encounters = List.of(COMES);
        sync.tellRooms();
        screen.click("Answer…");
        screen.awaitText("654 321");
    }

    @Test
    void aComparisonThatTheOtherEndsCanOnlyBeClosed() {
        nearby();
        pairing.encounters = List.of(COMES);
        sync.tellRooms();
        screen.awaitText("654 321");
        pairing.encounters = List.of();
        sync.tellRooms();
        screen.awaitText("The other device ended it. Nothing was shared.");
        screen.awaitEnabled("Codes Are the Same", false);
        screen.awaitNoText("They Differ");
        screen.click("Close");
        screen.awaitNoText("654 321");
        screen.awaitText("Pair with a device nearby");
    }

    @Test
    void whereDiscoveryIsOffNobodyIsToldOtherwise() {
        Listening usual = Listening.USUAL;
        pairing.listening = new Listening(
                false,
                usual.port(),
                usual.bind(),
                usual.connectionsPerAddress(),
                usual.attemptsPerMinute(),
                usual.handshake());
        pairing.until = Optional.of(Instant.now().plusSeconds(600));
        nearby();
        screen.awaitText("Discovery is switched off");
        Button show = screen.find(Button.class, "Show this device to others nearby, for ten minutes");
        assertFalse(screen.ask(show::isEnabled));
    }

    @Test
    void thisDeviceIsShownForTenMinutesAndTheDialogSaysWhenThatIsOver() {
        nearby();
        Button show = screen.find(Button.class, "Show this device to others nearby, for ten minutes");
        assertFalse(screen.ask(show::getSelection));
        tick(show);
        screen.awaitText("Devices nearby see the name of this one, for 10 more minutes");
        pairing.until = pairing.until.map(end -> end.minusSeconds(500));
        screen.awaitText("Devices nearby see the name of this one, for 2 more minutes");
        pairing.until = pairing.until.map(end -> end.minusSeconds(60));
        screen.awaitText("Devices nearby see the name of this one, for 1 more minute or");
        assertTrue(screen.ask(show::getSelection));
        // What sync says when the time is over.
        pairing.until = Optional.empty();
        sync.tellRooms();
        screen.awaitText("Others see the name of this device then.");
        screen.await("the box to be cleared", () -> !show.getSelection());
        tick(show);
        screen.awaitText("Devices nearby see the name of this one, for 10 more minutes");
    }

    private void tick(Button box) {
        screen.run(() -> {
            box.setSelection(true);
            box.notifyListeners(SWT.Selection, new Event());
        });
    }

    @Test
    void codesThatDifferEndIt() {
        nearby();
        screen.choose("Anna's laptop");
        screen.click("Pair");
        pairing.encounters = List.of(MET);
        pairing.meeting.complete(MET);
        screen.awaitText("123 456");
        screen.click("They Differ");
        screen.await("the call", () -> pairing.calls.contains("reject 123 456"));
    }

    @Test
    void whoComesWithAnInviteIsAskedAbout() {
        tell(true);
        sync.withFriday();
        screen.awaitText("Friday & friends");
        Tree tree = screen.find(Tree.class, "Friday & friends");
        screen.focus(tree);
        comes("1", "Work laptop");
        assertEquals(0, said("A Device Wants In"), "a dialog came by itself");
        assertTrue(screen.keepsFocus(tree), "the notice took the focus");
        screen.follow("Answer…");
        screen.awaitText("A device named “Work laptop” wants into");
        String fingerprint = ScriptedSync.ANNA.grouped();
        screen.awaitText(fingerprint.substring(0, 39) + "\n" + fingerprint.substring(40));
        screen.click("Let It In");
        screen.await("the answer", () -> pairing.calls.contains("answer Work laptop true"));
        sync.tellRooms();
        screen.awaitNoText(wants("Work laptop"));
    }

    @Test
    void whoComesWithAnInviteWaitsInTheViewWhereNobodyWantsToBeTold() {
        tell(true);
        InstanceScope.INSTANCE.getNode("org.vaultsync.ui").putBoolean("notice.request", false);
        sync.withFriday();
        comes("2", "Old phone");
        screen.awaitText("1 waiting to be let in");
        assertEquals(1, said(wants("Old phone")), "it is told in the view, and nowhere else");
        assertFalse(screen.dialogOpen());
        screen.click("Answer…");
        screen.awaitText("A device named “Old phone” wants into");
        screen.click("Later");
        screen.awaitNoText("A device named “Old phone” wants into");
        screen.awaitText(wants("Old phone"));
        assertEquals(List.of(), pairing.calls, "what was put off was answered");
        screen.click("Answer…");
        screen.click("Refuse");
        screen.await("the answer", () -> pairing.calls.contains("answer Old phone false"));
        sync.tellRooms();
        screen.awaitNoText(wants("Old phone"));
        screen.awaitNoText("1 waiting to be let in");
    }

    @Test
    void aNoticeAndAQuestionGoWithTheDeviceThatGaveUp() {
        tell(true);
        sync.withFriday();
        comes("3", "Tablet");
        screen.await("a notice and a line in the view", () -> said(wants("Tablet")) == 2);
        screen.click("Answer…");
        screen.awaitText("A device named “Tablet” wants into");
        pairing.requests = List.of();
        sync.tellRooms();
        screen.awaitNoText("“Tablet”");
        screen.await("the windows to close", () -> !screen.dialogOpen());
        assertEquals(List.of(), pairing.calls);
    }

    @Test
    void aNoticeCanBeClickedOnOverADialog() {
        tell(true);
        sync.withFriday();
        screen.press(screen.find(ToolItem.class, "Rename This Device"));
        screen.awaitText("The name that others see");
        comes("4", "Tablet");
        Link answer = screen.find(Link.class, "Answer…");
        assertEquals(
                "Rename This Device",
                screen.ask(() -> ((Shell) answer.getShell().getParent()).getText()));
    }

    @Test
    void theDialogWithTheInviteSaysWhoWaitsAndNoNoticeDoes() {
        tell(true);
        sync.withFriday();
        screen.choose(screen.find(Tree.class, "Friday & friends"), "Invite…");
        screen.awaitText("Invite somebody to");
        comes("5", "Tablet");
        screen.await("a line in the dialog and one in the view behind it", () -> said(wants("Tablet")) == 2);
        screen.click("Answer…");
        screen.click("Let It In");
        screen.await("the answer", () -> pairing.calls.contains("answer Tablet true"));
    }

    @Test
    void oneThatWantsToBePairedIsLedToTheComparisonOfTheCodes() {
        tell(true);
        sync.withFriday();
        pairing.encounters = List.of(COMES);
        sync.tellRooms();
        screen.awaitText("“Tablet” is nearby and wants to be paired with this device.");
        assertEquals(0, said("654 321"), "a dialog came by itself");
        screen.click("Answer…");
        screen.awaitText("654 321");
        assertEquals(List.of(), pairing.calls, "nothing is confirmed without a comparison");
        screen.click("They Differ");
        screen.await("the call", () -> pairing.calls.contains("reject 654 321"));
    }

    @Test
    void thoseBeyondTheThirdAreCounted() {
        sync.withFriday();
        wait(4);
        screen.awaitText("1 more waits. Answer these first.");
        wait(5);
        screen.awaitText("2 more wait. Answer these first.");
    }

    private void wait(int many) {
        pairing.requests = IntStream.range(0, many)
                .mapToObj(number ->
                        new JoinRequest("" + number, ScriptedSync.FRIDAY, "Tablet " + number, ScriptedSync.ANNA))
                .toList();
        sync.tellRooms();
    }

    private void comes(String id, String name) {
        pairing.requests = List.of(new JoinRequest(id, ScriptedSync.FRIDAY, name, ScriptedSync.ANNA));
        sync.tellRooms();
        screen.awaitText(wants(name));
    }

    private static String wants(String name) {
        return "“" + name + "” wants into “Friday & friends”.";
    }

    private long said(String text) {
        return screen.ask(screen::words).stream().filter(text::equals).count();
    }
}
