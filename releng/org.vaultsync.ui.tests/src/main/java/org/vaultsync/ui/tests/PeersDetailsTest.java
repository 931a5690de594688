// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Room;
import org.vaultsync.Throughput;

/** What the peers view says of this device and of links, and the addresses that a person types for a member. */
class PeersDetailsTest extends ViewsTest {
    private static final int ROUND_TRIP = 3;

    @BeforeEach
    void open() {
        openPeers();
    }

    @Test
    void saysWhereThisDeviceIsReached() {
        sync.withHome();
        sync.at("192.168.1.7:8766", "[fd00::7]:8766");
        screen.awaitText("Reached at 192.168.1.7:8766, [fd00::7]:8766");
        sync.at();
        screen.awaitText("There is no address at the moment where others could reach this device");
        screen.awaitNoText("Reached at");
    }

    @Test
    void showsHowGoodALinkIs() {
        sync.put(new Room(
                ScriptedSync.FRIDAY,
                "Friday",
                List.of(),
                Stream.of(3, 59, 60, 249, 250, 4000)
                        .map(PeersDetailsTest::linked)
                        .toList()));
        Tree tree = screen.find(Tree.class, "after 4000 ms");
        screen.await(
                "the pictures",
                () -> Arrays.stream(tree.getItem(0).getItems())
                        .map(this::quality)
                        .toList()
                        .equals(List.of(3, 3, 2, 2, 1, 1)));
    }

    private static Member linked(int millis) {
        return new Member(
                ScriptedSync.fingerprint(2 + millis % 100),
                "after " + millis + " ms",
                new Reach.Linked(
                        "lan",
                        "192.168.1.4:40111",
                        Optional.of(Duration.ofMillis(millis)),
                        Throughput.NONE,
                        ScriptedSync.NOW),
                0);
    }

    /** How many bars the picture of a round trip has; 0 if it is none of them. */
    private int quality(TreeItem row) {
        return IntStream.rangeClosed(1, 3)
                .filter(bars -> screen.isPicture(row.getImage(ROUND_TRIP), "states/quality-" + bars))
                .findFirst()
                .orElse(0);
    }

    @Test
    void movesAnAddressDown() {
        sync.withFriday();
        pairing.typed = List.of("a.example", "b.example", "c.example");
        Tree tree = screen.find(Tree.class, "Anna's laptop");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.choose(tree, "Addresses…");
        screen.awaitText("Where “Anna's laptop” is dialled");
        Table table = screen.find(Table.class, "a.example");
        Button down = screen.find(Button.class, "Down");
        assertEquals(false, screen.ask(down::isEnabled), "nothing is selected");
        screen.choose("a.example");
        screen.click("Down");
        screen.await("it to be second", () -> rows(table).equals(List.of("b.example", "a.example", "c.example")));
        screen.click("Down");
        screen.await("it to be last", () -> rows(table).equals(List.of("b.example", "c.example", "a.example")));
        screen.await("no way further down", () -> !down.isEnabled());
        screen.click("OK");
        screen.await(
                "the addresses to be kept", () -> pairing.typed.equals(List.of("b.example", "c.example", "a.example")));
    }

    private static List<String> rows(Table table) {
        return Arrays.stream(table.getItems()).map(TableItem::getText).toList();
    }
}
