// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Offers.Offer;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Taking;

/** The items of a room, and what is taken of them. */
class OffersTest extends ViewsTest {
    @BeforeEach
    void open() {
        openPeers();
        sync.withFriday();
        offers.put(
                ScriptedOffers.by("Anna's laptop", "o1", "unit", "Locust"),
                ScriptedOffers.by("Dieter", "o2", "pilot", "Grace"),
                ScriptedOffers.by("Dieter", "o3", "unit", ""),
                new Offer("o4", "force", "Lance", "Bob's desk & chair", true));
        screen.awaitText("212 items, 3 offered");
    }

    private void choose(String entry) {
        Tree tree = screen.find(Tree.class, "Anna's laptop");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.choose(tree, entry);
    }

    private Table browse() {
        choose("Browse Items…");
        return screen.find(Table.class, "Locust");
    }

    private void select(Table table, int... rows) {
        screen.run(() -> {
            table.setSelection(rows);
            table.notifyListeners(SWT.Selection, new Event());
        });
    }

    @Test
    void takesWhatIsSelectedAndShowsIt() {
        Table table = browse();
        screen.awaitText("4 items, 3 of them not taken");
        select(table, 0, 3);
        screen.click("Take");
        awaitCall("take " + ScriptedSync.FRIDAY.hex() + " [o1]");
        screen.awaitText("Took 1 item.");
        screen.await("it to be marked", () -> table.getItem(0).getText(3).equals("Taken"));
        screen.awaitText("4 items, 2 of them not taken");
        Button take = screen.find(Button.class, "Take");
        screen.await("nothing more to take", () -> !take.isEnabled());
    }

    @Test
    void copiesAndSaysHowMany() {
        select(browse(), 0, 1);
        screen.click("Copy");
        awaitCall("copy " + ScriptedSync.FRIDAY.hex() + " [o1, o2]");
        screen.awaitText("Copied 2 items, with what they refer to.");
    }

    @Test
    void copiesOneAndSaysSo() {
        select(browse(), 0);
        screen.click("Copy");
        screen.awaitText("Copied 1 item, with what it refers to.");
    }

    @Test
    void saysWhyACopyFailed() {
        select(browse(), 0);
        sync.refusal = Optional.of("“Locust” cannot be stored. The disk is full.");
        screen.click("Copy");
        screen.awaitText("“Locust” cannot be stored. The disk is full.");
        screen.await("it to be possible again", () -> screen.words().contains("Close"));
        assertTrue(screen.ask(screen.find(Button.class, "Copy")::isEnabled));
    }

    @Test
    void whyNothingWasTakenStaysUntilTheNextTry() {
        Table table = browse();
        select(table, 0);
        sync.refusal = Optional.of("“Locust” cannot be stored. The disk is full.");
        screen.click("Copy");
        screen.awaitText("The disk is full.");
        offers.put(ScriptedOffers.by("Anna's laptop", "o1", "unit", "Locust II"));
        screen.awaitText("Locust II"); // it was asked again what there is
        assertTrue(screen.ask(screen::words).stream().anyMatch(said -> said.contains("The disk is full.")));
        sync.refusal = Optional.empty();
        select(table, 0);
        screen.click("Copy");
        screen.awaitText("Copied 1 item");
        screen.awaitNoText("The disk is full.");
    }

    @Test
    void findsByNameTypeAndSharer() {
        Table table = browse();
        Text filter = screen.ask(() -> (Text) table.getParent().getParent().getChildren()[0]);
        screen.run(() -> filter.setText("DIETER"));
        screen.await("two rows", () -> table.getItemCount() == 2);
        screen.run(() -> filter.setText("lance"));
        screen.await("one row", () -> table.getItemCount() == 1);
        assertEquals("Bob's desk & chair", screen.ask(() -> table.getItem(0).getText(2)));
    }

