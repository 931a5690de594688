// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.pictures;

import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.PlatformUI;

/** Draws the pictures once the window is there, so that the UI thread finds them drawn. */
public final class EarlyDrawing implements IStartup {
    private static final int UNSCALED = 100;

    /** Called on a thread of the workbench. */
    @Override
    public void earlyStartup() {
        Display display = PlatformUI.getWorkbench().getDisplay();
        display.asyncExec(() -> {
            int zoom = display.getPrimaryMonitor().getZoom();
            Job.createSystem("", monitor -> {
                        for (Picture picture : Picture.values()) {
                            picture.drawn(UNSCALED);
                            picture.drawn(zoom);
                        }
                    })
                    .schedule();
        });
    }
}
