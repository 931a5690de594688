// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.swt.widgets.ToolItem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Badge;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.Scope;
import org.vaultsync.Throughput;

/** What stands in the status line, and its picture. */
class StatusLineTest extends ViewsTest {
    private static final Reach LINKED =
            new Reach.Linked("lan", "192.168.1.4:40111", Optional.empty(), Throughput.NONE, ScriptedSync.NOW);
    private static final Reach AWAY = new Reach.Away(Optional.empty(), Optional.empty());
    private static final Reach REFUSED = new Reach.Refused("This device proved another key.");

    private ToolItem item; // test thread

    @BeforeEach
    void inNoRoom() {
        item = screen.find(ToolItem.class, "Sync: you are in no room.");
    }

    @Test
    void isGrayAndSaysOnlyInItsTooltipThatThereIsNoRoom() {
        says("", "states/away");
        explains("Sync: you are in no room. Click to create or join one.");
    }

    @Test
    void saysBeforeTheStartThatItStarts() {
        sync.starting();
        says("Sync is starting…", "states/away");
        explains("Sync is starting… This takes a moment. Your items can be edited meanwhile.");
        sync.started();
        says("", "states/away");
    }

    @Test
    void isGrayWhileNobodyIsThere() {
        room();
        says("Only this device", "states/away");
        room(AWAY);
        says("0 of 1 linked", "states/away");
        explains("Sync: 0 of 1 linked. Click for details.");
    }

    @Test
    void isGreenWhereSomebodyIsLinked() {
        room(LINKED, AWAY, new Reach.Dialling(3, 5));
        says("1 of 3 linked", "states/linked");
    }

    @Test
    void isYellowAtTheFirstTryAndOrangeAfterThat() {
        room(AWAY, new Reach.Dialling(1, 5));
        says("Connecting, try 1 of 5", "states/connecting");
        room(AWAY, new Reach.Dialling(3, 5));
        says("Connecting, try 3 of 5", "states/retrying");
    }

    @Test
    void isRedWhereAPersonHasToAct() {
        room(LINKED, REFUSED);
        says("1 of 2 linked", "states/refused");
        room(LINKED, AWAY);
        says("1 of 2 linked", "states/linked");
        sync.put("item2", Badge.ERROR);
        says("1 of 2 linked · 1 stopped", "states/refused");
    }

    @Test
    void countsWhatWaitsIsInConflictAndHasStopped() {
        room(LINKED);
        sync.put("item0", Badge.PENDING);
        sync.put("item1", Badge.SYNCING);
        sync.put("item2", Badge.SYNCED);
        says("1 of 1 linked · 2 waiting", "states/linked");
        sync.put("item2", Badge.CONFLICT);
        says("1 of 1 linked · 2 waiting · 1 in conflict", "badges/conflict");
        sync.put("item3", Badge.ERROR);
        says("1 of 1 linked · 2 waiting · 1 in conflict · 1 stopped", "states/refused");
    }

    @Test
    void saysThatSyncIsPausedOrHasStopped() {
        room(LINKED);
        sync.pause(new Scope.OfRoom(ScriptedSync.FRIDAY));
        says("1 of 1 linked · 1 paused", "states/linked");
        sync.pause(new Scope.Everything());
        says("Sync paused", "states/paused");
        sync.problem = Optional.of("The disk is full.");
        sync.tellRooms();
        says("Sync stopped", "states/refused");
        explains("The disk is full.");
    }

    @Test
    void countsNothingAsPausedThatIsGone() {
        room(LINKED, AWAY);
        sync.pause(new Scope.OfRoom(ScriptedSync.FRIDAY));
        sync.pause(new Scope.OfPeer(ScriptedSync.fingerprint(3)));
        says("1 of 2 linked · 2 paused", "states/linked");
        room(LINKED); // the other one was removed
        says("1 of 1 linked · 1 paused", "states/linked");
        sync.withHome().leave(ScriptedSync.FRIDAY);
        says("Only this device", "states/away");
    }

    @Test
    void showsAnAmpersandInAFolderThatATroubleNames() {
        room(LINKED);
        sync.problem = Optional.of("The folder /home/anna/Units & Pilots cannot be written.");
        sync.tellRooms();
        says("Sync stopped", "states/refused");
        // As the toolkit wants it: a single one is not displayed in a tooltip.
        explains("The folder /home/anna/Units && Pilots cannot be written.");
    }

    /** One room with four items and these members. */
    private void room(Reach... members) {
        sync.put(new Room(
                ScriptedSync.FRIDAY,
                "Friday",
                List.of("item0", "item1", "item2", "item3"),
                Arrays.stream(members)
                        .map(reach -> new Member(
                                ScriptedSync.fingerprint(
                                        2 + Arrays.asList(members).indexOf(reach)),
                                "A member",
                                reach,
                                0))
                        .toList()));
    }

    private void says(String text, String picture) {
        screen.await(
                "“" + text + "” with the picture " + picture,
                () -> item.getText().equals(text) && screen.isPicture(item.getImage(), picture));
    }

    private void explains(String sentence) {
        screen.await("“" + sentence + "”", () -> item.getToolTipText().equals(sentence));
    }
}
