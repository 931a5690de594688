// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Member;
import org.vaultsync.OpenRoom;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.Throughput;
import org.vaultsync.Trouble;

class NoticesTest extends ViewsTest {
    @BeforeEach
    void listen() {
        tell(true);
    }

    @Test
    void tellsWhoJoinedWithoutTakingTheFocus() {
        openPeers(); // from now on it is told of rooms after the notices
        sync.withHome();
        Tree tree = screen.find(Tree.class, "Nobody else yet");
        screen.focus(tree);
        sync.put(home(new Reach.Dialling(1, 5)));
        screen.awaitText("Anna's laptop has joined “Home”.");
        assertTrue(screen.keepsFocus(tree), "the notice took the focus");
    }

    @Test
    void tellsOnceWhySyncAsAWholeFails() {
        Trouble full = new Trouble(Trouble.Kind.STORE_FULL, List.of(), "full, in English for the log");
        Trouble vault = new Trouble(Trouble.Kind.VAULT_UNWRITABLE, List.of("The disk is full."), "so is the vault");
        String said = "The disk is full, so changes cannot be stored for sync. Make room. What you change is in your"
                + " vault, and is synced by itself then.";
        fails(full, vault);
        screen.await("the notice", () -> noticed().equals(List.of(said)));
        sync.put("noticed9", Badge.ERROR);
        sync.putConflicts("noticed10");
        screen.awaitText("1 item in conflict: people changed the same things at once.");
        fails();
        sync.put(home(new Reach.Refused("It proved a fifth key.")));
        screen.awaitText("Anna's laptop: It proved a fifth key.");
        fails(full);
        sync.put(home(new Reach.Refused("It proved a sixth key.")));
        screen.awaitText("Anna's laptop: It proved a sixth key.");
        fails();
        sync.put(home(new Reach.Refused("It proved a seventh key.")));
        screen.awaitText("Anna's laptop: It proved a seventh key.");
        sync.put("noticed11", Badge.ERROR);
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
        assertEquals(1, told("Sync stopped for 1 item. The item is too large."), "the one that stopped afterwards");
        // The first may have gone by now.
        assertTrue(Collections.frequency(screen.ask(this::noticed), said) < 2, "told twice");
    }

    @Test
    void saysNothingOfTheWholeWhereThatIsSwitchedOff() {
        InstanceScope.INSTANCE.getNode("org.vaultsync.ui").putBoolean("notice.failed", false);
        fails(new Trouble(Trouble.Kind.STORE_SET_ASIDE, List.of("sync.db.damaged-1"), "damaged, in English"));
        sync.put(home(new Reach.Refused("It proved an eighth key.")));
        screen.awaitText("Anna's laptop: It proved an eighth key.");
        assertEquals(List.of("Anna's laptop: It proved an eighth key."), screen.ask(this::noticed));
    }

    private void fails(Trouble... troubles) {
        sync.troubles = List.of(troubles);
        sync.problem = sync.troubles.stream().map(Trouble::sentence).findFirst();
        sync.tellRooms();
    }

    @Test
    void tellsWhoComesIntoAnOpenRoom() {
        AtomicInteger guests = new AtomicInteger();
        // Those who are found at first were there before.
        screen.await("a notice about somebody who came later", () -> {
            sync.put(ScriptedSync.openRoom(
                    "Table",
                    false,
                    List.of(new OpenRoom.Peer(
                            "guest" + guests.incrementAndGet(),
                            "Guest " + guests,
                            false,
                            Optional.empty(),
                            Optional.empty(),
                            Throughput.NONE,
                            Optional.empty(),
                            ScriptedSync.NOW)),
                    Set.of()));
            return noticed().stream().anyMatch(text -> text.matches("Guest \\d+ has joined “Table”\\."));
        });
    }

    /** What the notices say that are there. UI thread. */
    private List<String> noticed() {
        return notices().flatMap(NoticesTest::labels).toList();
    }

    private static Stream<String> labels(Composite inside) {
        return Arrays.stream(inside.getChildren()).flatMap(part -> switch (part) {
            case Label label when !label.getText().isEmpty() -> Stream.of(label.getText());
            case Link link -> Stream.of();
            case CLabel title -> Stream.of();
            case Composite composite -> labels(composite);
            default -> Stream.of();
        });
    }

    @Test
    void tellsWhyADeviceIsRefused() {
        sync.put(home(new Reach.Refused("It proved another key.")));
        screen.awaitText("Anna's laptop: It proved another key.");
    }

    @Test
    void tellsOfSeveralConflictsOnce() {
        sync.withHome();
        sync.putConflicts("noticed1");
        sync.putConflicts("noticed2");
        screen.awaitText("2 items in conflict: people changed the same things at once.");
    }

    @Test
    void tellsWhySyncOfAnItemStopped() {
        sync.put("noticed3", Badge.ERROR);
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
    }

    @Test
    void saysNothingThatNobodyWantsToHear() {
        tell(false);
        openPeers();
        sync.withHome();
        screen.awaitText("Nobody else yet");
        sync.put(home(new Reach.Away(Optional.empty(), Optional.empty())));
        screen.awaitText("0 of 0 items");
        assertFalse(screen.ask(screen::words).contains("Anna's laptop has joined “Home”."));
    }

