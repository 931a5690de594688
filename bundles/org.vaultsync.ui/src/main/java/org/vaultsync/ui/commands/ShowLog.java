// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.vaultsync.ui.log.LogView;

/** Opens the log of sync. */
public final class ShowLog extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        LogView.show();
        return null;
    }
}
