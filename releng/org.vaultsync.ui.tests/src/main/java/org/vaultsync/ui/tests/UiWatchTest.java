// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.SafeRunner;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.PaletteData;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Listener;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.vaultsync.ui.SyncControls;

/** That the watchdog of the other tests barks. */
class UiWatchTest {
    private final BundleContext context =
            FrameworkUtil.getBundle(UiWatchTest.class).getBundleContext();
    private final SyncControls controls = context.getService(context.getServiceReference(SyncControls.class));
    private final Display display = PlatformUI.getWorkbench().getDisplay();

    @Test
    void ourCodeThatBlocksTheUiThreadIsTold() throws Exception {
        UiWatch watch = new UiWatch(display);
        // Our code copies this list, and waits for whoever holds it.
        List<String> items = Collections.synchronizedList(new ArrayList<>());
        synchronized (items) {
            display.asyncExec(() -> controls.delete(null, "", items, () -> {}));
            TimeUnit.MILLISECONDS.sleep(400);
        }
        display.syncExec(() -> {});
        onlyComplaint(watch, "kept the UI thread for ", "at org.vaultsync.ui.sharing.ToggleControls.delete(");
    }

    @Test
    void whatOurCodeDoesNotDisposeIsTold() throws Exception {
        Class<?> picker = Platform.getBundle("org.vaultsync.ui").loadClass("org.vaultsync.ui.qr.RegionPicker");
        Method pick = picker.getMethod("pick", Shell.class, ImageData.class);
        UiWatch watch = new UiWatch(display);
        display.syncExec(() -> {
            Shell over = new Shell(display);
            try {
                pick.invoke(null, over, new ImageData(8, 8, 24, new PaletteData(0xff, 0xff00, 0xff0000)));
            } catch (ReflectiveOperationException changed) {
                throw new AssertionError(changed);
            }
            // It disposes its picture with its window, and is kept from it here.
            Shell window = over.getShells()[0];
            for (Listener each : window.getListeners(SWT.Dispose)) {
                window.removeListener(SWT.Dispose, each);
            }
            over.dispose();
        });
        onlyComplaint(watch, "not disposed: ", "at org.vaultsync.ui.qr.RegionPicker.<init>(");
    }

    @Test
    void ourCodeThatTouchesAWidgetOnAnotherThreadIsTold() throws Exception {
        Text[] field = new Text[1];
        display.syncExec(() -> field[0] = new Text(new Shell(display), SWT.SINGLE));
        try {
            UiWatch logging = new UiWatch(display);
            SafeRunner.run(() -> controls.field(field[0], "item1", "/content/year")); // logs what is thrown
            onlyComplaint(
                    logging,
                    "logged: org.eclipse.swt.SWTException: Invalid thread access",
                    "at org.vaultsync.ui.sharing.OpenItem.field(");
            UiWatch dying = new UiWatch(display);
            Thread thread = Thread.ofPlatform()
                    .name("a thread of sync")
                    .start(() -> controls.field(field[0], "item1", "/content/year"));
            thread.join();
            onlyComplaint(
                    dying,
                    "thread a thread of sync died: org.eclipse.swt.SWTException: Invalid thread access",
                    "at org.vaultsync.ui.sharing.OpenItem.field(");
        } finally {
            display.syncExec(() -> field[0].getShell().dispose());
        }
    }

    private static void onlyComplaint(UiWatch watch, String start, String where) throws InterruptedException {
        watch.close();
        // What is collected together is told in any order: this one, or that by which the watch knows of the
        // collection.
        for (int i = 0; i < 500 && watch.complaints().isEmpty(); i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertEquals(1, watch.complaints().size(), () -> String.join("\n", watch.complaints()));
        String complaint = watch.complaints().getFirst();
        assertTrue(complaint.startsWith(start), complaint);
        assertTrue(complaint.contains(where), complaint);
    }
}
