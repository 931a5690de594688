// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.conflicts.Conflicts;
import org.vaultsync.ui.live.LiveSync;

/** Opens the conflicts of the selected items. */
public final class LookAtConflicts extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        IWorkbenchWindow window = HandlerUtil.getActiveWorkbenchWindowChecked(event);
        Conflicts.show(LiveSync.ofWorkbench(), window.getShell(), SelectedItems.in(window));
        return null;
    }
}
