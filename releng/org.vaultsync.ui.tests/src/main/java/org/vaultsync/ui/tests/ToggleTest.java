// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.vaultsync.Badge;
import org.vaultsync.OpenRoom;
import org.vaultsync.Room;
import org.vaultsync.Scope;

class ToggleTest extends ViewsTest {
    @Test
    void showsTheBadgeAndCountsInItsTooltip() {
        sync.withFriday();
        ToolItem toggle = toggles("item1").getFirst();
        assertFalse(screen.ask(toggle::getSelection));
        Image notShared = screen.ask(toggle::getImage);
        sync.put("item1", Badge.SYNCED);
        screen.awaitText("2 of 3 have your last change, ");
        assertTrue(screen.ask(toggle::getSelection));
        assertNotSame(notShared, screen.ask(toggle::getImage));
        sync.put("item1", Badge.ERROR);
        screen.awaitText("Sync of this item has stopped: The item is too large.");
    }

    @Test
    void namesInItsTooltipAreShownAsTheyAre() {
        sync.withFriday();
        toggles("item1");
        sync.itemProblem = "“Tom & Jerry” is too large.";
        sync.put("item1", Badge.ERROR);
        screen.awaitText("Sync of this item has stopped: “Tom & Jerry” is too large.");
    }

    @Test
    void whoDeletesSeveralIsToldHowManyAreShared() {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        delete("item1", "item2");
        screen.awaitText("One of them is shared with others.");
        screen.closeDialogs();
        sync.put("item2", Badge.SYNCED);
        delete("item1", "item2");
        screen.awaitText("2 items are shared with others.");
    }

    private void delete(String... items) {
        delete(() -> {}, items);
    }

    private void delete(Runnable delete, String... items) {
        screen.start(() -> controls()
                .delete(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "Delete these items?",
                        List.of(items),
                        delete));
    }

    @Test
    void saysBeforeTheStartThatItStartsOrWhyItDoesNot() {
        sync.starting();
        ToolItem toggle = toggles("item1").getFirst();
        assertEquals("Sync is starting…", screen.ask(toggle::getToolTipText));
        assertFalse(screen.ask(toggle::isEnabled));
        assertEquals("Sync is starting…", screen.ask(() -> controls().describe("item1")));
        sync.problem = Optional.of("Sync cannot start yet. The key of this device is locked by “Mine & yours”.");
        sync.tellRooms();
        screen.awaitText("Sync cannot start yet. The key of this device is locked by “Mine & yours”.");
        assertFalse(screen.ask(toggle::isEnabled));
        sync.problem = Optional.empty();
        sync.started();
        screen.awaitText("Not shared");
        screen.await("it to be enabled", toggle::isEnabled);
    }

    @Test
    void whoDeletesBeforeTheStartIsAskedWhateverIsDeleted() {
        sync.starting();
        AtomicInteger deleted = new AtomicInteger();
        CompletableFuture<Void> start = new CompletableFuture<>();
        sync.stopping = start;
        delete(deleted::incrementAndGet, "item1", "item2");
        screen.awaitText("Whether this is shared with others is not known here before sync runs. Sync is starting…");
        screen.click("Only Here");
        awaitCall("stop [item1, item2]");
        screen.await("the dialog to close", () -> !screen.dialogOpen());
        assertEquals(0, deleted.get(), "deleted before it is stopped, and so for everybody");
        start.complete(null);
        screen.await("it to be deleted", () -> deleted.get() == 1);
        delete(deleted::incrementAndGet, "item3");
        screen.click("Cancel");
        delete(deleted::incrementAndGet, "item3");
        screen.click("For Everybody");
        screen.await("it to be deleted", () -> deleted.get() == 2);
        assertEquals(List.of("stop [item1, item2]"), sync.calls);
    }

    @Test
    void saysOfWhatWaitsThatAPersonHereHasPausedIt() {
        sync.withFriday();
        toggles("item1");
        sync.put("item1", Badge.PENDING);
        String alone = "It goes out as soon as one of them can be reached.";
        String resumed = "It goes out once you resume sync with them, which is paused here.";
        screen.awaitText(alone);
        for (Scope scope : List.of(new Scope.Everything(), new Scope.OfRoom(ScriptedSync.FRIDAY))) {
            sync.pause(scope);
            screen.awaitText(resumed);
            sync.resume(scope);
            screen.awaitText(alone);
        }
        sync.pause(new Scope.OfRoom(ScriptedSync.HOME));
        sync.put("item1", Badge.SYNCED);
        sync.put("item1", Badge.PENDING);
        screen.awaitText(alone);
        sync.withPausedMembers().resume(new Scope.Everything());
        screen.awaitText(resumed);
    }

