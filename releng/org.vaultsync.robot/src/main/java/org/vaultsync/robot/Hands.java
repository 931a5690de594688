// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.core.commands.Command;
import org.eclipse.core.commands.ParameterizedCommand;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.bindings.Binding;
import org.eclipse.jface.bindings.keys.KeySequence;
import org.eclipse.jface.bindings.keys.KeyStroke;
import org.eclipse.jface.bindings.keys.ParseException;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CCombo;
import org.eclipse.swt.custom.CTabItem;
import org.eclipse.swt.custom.StyledText;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Link;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.MenuItem;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.TabItem;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.ToolItem;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.eclipse.ui.forms.widgets.Hyperlink;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.keys.IBindingService;

/** Does to widgets what a person would do with mouse and keys. UI thread only. */
final class Hands {
    private final Eyes eyes;

    Hands(Eyes eyes) {
        this.eyes = eyes;
    }

    void click(Widget widget) {
        switch (widget) {
            case Button button -> press(button);
            case ToolItem item -> {
                if (!item.isEnabled()) {
                    throw new Refusal("\"" + item.getToolTipText() + "\" is disabled");
                }
                if ((item.getStyle() & (SWT.CHECK | SWT.RADIO)) != 0) {
                    item.setSelection(!item.getSelection());
                }
                item.notifyListeners(SWT.Selection, event(item));
            }
            case CTabItem item -> {
                item.getParent().setSelection(item);
                Event event = event(item.getParent());
                event.item = item;
                item.getParent().notifyListeners(SWT.Selection, event);
            }
            case TabItem item -> {
                item.getParent().setSelection(item);
                Event event = event(item.getParent());
                event.item = item;
                item.getParent().notifyListeners(SWT.Selection, event);
            }
            case Hyperlink link -> {
                link.setFocus();
                mouse(link, SWT.MouseDown);
                mouse(link, SWT.MouseUp);
            }
            case Link link -> link.notifyListeners(SWT.Selection, event(link));
            case Canvas canvas -> mouse(canvas, SWT.MouseDown);
            default -> throw new Refusal("cannot click a " + widget.getClass().getSimpleName());
        }
    }

    private static void press(Button button) {
        if (!button.isEnabled()) {
            throw new Refusal("\"" + button.getText() + "\" is disabled");
        }
        button.setFocus();
        if ((button.getStyle() & SWT.RADIO) != 0) {
            for (Control sibling : button.getParent().getChildren()) {
                if (sibling instanceof Button other && (other.getStyle() & SWT.RADIO) != 0) {
                    other.setSelection(other == button);
                }
            }
        } else if ((button.getStyle() & (SWT.CHECK | SWT.TOGGLE)) != 0) {
            button.setSelection(!button.getSelection());
        }
        button.notifyListeners(SWT.Selection, event(button));
    }

    private static Event event(Widget widget) {
        Event event = new Event();
        event.widget = widget;
        event.display = widget.getDisplay();
        event.time = (int) (System.nanoTime() / 1_000_000);
        return event;
    }

    private static void mouse(Control control, int type) {
        Event event = event(control);
        Point size = control.getSize();
        event.x = size.x / 2;
        event.y = size.y / 2;
        event.button = 1;
        event.count = 1;
        control.notifyListeners(type, event);
    }

    /** Selects a row, and opens it as a double click does. */
    void row(Widget row, boolean open) {
        Control control;
        switch (row) {
            case TreeItem item -> {
                Tree tree = item.getParent();
                tree.setFocus();
                tree.setSelection(item);
                control = tree;
            }
            case TableItem item -> {
                Table table = item.getParent();
                table.setFocus();
                table.setSelection(item);
                control = table;
            }
            default -> throw new Refusal("not a row: " + row);
        }
        Event event = event(control);
        event.item = row;
        control.notifyListeners(SWT.Selection, event);
        if (open) {
            Event opening = event(control);
            opening.item = row;
            control.notifyListeners(SWT.DefaultSelection, opening);
            mouse(control, SWT.MouseDoubleClick);
        }
    }

