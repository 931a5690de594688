// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.eclipse.core.runtime.preferences.IEclipsePreferences;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.PreferencesUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.Transfers;

class PreferencesTest extends ViewsTest {
    private final ScriptedTransfers transfers = new ScriptedTransfers();
    private ServiceRegistration<Transfers> registration; // test thread

    /** Keeps what is set. */
    private static final class ScriptedTransfers implements Transfers {
        static final long USUAL = 20_000_000;

        volatile long fetched = USUAL;

        @Override
        public Progress progress(String sha256) {
            return new Progress.Nothing();
        }

        @Override
        public void fetch(String sha256) {}

        @Override
        public long fetchedAtOnce() {
            return fetched;
        }

        @Override
        public CompletionStage<Void> setFetchedAtOnce(long bytes) {
            fetched = bytes;
            return CompletableFuture.completedStage(null);
        }
    }

    @BeforeEach
    void takeThePlaceOfTransfers() {
        Dictionary<String, Object> first = new Hashtable<>();
        first.put(Constants.SERVICE_RANKING, 1000);
        registration = FrameworkUtil.getBundle(PreferencesTest.class)
                .getBundleContext()
                .registerService(Transfers.class, transfers, first);
        open();
    }

    @AfterEach
    void putItBack() {
        registration.unregister();
    }

    private void open() {
        screen.start(() -> PreferencesUtil.createPreferenceDialogOn(
                        PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(),
                        "org.vaultsync.ui.preferences",
                        null,
                        null)
                .open());
        screen.awaitText("Name of this device:");
    }

    @Test
    void namesThisDevice() {
        Text name = screen.find(Text.class, "Bob's desk & chair");
        Button apply = screen.find(Button.class, "Apply and Close");
        screen.run(() -> name.setText("x".repeat(65)));
        screen.awaitText("A name has at most 64 characters; this one has 65.");
        screen.await("no way to apply it", () -> !apply.isEnabled());
        screen.run(() -> name.setText(" "));
        screen.awaitText("Give it a name.");
        screen.await("no way to apply it", () -> !apply.isEnabled());
        screen.run(() -> name.setText("Attic"));
        screen.click("Apply and Close");
        awaitCall("nameDevice Attic");
    }

    @Test
    void keepsWhatToTell() {
        Button joins = screen.find(Button.class, "A device joins a room");
        screen.run(() -> joins.setSelection(true));
        screen.click("Apply and Close");
        screen.await(
                "the choice to be kept",
                () -> InstanceScope.INSTANCE.getNode("org.vaultsync.ui").getBoolean("notice.joined", false));
    }

    @Test
    void setsUpToWhichSizeFilesComeByThemselves() {
        Spinner size = behind("Fetch files by themselves up to, in MB:");
        assertEquals(20, screen.ask(size::getSelection));
        screen.run(() -> size.setSelection(5));
        screen.click("Apply and Close");
        screen.await("the choice to be told", () -> transfers.fetched == 5_000_000);
    }

    @Test
    void keepsWhetherOthersSeeWhatIsOpen() {
        Button shows = screen.find(Button.class, "Let the others see which shared item I have open");
        assertTrue(screen.ask(shows::getSelection));
        screen.run(() -> shows.setSelection(false));
        screen.click("Apply and Close");
        IEclipsePreferences kept = InstanceScope.INSTANCE.getNode("org.vaultsync.ui");
        screen.await("the choice to be kept", () -> !kept.getBoolean("show.open", true));
        open();
        Button again = screen.find(Button.class, "Let the others see which shared item I have open");
        assertFalse(screen.ask(again::getSelection));
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await("it to be as usual", () -> kept.getBoolean("show.open", false));
    }

    @Test
    void setsWhenToLookAgainForWhoIsAway() {
        Spinner minutes = behind("Look again for devices that are away after, in minutes:");
        screen.run(() -> minutes.setSelection(45));
        screen.click("Apply and Close");
        screen.await("the choice to be told", () -> pairing.calls.contains("look again after PT45M"));
    }

    @Test
    void asksAgainInWhichRoomToShare() {
        IEclipsePreferences kept = InstanceScope.INSTANCE.getNode("org.vaultsync.ui");
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        kept.put("share.room", ScriptedSync.FRIDAY.hex());
        sync.withFriday();
        open();
        screen.awaitText("Items are shared in “Friday & friends” without asking.");
        screen.click("Ask Again");
        screen.awaitText("With several rooms, sharing asks in which.");
        assertEquals(ScriptedSync.FRIDAY.hex(), kept.get("share.room", ""), "before it is applied");
        screen.click("Apply and Close");
        screen.await("it to be forgotten", () -> kept.get("share.room", "").isEmpty());
    }

    @Test
    void goesBackToWhatIsUsual() {
        Button joins = screen.find(Button.class, "A device joins a room");
        assertFalse(screen.ask(joins::getSelection));
        Spinner minutes = behind("Look again for devices that are away after, in minutes:");
        screen.run(() -> minutes.setSelection(45));
        Spinner size = behind("Fetch files by themselves up to, in MB:");
        screen.run(() -> size.setSelection(5));
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await(
                "the choice to be kept",
                () -> InstanceScope.INSTANCE.getNode("org.vaultsync.ui").getBoolean("notice.joined", false));
        assertEquals(List.of(), pairing.calls);
        assertEquals(ScriptedTransfers.USUAL, transfers.fetched);
    }

    @Test
    void whatWasNotKnownWhenItOpenedIsNotSet() {
        screen.click("Cancel");
        screen.await("the page to close", () -> !screen.dialogOpen());
        transfers.fetched = 0;
        sync.starting();
        open();
        screen.awaitText("Sync is starting…");
        assertFalse(screen.ask(() -> screen.all(Spinner.class).anyMatch(Spinner::isEnabled)));
        transfers.fetched = 5_000_000;
        pairing.pause = Duration.ofMinutes(45);
        sync.started();
        screen.click("Restore Defaults");
        screen.click("Apply and Close");
        screen.await("the page to close", () -> !screen.dialogOpen());
        assertEquals(5_000_000, transfers.fetched);
        assertEquals(List.of(), pairing.calls);
        assertEquals(List.of(), sync.calls);
    }

    /** The number behind a label. */
    private Spinner behind(String label) {
        Label before = screen.find(Label.class, label);
        return screen.ask(() -> {
            List<Control> all = Arrays.asList(before.getParent().getChildren());
            return (Spinner) all.get(all.indexOf(before) + 1);
        });
    }

    @Test
    void theSearchFindsAPageByWhatItIsAbout() {
        search("firewall", "Network", "Device Key");
        search("stun", "Network", "Types");
        search("keyring", "Device Key", "Network");
        search("sensitive", "Types", "Network");
        search("attachment", "Sync", "Types");
    }

    private void search(String word, String page, String other) {
        screen.await("the search", () -> filter().isPresent());
        screen.run(() -> filter().orElseThrow().setText(word));
        screen.await(
                "“" + page + "” to be found by “" + word + "”",
                () -> screen.words().contains(page)
                        && screen.all(Tree.class)
                                .noneMatch(tree -> all(tree.getItems()).contains(other)));
    }

    /** UI thread. */
    private Optional<Text> filter() {
        return screen.all(Text.class)
                .filter(text -> text.getMessage().equals("type filter text"))
                .findFirst();
    }

    private static List<String> all(TreeItem[] items) {
        return Arrays.stream(items)
                .flatMap(item -> Stream.concat(Stream.of(item.getText()), all(item.getItems()).stream()))
                .toList();
    }
}
