// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.dialogs;

import java.util.Optional;
import org.eclipse.core.runtime.ILog;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;

/** Opens views. UI thread. */
public final class Views {
    private Views() {}

    /** Brings a view to the front in the active window; empty where there is none, or the view cannot be opened. */
    public static <V extends IViewPart> Optional<V> show(String id, Class<V> kind) {
        IWorkbenchWindow window = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        IWorkbenchPage page = window == null ? null : window.getActivePage();
        if (page == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(page.showView(id)).filter(kind::isInstance).map(kind::cast);
        } catch (PartInitException broken) {
            ILog.of(Views.class).error("the view " + id + " cannot be opened", broken);
            return Optional.empty();
        }
    }
}
