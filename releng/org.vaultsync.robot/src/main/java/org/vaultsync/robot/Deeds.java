// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.core.runtime.Platform;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Item;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;

/** The commands of the robot. Called by the threads of the connections. */
final class Deeds {
    private static final int POLL_MILLIS = 2;
    private static final long SHORT_MILLIS = 10_000;
    private static final long ROW_MILLIS = 2_000;
    private static final long RAISE_MILLIS = 400;
    private static final int CHOOSER_MILLIS = 100;

    private final Screen screen;
    private final Watchdog watchdog;
    private final BundleContext bundles;

    Deeds(Screen screen, Watchdog watchdog, BundleContext bundles) {
        this.screen = screen;
        this.watchdog = watchdog;
        this.bundles = bundles;
    }

    List<String> perform(String command, List<String> words) throws IOException {
        return switch (command) {
            case "ping" -> List.of(Robot.now());
            case "wait-window" -> waitWindow(millis(words, 0));
            case "shells" ->
                ask(() -> eyes().shells().stream().map(Shell::getText).toList());
            case "dialog" -> ask(() -> eyes().texts());
            case "texts" -> ask(() -> eyes().texts());
            case "messages" -> ask(() -> eyes().messages());
            case "rows" ->
                ask(() -> Eyes.text(eyes().field(words.get(0))).lines().toList());
            case "get" -> ask(() -> List.of(Eyes.text(eyes().field(words.get(0)))));
            case "enabled" -> ask(() -> List.of(Boolean.toString(enabled(eyes().clickable(words.get(0))))));
            case "caret" ->
                ask(() -> {
                    Point caret = hands().caret(eyes().field(words.get(0)));
                    return List.of(Integer.toString(caret.x), Integer.toString(caret.y));
                });
            case "focused" ->
                ask(() -> List.of(Boolean.toString(eyes().field(words.get(0)).isFocusControl())));
            case "set-caret" ->
                act(() -> hands().setCaret(
                                eyes().field(words.get(0)),
                                Integer.parseInt(words.get(1)),
                                Integer.parseInt(words.get(2))));
            case "focus" -> act(() -> eyes().field(words.get(0)).setFocus());
            case "type" -> act(() -> hands().type(eyes().field(words.get(0)), words.get(1), false));
            case "append" -> act(() -> hands().type(eyes().field(words.get(0)), words.get(1), true));
            case "insert" -> act(() -> hands().insert(eyes().field(words.get(0)), words.get(1)));
            case "enter" -> act(() -> hands().enter(eyes().field(words.get(0))));
            case "choose" -> act(() -> hands().choose(eyes().field(words.get(0)), words.get(1)));
            case "click" -> act(() -> hands().click(eyes().clickable(words.get(0))));
            case "select" -> actOn(words.get(0), row -> hands().row(row, false));
            case "open" -> actOn(words.get(0), row -> hands().row(row, true));
            case "tick" -> actOn(words.get(0), row -> hands().tick(row));
            case "unfold" -> actOn(words.get(0), row -> hands().unfold(row));
            case "menu" -> act(() -> hands().choose(hands().menuItem(hands().menuBar(), words.get(0))));
            case "menus" -> ask(() -> hands().menus());
            case "menu-enabled" ->
                ask(() -> List.of(Boolean.toString(
                        hands().menuItem(hands().menuBar(), words.get(0)).isEnabled())));
            case "context" -> actOn(words.get(0), row -> context(row, words.get(1)));
            case "view-menu" ->
                act(() -> hands().choose(hands().menuItem(hands().viewMenu(words.get(0)), words.get(1))));
            case "command" -> act(() -> hands().command(words.get(0), parameters(words)));
            case "view" -> act(() -> view(words.get(0)));
            case "key" -> act(() -> hands().key(words.get(0)));
            case "type-into-chooser" -> act(() -> typeIntoChooser(words.get(0)));
            case "save" -> act(this::save);
            case "save-again" -> act(this::saveAgain);
            case "wait-text" -> until(millis(words, 1), () -> contains(eyes().texts(), words.get(0)), words.get(0));
            case "wait-no-text" -> until(millis(words, 1), () -> !contains(eyes().texts(), words.get(0)), words.get(0));
            case "wait-popup" -> until(millis(words, 1), () -> contains(eyes().popups(), words.get(0)), words.get(0));
            case "popups" -> ask(() -> eyes().popups());
            case "wait-field" ->
                until(millis(words, 2), shows(words.get(0), words.get(1)), words.get(0) + " = " + words.get(1));
            case "wait-row" -> until(millis(words, 1), () -> eyes().row(words.get(0)) != null, "row " + words.get(0));
            case "wait-no-row" -> until(millis(words, 1), () -> !hasRow(words.get(0)), "no row " + words.get(0));
            case "wait-message" ->
                until(millis(words, 1), () -> contains(eyes().messages(), words.get(0)), words.get(0));
            case "wait-dialog" ->
                until(millis(words, 1), () -> eyes().top().getText().contains(words.get(0)), "dialog " + words.get(0));
            case "wait-enabled" ->
                until(millis(words, 1), () -> enabled(eyes().clickable(words.get(0))), "enabled " + words.get(0));
            case "clipboard" -> ask(() -> List.of(clipboard()));
            case "set-clipboard" -> act(() -> setClipboard(words.get(0), TextTransfer.getInstance()));
            case "set-clipboard-image" ->
                act(() -> setClipboard(new ImageData(words.get(0)), ImageTransfer.getInstance()));
            case "screenshot" -> {
                // A picture of a window is what the screen shows of it, so nothing must lie over it.
                act(this::raise);
                pause(RAISE_MILLIS);
                yield ask(() -> screenshot(words.get(0)));
            }
            case "theme" -> act(() -> theme(words.get(0)));
            case "size" ->
                act(() -> eyes().shells()
                        .getFirst()
                        .setSize(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1))));
            case "watched" -> watchdog.report();
            case "watch" -> {
                watchdog.begin();
                yield List.of();
            }
            case "bundle" -> List.of(state(words.get(0)));
            case "start-bundle", "stop-bundle" -> switched(words.get(0), command.equals("start-bundle"));
            case "services" -> services(words.get(0));
            case "contributions" -> contributions(words.get(0));
            case "vault-ids" -> vault().ids();
            case "vault-get" -> vault().get(words.get(0));
            case "vault-digests" -> vault().digests();
            case "share-all" -> vault().shareAll();
            case "name-device" -> vault().nameDevice(words.get(0));
            case "vault-put" -> vault().put(words.get(0), words.get(1), words.get(2), words.get(3));
            case "vault-remove" -> vault().remove(words.get(0));
            case "age" -> List.of(Long.toString(Robot.age()));
            case "close" -> act(() -> eyes().top().close());
            case "quit" -> {
                screen.display().asyncExec(() -> PlatformUI.getWorkbench().close());
                yield List.of();
            }
            case "halt" -> {
                Runtime.getRuntime().halt(1);
                yield List.of();
            }
            default -> throw new Refusal("no such command: " + command);
        };
    }

    private Eyes eyes() {
        return new Eyes(Display.getCurrent());
    }

    private Hands hands() {
        return new Hands(eyes());
    }

    private <T> T ask(Callable<T> question) {
        return screen.ask(question);
    }

    /** Answers with the time at which it began. */
    private List<String> act(Runnable action) {
        String began = Robot.now();
        screen.act(action);
        return List.of(began);
    }

    /**
     * Does something with a row, in the turn in which it is found. A tree whose rows are just being moved shows some of them a moment
     * later, so a row that is not there is looked for again.
     */
    private List<String> actOn(String row, Consumer<Widget> action) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROW_MILLIS);
        AtomicBoolean there = new AtomicBoolean();
        while (true) {
            try {
                return act(() -> {
                    Widget found = eyes().row(row);
                    there.set(true);
                    action.accept(found);
                });
            } catch (Refusal refused) {
                if (there.get() || System.nanoTime() > end) {
                    throw refused;
                }
                pause(POLL_MILLIS);
            }
        }
    }

    /** Answers with the time at which the condition was first seen to hold. */
    private List<String> until(long millis, Callable<Boolean> condition, String what) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        String last = "";
        while (true) {
            long[] took = new long[1]; // without the time that the question waited for its turn
            try {
                if (screen.ask(() -> timed(condition, took))) {
                    return List.of(Robot.now());
                }
            } catch (Refusal notYet) {
                last = "; " + notYet.getMessage();
            }
            if (System.nanoTime() > end) {
                throw new Refusal("waited " + millis + " ms for: " + what + last);
            }
            // What is dear to ask, such as all rows of a long tree, is asked less often.
            pause(Math.max(POLL_MILLIS, 4 * took[0] / 1_000_000));
        }
    }

    private static boolean timed(Callable<Boolean> condition, long[] took) throws Exception {
        long begin = System.nanoTime();
        try {
            return condition.call();
        } finally {
            took[0] = System.nanoTime() - begin;
        }
    }

    /** Whether the field with a label shows a text. The field is looked for once, so that asking again costs nothing. */
    private Callable<Boolean> shows(String label, String text) {
        Control[] found = new Control[1]; // UI thread only
        return () -> {
            if (found[0] == null || found[0].isDisposed() || !found[0].isVisible()) {
                found[0] = eyes().field(label);
            }
            return Eyes.text(found[0]).equals(text);
        };
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Refusal("stopped");
        }
    }

    /** The age of the process when its window, or a dialog in its place, was there. */
    private List<String> waitWindow(long millis) {
        until(
                millis,
                () -> !eyes().shells().isEmpty()
                        && (!PlatformUI.isWorkbenchRunning()
                                || PlatformUI.getWorkbench().getActiveWorkbenchWindow() != null
                                        && PlatformUI.getWorkbench()
                                                .getActiveWorkbenchWindow()
                                                .getShell()
                                                .isVisible()),
                "a window");
        return List.of(Long.toString(Robot.age()));
    }

    private static long millis(List<String> words, int at) {
        return words.size() > at ? Long.parseLong(words.get(at)) : SHORT_MILLIS;
    }

    private static boolean contains(List<String> texts, String wanted) {
        return texts.stream().anyMatch(text -> text.contains(wanted));
    }

    private boolean hasRow(String text) {
        try {
            return eyes().row(text) != null;
        } catch (Refusal none) {
            return false;
        }
    }

    private static boolean enabled(Widget widget) {
        return switch (widget) {
            case Control control -> control.isEnabled();
            case ToolItem item -> item.isEnabled();
            default -> true;
        };
    }

    private void context(Widget item, String path) {
        hands().row(item, false);
        // Not the control that has the focus: without a window manager it may be none of this host.
        Menu menu = (item instanceof TreeItem node ? node.getParent() : ((TableItem) item).getParent()).getMenu();
        if (menu == null) {
            throw new Refusal("\"" + ((Item) item).getText() + "\" has no context menu");
        }
        MenuItem chosen = hands().menuItem(menu, path);
        hands().choose(chosen);
    }

    /** Saves from within the editor; without a window manager it is not the active part after a dialog was closed. */
    private void save() {
        IWorkbenchPage page =
                PlatformUI.getWorkbench().getActiveWorkbenchWindow().getActivePage();
        if (page.getActiveEditor() != null) {
            page.activate(page.getActiveEditor());
        }
        saveAgain();
    }

    private void saveAgain() {
        hands().command("org.eclipse.ui.file.save", Map.of());
    }

    /**
     * Types a path into the next file chooser, which is none of SWT's windows, and presses Enter there. Nothing that is asked of the UI
     * thread from outside runs while a chooser is open, but what it has set itself a time for does.
     */
    private static void typeIntoChooser(String path) {
        Display display = Display.getCurrent();
        display.timerExec(CHOOSER_MILLIS, () -> {
            boolean chooses = Arrays.stream(Thread.currentThread().getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(FileDialog.class.getName()));
            // With the focus in a window of SWT the keys would go there.
            if (chooses && display.getActiveShell() == null) {
                (path + SWT.CR).chars().forEach(letter -> Hands.post(display, (char) letter));
            } else {
                typeIntoChooser(path);
            }
        });
    }

    private static void view(String id) {
        try {
            PlatformUI.getWorkbench().getActiveWorkbenchWindow().getActivePage().showView(id);
        } catch (PartInitException cannot) {
            throw new Refusal(cannot.getMessage());
        }
    }

    private static Map<String, String> parameters(List<String> words) {
        Map<String, String> parameters = new HashMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            parameters.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return parameters;
    }

    private static String clipboard() {
        Clipboard clipboard = new Clipboard(Display.getCurrent());
        try {
            return clipboard.getContents(TextTransfer.getInstance()) instanceof String text ? text : "";
        } finally {
            clipboard.dispose();
        }
    }

    private static void setClipboard(Object content, Transfer transfer) {
        Clipboard clipboard = new Clipboard(Display.getCurrent());
        try {
            clipboard.setContents(new Object[] {content}, new Transfer[] {transfer});
        } finally {
            clipboard.dispose();
        }
    }

    @SuppressWarnings("restriction") // There is no other way to the themes of the platform.
    private static void theme(String which) {
        PlatformUI.getWorkbench()
                .getService(IThemeEngine.class)
                .setTheme(
                        which.equals("dark")
                                ? "org.eclipse.e4.ui.css.theme.e4_dark"
                                : "org.eclipse.e4.ui.css.theme.e4_default",
                        true);
    }

    private void raise() {
        for (Shell shell : eyes().shells()) {
            shell.moveAbove(null);
            shell.redraw();
            shell.update();
        }
        eyes().top().forceActive();
    }

    /** Draws all windows of this host, each where it is. */
    private List<String> screenshot(String file) {
        List<Shell> shells = eyes().shells();
        Display display = Display.getCurrent();
        while (display.readAndDispatch()) {
            continue;
        }
        Rectangle all = shells.getFirst().getBounds();
        for (Shell shell : shells) {
            all = all.union(shell.getBounds());
        }
        Image picture = new Image(display, all.width, all.height);
        GC canvas = new GC(picture);
        try {
            for (Shell shell : shells) {
                Rectangle bounds = shell.getBounds();
                Image window = new Image(display, Math.max(1, bounds.width), Math.max(1, bounds.height));
                GC gc = new GC(window);
                shell.print(gc);
                gc.dispose();
                canvas.drawImage(window, bounds.x - all.x, bounds.y - all.y);
                canvas.setForeground(display.getSystemColor(SWT.COLOR_DARK_GRAY));
                canvas.drawRectangle(bounds.x - all.x, bounds.y - all.y, bounds.width - 1, bounds.height - 1);
                window.dispose();
            }
            ImageLoader loader = new ImageLoader();
            loader.data = new ImageData[] {picture.getImageData()};
            loader.save(file, SWT.IMAGE_PNG);
        } finally {
            canvas.dispose();
            picture.dispose();
        }
        return List.of(file);
    }

    private static String state(String name) {
        Bundle bundle = Platform.getBundle(name);
        if (bundle == null) {
            return "absent";
        }
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "active";
            case Bundle.STARTING -> "starting";
            case Bundle.RESOLVED -> "resolved";
            case Bundle.INSTALLED -> "installed";
            case Bundle.STOPPING -> "stopping";
            default -> "uninstalled";
        };
    }

    private static List<String> switched(String name, boolean on) {
        Bundle bundle = Platform.getBundle(name);
        if (bundle == null) {
            throw new Refusal("no bundle " + name);
        }
        try {
            if (on) {
                bundle.start();
            } else {
                bundle.stop();
            }
        } catch (BundleException cannot) {
            throw new Refusal(String.valueOf(cannot));
        }
        return List.of(state(name));
    }

    /** What is contributed to an extension point, a line each: the bundle and the id or, where there is none, the element. */
    private static List<String> contributions(String point) {
        return Arrays.stream(Platform.getExtensionRegistry().getConfigurationElementsFor(point))
                .map(element -> element.getContributor().getName() + " "
                        + (element.getAttribute("id") == null ? element.getName() : element.getAttribute("id")))
                .toList();
    }

    /** Of its own class, which a host without sync cannot load. */
    private VaultDeeds vault() {
        return new VaultDeeds(bundles);
    }

    private List<String> services(String type) {
        try {
            var found = bundles.getAllServiceReferences(type, null);
            return List.of(
                    Integer.toString(found == null ? 0 : Arrays.asList(found).size()));
        } catch (InvalidSyntaxException neverWithoutAFilter) {
            throw new Refusal(neverWithoutAFilter.getMessage());
        }
    }
}
