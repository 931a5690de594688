// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.ui.comparison.Comparison;

/** History and conflicts in a host that can show texts beside each other, and in one that cannot. */
class ComparisonTest extends ViewsTest {
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private Optional<ServiceRegistration<Comparison>> host = Optional.empty(); // test thread

    /** What a host may have of its own. */
    private final class OfHost implements Comparison {
        @Override
        public void inEditor(String title, Side left, Side right) {
            shown.add("editor " + title + ": " + left.content() + " beside " + right.content());
        }

        @Override
        public void inDialog(String title, Side left, Side right, Optional<Side> before) {
            shown.add("dialog " + title + ": " + left.name() + " " + left.content() + ", " + right.name() + " "
                    + right.content() + ", " + before.map(Side::name).orElse("nothing known before"));
        }
    }

    private void hostCompares() {
        host = Optional.of(FrameworkUtil.getBundle(ComparisonTest.class)
                .getBundleContext()
                .registerService(Comparison.class, new OfHost(), null));
    }

    @AfterEach
    void hostComparesNoMore() {
        host.ifPresent(ServiceRegistration::unregister);
    }

    @Test
    void nothingIsOfferedWhereTheHostHasNothing() {
        openHistory("item1");
        screen.awaitText("History of Anvil");
        assertFalse(screen.ask(screen::words).contains("Compare in Editor"));
        screen.closeDialogs();
        openConflicts();
        assertFalse(screen.ask(screen::words).contains("Compare"));
    }

    @Test
    void aVersionIsComparedWithTheOneBeforeItAndTwoWithEachOther() {
        hostCompares();
        openHistory("item1");
        screen.awaitText("Changed tonnage and more, 2 fields");
        screen.click("Compare in Editor");
        screen.await("the editor", () -> shown.size() == 1);
        assertEquals("editor History of Anvil: {\n  \"version\": 3\n} beside {\n  \"version\": 2\n}", shown.getFirst());
        screen.await("the dialog to make room", () -> !screen.ask(screen::words).contains("Compare in Editor"));
        screen.closeDialogs();

        openHistory("item1");
        screen.awaitText("Changed tonnage and more, 2 fields");
        Table versions = screen.find(Table.class, "Shared");
        select(versions, 2);
        screen.await(
                "nothing before the first",
                () -> screen.all(Button.class)
                        .anyMatch(button -> button.getText().equals("&Compare in Editor") && !button.isEnabled()));
        select(versions, 0, 2);
        screen.click("Compare in Editor");
        screen.await("the editor", () -> shown.size() == 2);
        assertTrue(shown.getLast().endsWith("3\n} beside {\n  \"version\": 1\n}"), shown.toString());
    }

    @Test
    void bothSidesOfAConflictAreComparedOverTheDialog() {
        hostCompares();
        openConflicts();
        screen.click("Compare");
        screen.await("the dialog of the host", () -> shown.size() == 1);
        assertTrue(shown.getFirst().startsWith("dialog tonnage: Stands now, by "), shown.toString());
        assertTrue(shown.getFirst().contains("The other, by Anna's laptop 60"), shown.toString());
        screen.awaitText("The other, by Anna's laptop");
    }

    private void openConflicts() {
        sync.withFriday();
        sync.putConflicts("item1");
        screen.press(toggles("item1").getFirst());
        screen.click("Look at Conflicts…");
        screen.awaitText("The other, by Anna's laptop");
    }

    private void select(Table table, int... rows) {
        screen.run(() -> {
            table.setSelection(rows);
            table.notifyListeners(SWT.Selection, new Event());
        });
    }
}
