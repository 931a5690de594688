// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import java.util.List;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.history.HistoryDialog;
import org.vaultsync.ui.live.LiveSync;

/** Opens the history of the selected item. */
public final class ShowHistory extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        IWorkbenchWindow window = HandlerUtil.getActiveWorkbenchWindowChecked(event);
        List<String> items = SelectedItems.in(window);
        if (!items.isEmpty()) {
            new HistoryDialog(LiveSync.ofWorkbench(), window.getShell(), items.getFirst()).open();
        }
        return null;
    }
}
