// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.ISelectionChangedListener;
import org.eclipse.jface.viewers.ISelectionProvider;
import org.eclipse.jface.viewers.SelectionChangedEvent;
import org.eclipse.jface.viewers.TreeViewer;

/**
 * What is selected in the tree, with the rows that were never on the screen, which the viewer leaves out. Not the viewer
 * itself: at each row that it makes it looks for all that it says is selected, one by one. UI thread.
 */
final class WholeSelection implements ISelectionProvider {
    private final TreeViewer viewer;
    private final CatalogueContent content;
    private final List<ISelectionChangedListener> listeners = new CopyOnWriteArrayList<>();

    WholeSelection(TreeViewer viewer, CatalogueContent content) {
        this.viewer = viewer;
        this.content = content;
        viewer.addSelectionChangedListener(event -> {
            SelectionChangedEvent whole = new SelectionChangedEvent(this, getSelection());
            listeners.forEach(listener -> listener.selectionChanged(whole));
        });
    }

    @Override
    public ISelection getSelection() {
        return content.selection();
    }

    @Override
    public void setSelection(ISelection selection) {
        viewer.setSelection(selection);
    }

    @Override
    public void addSelectionChangedListener(ISelectionChangedListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeSelectionChangedListener(ISelectionChangedListener listener) {
        listeners.remove(listener);
    }
}
