// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.navigator;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.handlers.HandlerUtil;

/** Puts the cursor into the search field of the vault. */
public final class FindHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        try {
            Navigator navigator = (Navigator) HandlerUtil.getActiveWorkbenchWindowChecked(event)
                    .getActivePage()
                    .showView(Navigator.ID);
            navigator.find();
            return null;
        } catch (PartInitException cannotShow) {
            throw new ExecutionException(cannotShow.getMessage(), cannotShow);
        }
    }
}