    @Test
    void hostsHearThatAPauseChangesWhatIsSaidOfAnItem() {
        sync.withFriday();
        AtomicReference<String> header = new AtomicReference<>(""); // as the header of an editor shows it
        Set<String> heard = new HashSet<>(); // UI thread
        ToolItem owner = toggles("item1").getFirst();
        screen.run(() -> controls().onChange(owner, changed -> {
            heard.addAll(changed);
            if (changed.contains("item1")) {
                header.set(controls().describe("item1"));
            }
        }));
        sync.put("item1", Badge.PENDING);
        sync.put("item2", Badge.SYNCED);
        sync.put("the last one", Badge.SYNCED);
        screen.await("all", () -> heard.containsAll(Set.of("item1", "item2", "the last one")));
        screen.run(() -> {
            controls().describe("item2");
            heard.clear();
        });
        sync.pause(new Scope.Everything());
        screen.await("the pause", () -> header.get().contains("once you resume sync with them"));
        sync.resume(new Scope.Everything());
        screen.await("its end", () -> header.get().contains("as soon as one of them can be reached"));
        assertFalse(screen.ask(() -> heard.contains("item2")));
    }

    @Test
    void saysOfWhatWaitsInAnOpenRoomThatAPersonHereHasPausedIt() {
        sync.put(new Room(
                ScriptedSync.FRIDAY,
                "Table",
                Room.Standing.MEMBER,
                List.of("item1"),
                0,
                List.of(),
                ScriptedSync.openRoom("Table", false).open()));
        toggles("item1");
        sync.put("item1", Badge.PENDING);
        screen.awaitText("Waiting: it goes out as soon as somebody comes into the room.");
        sync.pause(new Scope.OfRoom(ScriptedSync.FRIDAY));
        screen.awaitText("Waiting: it goes out once you resume sync of the room, which is paused here.");
    }

    @Test
    void saysOfWhatWaitsInAnOpenRoomThatNobodyHasSaidHowItemsAreKeptInIt() {
        OpenRoom open = ScriptedSync.openRoom("Table", false).open().orElseThrow();
        sync.put(new Room(
                ScriptedSync.FRIDAY,
                "Table",
                Room.Standing.MEMBER,
                List.of("item1"),
                0,
                List.of(),
                Optional.of(new OpenRoom(
                        open.address(),
                        false,
                        Optional.empty(),
                        open.servers(),
                        open.peers(),
                        open.notices(),
                        Optional.empty()))));
        toggles("item1");
        sync.put("item1", Badge.PENDING);
        screen.awaitText(
                "Waiting: it goes out as soon as somebody in the room answers. Until then it is not known here how"
                        + " items are kept in it.");
        sync.pause(new Scope.OfRoom(ScriptedSync.FRIDAY));
        screen.awaitText("Waiting: it goes out once you resume sync of the room, which is paused here.");
    }

    @Test
    void countsOneAsOne() {
        sync.withFriday();
        toggles("item1");
        sync.holders = List.of(ScriptedSync.ANNA);
        sync.put("item1", Badge.SYNCED);
        screen.awaitText("1 of 3 has your last change, ");
    }

    @Test
    void sharesInTheOnlyRoom() {
        sync.withFriday();
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        awaitCall("share " + ScriptedSync.FRIDAY.hex() + " [item1]");
        screen.await("it to be pressed", toggle::getSelection);
    }

    @Test
    void opensTheRoomDialogWhereThereIsNoRoom() {
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        screen.awaitText("Create a room and invite others to it");
        screen.type(false, "Friday");
        screen.click("Create");
        awaitCall("share " + ScriptedSync.HOME.hex() + " [item1]");
        screen.awaitText("Invite somebody to “Friday”");
    }

    @Test
    void asksWhichOfSeveralRooms() {
        sync.withFriday().withHome();
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        screen.awaitText("In which room do you want to share 1 item?");
        screen.click("Share");
        awaitCall("share " + ScriptedSync.FRIDAY.hex() + " [item1]");
    }

    @Test
    void sharesInNoRoomThatRemovedThisDevice() {
        sync.withFriday().as(Room.Standing.REMOVED).withHome();
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        awaitCall("share " + ScriptedSync.HOME.hex() + " [item1]");
        sync.leave(ScriptedSync.HOME);
        screen.press(toggles("item2").getFirst());
        screen.awaitText("Create a room and invite others to it");
    }

