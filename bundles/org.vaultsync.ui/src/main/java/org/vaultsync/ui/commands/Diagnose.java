// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.commands;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.ui.diagnosis.DiagnosisDialog;
import org.vaultsync.ui.live.LiveSync;

/** Looks for what keeps sync from working. */
public final class Diagnose extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        new DiagnosisDialog(
                        LiveSync.ofWorkbench(),
                        HandlerUtil.getActiveWorkbenchWindowChecked(event).getShell())
                .open();
        return null;
    }
}
