// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.IExecutableExtension;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.rooms.RoomDialog;
import org.vaultsync.ui.rooms.Rooms;

/** Creates or joins a room: which of the two stands behind the class name in plugin.xml. */
public final class EnterRoom extends AbstractHandler implements IExecutableExtension {
    private RoomDialog.Way way = RoomDialog.Way.CREATE; // UI thread

    @Override
    public void setInitializationData(IConfigurationElement element, String property, Object data) {
        way = RoomDialog.Way.valueOf((String) data);
    }

    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        Shell shell = HandlerUtil.getActiveWorkbenchWindowChecked(event).getShell();
        new Rooms(LiveSync.ofWorkbench(), shell, why -> Rooms.complain(shell, why)).enter(way);
        return null;
    }
}
