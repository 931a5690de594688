// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import java.util.List;
import java.util.Map;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.commands.IElementUpdater;
import org.eclipse.ui.handlers.HandlerUtil;
import org.eclipse.ui.menus.UIElement;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.sharing.Sharing;
import org.vaultsync.ui.text.Messages;

/** Shares the selected items, or asks whether to stop when all of them are shared. */
public final class ToggleSharing extends AbstractHandler implements IElementUpdater {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        IWorkbenchWindow window = HandlerUtil.getActiveWorkbenchWindowChecked(event);
        List<String> items = SelectedItems.in(window);
        if (items.isEmpty()) {
            // Reached by its key, or from the cheat sheet.
            MessageDialog.openInformation(window.getShell(), Messages.sync, Messages.nothingToShare);
        } else {
            Point mouse = window.getShell().getDisplay().getCursorLocation();
            new Sharing(LiveSync.ofWorkbench(), window.getShell()).toggle(items, new Rectangle(mouse.x, mouse.y, 0, 0));
        }
        return null;
    }

    /** Checks the entry of a menu while everything selected is shared. */
    @Override
    public void updateElement(UIElement element, @SuppressWarnings("rawtypes") Map parameters) {
        IWorkbenchWindow window = element.getServiceLocator().getService(IWorkbenchWindow.class);
        if (window != null) {
            List<String> items = SelectedItems.in(window);
            element.setChecked(new Sharing(LiveSync.ofWorkbench(), window.getShell()).allShared(items));
        }
    }
}
