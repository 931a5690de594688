// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;

/** Opens the import. */
public final class ImportHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        return null;
    }
}
