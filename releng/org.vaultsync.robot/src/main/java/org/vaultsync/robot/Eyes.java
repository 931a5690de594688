// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CCombo;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.custom.CTabFolder;
import org.eclipse.swt.custom.CTabItem;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.TabFolder;
import org.eclipse.swt.widgets.TabItem;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.forms.IMessage;
import org.eclipse.ui.forms.widgets.Form;
import org.eclipse.ui.forms.widgets.Hyperlink;

/** Finds and reads widgets as a person would: what is visible, in the dialog on top if there is one. UI thread only. */
final class Eyes {
    private final Display display;

    Eyes(Display display) {
        this.display = display;
    }

    /** All visible windows, the one on top last. */
    List<Shell> shells() {
        List<Shell> visible = new ArrayList<>();
        for (Shell shell : display.getShells()) {
            if (!shell.isDisposed() && shell.isVisible()) {
                visible.add(shell);
            }
        }
        return visible;
    }

    /** The dialog that blocks the others, or belongs to one and has a title bar, else the window. */
    Shell top() {
        List<Shell> shells = shells();
        for (Shell shell : shells.reversed()) {
            // In which order SWT names them says little: it gives the place of one that was closed to another.
            if (isDialog(shell) && Stream.of(shell.getShells()).noneMatch(Eyes::isDialog)) {
                return shell;
            }
        }
        return shells.stream()
                .filter(shell -> !shell.getText().isEmpty())
                .findFirst()
                .or(() -> shells.stream().findFirst())
                .orElseThrow(() -> new Refusal("no window is open"));
    }

    private static boolean isDialog(Shell shell) {
        boolean modal = (shell.getStyle() & (SWT.PRIMARY_MODAL | SWT.APPLICATION_MODAL | SWT.SYSTEM_MODAL)) != 0;
        boolean modeless = (shell.getStyle() & SWT.TITLE) != 0 && shell.getParent() != null;
        return shell.isVisible() && (modal || modeless);
    }

    Stream<Control> all() {
        return controls(top());
    }

    /** What has popped up over the window, or in a corner of the screen as a notice does. */
    private Stream<Control> popups(Shell window) {
        return shells().stream()
                .filter(shell -> shell != window && shell.getText().isEmpty())
                .filter(shell -> shell.getParent() == window || shell.getParent() == null)
                .flatMap(Eyes::controls);
    }

    /** What can be read in what has popped up. */
    List<String> popups() {
        List<String> texts = new ArrayList<>();
        popups(top())
                .forEach(control -> add(texts, control instanceof Button button ? button.getText() : text(control)));
        return texts;
    }

    static Stream<Control> controls(Control root) {
        if (!root.isVisible()) {
            return Stream.empty();
        }
        Stream<Control> self = Stream.of(root);
        return root instanceof Composite composite
                ? Stream.concat(self, Stream.of(composite.getChildren()).flatMap(Eyes::controls))
                : self;
    }

    static String plain(String text) {
        return text == null
                ? ""
                : text.replace("&&", "\u0001")
                        .replace("&", "")
                        .replace('\u0001', '&')
                        .strip();
    }

    static boolean means(String shown, String wanted) {
        String plain = plain(shown);
        String trimmed = plain.endsWith("...") ? plain.substring(0, plain.length() - 3) : plain;
        int tab = plain.indexOf('\t');
        return plain.equals(wanted)
                || trimmed.equals(wanted)
                || plain.equals(wanted + ":")
                || tab >= 0 && plain.substring(0, tab).equals(wanted);
    }

    /** The field with a label: named by the host, by the text before it, by its hint or by its tooltip. */
    Control field(String label) {
        List<Control> fields = all().filter(Eyes::isField).toList();
        return first(fields, field -> label.equals(field.getData("label")))
                .or(() -> first(fields, field -> before(field, label)))
                .or(() -> first(fields, field -> field instanceof Text text && means(text.getMessage(), label)))
                .or(() -> first(fields, field -> means(field.getToolTipText(), label)))
                .orElseThrow(() -> new Refusal("no field \"" + label + "\" in \"" + top().getText() + "\""));
    }

    private static Optional<Control> first(List<Control> fields, Predicate<Control> which) {
        return fields.stream().filter(which).findFirst();
    }

    private static boolean isField(Control control) {
        return control instanceof Text
                || control instanceof StyledText
                || control instanceof Combo
                || control instanceof CCombo
                || control instanceof Spinner
                || control instanceof Table
                || control instanceof Tree
                || control instanceof org.eclipse.swt.widgets.List
                || control instanceof Button button && (button.getStyle() & (SWT.CHECK | SWT.RADIO)) != 0
                || control instanceof Label
                || control instanceof CLabel
                || control instanceof Canvas && control.getData("label") != null;
    }

    private static boolean before(Control field, String label) {
        if (field instanceof Label || field instanceof CLabel) {
            return false;
        }
        if (field instanceof Button button && means(button.getText(), label)) {
            return true;
        }
        Control[] siblings = field.getParent().getChildren();
        for (int i = 1; i < siblings.length; i++) {
            if (siblings[i] == field) {
                return means(text(siblings[i - 1]), label);
            }
        }
        return false;
    }

    /** What a control says. */
    static String text(Control control) {
        return switch (control) {
            case Text text -> text.getText();
            case StyledText text -> text.getText();
            case Combo combo -> combo.getText();
            case CCombo combo -> combo.getText();
            case Spinner spinner -> spinner.getText();
            case Label label -> label.getText();
            case CLabel label -> label.getText();
            case Link link -> link.getText();
            case Hyperlink link -> link.getText();
            case Form form -> form.getText() == null ? "" : form.getText();
            case Group group -> group.getText();
            case Button button ->
                (button.getStyle() & (SWT.CHECK | SWT.RADIO)) != 0
                        ? Boolean.toString(button.getSelection())
                        : button.getText();
            case Table table -> String.join("\n", rows(table));
            case Tree tree -> String.join("\n", rows(tree));
            default -> "";
        };
    }

