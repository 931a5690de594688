// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import java.util.UUID;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.hangar.editor.ItemEditor;
import org.vaultsync.hangar.editor.ItemInput;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.navigator.Errands;
import org.vaultsync.hangar.vault.FolderVault;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** Creates an item of the type that the command names, and opens it. */
public final class NewItemHandler extends AbstractHandler {
    private static final String TYPE = "org.vaultsync.hangar.new.type";

    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        ItemType type = ItemType.of(event.getParameter(TYPE));
        IWorkbenchPage page = HandlerUtil.getActiveWorkbenchWindowChecked(event).getActivePage();
        FolderVault vault = page.getWorkbenchWindow().getService(FolderVault.class);
        Item item = new Item(
                UUID.randomUUID().toString(), type.type(), Words.of("New " + type.type()), Json.line(type.template()));
        Shell shell = page.getWorkbenchWindow().getShell();
        String title = Words.of("New " + type.type());
        page.getWorkbenchWindow()
                .getService(Errands.class)
                .ask(shell, title, title, course -> vault.save(item, Revision.NONE), () -> open(page, item));
        return null;
    }

    private static void open(IWorkbenchPage page, Item item) {
        try {
            ItemEditor.open(page, new ItemInput(item.id(), item.type(), item.name()))
                    .selectName();
        } catch (PartInitException cannotOpen) {
            MessageDialog.openError(page.getWorkbenchWindow().getShell(), item.name(), cannotOpen.getMessage());
        }
    }
}