    /** Ticks the box of a row, or takes the tick away. */
    void tick(Widget row) {
        Control control;
        switch (row) {
            case TreeItem item -> {
                item.setChecked(!item.getChecked());
                control = item.getParent();
            }
            case TableItem item -> {
                item.setChecked(!item.getChecked());
                control = item.getParent();
            }
            default -> throw new Refusal("not a row: " + row);
        }
        Event event = event(control);
        event.item = row;
        event.detail = SWT.CHECK;
        control.notifyListeners(SWT.Selection, event);
    }

    /** Unfolds a row of a tree. */
    void unfold(Widget row) {
        if (!(row instanceof TreeItem item)) {
            throw new Refusal("not a row of a tree: " + row);
        }
        Event event = event(item.getParent());
        event.item = item;
        item.getParent().notifyListeners(SWT.Expand, event);
        item.setExpanded(true);
    }

    /** Types over what is in a field, or goes on after it. */
    void type(Control field, String typed, boolean append) {
        field.setFocus();
        switch (field) {
            case Text text -> {
                if (!text.getEditable() || !text.isEnabled()) {
                    throw new Refusal("the field cannot be edited");
                }
                if (append) {
                    text.setSelection(text.getCharCount());
                } else {
                    text.selectAll();
                }
                text.insert(typed);
            }
            case StyledText text -> {
                if (append) {
                    text.setSelection(text.getCharCount());
                } else {
                    text.selectAll();
                }
                text.insert(typed);
            }
            case Spinner spinner -> {
                spinner.setSelection(Integer.parseInt(typed));
                spinner.notifyListeners(SWT.Selection, event(spinner));
            }
            case Combo combo -> {
                combo.setText(typed);
                combo.notifyListeners(SWT.Selection, event(combo));
            }
            default ->
                throw new Refusal("cannot type into a " + field.getClass().getSimpleName());
        }
    }

    /** Types where the caret is. */
    void insert(Control field, String typed) {
        switch (field) {
            case Text text -> text.insert(typed);
            case StyledText text -> {
                int caret = text.getSelection().x;
                text.insert(typed);
                text.setSelection(caret + typed.length());
            }
            default -> throw new Refusal("no caret in a " + field.getClass().getSimpleName());
        }
    }

    void choose(Control field, String value) {
        switch (field) {
            case Combo combo -> {
                int index = combo.indexOf(value);
                if (index < 0) {
                    throw new Refusal("\"" + value + "\" is not among " + String.join(", ", combo.getItems()));
                }
                combo.setFocus();
                combo.select(index);
                combo.notifyListeners(SWT.Selection, event(combo));
            }
            case CCombo combo -> {
                combo.setText(value);
                combo.notifyListeners(SWT.Selection, event(combo));
            }
            case Button button -> {
                if (button.getSelection() != Boolean.parseBoolean(value)) {
                    press(button);
                }
            }
            default ->
                throw new Refusal("cannot choose in a " + field.getClass().getSimpleName());
        }
    }

    /** Presses Enter in a field. */
    void enter(Control field) {
        Event event = event(field);
        event.character = SWT.CR;
        field.notifyListeners(field instanceof Canvas ? SWT.KeyDown : SWT.DefaultSelection, event);
    }

    Point caret(Control field) {
        return switch (field) {
            case Text text -> text.getSelection();
            case StyledText text -> text.getSelection();
            default -> throw new Refusal("no caret in a " + field.getClass().getSimpleName());
        };
    }

    void setCaret(Control field, int from, int to) {
        field.setFocus();
        switch (field) {
            case Text text -> text.setSelection(from, to);
            case StyledText text -> text.setSelection(from, to);
            default -> throw new Refusal("no caret in a " + field.getClass().getSimpleName());
        }
    }