    /** Everything that can be read in the window on top, headings, tooltips of tool items and messages included. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        texts.add(top().getText());
        all().forEach(control -> {
            add(texts, control instanceof Button button ? button.getText() : text(control));
            if (control instanceof Form form) {
                add(texts, form.getMessage());
            } else if (control instanceof Table table && table.getHeaderVisible()) {
                Stream.of(table.getColumns()).forEach(column -> add(texts, column.getText()));
            } else if (control instanceof Tree tree && tree.getHeaderVisible()) {
                Stream.of(tree.getColumns()).forEach(column -> add(texts, column.getText()));
            } else if (control instanceof ToolBar bar) {
                for (ToolItem item : bar.getItems()) {
                    add(texts, item.getText());
                    add(texts, item.getToolTipText());
                }
            } else if (control instanceof CTabFolder folder) {
                for (CTabItem item : folder.getItems()) {
                    add(texts, item.getText());
                }
            } else if (control instanceof TabFolder folder) {
                for (TabItem item : folder.getItems()) {
                    add(texts, item.getText());
                }
            }
            add(texts, control.getToolTipText());
        });
        return texts;
    }

    private static void add(List<String> texts, String text) {
        if (text != null && !text.isBlank()) {
            texts.add(plain(text));
        }
    }

    /** The messages of the forms that are visible. */
    List<String> messages() {
        List<String> messages = new ArrayList<>();
        all().forEach(control -> {
            if (control instanceof Form form && form.getMessage() != null) {
                messages.add(form.getMessage());
                if (form.getChildrenMessages() != null) {
                    for (IMessage each : form.getChildrenMessages()) {
                        messages.add(each.getMessage());
                    }
                }
            }
        });
        return messages;
    }

    static List<String> rows(Table table) {
        List<String> rows = new ArrayList<>();
        for (TableItem item : table.getItems()) {
            rows.add(row(item, table.getColumnCount()));
        }
        return rows;
    }

    static String row(TableItem item, int columns) {
        StringBuilder row = new StringBuilder(item.getText(0));
        for (int i = 1; i < columns; i++) {
            row.append(" | ").append(item.getText(i));
        }
        return row.toString();
    }

    static List<String> rows(Tree tree) {
        List<String> rows = new ArrayList<>();
        for (TreeItem item : tree.getItems()) {
            rows(item, "", tree.getColumnCount(), rows);
        }
        return rows;
    }

    private static void rows(TreeItem item, String indent, int columns, List<String> rows) {
        StringBuilder row = new StringBuilder(indent).append(item.getText(0));
        for (int i = 1; i < columns; i++) {
            row.append(" | ").append(item.getText(i));
        }
        rows.add(row.toString());
        if (item.getExpanded()) {
            for (TreeItem child : item.getItems()) {
                rows(child, indent + "  ", columns, rows);
            }
        }
    }

    /** The row of a tree or table that has a text; rows of a tree that are folded away count too. */
    Widget row(String text) {
        for (Control control : all().toList()) {
            if (control instanceof Table table) {
                for (TableItem item : table.getItems()) {
                    if (says(item.getText(0), text)
                            || row(item, table.getColumnCount()).equals(text)) {
                        return item;
                    }
                }
            } else if (control instanceof Tree tree) {
                for (TreeItem item : tree.getItems()) {
                    Optional<TreeItem> found = row(item, text);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
        }
        throw new Refusal("no row \"" + text + "\" in \"" + top().getText() + "\"");
    }

    private static boolean says(String shown, String wanted) {
        return shown.equals(wanted) || shown.matches(Pattern.quote(wanted) + "  [0-9.,\u00a0]+");
    }

    private static Optional<TreeItem> row(TreeItem item, String text) {
        if (says(item.getText(), text)) {
            return Optional.of(item);
        }
        for (TreeItem child : item.getItems()) {
            Optional<TreeItem> found = row(child, text);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** What can be clicked and has this text, tooltip or name; what has popped up over the window counts too. */
    Widget clickable(String text) {
        Shell top = top();
        for (Control control : Stream.concat(all(), popups(top)).toList()) {
            if (control instanceof Button button
                            && (means(button.getText(), text) || means(button.getToolTipText(), text))
                    || control instanceof Hyperlink link && means(link.getText(), text)
                    || control instanceof Link linked
                            && plain(linked.getText().replaceAll("<[^>]*>", "")).contains(text)
                    || control instanceof Canvas && text.equals(control.getData("label"))) {
                return control;
            }
            if (control instanceof ToolBar bar) {
                for (ToolItem item : bar.getItems()) {
                    if (means(item.getText(), text) || means(item.getToolTipText(), text)) {
                        return item;
                    }
                }
            } else if (control instanceof CTabFolder folder) {
                for (CTabItem item : folder.getItems()) {
                    if (means(item.getText(), text) || means(item.getText(), "*" + text)) {
                        return item;
                    }
                }
            } else if (control instanceof TabFolder folder) {
                for (TabItem item : folder.getItems()) {
                    if (means(item.getText(), text)) {
                        return item;
                    }
                }
            }
        }
        // Tooltips often say more than the name: "Save (Ctrl+S)".
        for (Control control : all().toList()) {
            if (control instanceof ToolBar bar) {
                for (ToolItem item : bar.getItems()) {
                    if (plain(item.getToolTipText()).startsWith(text)) {
                        return item;
                    }
                }
            }
        }
        throw new Refusal("nothing to click called \"" + text + "\" in \"" + top.getText() + "\"");
    }
}
