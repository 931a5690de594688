// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jface.viewers.ILazyTreeContentProvider;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.vaultsync.hangar.vault.Card;

/**
 * Gives the tree only the rows that it asks for, and brings these up to date a few at a time, so that neither ten thousand
 * items nor a thousand that arrive at once hold up the UI thread. UI thread only.
 */
final class CatalogueContent implements ILazyTreeContentProvider {
    private static final long SLICE_NANOS = 8_000_000;

    /** A row that shows something else than it should. */
    private record Stale(Node.Shelf shelf, int index) {}

    private final CatalogueViewer viewer;
    private final Map<String, TreeSet<Integer>> made = new HashMap<>(); // rows that the tree has asked for, by shelf
    private final Deque<Stale> stale = new ArrayDeque<>();
    private Catalogue shown = Catalogue.EMPTY;

    CatalogueContent(CatalogueViewer viewer) {
        this.viewer = viewer;
    }

    Catalogue shown() {
        return shown;
    }

    /** Shows another state of the vault; what is selected and open stays so. */
    void show(Catalogue next) {
        Catalogue before = shown;
        Set<String> selected = viewer.chosen();
        shown = next;
        stale.clear();
        if (before.shelves().equals(next.shelves())) {
            for (int i = 0; i < next.shelves().size(); i++) {
                update(before, i);
            }
            if (!selected.isEmpty()) {
                follow(before, selected);
            }
        } else {
            made.clear();
            viewer.setChildCount(viewer.getInput(), next.shelves().size());
            viewer.refresh();
            if (!selected.isEmpty()) {
                select(selected);
            }
        }
        work();
    }

    private void update(Catalogue before, int index) {
        Node.Shelf shelf = shown.shelves().get(index);
        List<Card> former = before.on(shelf);
        List<Card> now = shown.on(shelf);
        if (former.size() != now.size()) {
            viewer.replace(viewer.getInput(), index, shelf);
            viewer.setChildCount(shelf, now.size());
        }
        TreeSet<Integer> rows = made.getOrDefault(shelf.type(), new TreeSet<>());
        rows.tailSet(now.size()).clear();
        for (int row : rows) {
            if (row >= former.size() || !former.get(row).equals(now.get(row))) {
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
                replace(row.shelf(), row.index());
            }
        }
        if (!stale.isEmpty()) {
            viewer.getTree().getDisplay().asyncExec(this::work);
        }
    }

    private void replace(Node.Shelf shelf, int row) {
        viewer.replace(shelf, row, new Node.Entry(shown.on(shelf).get(row).id()));
    }

    /** Rows have moved, and the selection of the tree has stayed where it was. What has come meanwhile is not selected. */
    private void follow(Catalogue before, Set<String> ids) {
        Tree tree = viewer.getTree();
        List<TreeItem> more = new ArrayList<>();
        List<TreeItem> less = new ArrayList<>();
        boolean same = true;
        for (int i = 0; i < shown.shelves().size(); i++) {
            List<Card> former = before.on(shown.shelves().get(i));
            List<Card> now = shown.on(shown.shelves().get(i));
            for (int row = 0; row < Math.max(former.size(), now.size()); row++) {
                boolean was =
                        row < former.size() && ids.contains(former.get(row).id());
                boolean is = row < now.size() && ids.contains(now.get(row).id());
                same &= was == is;
                if (was != is && row < now.size() && row < tree.getItem(i).getItemCount()) {
                    (is ? more : less).add(tree.getItem(i).getItem(row));
                }
            }
        }
        if (same) {
            return;
        }
        if (ids.size() == 1 && more.size() == 1) {
            tree.setSelection(more.getFirst()); // and the cursor with it
        } else {
            less.forEach(tree::deselect);
            more.forEach(tree::select);
        }
        viewer.selectionFollowed();
    }

    private void select(Set<String> ids) {
        Tree tree = viewer.getTree();
        List<TreeItem> items = new ArrayList<>();
        for (int i = 0; i < shown.shelves().size(); i++) {
            List<Card> cards = shown.on(shown.shelves().get(i));
            for (int row = 0; row < cards.size(); row++) {
                if (ids.contains(cards.get(row).id()) && row < tree.getItem(i).getItemCount()) {
                    items.add(tree.getItem(i).getItem(row));
                }
            }
        }
        tree.setSelection(items.toArray(TreeItem[]::new));
        viewer.selectionFollowed();
    }

    /** Selects an item and brings it onto the screen, if it is here. */
    void reveal(String id) {
        select(Set.of(id));
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
                replace(shelf, index);
            }
        } else if (index < shown.shelves().size()) {
            Node.Shelf shelf = shown.shelves().get(index);
            viewer.replace(parent, index, shelf);
            viewer.setChildCount(shelf, shown.on(shelf).size());
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
                if (shown.on(shelf).stream().anyMatch(card -> card.id().equals(entry.id()))) {
                    return shelf;
                }
            }
        }
        return element instanceof Node.Shelf ? viewer.getInput() : null;
    }
}
