// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Platform;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.forms.widgets.FormText;
import org.eclipse.ui.forms.widgets.Hyperlink;

/** Sees and operates what is on the screen, from a thread that is not the UI thread. Waits for what is not there yet. */
final class Screen {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Display display = PlatformUI.getWorkbench().getDisplay();

    /** Runs on the UI thread and waits for it. */
    <T> T ask(Supplier<T> question) {
        AtomicReference<T> answer = new AtomicReference<>();
        display.syncExec(() -> answer.set(question.get()));
        return answer.get();
    }

    /** Runs on the UI thread and waits for it. */
    void run(Runnable action) {
        display.syncExec(action);
    }

    /** How long the UI thread has computed until now, for the toolkit too. */
    long busyMillis() {
        return ManagementFactory.getThreadMXBean()
                        .getThreadCpuTime(display.getThread().threadId())
                / 1_000_000;
    }

    /** Runs on the UI thread and does not wait: what opens a dialog returns only when that is closed. */
    void start(Runnable action) {
        display.asyncExec(action);
    }

    /** Waits until something is so, asking on the UI thread. */
    void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ask(condition::getAsBoolean)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited for " + what + "; on the screen: " + ask(this::words));
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Waits until some widget says something. */
    void awaitText(String text) {
        await("the text “" + text + "”", () -> words().stream().anyMatch(said -> said.contains(text)));
    }

    /** Waits until no widget says something. */
    void awaitNoText(String text) {
        await("no text “" + text + "”", () -> words().stream().noneMatch(said -> said.contains(text)));
    }

    /** The widget of a kind that says just that, or else more than that; in the window on top first. */
    <T extends Widget> T find(Class<T> kind, String text) {
        AtomicReference<T> found = new AtomicReference<>();
        await(kind.getSimpleName() + " “" + text + "”", () -> {
            List<T> candidates =
                    widgets().filter(kind::isInstance).map(kind::cast).toList();
            found.set(candidates.stream()
                    .filter(widget -> says(widget).contains(text))
                    .findFirst()
                    .or(() -> candidates.stream()
                            .filter(widget -> says(widget).stream().anyMatch(said -> said.contains(text)))
                            .findFirst())
                    .orElse(null));
            return found.get() != null;
        });
        return found.get();
    }

    /** Presses a button, which must be enabled. */
    void click(String text) {
        Button button = find(Button.class, text);
        await("“" + text + "” to be enabled", button::isEnabled);
        start(() -> {
            if ((button.getStyle() & SWT.RADIO) != 0) {
                Arrays.stream(button.getParent().getChildren())
                        .filter(Button.class::isInstance)
                        .map(Button.class::cast)
                        .forEach(other -> other.setSelection(other == button));
            }
            button.notifyListeners(SWT.Selection, new Event());
        });
    }

    /** Waits until a button can be pressed, or cannot. */
    void awaitEnabled(String text, boolean enabled) {
        Button button = find(Button.class, text);
        await("“" + text + "” to be " + (enabled ? "enabled" : "disabled"), () -> button.isEnabled() == enabled);
    }

    /** Selects a row of a table. */
    void choose(String row) {
        Table table = find(Table.class, row);
        run(() -> {
            for (int i = 0; i < table.getItemCount(); i++) {
                if (table.getItem(i).getText().equals(row)) {
                    table.select(i);
                }
            }
            table.notifyListeners(SWT.Selection, new Event());
        });
    }

    /** Opens the context menu and takes the entry; what it opens may stay open. */
    void choose(Control control, String entry) {
        MenuItem[] found = new MenuItem[1];
        await("the menu entry “" + entry + "”", () -> {
            control.getMenu().notifyListeners(SWT.Show, new Event());
            for (MenuItem item : control.getMenu().getItems()) {
                if (item.getText().replace("&", "").replaceFirst("\t.*", "").equals(entry)) {
                    found[0] = item;
                }
            }
            return found[0] != null;
        });
        start(() -> found[0].notifyListeners(SWT.Selection, new Event()));
    }

    /** Clicks a link. */
    void follow(String text) {
        Link link = find(Link.class, text);
        start(() -> link.notifyListeners(SWT.Selection, new Event()));
    }

    /** Presses an entry of a tool bar. */
    void press(ToolItem item) {
        start(() -> item.notifyListeners(SWT.Selection, new Event()));
    }

