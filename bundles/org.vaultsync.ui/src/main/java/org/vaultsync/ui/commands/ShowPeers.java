// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.vaultsync.ui.peers.PeersView;

/** Opens the peers view; a new view does not show by itself in a window that was open before it was installed. */
public final class ShowPeers extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        PeersView.show();
        return null;
    }
}