    @Test
    void tellsOfOneRefusalOnceInHoweverManyRoomsAndOfAnotherAnew() {
        Reach.Refused refused = new Reach.Refused("It proved a strange key.");
        sync.put(with(ScriptedSync.HOME, "Home", refused));
        sync.put(with(ScriptedSync.FRIDAY, "Friday", refused));
        screen.awaitText("Anna's laptop: It proved a strange key.");
        sync.put(with(ScriptedSync.HOME, "Home", refused));
        sync.put("noticed4", Badge.ERROR);
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
        assertEquals(1, told("Anna's laptop: It proved a strange key."));
        Reach.Refused again = new Reach.Refused("It runs a newer version.");
        sync.put(with(ScriptedSync.HOME, "Home", again));
        sync.put(with(ScriptedSync.FRIDAY, "Friday", again));
        screen.awaitText("Anna's laptop: It runs a newer version.");
    }

    @Test
    void tellsOnceThatAnItemStopped() {
        sync.put("noticed5", Badge.ERROR);
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
        sync.put("noticed5", Badge.ERROR);
        sync.withHome();
        sync.putConflicts("noticed6");
        screen.awaitText("1 item in conflict: people changed the same things at once.");
        assertEquals(1, told("Sync stopped for 1 item. The item is too large."));
    }

    @Test
    void severalAtOnceStandOneAboveTheOther() throws IOException {
        sync.withHome();
        sync.put(home(new Reach.Refused("It proved a third key.")));
        sync.putConflicts("noticed7");
        sync.put("noticed8", Badge.ERROR);
        screen.awaitText("Anna's laptop: It proved a third key.");
        screen.awaitText("1 item in conflict: people changed the same things at once.");
        screen.awaitText("Sync stopped for 1 item. The item is too large.");
        List<Rectangle> places = screen.ask(NoticesTest::places);
        assertEquals(3, places.size());
        for (Rectangle one : places) {
            assertEquals(one, screen.ask(() -> Display.getCurrent().getBounds()).intersection(one));
            assertEquals(List.of(one), places.stream().filter(one::intersects).toList());
        }
        screen.awaitPainted();
        screen.keepPicture("notices");

        // What stood lowest goes, and its place is taken next.
        Rectangle lowest =
                places.stream().max(Comparator.comparingInt(place -> place.y)).orElseThrow();
        screen.run(() -> notices()
                .filter(shell -> shell.getBounds().equals(lowest))
                .findFirst()
                .ifPresent(Shell::close)); // unless it has gone by itself
        sync.put(home(new Reach.Refused("It proved a fourth key.")));
        screen.awaitText("Anna's laptop: It proved a fourth key.");
        assertTrue(screen.ask(NoticesTest::places).contains(lowest));
    }

    /** UI thread. */
    private static Stream<Shell> notices() {
        return Arrays.stream(Display.getCurrent().getShells())
                .filter(shell -> shell.isVisible() && shell.getData() instanceof NotificationPopup);
    }

    private static List<Rectangle> places() {
        return notices().map(Shell::getBounds).toList();
    }

    @Test
    void saysNothingOfJoiningWhereThatIsSwitchedOff() {
        saysAllBut("joined", 11);
    }

    @Test
    void saysNothingOfRefusalsWhereThatIsSwitchedOff() {
        saysAllBut("refused", 12);
    }

    @Test
    void saysNothingOfConflictsWhereThatIsSwitchedOff() {
        saysAllBut("conflict", 13);
    }

    @Test
    void saysNothingOfItemsThatStopWhereThatIsSwitchedOff() {
        saysAllBut("stopped", 14);
    }

    /** @param number of a room and a member that were in no test before, since nothing is told twice */
    private void saysAllBut(String off, int number) {
        InstanceScope.INSTANCE.getNode("org.vaultsync.ui").putBoolean("notice." + off, false);
        Map<String, String> kinds = Map.of(
                "joined", "Somebody new has joined “Attic”.",
                "refused", "Somebody refused: It has no key.",
                "conflict", "1 item in conflict: people changed the same things at once.",
                "stopped", "Sync stopped for 1 item. The item is too large.");
        RoomId id = new RoomId("0".repeat(30) + number);
        openPeers();
        sync.put(new Room(id, "Attic", List.of(), List.of()));
        Tree tree = screen.find(Tree.class, "Nobody else yet");
        screen.focus(tree);
        Reach away = new Reach.Away(Optional.empty(), Optional.empty());
        sync.put(new Room(
                id,
                "Attic",
                List.of(),
                List.of(
                        new Member(ScriptedSync.fingerprint(number), "Somebody new", away, 0),
                        new Member(
                                ScriptedSync.fingerprint(number + 10),
                                "Somebody refused",
                                new Reach.Refused("It has no key."),
                                0))));
        sync.putConflicts("conflict" + number);
        sync.put("stopped" + number, Badge.ERROR);
        kinds.forEach((kind, text) -> {
            if (!kind.equals(off)) {
                screen.await("“" + text + "”", () -> screen.words().contains(text));
            }
        });
        assertEquals(0, told(kinds.get(off)));
        // Of one that comes and is refused one notice is enough.
        assertEquals(off.equals("refused") ? 1 : 0, told("Somebody refused has joined “Attic”."));
        assertTrue(screen.keepsFocus(tree), "a notice took the focus");
    }

    private long told(String text) {
        return screen.ask(screen::words).stream().filter(text::equals).count();
    }

    private static Room with(RoomId id, String name, Reach reach) {
        return new Room(id, name, List.of(), List.of(new Member(ScriptedSync.ANNA, "Anna's laptop", reach, 0)));
    }

    private static Room home(Reach reach) {
        return new Room(
                ScriptedSync.HOME,
                "Home",
                List.of(),
                List.of(new Member(ScriptedSync.ANNA, "Anna's laptop", reach, 0)));
    }
}