    /** Puts a text into a field that can be edited: one line, or several. */
    void type(boolean severalLines, String text) {
        AtomicReference<Text> field = new AtomicReference<>();
        await("a field to type into", () -> {
            field.set(widgets()
                    .filter(Text.class::isInstance)
                    .map(Text.class::cast)
                    .filter(each -> (each.getStyle() & SWT.READ_ONLY) == 0 && each.isEnabled())
                    .filter(each -> ((each.getStyle() & SWT.MULTI) != 0) == severalLines)
                    .findFirst()
                    .orElse(null));
            return field.get() != null;
        });
        run(() -> field.get().setText(text));
    }

    /** The only QR code that is visible, once it is painted. */
    ImageData pictureOfCode() {
        AtomicReference<ImageData> picture = new AtomicReference<>();
        await("a QR code", () -> {
            Optional<Control> control = widgets()
                    .filter(widget -> widget.getClass().getSimpleName().equals("QrCanvas"))
                    .map(Control.class::cast)
                    .findFirst();
            control.ifPresent(one -> {
                while (display.readAndDispatch()) {
                    // let it be painted
                }
                Rectangle area = one.getBounds();
                Image image = new Image(display, area.width, area.height);
                GC gc = new GC(one);
                try {
                    gc.copyArea(image, 0, 0);
                    picture.set(image.getImageData());
                } finally {
                    gc.dispose();
                    image.dispose();
                }
            });
            return control.isPresent() && dark(picture.get()) > 1000;
        });
        return picture.get();
    }

    private static int dark(ImageData picture) {
        int dark = 0;
        for (int y = 0; y < picture.height; y++) {
            for (int x = 0; x < picture.width; x++) {
                dark += picture.palette.getRGB(picture.getPixel(x, y)).green < 64 ? 1 : 0;
            }
        }
        return dark;
    }

    /** Shows a picture in a window of its own, above what is there. */
    Shell show(ImageData picture, int x, int y) {
        return ask(() -> {
            Shell shell = new Shell(display, SWT.NO_TRIM | SWT.ON_TOP);
            shell.setBounds(x, y, picture.width, picture.height);
            Image image = new Image(display, picture);
            shell.addPaintListener(event -> event.gc.drawImage(image, 0, 0));
            shell.addDisposeListener(gone -> image.dispose());
            shell.open();
            return shell;
        });
    }

    /** Drags from one corner to the other in a control whose place is that of the display. */
    void drag(Control over, Rectangle along) {
        point(over, SWT.MouseDown, along.x, along.y);
        point(over, SWT.MouseMove, along.x + along.width / 2, along.y + along.height / 2);
        point(over, SWT.MouseMove, along.x + along.width, along.y + along.height);
        point(over, SWT.MouseUp, along.x + along.width, along.y + along.height);
    }

    private void point(Control over, int what, int x, int y) {
        Event event = new Event();
        event.button = what == SWT.MouseMove ? 0 : 1;
        event.x = x;
        event.y = y;
        run(() -> over.notifyListeners(what, event));
    }

    /** Presses a key of the keyboard some times; it goes where the focus is. */
    void key(int code, int times) {
        for (int i = 0; i < times; i++) {
            for (int what : new int[] {SWT.KeyDown, SWT.KeyUp}) {
                Event event = new Event();
                event.type = what;
                event.keyCode = code;
                assertTrue(ask(() -> display.post(event)), "the display takes no keys");
            }
        }
    }

    /** The same with Shift, which cannot be held by a program on every display. */
    void keyWithShift(Control focused, int code, int times) {
        Event event = new Event();
        event.keyCode = code;
        event.stateMask = SWT.SHIFT;
        for (int i = 0; i < times; i++) {
            run(() -> focused.notifyListeners(SWT.KeyDown, event));
        }
    }

    /** Puts something on the clipboard. */
    void copy(Object what, Transfer as) {
        run(() -> {
            Clipboard clipboard = new Clipboard(display);
            try {
                clipboard.setContents(new Object[] {what}, new Transfer[] {as});
            } finally {
                clipboard.dispose();
            }
        });
    }

    /** The text on the clipboard; empty if there is none. */
    String copied() {
        return ask(() -> {
            Clipboard clipboard = new Clipboard(display);
            try {
                return Optional.ofNullable((String) clipboard.getContents(TextTransfer.getInstance()))
                        .orElse("");
            } finally {
                clipboard.dispose();
            }
        });
    }

