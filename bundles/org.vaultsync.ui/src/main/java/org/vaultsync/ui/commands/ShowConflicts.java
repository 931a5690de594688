// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.vaultsync.ui.conflicts.ConflictsView;

/** Opens all conflicts. */
public final class ShowConflicts extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        ConflictsView.show();
        return null;
    }
}
