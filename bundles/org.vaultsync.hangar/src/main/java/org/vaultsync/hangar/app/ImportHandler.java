// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.jface.wizard.WizardDialog;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.handlers.HandlerUtil;
import org.vaultsync.hangar.imports.ImportWizard;
import org.vaultsync.hangar.vault.FolderVault;

/** Opens the import. */
public final class ImportHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        IWorkbenchWindow window = HandlerUtil.getActiveWorkbenchWindowChecked(event);
        ImportWizard wizard = new ImportWizard(window.getService(FolderVault.class));
        new WizardDialog(window.getShell(), wizard).open();
        return null;
    }
}
