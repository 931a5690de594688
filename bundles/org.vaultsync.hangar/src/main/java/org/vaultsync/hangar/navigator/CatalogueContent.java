// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import org.eclipse.jface.viewers.ILazyTreeContentProvider;
import org.eclipse.jface.viewers.TreeViewer;

/** Gives the tree only the rows that are on the screen, so that ten thousand items cost no more than fifty. */
final class CatalogueContent implements ILazyTreeContentProvider {
    private final TreeViewer viewer;
    private Catalogue shown = Catalogue.EMPTY;

    CatalogueContent(TreeViewer viewer) {
        this.viewer = viewer;
    }

    Catalogue shown() {
        return shown;
    }

    /** Shows another state of the vault; what is selected and open stays so. */
    void show(Catalogue next) {
        shown = next;
        viewer.setChildCount(viewer.getInput(), next.shelves().size());
        viewer.refresh();
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
