// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.eclipse.jface.viewers.ILazyTreeContentProvider;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;

/**
 * Gives the tree only the rows that it asks for, and brings these up to date a few at a time, so that neither ten thousand
 * items nor a thousand that arrive at once hold up the UI thread. UI thread only.
 */
final class CatalogueContent implements ILazyTreeContentProvider {
    private static final long SLICE_NANOS = 8_000_000;

    /** A row that shows something else than it should. */
    private record Stale(Node.Shelf shelf, int index) {}

    private final TreeViewer viewer;
    private final Map<String, TreeSet<Integer>> made = new HashMap<>(); // rows that the tree has asked for, by shelf
    private final Deque<Stale> stale = new ArrayDeque<>();
    private Catalogue shown = Catalogue.EMPTY;

    CatalogueContent(TreeViewer viewer) {
        this.viewer = viewer;
    }

    Catalogue shown() {
        return shown;
    }

    /** Shows another state of the vault; what is selected and open stays so. */
    void show(Catalogue next) {
        Catalogue before = shown;
        List<String> selected = new ArrayList<>();
        for (Object element : viewer.getStructuredSelection()) {
            if (element instanceof Node.Entry entry) {
                selected.add(entry.card().id());
            }
        }
        shown = next;
        stale.clear();
        if (before.shelves().equals(next.shelves())) {
            for (int i = 0; i < next.shelves().size(); i++) {
                update(before, i);
            }
        } else {
            made.clear();
            viewer.setChildCount(viewer.getInput(), next.shelves().size());
            viewer.refresh();
        }
        if (!selected.isEmpty()) {
            select(selected);
        }
        work();
    }

    private void update(Catalogue before, int index) {
        Node.Shelf shelf = shown.shelves().get(index);
        int formerCount = before.shelves().get(index).count();
        if (formerCount != shelf.count()) {
            viewer.replace(viewer.getInput(), index, shelf);
            viewer.setChildCount(shelf, shelf.count());
        }
        TreeSet<Integer> rows = made.getOrDefault(shelf.type(), new TreeSet<>());
        rows.tailSet(shelf.count()).clear();
        List<Node.Entry> former = before.on(shelf);
        List<Node.Entry> now = shown.on(shelf);
        for (int row : rows) {
            if (row >= former.size()
                    || !former.get(row).card().equals(now.get(row).card())) {
                stale.add(new Stale(shelf, row));
            }
        }
    }

    private void work() {
        if (viewer.getTree().isDisposed()) {
            return;
        }
        long end = System.nanoTime() + SLICE_NANOS;
        while (!stale.isEmpty() && System.nanoTime() < end) {
            Stale row = stale.poll();
            if (row.index() < shown.on(row.shelf()).size()) {
                viewer.replace(row.shelf(), row.index(), shown.on(row.shelf()).get(row.index()));
            }
        }
        if (!stale.isEmpty()) {
            viewer.getTree().getDisplay().asyncExec(this::work);
        }
    }

    /** Rows have moved, and the selection of the tree has stayed where it was. */
    private void select(List<String> ids) {
        Tree tree = viewer.getTree();
        List<TreeItem> items = new ArrayList<>();
        for (int i = 0; i < shown.shelves().size(); i++) {
            Node.Shelf shelf = shown.shelves().get(i);
            List<Node.Entry> entries = shown.on(shelf);
            for (int row = 0; row < entries.size(); row++) {
                if (ids.contains(entries.get(row).card().id())
                        && row < tree.getItem(i).getItemCount()) {
                    items.add(tree.getItem(i).getItem(row));
                    viewer.replace(shelf, row, entries.get(row));
                }
            }
        }
        tree.setSelection(items.toArray(TreeItem[]::new));
    }

    /** Selects an item and brings it onto the screen, if it is here. */
    void reveal(String id) {
        viewer.getTree().deselectAll();
        select(List.of(id));
        viewer.getTree().showSelection();
    }

    /** Makes the rows of all shelves, so that they can be opened before they were on the screen. */
    void makeShelves() {
        for (int i = 0; i < shown.shelves().size(); i++) {
            updateElement(viewer.getInput(), i);
        }
    }

    @Override
    public void updateElement(Object parent, int index) {
        if (parent instanceof Node.Shelf shelf) {
            if (index < shown.on(shelf).size()) {
                made.computeIfAbsent(shelf.type(), none -> new TreeSet<>()).add(index);
                viewer.replace(shelf, index, shown.on(shelf).get(index));
            }
        } else if (index < shown.shelves().size()) {
            Node.Shelf shelf = shown.shelves().get(index);
            viewer.replace(parent, index, shelf);
            viewer.setChildCount(shelf, shelf.count());
        }
    }

    @Override
    public void updateChildCount(Object element, int currentChildCount) {
        int count = switch (element) {
            case Node.Shelf shelf -> shown.on(shelf).size();
            case Node.Entry entry -> 0;
            default -> shown.shelves().size();
        };
        if (count != currentChildCount) {
            viewer.setChildCount(element, count);
        }
    }

    @Override
    public Object getParent(Object element) {
        if (element instanceof Node.Entry entry) {
            for (Node.Shelf shelf : shown.shelves()) {
                if (shown.on(shelf).contains(entry)) {
                    return shelf;
                }
            }
        }
        return element instanceof Node.Shelf ? viewer.getInput() : null;
    }
}
