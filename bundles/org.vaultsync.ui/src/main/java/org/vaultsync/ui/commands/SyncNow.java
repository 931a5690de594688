// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.Rooms;

/** Dials everybody who is away. */
public final class SyncNow extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        Shell shell = HandlerUtil.getActiveWorkbenchWindowChecked(event).getShell();
        new Rooms(LiveSync.ofWorkbench(), shell, why -> Rooms.complain(shell, why)).syncNow();
        return null;
    }
}