    /** The item of the menu bar, or of a context menu, at a path such as {@code File/New/Unit}; menus are filled on the way. */
    MenuItem menuItem(Menu menu, String path) {
        Menu level = menu;
        MenuItem found = null;
        for (String step : path.split("(?<!\\\\)/")) {
            if (level == null) {
                throw new Refusal("\"" + path + "\" goes too deep");
            }
            level.notifyListeners(SWT.Show, event(level));
            found = null;
            StringBuilder there = new StringBuilder();
            for (MenuItem item : level.getItems()) {
                if (Eyes.means(item.getText(), step.replace("\\/", "/"))) {
                    found = item;
                }
                there.append(" \"").append(Eyes.plain(item.getText())).append('"');
            }
            if (found == null) {
                throw new Refusal("no menu item \"" + step + "\" among" + there);
            }
            level = found.getMenu();
        }
        return found;
    }

    Menu menuBar() {
        for (Shell shell : eyes.shells()) {
            if (shell.getMenuBar() != null) {
                return shell.getMenuBar();
            }
        }
        throw new Refusal("no window has a menu bar");
    }

    /** The menu behind the dots in the tool bar of a view. */
    Menu viewMenu(String id) {
        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        IViewPart view = window.getActivePage().findView(id);
        if (view == null) {
            throw new Refusal("no view " + id + " is open");
        }
        return ((MenuManager) view.getViewSite().getActionBars().getMenuManager()).createContextMenu(window.getShell());
    }

    /** The menus of the menu bar. */
    List<String> menus() {
        return Arrays.stream(menuBar().getItems())
                .map(menu -> Eyes.plain(menu.getText()))
                .toList();
    }

    void choose(MenuItem item) {
        if (!item.isEnabled()) {
            throw new Refusal("\"" + Eyes.plain(item.getText()) + "\" is disabled");
        }
        if ((item.getStyle() & (SWT.CHECK | SWT.RADIO)) != 0) {
            item.setSelection(!item.getSelection());
        }
        item.notifyListeners(SWT.Selection, event(item));
    }

    /** Runs a command with parameters. */
    void command(String id, Map<String, String> parameters) {
        IWorkbench workbench = PlatformUI.getWorkbench();
        Command command = workbench.getService(ICommandService.class).getCommand(id);
        if (!command.isDefined()) {
            throw new Refusal("there is no command " + id);
        }
        try {
            workbench
                    .getService(IHandlerService.class)
                    .executeCommand(ParameterizedCommand.generateCommand(command, new HashMap<>(parameters)), null);
        } catch (CommandException cannot) {
            throw new Refusal("the command " + id + " cannot run now: " + cannot);
        }
    }

    /** Presses a key: what it is bound to in the window, else the key itself in the focused control. */
    void key(String stroke) {
        try {
            KeyStroke key = KeyStroke.getInstance(stroke);
            IBindingService bindings = PlatformUI.getWorkbench().getService(IBindingService.class);
            Binding bound = bindings.getPerfectMatch(KeySequence.getInstance(key));
            if (bound != null && bound.getParameterizedCommand() != null) {
                PlatformUI.getWorkbench()
                        .getService(IHandlerService.class)
                        .executeCommand(bound.getParameterizedCommand(), null);
                return;
            }
            post(key);
        } catch (ParseException notAKey) {
            throw new Refusal("not a key: " + stroke);
        } catch (CommandException cannot) {
            throw new Refusal(stroke + " cannot run now: " + cannot);
        }
    }

    /** Presses the key of a letter, in whatever window of this host has the focus. */
    static void post(Display display, char letter) {
        Event event = new Event();
        event.character = letter;
        event.keyCode = letter;
        for (int type : new int[] {SWT.KeyDown, SWT.KeyUp}) {
            event.type = type;
            if (!display.post(event)) {
                throw new Refusal("no window has the focus");
            }
        }
    }

    private void post(KeyStroke key) {
        Shell top = eyes.top();
        top.forceActive();
        Event event = new Event();
        event.keyCode = key.getNaturalKey();
        event.character = key.getNaturalKey() < 128 ? (char) Character.toLowerCase(key.getNaturalKey()) : 0;
        event.type = SWT.KeyDown;
        top.getDisplay().post(event);
        event.type = SWT.KeyUp;
        top.getDisplay().post(event);
    }
}
