// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.core.runtime.Platform;
import org.eclipse.e4.ui.model.application.ui.advanced.MPerspective;
import org.eclipse.e4.ui.model.application.ui.basic.MPartStack;
import org.eclipse.e4.ui.model.application.ui.basic.MWindow;
import org.eclipse.e4.ui.workbench.modeling.EModelService;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.WorkbenchException;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.vaultsync.Diagnostics;
import org.vaultsync.ItemHistory;
import org.vaultsync.RoomArchives;
import org.vaultsync.SyncLog;
import org.vaultsync.VaultSync;
import org.vaultsync.ui.SyncControls;

class InstalledTest {
    private final BundleContext context =
            FrameworkUtil.getBundle(InstalledTest.class).getBundleContext();

    @Test
    void theHostHasAWindow() {
        assertTrue(PlatformUI.isWorkbenchRunning());
        assertNotNull(PlatformUI.getWorkbench().getDisplay());
    }

    @Test
    void everyBundleOfOursIsResolved() {
        Set<String> unresolved = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().startsWith("org.vaultsync."))
                .filter(bundle -> bundle.getState() == Bundle.INSTALLED)
                .map(Bundle::getSymbolicName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), unresolved);
    }

    @Test
    void theHostFindsSyncAndItsControls() {
        assertNotNull(context.getServiceReference(VaultSync.class));
        assertNotNull(context.getServiceReference(ItemHistory.class));
        assertNotNull(context.getServiceReference(SyncLog.class));
        assertNotNull(context.getServiceReference(Diagnostics.class));
        assertNotNull(context.getServiceReference(RoomArchives.class));
        assertNotNull(context.getServiceReference(SyncControls.class));
    }

    @Test
    void everyWindowKeepsAPlaceForTheViewsOfSync() {
        Screen screen = new Screen();
        screen.await("the place in the first window", () -> hasPlace(windows()[0]));
        IWorkbenchWindow second = screen.ask(() -> {
            try {
                return PlatformUI.getWorkbench().openWorkbenchWindow(null);
            } catch (WorkbenchException broken) {
                throw new AssertionError(broken);
            }
        });
        try {
            screen.await("the place in the second one", () -> hasPlace(second));
        } finally {
            screen.run(second::close);
        }
        assertEquals(1, screen.<Integer>ask(() -> windows().length));
    }

    private static IWorkbenchWindow[] windows() {
        return PlatformUI.getWorkbench().getWorkbenchWindows();
    }

    /** The workbench opens a view where the name of its category is a tag. */
    private static boolean hasPlace(IWorkbenchWindow window) {
        EModelService model = window.getService(EModelService.class);
        MPerspective shown = model.getActivePerspective(window.getService(MWindow.class));
        return shown != null
                && !model.findElements(shown, null, MPartStack.class, List.of("Sync"))
                        .isEmpty();
    }

    /** On a screen of many points they are drawn for it, not enlarged. */
    @Test
    void everyPictureOfOursIsDrawnAtEverySize() {
        Bundle views = Platform.getBundle("org.vaultsync.ui");
        List<URL> pictures = Collections.list(views.findEntries("icons", "*.svg", true));
        for (URL picture : pictures) {
            ImageData usual = drawn(picture, 100);
            assertTrue(usual.width == 8 || usual.width == 16, picture::toString);
            for (int zoom : List.of(150, 200, 300)) {
                ImageData larger = drawn(picture, zoom);
                assertEquals(usual.width * zoom / 100, larger.width, picture::toString);
                assertFalse(
                        Arrays.equals(larger.data, usual.scaledTo(larger.width, larger.height).data),
                        picture::toString);
            }
        }
        assertTrue(pictures.size() > 30, pictures::toString);
    }

    private static ImageData drawn(URL picture, int zoom) {
        return ImageDescriptor.createFromURL(picture).getImageData(zoom);
    }
}
