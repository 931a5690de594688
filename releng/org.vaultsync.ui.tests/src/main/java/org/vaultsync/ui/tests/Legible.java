// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Platform;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.notifications.NotificationPopup;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.Accessible;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.accessibility.AccessibleListener;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Item;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.Scrollable;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeColumn;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.PlatformUI;

/**
 * Whether what is on the screen can be read and used by keyboard: no text is cut off, what cannot be used looks so, each button
 * has a key, and no two controls of a window, or entries of a menu, go by the same mnemonic, in English as in German. UI thread.
 */
final class Legible {
    private static final String SYNC = "org.vaultsync.ui";
    private static final String HANGAR = "org.vaultsync.hangar";
    private static final Set<String> BY_ESCAPE =
            Set.of(IDialogConstants.CANCEL_LABEL, IDialogConstants.CLOSE_LABEL, IDialogConstants.OK_LABEL);

    private final Map<String, String> german = new HashMap<>(); // by the English text

    Legible() {
        translate(SYNC, "/org/vaultsync/ui/text/messages");
        translate(SYNC, "/plugin");
        translate(HANGAR, "/plugin");
        // There the English text is the key.
        texts(HANGAR, "/org/vaultsync/hangar/look/words_de")
                .forEach((english, text) -> german.put((String) english, (String) text));
    }

    private void translate(String bundle, String file) {
        Properties translated = texts(bundle, file + "_de");
        texts(bundle, file).forEach((key, text) -> german.put((String) text, translated.getProperty((String) key)));
    }

