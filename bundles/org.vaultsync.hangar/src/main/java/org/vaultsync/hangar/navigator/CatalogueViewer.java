// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.ITreeSelection;
import org.eclipse.jface.viewers.TreePath;
import org.eclipse.jface.viewers.TreeSelection;
import org.eclipse.jface.viewers.TreeViewer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.events.SelectionEvent;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Item;
import org.eclipse.swt.widgets.TreeItem;
import org.vaultsync.hangar.vault.Card;

/**
 * Tells everything that the tree shows as selected, also rows that were never on the screen: they have no element yet, and the
 * viewer of the platform leaves them out. That one also looks for all that is selected, and selects it anew, at each row that it
 * makes, which takes 40 ms with a thousand selected rows. Here the selection is read once, whenever a person changes it, and
 * nothing that the viewer does to rows touches it: {@link CatalogueContent}, which moves rows, lets it follow. UI thread only.
 */
final class CatalogueViewer extends TreeViewer {
    /** Rows whose places are asked for one by one: to go through all makes each of them. */
    private static final int FEW = 50;

    private final CatalogueContent content;
    private ITreeSelection chosen = TreeSelection.EMPTY;
    private boolean rowsChange;

    CatalogueViewer(Composite parent) {
        super(parent, SWT.VIRTUAL | SWT.MULTI | SWT.V_SCROLL | SWT.FULL_SELECTION);
        setUseHashlookup(true);
        content = new CatalogueContent(this);
        setContentProvider(content);
    }

    CatalogueContent content() {
        return content;
    }

    /** The ids of the items that are selected. */
    Set<String> chosen() {
        Set<String> ids = new HashSet<>();
        for (Object element : chosen) {
            if (element instanceof Node.Entry entry) {
                ids.add(entry.id());
            }
        }
        return ids;
    }

    /** The selection of the tree was changed by our code; tells everybody if that changed which items are selected. */
    void selectionFollowed() {
        ITreeSelection before = chosen;
        read();
        if (!chosen.equals(before)) {
            updateSelection(chosen);
        }
    }

    @Override
    public ISelection getSelection() {
        return rowsChange ? TreeSelection.EMPTY : chosen;
    }

    @Override
    protected Item[] getSelection(Control tree) {
        return rowsChange ? new Item[0] : super.getSelection(tree);
    }

    @Override
    protected void setSelectionToWidget(ISelection selection, boolean reveal) {
        if (!rowsChange) {
            super.setSelectionToWidget(selection, reveal);
            read();
        }
    }

    @Override
    protected void handleSelect(SelectionEvent event) {
        if (!getTree().isDisposed()) {
            read();
        }
        super.handleSelect(event);
    }

    @Override
    public void replace(Object parent, int index, Object element) {
        changeRows(() -> super.replace(parent, index, element));
    }

    @Override
    protected void preservingSelection(Runnable update) {
        changeRows(() -> super.preservingSelection(update));
    }

    private void changeRows(Runnable change) {
        boolean outer = rowsChange;
        rowsChange = true;
        try {
            change.run();
        } finally {
            rowsChange = outer;
        }
    }

    /** Items are selected, or else shelves: <i>Select All</i> marks both, and what is done to items is not done to shelves. */
    private void read() {
        Map<Node, TreePath> entries = new LinkedHashMap<>();
        Map<TreeItem, TreePath> tops = new LinkedHashMap<>();
        if (isEverythingMarked()) {
            for (Node.Shelf shelf : shelves()) {
                tops.put(top(shelf), new TreePath(new Object[] {shelf}));
                if (top(shelf).getExpanded()) {
                    content.shown()
                            .on(shelf)
                            .forEach(card -> entries.put(new Node.Entry(card.id()), path(shelf, card)));
                }
            }
        } else {
            readRows(entries, tops);
        }
        if (!entries.isEmpty()) {
            tops.keySet().forEach(getTree()::deselect);
        }
        chosen = new TreeSelection(
                (entries.isEmpty() ? tops : entries).values().toArray(TreePath[]::new), getComparer());
    }

    /** As after <i>Select All</i>: to ask the tree of GTK for each of ten thousand rows takes half a second. */
    private boolean isEverythingMarked() {
        if (SWT.getPlatform().equals("win32")) {
            return false; // it counts rows on closed shelves, too
        }
        int rows = 0;
        for (Node.Shelf shelf : shelves()) {
            int below = content.shown().on(shelf).size();
            TreeItem top = top(shelf);
            rows += top.getExpanded() ? 1 + below : 1;
            if (top.getExpanded() && top.getItemCount() != below) {
                return false;
            }
        }
        return rows > 1 && rows == getTree().getSelectionCount();
    }

    /** By their places: what the viewer has told a row to be is out of date until the row is made anew, after it was moved. */
    private void readRows(Map<Node, TreePath> entries, Map<TreeItem, TreePath> tops) {
        TreeItem[] marked = getTree().getSelection();
        Map<TreeItem, TreePath> places = marked.length > FEW ? places() : places(marked);
        for (TreeItem item : marked) {
            TreePath place = places.get(item);
            if (place != null && place.getLastSegment() instanceof Node.Entry entry) {
                entries.put(entry, place);
            } else if (place != null) { // else it is about to go
                tops.put(item, place);
            }
        }
    }

    private Map<TreeItem, TreePath> places() {
        Map<TreeItem, TreePath> places = new IdentityHashMap<>();
        for (Node.Shelf shelf : shelves()) {
            places.put(top(shelf), new TreePath(new Object[] {shelf}));
            List<Card> cards = content.shown().on(shelf);
            TreeItem[] rows = top(shelf).getItems();
            for (int row = 0; row < Math.min(rows.length, cards.size()); row++) {
                places.put(rows[row], path(shelf, cards.get(row)));
            }
        }
        return places;
    }

    private Map<TreeItem, TreePath> places(TreeItem[] few) {
        Map<TreeItem, TreePath> places = new IdentityHashMap<>();
        for (TreeItem item : few) {
            TreeItem top = item.getParentItem() == null ? item : item.getParentItem();
            int place = getTree().indexOf(top);
            if (place >= shelves().size()) {
                continue; // it is about to go
            }
            Node.Shelf shelf = shelves().get(place);
            List<Card> cards = content.shown().on(shelf);
            if (top == item) {
                places.put(item, new TreePath(new Object[] {shelf}));
            } else if (top.indexOf(item) < cards.size()) {
                places.put(item, path(shelf, cards.get(top.indexOf(item))));
            }
        }
        return places;
    }

    private static TreePath path(Node.Shelf shelf, Card card) {
        return new TreePath(new Object[] {shelf, new Node.Entry(card.id())});
    }

    /** Those that the tree has a row for. */
    private List<Node.Shelf> shelves() {
        List<Node.Shelf> all = content.shown().shelves();
        return all.subList(0, Math.min(all.size(), getTree().getItemCount()));
    }

    private TreeItem top(Node.Shelf shelf) {
        return getTree().getItem(content.shown().shelves().indexOf(shelf));
    }
}
