// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.swt.widgets.Display;
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
        watch.close();
        assertEquals(1, watch.complaints().size(), () -> String.join("\n", watch.complaints()));
        String complaint = watch.complaints().getFirst();
        assertTrue(complaint.startsWith("kept the UI thread for "), complaint);
        assertTrue(complaint.contains("at org.vaultsync.ui.sharing.ToggleControls.delete("), complaint);
    }
}