    /** Puts a text into the field that stands behind a label. */
    void typeAfter(String label, String text) {
        Label before = find(Label.class, label);
        run(() -> {
            List<Control> all = Arrays.asList(before.getParent().getChildren());
            ((Text) all.get(all.indexOf(before) + 1)).setText(text);
        });
    }

    /** Puts the focus into a control of the window that it is in, and waits until it has it. */
    void focus(Control control) {
        await("the focus to be in " + control, () -> {
            if (display.getFocusControl() != control) {
                control.getShell().forceActive();
                control.forceFocus();
            }
            return display.getFocusControl() == control;
        });
    }

    /** Whether a control still has the focus after everything that is on its way has been shown. */
    boolean keepsFocus(Control control) {
        awaitPainted();
        return ask(() -> display.getFocusControl() == control);
    }

    /** Closes every window but those of the workbench. */
    void closeDialogs() {
        await("the dialogs to close", () -> {
            dialogs().findFirst().ifPresent(Shell::close);
            return dialogs().findAny().isEmpty();
        });
    }

    /** Whether a window other than those of the workbench is open. */
    boolean dialogOpen() {
        return ask(() -> dialogs().findAny().isPresent());
    }

    /** The widgets of a kind that can be seen. UI thread. */
    <T extends Widget> Stream<T> all(Class<T> kind) {
        return widgets().filter(kind::isInstance).map(kind::cast);
    }

    /** Everything that is said in the windows that can be seen. UI thread. */
    List<String> words() {
        return widgets().flatMap(widget -> says(widget).stream()).toList();
    }

    private Stream<Shell> dialogs() {
        List<Shell> windows = Arrays.stream(PlatformUI.getWorkbench().getWorkbenchWindows())
                .map(window -> window.getShell())
                .toList();
        return Arrays.stream(display.getShells()).filter(shell -> shell.isVisible() && !windows.contains(shell));
    }

    /** Those of a dialog before those of the window that it was opened from, in whatever order the display has them. */
    private Stream<Widget> widgets() {
        List<Shell> shells = new ArrayList<>(Arrays.asList(display.getShells()));
        return shells.reversed().stream()
                .filter(Shell::isVisible)
                .sorted(Comparator.comparingInt(Screen::depth).reversed())
                .flatMap(Screen::inside);
    }

    private static int depth(Shell shell) {
        int depth = 0;
        for (Composite above = shell.getParent(); above != null; above = above.getParent()) {
            depth++;
        }
        return depth;
    }

    private static Stream<Widget> inside(Control control) {
        if (!control.isVisible()) {
            return Stream.empty();
        }
        Stream<Widget> inner = switch (control) {
            case ToolBar bar ->
                Stream.concat(
                        Arrays.stream(bar.getItems()),
                        Arrays.stream(bar.getChildren()).flatMap(Screen::inside));
            case Composite composite -> Arrays.stream(composite.getChildren()).flatMap(Screen::inside);
            default -> Stream.empty();
        };
        return Stream.concat(Stream.of(control), inner);
    }

    private static List<String> says(Widget widget) {
        List<String> said = new ArrayList<>();
        switch (widget) {
            case Button button -> said.add(button.getText());
            case Label label -> said.add(label.getText());
            case Link link -> said.add(link.getText());
            case Hyperlink link -> {
                said.add(Optional.ofNullable(link.getText()).orElse(""));
                said.add(Optional.ofNullable(link.getToolTipText()).orElse(""));
            }
            case FormText text -> said.add(paragraphs(text).replace("&", "&&"));
            case StyledText text -> said.add(text.getText().replace("&", "&&"));
            case Text text -> said.add(text.getText().replace("&", "&&"));
            case Shell shell -> said.add(shell.getText());
            case ToolItem item -> {
                said.add(item.getText());
                said.add(Optional.ofNullable(item.getToolTipText()).orElse(""));
            }
            case Tree tree -> Arrays.stream(tree.getItems()).forEach(item -> add(item, said));
            case Table table -> {
                for (TableItem item : table.getItems()) {
                    for (int column = 0; column < Math.max(1, table.getColumnCount()); column++) {
                        said.add(item.getText(column).replace("&", "&&"));
                    }
                }
            }
            default -> {}
        }
        said.replaceAll(text -> text.replace("&&", "\0").replace("&", "").replace("\0", "&"));
        return said;
    }