    @Test
    void stopsAfterAskingLightly() {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        screen.awaitText("Shared in “Friday & friends”.");
        screen.click("Stop Sharing on This Device");
        awaitCall("stop [item1]");
        screen.await("it to be released", () -> !toggle.getSelection());
    }

    @Test
    void invitesFromWhatIsSharedAndShowsThePeers() {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        ToolItem toggle = toggles("item1").getFirst();
        screen.press(toggle);
        screen.click("Invite…");
        screen.awaitText("Invite somebody to “Friday & friends”");
        screen.click("Close");
        screen.run(() -> page().hideView(page().findView("org.vaultsync.ui.peers")));
        screen.press(toggle);
        screen.click("Show Peers");
        screen.awaitText("Cellar server");
    }

    @Test
    void stopsForAllWhatThisDeviceShared() {
        sync.withFriday();
        sync.sharedHere.add("item1");
        sync.put("item1", Badge.SYNCED);
        screen.press(toggles("item1").getFirst());
        screen.click("Stop Sharing for Everybody…");
        screen.awaitText("Stop the sync of 1 item for everybody?");
        sync.refusal = Optional.of("Only the device that shared an item can stop it for everybody: Anna.");
        screen.click("Stop for Everybody");
        awaitCall("stop for all [item1]");
        screen.awaitText("Only the device that shared an item can stop it for everybody: Anna.");
    }

    @Test
    void doesNotOfferToStopForAllWhatOthersShared() {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        screen.press(toggles("item1").getFirst());
        screen.awaitText("Stop Sharing on This Device");
        assertFalse(screen.ask(screen::words).contains("Stop Sharing for Everybody…"));
    }

    @Test
    void saysWhatThereIsNotInAnOpenRoom() {
        Room open = ScriptedSync.openRoom("Table", false);
        sync.put(new Room(
                ScriptedSync.FRIDAY, "Table", Room.Standing.MEMBER, List.of("item1"), 0, List.of(), open.open()));
        sync.put("item1", Badge.SENT);
        screen.press(toggles("item1").getFirst());
        screen.awaitText("files of the item are not sent, and each device stops for itself");
        assertFalse(screen.ask(screen::words).contains("Stop Sharing for Everybody…"));
    }

    @Test
    void saysWhySharingFailed() {
        sync.withFriday();
        sync.refusal = Optional.of("This item is 40 MB large; at most 8 MB can be shared.");
        screen.press(toggles("item1").getFirst());
        screen.awaitText("This item is 40 MB large; at most 8 MB can be shared.");
    }

    @Test
    void whoChoosesAfterSyncHasGoneIsTold() throws BundleException {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        AtomicInteger deleted = new AtomicInteger();
        delete(deleted::incrementAndGet, "item1");
        screen.awaitText("It is shared with others.");
        Bundle core = Stream.of(FrameworkUtil.getBundle(ToggleTest.class)
                        .getBundleContext()
                        .getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.vaultsync.core"))
                .findFirst()
                .orElseThrow();
        core.stop(); // the real one, which would take the place of the other
        try {
            withdraw();
            screen.click("Only Here");
            screen.awaitText("Sync is not running.");
            screen.click("OK");
            assertEquals(0, deleted.get(), "deleted, and so for everybody");
        } finally {
            core.start();
        }
    }

    @Test
    void hearsOfThousandsOfChangesInSmallPortions() {
        sync.withFriday();
        AtomicInteger most = new AtomicInteger();
        Set<String> heard = new HashSet<>(); // UI thread
        ToolItem toggle = toggles("item1").getFirst();
        screen.run(() -> controls().onChange(toggle, changed -> {
            heard.addAll(changed);
            most.accumulateAndGet(changed.size(), Math::max);
        }));
        Set<String> many = new HashSet<>(
                IntStream.range(0, 5000).mapToObj(number -> "other" + number).toList());
        for (int again = 0; again < 50; again++) {
            sync.changed(many);
        }
        screen.await("all changes", () -> heard.containsAll(many));
        assertTrue(most.get() <= 200, "a portion of " + most.get());
    }

    @Test
    void comesAndGoesWithSync() {
        sync.withFriday();
        sync.put("item1", Badge.SYNCED);
        ToolItem toggle = toggles("item1").getFirst();
        screen.await("it to be pressed", toggle::getSelection);
        withdraw();
        screen.await("it to be released", () -> !toggle.getSelection());
        assertEquals("Not shared", screen.ask(() -> controls().describe("item1")));
    }
}
