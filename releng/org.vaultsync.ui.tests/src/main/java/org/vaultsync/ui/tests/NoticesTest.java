// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.RoomId;

class NoticesTest extends ViewsTest {
    @BeforeEach
    void listen() {
        tell(true);
    }

    @Test
    void tellsWhoJoinedWithoutTakingTheFocus() {
        sync.withHome();
        openPeers();
        screen.awaitText("Nobody else yet");
        Control focus = screen.ask(() -> Display.getCurrent().getFocusControl());
        sync.put(home(new Reach.Dialling(1, 5)));
        screen.awaitText("Anna's laptop has joined “Home”.");
        screen.await("the focus to stay", () -> Display.getCurrent().getFocusControl() == focus);
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
        sync.withHome();
        openPeers();
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
                "refused", "Somebody new: It has no key.",
                "conflict", "1 item in conflict: people changed the same things at once.",
                "stopped", "Sync stopped for 1 item. The item is too large.");
        RoomId id = new RoomId("0".repeat(30) + number);
        sync.put(new Room(id, "Attic", List.of(), List.of()));
        openPeers();
        screen.awaitText("Nobody else yet");
        Control focus = screen.ask(() -> Display.getCurrent().getFocusControl());
        sync.put(new Room(
                id,
                "Attic",
                List.of(),
                List.of(new Member(
                        ScriptedSync.fingerprint(number), "Somebody new", new Reach.Refused("It has no key."), 0))));
        sync.putConflicts("conflict" + number);
        sync.put("stopped" + number, Badge.ERROR);
        kinds.forEach((kind, text) -> {
            if (!kind.equals(off)) {
                screen.await("“" + text + "”", () -> screen.words().contains(text));
            }
        });
        assertEquals(0, told(kinds.get(off)));
        screen.await("the focus to stay", () -> Display.getCurrent().getFocusControl() == focus);
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