    private static Properties texts(String bundle, String file) {
        Properties texts = new Properties();
        try (InputStream in =
                Platform.getBundle(bundle).getResource(file + ".properties").openStream()) {
            texts.load(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return texts;
    }

    /** What is wrong with the window on top, and with the notices, which are on top of all windows. */
    List<String> complaints(Display display) {
        List<Shell> visible =
                Stream.of(display.getShells()).filter(Shell::isVisible).toList();
        return Stream.concat(
                        visible.stream().reduce((lower, upper) -> upper).stream(),
                        visible.stream().filter(shell -> shell.getData() instanceof NotificationPopup))
                .distinct()
                .flatMap(shell -> complaints(shell).stream())
                .toList();
    }

    private List<String> complaints(Shell shell) {
        List<Control> seen = inside(shell).toList();
        List<String> complaints = new ArrayList<>();
        for (Control control : seen) {
            cut(control).ifPresent(complaints::add);
            narrow(control).forEach(complaints::add);
            cutCells(control).forEach(complaints::add);
            keyless(control).ifPresent(complaints::add);
            bright(control).ifPresent(complaints::add);
            hyphened(control).ifPresent(complaints::add);
            nameless(control).ifPresent(complaints::add);
        }
        complaints.addAll(clashes(
                seen.stream().map(Legible::text).flatMap(Optional::stream).toList()));
        return complaints;
    }

    /** What is wrong with a menu of ours that is shown. */
    List<String> complaints(Menu menu) {
        List<String> texts = Arrays.stream(menu.getItems())
                .map(entry -> entry.getText().replaceFirst("\t.*", "")) // behind it stands a shortcut
                .filter(text -> !text.isEmpty())
                .toList();
        return Stream.concat(texts.stream().map(this::without).flatMap(Optional::stream), clashes(texts).stream())
                .toList();
    }

    private static Stream<Control> inside(Control control) {
        if (!control.isVisible()) {
            return Stream.empty();
        }
        Stream<Control> inner = control instanceof Composite composite
                ? Arrays.stream(composite.getChildren()).flatMap(Legible::inside)
                : Stream.empty();
        return Stream.concat(Stream.of(control), inner);
    }

    private static Optional<String> text(Control control) {
        return switch (control) {
            case Button button -> Optional.of(button.getText());
            case Label label -> Optional.of(label.getText());
            case CLabel label -> Optional.of(label.getText());
            case Link link -> Optional.of(link.getText());
            case Group group -> Optional.of(group.getText());
            default -> Optional.empty();
        };
    }

    private static Optional<String> cut(Control control) {
        if (control instanceof ScrolledComposite scrolled
                && scrolled.getContent() != null
                && scrolled.getContent().getSize().x > scrolled.getClientArea().width + 1) {
            return Optional.of("wider than what is around it: has " + scrolled.getClientArea().width + ", needs "
                    + scrolled.getContent().getSize().x);
        }
        if (control instanceof ScrolledComposite scrolled && scrollsForNothing(scrolled)) {
            return Optional.of("scrolls where the screen has room: has " + scrolled.getClientArea().height + ", needs "
                    + scrolled.getContent().getSize().y);
        }
        Optional<String> said =
                (control instanceof Text ? whole((Text) control) : text(control)).filter(text -> !text.isEmpty());
        if (control instanceof Group || said.isEmpty()) {
            return Optional.empty();
        }
        if (pokesOut(control)) {
            return Optional.of("cut off by what is around it: “" + said.get() + "”");
        }
        Point has = control.getSize();
        boolean wraps = control instanceof Link || (control.getStyle() & SWT.WRAP) != 0;
        Point needs = control.computeSize(wraps ? has.x : SWT.DEFAULT, SWT.DEFAULT);
        boolean wideEnough = control instanceof Text && wraps || needs.x <= has.x + 1; // a long word is broken
        return wideEnough && needs.y <= has.y + 1
                ? Optional.empty()
                : Optional.of("cut off: “" + said.get() + "” has " + has + ", needs " + needs);
    }

    private static boolean pokesOut(Control control) {
        Rectangle has = control.getParent().getClientArea();
        Rectangle needs = control.getBounds();
        return needs.x + needs.width > has.x + has.width + 1 || needs.y + needs.height > has.y + has.height + 1;
    }

    /** Whether a dialog could have been as high as what is in it. That of the preferences has a size of its own. */
    private static boolean scrollsForNothing(ScrolledComposite scrolled) {
        Shell shell = scrolled.getShell();
        int lacks =
                scrolled.getContent() == null ? 0 : scrolled.getContent().getSize().y - scrolled.getClientArea().height;
        return shell.getData() instanceof TitleAreaDialog
                && lacks > 0
                && shell.getSize().y + lacks <= shell.getMonitor().getClientArea().height;
    }

    /** What is only to be read, and does not scroll. */
    private static Optional<String> whole(Text text) {
        return (text.getStyle() & (SWT.READ_ONLY | SWT.V_SCROLL)) == SWT.READ_ONLY
                ? Optional.of(text.getText())
                : Optional.empty();
    }

    /** The texts in the rows of a view that are cut off. A dialog shows in full beside its list what is selected there. */
    private static Stream<String> cutCells(Control control) {
        if (Stream.of(PlatformUI.getWorkbench().getWorkbenchWindows())
                .noneMatch(window -> window.getShell() == control.getShell())) {
            return Stream.empty();
        }
        List<String> cut = new ArrayList<>();
        GC gc = new GC(control);
        try {
            switch (control) {
                case Table table ->
                    Stream.of(table.getItems())
                            .forEach(row -> cutCells(gc, table, table.getColumns(), row::getText, row::getTextBounds)
                                    .forEach(cut::add));
                case Tree tree ->
                    Stream.of(tree.getItems())
                            .flatMap(Legible::expanded)
                            .forEach(row -> cutCells(gc, tree, tree.getColumns(), row::getText, row::getTextBounds)
                                    .forEach(cut::add));
                default -> {}
            }
        } finally {
            gc.dispose();
        }
        return cut.stream();
    }

    private static Stream<TreeItem> expanded(TreeItem row) {
        return Stream.concat(
                Stream.of(row),
                row.getExpanded() ? Stream.of(row.getItems()).flatMap(Legible::expanded) : Stream.empty());
    }

    private static List<String> cutCells(
            GC gc, Scrollable list, Item[] columns, IntFunction<String> text, IntFunction<Rectangle> place) {
        List<String> cut = new ArrayList<>();
        int end = -list.getHorizontalBar().getSelection();
        for (int column = 0; column < columns.length; column++) {
            end += width(columns[column]);
            String said = text.apply(column);
            int has = end - place.apply(column).x;
            if (!said.isEmpty() && gc.textExtent(said).x > has) {
                cut.add("cut off: “" + said + "” in a list has " + has + ", needs " + gc.textExtent(said).x);
            }
        }
        return cut;
    }

    /** The headings of a list that are cut off. */
    private static Stream<String> narrow(Control control) {
        List<? extends Item> columns = switch (control) {
            case Table table -> List.of(table.getColumns());
            case Tree tree -> List.of(tree.getColumns());
            default -> List.of();
        };
        GC gc = new GC(control);
        try {
            gc.setFont(JFaceResources.getFontRegistry().getBold(JFaceResources.DEFAULT_FONT));
            return columns.stream()
                    .filter(column -> gc.textExtent(column.getText()).x > width(column))
                    .map(column -> "cut off: the heading “" + column.getText() + "” has " + width(column))
                    .toList()
                    .stream();
        } finally {
            gc.dispose();
        }
    }

    private static int width(Item column) {
        return column instanceof TableColumn ofTable ? ofTable.getWidth() : ((TreeColumn) column).getWidth();
    }

    /** Whether a button can be pressed neither by Enter, nor by Escape, nor by a letter of its own. */
    private Optional<String> keyless(Control control) {
        if (!(control instanceof Button button)
                || button.getText().isEmpty()
                || BY_ESCAPE.contains(button.getText())
                || button.equals(button.getShell().getDefaultButton())) {
            return Optional.empty();
        }
        return without(button.getText());
    }

    /** Whether a text has no mnemonic in one of the languages. */
    private Optional<String> without(String english) {
        return Stream.of(english, german.getOrDefault(english, english))
                .filter(text -> mnemonic(text).isEmpty())
                .findFirst()
                .map(text -> "not by keyboard: “" + text + "”");
    }

    /** Whether a field cannot be used, and the label before it looks as if it could. */
    private static Optional<String> bright(Control field) {
        if (field.isEnabled() || field instanceof Button || field instanceof Label) {
            return Optional.empty();
        }
        List<Control> all = List.of(field.getParent().getChildren());
        int before = all.indexOf(field) - 1;
        return before >= 0 && all.get(before) instanceof Label label && label.isEnabled()
                ? Optional.of("disabled behind a label that is not: “" + label.getText() + "”")
                : Optional.empty();
    }

    /** Whether a word is broken in a text that is only read: GTK draws a hyphen there, which is not in it. */
    private static Optional<String> hyphened(Control control) {
        if (!(control instanceof Text text)
                || (text.getStyle() & (SWT.READ_ONLY | SWT.WRAP)) != (SWT.READ_ONLY | SWT.WRAP)) {
            return Optional.empty();
        }
        GC gc = new GC(text);
        try {
            return Stream.of(text.getText().split("\\s+"))
                    .filter(word -> gc.textExtent(word).x > text.getClientArea().width)
                    .map(word -> "broken with hyphens: “" + word + "”")
                    .findFirst();
        } finally {
            gc.dispose();
        }
    }

    /** Whether a screen reader has nothing to say of what is painted by ourselves, or of a text without a label. */
    private static Optional<String> nameless(Control control) {
        boolean painted =
                control instanceof Canvas && control.getClass().getName().startsWith("org.vaultsync.");
        if (!painted && control.getClass() != StyledText.class) {
            return Optional.empty();
        }
        AccessibleEvent asked = new AccessibleEvent(control);
        try {
            // SWT tells names to screen readers alone.
            Field listeners = Accessible.class.getDeclaredField("accessibleListeners");
            listeners.setAccessible(true);
            if (listeners.get(control.getAccessible()) instanceof List<?> all) {
                all.forEach(listener -> ((AccessibleListener) listener).getName(asked));
            }
        } catch (ReflectiveOperationException changed) {
            throw new AssertionError(changed);
        }
        return Optional.ofNullable(asked.result)
                .filter(name -> !name.isBlank())
                .map(name -> Optional.<String>empty())
                .orElse(Optional.of("no name for screen readers: " + control));
    }

    private List<String> clashes(List<String> texts) {
        List<String> complaints = new ArrayList<>();
        complaints.addAll(clashes("in English", texts));
        complaints.addAll(clashes(
                "in German",
                texts.stream().map(text -> german.getOrDefault(text, text)).toList()));
        return complaints;
    }

    private static List<String> clashes(String language, List<String> texts) {
        List<String> complaints = new ArrayList<>();
        Map<Character, String> taken = new HashMap<>();
        for (String text : texts) {
            mnemonic(text).ifPresent(letter -> {
                String other = taken.putIfAbsent(letter, text);
                if (other != null) {
                    complaints.add(language + " both go by " + letter + ": “" + other + "” and “" + text + "”");
                }
            });
        }
        return complaints;
    }

    private static Optional<Character> mnemonic(String text) {
        String bare = text.replace("&&", "");
        int at = bare.indexOf('&');
        return at < 0 || at + 1 >= bare.length()
                ? Optional.empty()
                : Optional.of(bare.substring(at + 1).toUpperCase(Locale.ROOT).charAt(0));
    }
}
