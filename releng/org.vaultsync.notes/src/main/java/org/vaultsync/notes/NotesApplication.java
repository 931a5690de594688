// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.notes;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IPerspectiveFactory;
import org.eclipse.ui.IPlaceholderFolderLayout;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.application.WorkbenchAdvisor;

/** A workbench with one window: the notes, and room for the views of sync below. */
public final class NotesApplication extends WorkbenchAdvisor implements IApplication, IPerspectiveFactory {
    @Override
    public Object start(IApplicationContext context) {
        Display display = PlatformUI.createDisplay();
        try {
            int code = PlatformUI.createAndRunWorkbench(display, this);
            return code == PlatformUI.RETURN_RESTART ? EXIT_RESTART : EXIT_OK;
        } finally {
            display.dispose();
        }
    }

    @Override
    public void stop() {
        PlatformUI.getWorkbench().getDisplay().syncExec(PlatformUI.getWorkbench()::close);
    }

    @Override
    public String getInitialWindowPerspectiveId() {
        return "org.vaultsync.notes";
    }

    @Override
    public void createInitialLayout(IPageLayout layout) {
        layout.setEditorAreaVisible(false);
        layout.addView("org.vaultsync.notes", IPageLayout.TOP, 0.6f, layout.getEditorArea());
        IPlaceholderFolderLayout below =
                layout.createPlaceholderFolder("sync", IPageLayout.BOTTOM, 0.6f, "org.vaultsync.notes");
        below.addPlaceholder("org.vaultsync.ui.peers");
        below.addPlaceholder("org.vaultsync.ui.*");
    }
}
