// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Platform;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Shell;

/**
 * Whether what is on the screen can be read and used by keyboard: no text is cut off, and no two controls of a window, or
 * entries of a menu, go by the same mnemonic, in English as in German. UI thread.
 */
final class Legible {
    private static final String TEXTS = "/org/vaultsync/ui/text/messages";

    private final Map<String, String> german = new HashMap<>(); // by the English text

    Legible() {
        Properties english = texts("");
        Properties translated = texts("_de");
        english.forEach((key, text) -> german.put((String) text, translated.getProperty((String) key)));
    }

    private static Properties texts(String language) {
        Properties texts = new Properties();
        try (InputStream in = Platform.getBundle("org.vaultsync.ui")
                .getResource(TEXTS + language + ".properties")
                .openStream()) {
            texts.load(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return texts;
    }

    /** What is wrong with the window on top. */
    List<String> complaints(Display display) {
        List<Control> seen = Stream.of(display.getShells())
                .filter(Shell::isVisible)
                .reduce((lower, upper) -> upper)
                .map(Legible::inside)
                .orElseGet(Stream::empty)
                .toList();
        List<String> complaints = new ArrayList<>();
        seen.forEach(control -> cut(control).ifPresent(complaints::add));
        complaints.addAll(clashes(
                seen.stream().map(Legible::text).flatMap(Optional::stream).toList()));
        return complaints;
    }

    /** What is wrong with a menu that is shown. */
    List<String> complaints(Menu menu) {
        return clashes(Arrays.stream(menu.getItems()).map(MenuItem::getText).toList());
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
        if (control instanceof Group
                || text(control).filter(said -> !said.isEmpty()).isEmpty()) {
            return Optional.empty();
        }
        Point has = control.getSize();
        boolean wraps = control instanceof Link || (control.getStyle() & SWT.WRAP) != 0;
        Point needs = control.computeSize(wraps ? has.x : SWT.DEFAULT, SWT.DEFAULT);
        return needs.x <= has.x + 1 && needs.y <= has.y + 1
                ? Optional.empty()
                : Optional.of("cut off: “" + text(control).orElseThrow() + "” has " + has + ", needs " + needs);
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