    /** What a text with links says, which it tells to nobody but a screen reader. */
    private static String paragraphs(FormText text) {
        try {
            Field model = FormText.class.getDeclaredField("model");
            model.setAccessible(true);
            Object paragraphs = model.get(text);
            return (String) paragraphs.getClass().getMethod("getAccessibleText").invoke(paragraphs);
        } catch (ReflectiveOperationException changed) {
            throw new AssertionError(changed);
        }
    }

    private static void add(TreeItem item, List<String> said) {
        for (int column = 0; column < Math.max(1, item.getParent().getColumnCount()); column++) {
            said.add(item.getText(column).replace("&", "&&"));
        }
        Arrays.stream(item.getItems()).forEach(child -> add(child, said));
    }

    /** Waits until what was just opened has been painted by the window system. */
    void awaitPainted() {
        awaitPainted(20);
    }

    /** Waits until what has just changed has been painted. */
    void awaitRepainted() {
        awaitPainted(5);
    }

    private void awaitPainted(int turns) {
        for (int turn = 0; turn < turns; turn++) {
            run(() -> {
                while (display.readAndDispatch()) {
                    // let it be painted
                }
            });
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Whether an image is this one of our drawings, such as {@code states/linked}. UI thread. */
    boolean isPicture(Image image, String name) {
        if (image == null) {
            return false;
        }
        ImageDescriptor drawing = ImageDescriptor.createFromURL(
                Platform.getBundle("org.vaultsync.ui").getEntry("icons/" + name + ".svg"));
        // Made as the views make it: from a file the window system would draw it a little otherwise.
        Image drawn = ImageDescriptor.createFromImageDataProvider(drawing::getImageData)
                .createImage(display);
        try {
            ImageData is = image.getImageData(100);
            ImageData wanted = drawn.getImageData(100);
            return Arrays.equals(is.data, wanted.data) && Arrays.equals(is.alphaData, wanted.alphaData);
        } finally {
            drawn.dispose();
        }
    }

    /** What is on the screen where a control is. UI thread. */
    ImageData painted(Control control) {
        return onScreen(area(control));
    }

    /** What is on the screen in a part of a control. UI thread. */
    ImageData painted(Control control, Rectangle part) {
        return onScreen(display.map(control, null, part));
    }

    private Rectangle area(Control control) {
        return display.map(
                control,
                null,
                control instanceof Shell window
                        ? window.getClientArea()
                        : new Rectangle(0, 0, control.getSize().x, control.getSize().y));
    }

    /** UI thread. */
    private ImageData onScreen(Rectangle area) {
        while (display.readAndDispatch()) {
            // let it be painted
        }
        Image image = new Image(display, area.width, area.height);
        GC gc = new GC(display);
        try {
            gc.copyArea(image, area.x, area.y);
            return image.getImageData();
        } finally {
            gc.dispose();
            image.dispose();
        }
    }

    /** Keeps a picture of all windows with the results of the build. */
    void keepPicture(String name) throws IOException {
        keepPicture(
                name,
                () -> Stream.of(display.getShells())
                        .filter(Shell::isVisible)
                        .map(Shell::getBounds)
                        .reduce(Rectangle::union)
                        .orElseThrow());
    }

    /** Keeps a picture of the dialog that is in front of all others, else of a control. */
    void keepPictureOfDialog(String name, Control otherwise) throws IOException {
        keepPicture(
                name,
                () -> Stream.of(display.getShells())
                        .filter(Screen::isDialog)
                        .filter(shell -> Stream.of(shell.getShells()).noneMatch(Screen::isDialog))
                        .map(shell -> display.map(shell, null, shell.getClientArea())) // nobody draws frames here
                        .findFirst()
                        .orElseGet(() -> area(otherwise)));
    }

    private static boolean isDialog(Shell shell) {
        return shell.isVisible() && shell.getData() instanceof Dialog;
    }

    private void keepPicture(String name, Supplier<Rectangle> area) throws IOException {
        Path file = Path.of("target", "pictures", name + ".png").toAbsolutePath();
        Files.createDirectories(file.getParent());
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {ask(() -> onScreen(area.get().intersection(display.getBounds())))};
        loader.save(file.toString(), SWT.IMAGE_PNG);
    }
}
