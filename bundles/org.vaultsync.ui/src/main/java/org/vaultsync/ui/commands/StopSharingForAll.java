// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import java.util.List;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.sharing.Sharing;

/** Ends the sync of the selected items for everybody, after asking. */
public final class StopSharingForAll extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        IWorkbenchWindow window = HandlerUtil.getActiveWorkbenchWindowChecked(event);
        List<String> items = SelectedItems.in(window);
        if (!items.isEmpty()) {
            new Sharing(LiveSync.ofWorkbench(), window.getShell()).stopForAll(items);
        }
        return null;
    }
}
