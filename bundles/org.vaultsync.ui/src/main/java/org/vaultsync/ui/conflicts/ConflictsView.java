// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.core.runtime.IAdaptable;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.viewers.ArrayContentProvider;
import org.eclipse.jface.viewers.ColumnLabelProvider;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.jface.viewers.TableViewer;
import org.eclipse.jface.viewers.TableViewerColumn;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.IActionBars;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.operations.RedoActionHandler;
import org.eclipse.ui.operations.UndoActionHandler;
import org.eclipse.ui.part.ViewPart;
import org.vaultsync.Conflict;
import org.vaultsync.ui.ItemReference;
import org.vaultsync.ui.dialogs.Columns;
import org.vaultsync.ui.dialogs.ContextHelp;
import org.vaultsync.ui.dialogs.Views;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.live.Lookout;
import org.vaultsync.ui.pictures.Picture;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Sentences;
import org.vaultsync.ui.text.When;

/** What nobody has decided yet, in all rooms; a double click leads there. What was decided is undone here. UI thread. */
public final class ConflictsView extends ViewPart {
    /** The id of the view. */
    public static final String ID = "org.vaultsync.ui.openConflicts";

    /** So much of a value is shown; the dialog has all of it. */
    private static final int LONGEST = 40;

    /** A picture before a name. */
    private static final int INDENT = 20;

    private LiveSync live;
    private LocalResourceManager pictures;
    private TableViewer table;
    private Columns columns;
    private final List<Function<Open, String>> texts = new ArrayList<>(); // of the columns

    /** A conflict, with what people call the item. Commands are about that. */
    private record Open(Conflict conflict, String item) implements IAdaptable {
        @Override
        public <T> T getAdapter(Class<T> adapter) {
            return adapter == ItemReference.class ? adapter.cast(new ItemReference(conflict.itemId())) : null;
        }
    }

    /** Brings the view to the front in the active window. */
    public static void show() {
        Views.show(ID, ConflictsView.class);
    }

    @Override
    public void createPartControl(Composite parent) {
        ContextHelp.on(parent, "conflicts");
        live = LiveSync.ofWorkbench();
        pictures = new LocalResourceManager(JFaceResources.getResources(), parent);
        TableColumnLayout layout = new TableColumnLayout();
        parent.setLayout(layout);
        table = new TableViewer(parent, SWT.MULTI | SWT.FULL_SELECTION | SWT.H_SCROLL | SWT.V_SCROLL);
        table.getTable().setHeaderVisible(true);
        table.setContentProvider(ArrayContentProvider.getInstance());
        columns = new Columns(table.getTable(), layout);
        column(Messages.conflictItem, 22, 150, INDENT, Open::item);
        column(Messages.conflictField, 18, 110, 0, open -> JsonText.field(open.conflict()));
        column(
                Messages.conflictStanding,
                20,
                120,
                0,
                open -> JsonText.brief(open.conflict().standing(), LONGEST));
        column(
                Messages.conflictLost,
                20,
                120,
                0,
                open -> JsonText.brief(open.conflict().lost(), LONGEST));
        column(Messages.conflictBy, 18, 110, 0, open -> open.conflict().lostWriter());
        column(
                Messages.conflictFound,
                12,
                90,
                0,
                open -> When.was(open.conflict().found()));
        table.addDoubleClickListener(event -> Conflicts.show(live, getSite().getShell(), selected()));
        UndoActionHandler undo = new UndoActionHandler(getSite(), Decision.ALL);
        RedoActionHandler redo = new RedoActionHandler(getSite(), Decision.ALL);
        IActionBars bars = getViewSite().getActionBars();
        bars.setGlobalActionHandler(ActionFactory.UNDO.getId(), undo);
        bars.setGlobalActionHandler(ActionFactory.REDO.getId(), redo);
        bars.getToolBarManager().add(undo);
        MenuManager menu = new MenuManager();
        menu.add(undo);
        menu.add(redo);
        menu.add(new Separator("additions")); // what can be done with any item
        table.getControl().setMenu(menu.createContextMenu(table.getControl()));
        getSite().registerContextMenu(menu, table);
        getSite().setSelectionProvider(table);
        Lookout<List<Open>> lookout =
                new Lookout<>(table.getControl(), this::open, this::show, this::setContentDescription);
        live.onItems(parent, changed -> lookout.look());
        live.onRooms(parent, lookout::look);
        lookout.look();
    }

    private void column(String title, int weight, int least, int before, Function<Open, String> text) {
        TableViewerColumn column = new TableViewerColumn(table, SWT.NONE);
        column.getColumn().setText(title);
        column.setLabelProvider(new ColumnLabelProvider() {
            @Override
            public String getText(Object row) {
                return text.apply((Open) row);
            }

            @Override
            public Image getImage(Object row) {
                return before == 0 ? null : pictures.get(Picture.CONFLICT.descriptor());
            }
        });
        columns.add(column.getColumn(), title, weight, least, before);
        texts.add(text);
    }

    /** What there is, the newest first. Any thread. */
    private List<Open> open() {
        return live.sync().stream()
                .flatMap(sync -> sync.rooms().stream()
                        .flatMap(room -> room.items().stream())
                        .flatMap(item -> sync.conflicts(item).stream()))
                .sorted((one, other) -> other.found().compareTo(one.found()))
                .map(conflict -> new Open(conflict, Conflicts.name(live, conflict.itemId())))
                .toList();
    }

    private void show(List<Open> now) {
        setContentDescription(
                Sentences.whyUnknown(live.sync()).orElseGet(() -> now.isEmpty() ? Messages.noConflicts : ""));
        if (!now.equals(table.getInput())) {
            Set<String> chosen = rows().map(open -> open.conflict().id()).collect(Collectors.toSet());
            table.setInput(now);
            table.setSelection(new StructuredSelection(now.stream()
                    .filter(open -> chosen.contains(open.conflict().id()))
                    .toList()));
            columns.widen(
                    now, open -> texts.stream().map(text -> text.apply(open)).toList());
        }
    }

    private List<String> selected() {
        return rows().limit(1).map(open -> open.conflict().itemId()).toList();
    }

    /** The rows that are selected. */
    private Stream<Open> rows() {
        return Stream.of(table.getStructuredSelection().toArray()).map(Open.class::cast);
    }

    @Override
    public void setFocus() {
        table.getControl().setFocus();
    }
}
