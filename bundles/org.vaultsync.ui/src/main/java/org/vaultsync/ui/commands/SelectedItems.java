// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.vaultsync.ui.ItemReference;

/** Which items a command is about: those selected, or else the one in the active editor. UI thread. */
final class SelectedItems {
    private SelectedItems() {}

    static List<String> in(IWorkbenchWindow window) {
        IWorkbenchPage page = window == null ? null : window.getActivePage();
        if (page == null) {
            return List.of();
        }
        List<String> selected = of(page.getSelection());
        if (!selected.isEmpty()) {
            return selected;
        }
        IEditorPart editor = page.getActiveEditor();
        return editor == null ? List.of() : of(editor).stream().toList();
    }

    private static List<String> of(ISelection selection) {
        return selection instanceof IStructuredSelection structured
                ? Arrays.stream(structured.toArray())
                        .flatMap(SelectedItems::reference)
                        .map(ItemReference::itemId)
                        .distinct()
                        .toList()
                : List.of();
    }

    private static Optional<String> of(IEditorPart editor) {
        return Stream.of(editor.getEditorInput(), editor)
                .flatMap(SelectedItems::reference)
                .map(ItemReference::itemId)
                .findFirst();
    }

    private static Stream<ItemReference> reference(Object element) {
        return Stream.ofNullable(Adapters.adapt(element, ItemReference.class));
    }
}