    @Test
    void keepsTheSelectionWhileContentComes() {
        Table table = browse();
        screen.awaitText("(on its way…)");
        select(table, 1);
        Button copy = screen.find(Button.class, "Copy");
        screen.await("a copy to be possible", copy::isEnabled);
        offers.put(
                ScriptedOffers.by("Eva's tablet", "o0", "unit", "Atlas"),
                ScriptedOffers.by("Anna's laptop", "o1", "unit", "Locust"),
                ScriptedOffers.by("Dieter", "o2", "pilot", "Grace"),
                ScriptedOffers.by("Dieter", "o3", "unit", "Mad Cat"));
        screen.awaitText("Mad Cat");
        screen.awaitNoText("(on its way…)");
        assertEquals(2, screen.ask(table::getSelectionIndex));
    }

    @Test
    void showsTenThousandItemsAtOnce() {
        Offer[] many = IntStream.range(0, 10_000)
                .mapToObj(number -> ScriptedOffers.by("Dieter", "m" + number, "unit", "Unit " + number))
                .toArray(Offer[]::new);
        Table table = browse();
        offers.put(many);
        screen.await("all of them", () -> table.getItemCount() == many.length);
        assertEquals("Unit 9999", screen.ask(() -> table.getItem(9999).getText(0)));
    }

    @Test
    void setsWhatIsTakenOfARoom() {
        choose("Room Settings…");
        screen.awaitText("What this device takes of “Friday & friends”");
        screen.click("Ask me about each item");
        screen.click("OK");
        awaitCall("taking " + ScriptedSync.FRIDAY.hex() + " ASK all");
    }

    @Test
    void setsTheTypesThatAreTaken() {
        offers.setTaking(ScriptedSync.FRIDAY, new Taking(Incoming.BROWSE, Optional.of(Set.of("mech"))));
        choose("Room Settings…");
        Table types = screen.find(Table.class, "pilot");
        screen.await(
                "those that are set",
                () -> types.getItem(1).getText().equals("mech")
                        && types.getItem(1).getChecked());
        Button ok = screen.find(Button.class, "OK");
        screen.run(() -> {
            types.getItem(1).setChecked(false);
            types.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("Choose a type, or take all types.");
        assertFalse(screen.ask(ok::isEnabled));
        screen.type(false, " , ,");
        screen.awaitText("Choose a type, or take all types.");
        assertFalse(screen.ask(ok::isEnabled));
        screen.run(() -> {
            types.getItem(2).setChecked(true);
            types.notifyListeners(SWT.Selection, new Event());
        });
        screen.type(false, "map, terrain");
        screen.click("OK");
        awaitCall("taking " + ScriptedSync.FRIDAY.hex() + " BROWSE [map, pilot, terrain]");
    }

    @Test
    void anEndlessNameInANoticeStopsNothing() {
        tell(true);
        offers.setTaking(ScriptedSync.FRIDAY, new Taking(Incoming.ASK, Optional.empty()));
        offers.put();
        screen.awaitNoText("3 offered");
        long before = screen.busyMillis();
        offers.put(ScriptedOffers.by("Dieter", "o8", "unit", "x".repeat(40_000)));
        screen.awaitText("Dieter shares “xxx");
        screen.awaitPainted();
        long millis = screen.busyMillis() - before;
        assertTrue(millis < 3000, "the UI thread was busy for " + millis + " ms");
        screen.awaitText("x… Take it?");
        screen.closeDialogs();
        tell(false);
    }

    @Test
    void asksWhetherToTakeWhatSomebodyOffersOnceEach() {
        tell(true);
        offers.setTaking(ScriptedSync.FRIDAY, new Taking(Incoming.ASK, Optional.of(Set.of("unit"))));
        Offer[] before = {ScriptedOffers.by("Anna's laptop", "o1", "unit", "Locust")};
        offers.put(before);
        screen.awaitText("212 items, 1 offered");
        screen.awaitNoText("Take it?");
        offers.put(
                before[0],
                ScriptedOffers.by("Dieter", "o5", "unit", "Ben & Co"),
                ScriptedOffers.by("Dieter", "o6", "pilot", "Grace"));
        screen.awaitText("Dieter shares “Ben & Co”. Take it?");
        assertFalse(screen.ask(screen::words).stream().anyMatch(said -> said.contains("Locust")));
        screen.follow("Take");
        awaitCall("take " + ScriptedSync.FRIDAY.hex() + " [o5]");
        screen.awaitNoText("Take it?");
    }
}
