// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.live;

import org.eclipse.swt.SWT;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.widgets.Display;

/** Runs some work on the UI thread soon after it was asked for, and never more often than its pace allows. */
final class Paced {
    private final Display display;
    private final int millis;
    private final Runnable work;
    private boolean wanted; // guarded by this
    private boolean scheduled; // guarded by this

    Paced(Display display, int millis, Runnable work) {
        this.display = display;
        this.millis = millis;
        this.work = work;
    }

    /** Asks for the work once more, from any thread; returns at once. */
    void ask() {
        synchronized (this) {
            wanted = true;
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            display.asyncExec(this::turn);
        } catch (SWTException closing) {
            if (closing.code != SWT.ERROR_DEVICE_DISPOSED) {
                throw closing;
            }
        }
    }

    private void turn() {
        synchronized (this) {
            if (!wanted) {
                scheduled = false;
                return;
            }
            wanted = false;
        }
        display.timerExec(millis, this::turn);
        work.run();
    }
}
