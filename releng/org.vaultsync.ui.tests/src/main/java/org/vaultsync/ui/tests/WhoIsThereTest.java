// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.core.runtime.preferences.InstanceScope;
import org.eclipse.jface.fieldassist.ControlDecoration;
import org.eclipse.swt.SWT;
import org.eclipse.swt.events.FocusListener;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.Fingerprint;
import org.vaultsync.Presence;

/** Who has which item open, in an editor as a host has it. */
class WhoIsThereTest extends ViewsTest {
    private static final String TONNAGE = "/content/tonnage";

    private final Scripted presence = new Scripted();
    private final List<Shell> editors = new ArrayList<>(); // UI thread
    private ServiceRegistration<Presence> registration; // test thread

    /** Says what a test needs, and writes down what it is told. */
    private static final class Scripted implements Presence {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final List<Open> others = new CopyOnWriteArrayList<>();

        @Override
        public void open(String itemId, String field) {
            calls.add("open " + itemId + " " + field);
        }

        @Override
        public void close(String itemId) {
            calls.add("close " + itemId);
        }

        @Override
        public List<Open> at(String itemId) {
            return others.stream().filter(open -> open.itemId().equals(itemId)).toList();
        }

        @Override
        public List<Open> by(Fingerprint device) {
            return others.stream().filter(open -> open.device().equals(device)).toList();
        }
    }

    @BeforeEach
    void takeThePlaceOfPresence() {
        register(presence);
        show(true);
    }

    private void register(Presence presence) {
        Dictionary<String, Object> first = new Hashtable<>();
        first.put(Constants.SERVICE_RANKING, 1000);
        registration = FrameworkUtil.getBundle(WhoIsThereTest.class)
                .getBundleContext()
                .registerService(Presence.class, presence, first);
    }

    @AfterEach
    void putItBack() {
        screen.run(() -> editors.forEach(Shell::dispose));
        show(true);
        registration.unregister();
    }

    private static void show(boolean wanted) {
        InstanceScope.INSTANCE.getNode("org.vaultsync.ui").putBoolean("show.open", wanted);
    }

    @Test
    void tellsWhichItemAndWhichFieldIsOpen() {
        Shell editor = editor("item1");
        awaitCalls("open item1 ");
        Text field = screen.ask(() -> (Text) editor.getChildren()[0]);
        screen.run(() -> field.notifyListeners(SWT.FocusIn, new Event()));
        awaitCalls("open item1 ", "open item1 " + TONNAGE);
        screen.run(() -> field.notifyListeners(SWT.FocusOut, new Event()));
        awaitCalls("open item1 ", "open item1 " + TONNAGE, "open item1 ");
        screen.run(editor::close);
        screen.await("the call", () -> presence.calls.getLast().equals("close item1"));
    }

    @Test
    void tellsAPresenceThatHasComeAnewWhatIsOpenAlready() {
        Shell editor = editor("item1");
        awaitCalls("open item1 ");
        screen.run(() -> ((Text) editor.getChildren()[0]).notifyListeners(SWT.FocusIn, new Event()));
        registration.unregister();
        Scripted anew = new Scripted();
        register(anew);
        screen.await("what is open", () -> anew.calls.equals(List.of("open item1 " + TONNAGE)));
        screen.run(editor::close);
        screen.await("that it is closed", () -> anew.calls.getLast().equals("close item1"));
    }

    @Test
    void tellsNothingToOthersIfThePersonDoesNotWantIt() {
        Shell editor = editor("item1");
        awaitCalls("open item1 ");
        screen.run(() -> show(false));
        awaitCalls("open item1 ", "close item1");
        screen.run(() -> ((Text) editor.getChildren()[0]).notifyListeners(SWT.FocusIn, new Event()));
        assertFalse(presence.calls.contains("open item1 " + TONNAGE), presence.calls.toString());
    }

    @Test
    void namesWhoElseIsThere() {
        sync.withFriday();
        openPeers();
        editor("item1");
        presence.others.add(new Presence.Open(ScriptedSync.ANNA, "Anna's laptop", "item1", "Anvil", TONNAGE));
        sync.changedPresence("item1");
        screen.await("the sentence", () -> controls().describe("item1").endsWith("Open on Anna's laptop"));
        Tree tree = screen.find(Tree.class, "Anna's laptop");
        screen.run(() -> {
            tree.setSelection(tree.getItem(0).getItem(0));
            tree.notifyListeners(SWT.Selection, new Event());
        });
        screen.awaitText("Has open: Anvil");
        presence.others.clear();
        sync.changedPresence("item1");
        screen.await("the end of it", () -> !controls().describe("item1").contains("Open on"));
        screen.awaitNoText("Has open");
    }

    @Test
    void marksTheFieldWhereSomebodyElseIs() {
        Shell editor = editor("item1");
        screen.run(editor::open);
        Text field = screen.ask(() -> (Text) editor.getChildren()[0]);
        assertEquals(List.of(), marks(field));
        is("Anna's laptop", "/meta/name");
        is("Dieter", TONNAGE);
        screen.await("the mark", () -> marks(field).equals(List.of("In this field now: Dieter")));
        is("Eva & Eve", TONNAGE);
        screen.await("both in it", () -> marks(field).equals(List.of("In this field now: Dieter, Eva & Eve")));
        presence.others.removeIf(open -> open.field().equals(TONNAGE));
        sync.changedPresence("item1");
        screen.await("it to go", () -> marks(field).isEmpty());
        is("Anna's laptop", TONNAGE);
        screen.await("it to come back", () -> marks(field).equals(List.of("In this field now: Anna's laptop")));
    }

    private void is(String device, String field) {
        presence.others.add(new Presence.Open(ScriptedSync.ANNA, device, "item1", "Anvil", field));
        sync.changedPresence("item1");
    }

    /** What the marks say that are seen at a control. Only JFace knows them: it listens to the control for them. */
    private List<String> marks(Control control) {
        return screen.ask(() -> control.getTypedListeners(SWT.FocusIn, FocusListener.class)
                .flatMap(listener -> Arrays.stream(listener.getClass().getDeclaredFields())
                        .filter(owner -> owner.getType() == ControlDecoration.class)
                        .map(owner -> {
                            try {
                                owner.setAccessible(true);
                                return (ControlDecoration) owner.get(listener);
                            } catch (IllegalAccessException broken) {
                                throw new AssertionError(broken);
                            }
                        }))
                .filter(ControlDecoration::isVisible)
                .map(ControlDecoration::getDescriptionText)
                .toList());
    }

    private void awaitCalls(String... calls) {
        screen.await("the calls " + List.of(calls), () -> presence.calls.equals(List.of(calls)));
    }

    /** An editor with a field; not on the screen, so that nothing but the test moves the focus. */
    private Shell editor(String item) {
        AtomicReference<Shell> editor = new AtomicReference<>();
        screen.run(() -> {
            Shell shell =
                    new Shell(PlatformUI.getWorkbench().getWorkbenchWindows()[0].getShell(), SWT.SHELL_TRIM);
            shell.setText("An editor");
            shell.setLayout(new FillLayout());
            controls().opened(shell, item);
            controls().field(new Text(shell, SWT.BORDER), item, TONNAGE);
            shell.setSize(300, 120);
            editor.set(shell);
            editors.add(shell);
        });
        return editor.get();
    }
}
