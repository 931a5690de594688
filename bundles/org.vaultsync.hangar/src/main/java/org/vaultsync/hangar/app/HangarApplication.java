// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.app;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.core.runtime.Platform;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.service.datalocation.Location;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.vault.Workspace;

/** Starts Hangar on a workspace that no other process has, and says so where that cannot be. */
public final class HangarApplication implements IApplication {
    @Override
    public Object start(IApplicationContext context) throws Exception {
        // The usual one makes icons of what is disabled bright, and in the dark theme brighter than all others.
        System.getProperties().putIfAbsent("org.eclipse.swt.image.disablement", "desaturated");
        Display display = PlatformUI.createDisplay();
        try {
            Location location = Platform.getInstanceLocation();
            Optional<String> refusal = lock(location);
            if (refusal.isPresent()) {
                Shell shell = new Shell(display);
                MessageDialog.openError(shell, "Hangar", refusal.get());
                shell.dispose();
                return EXIT_OK;
            }
            BundleContext bundle =
                    FrameworkUtil.getBundle(HangarApplication.class).getBundleContext();
            Workspace workspace = new Workspace(folder(location).resolve("vault"), new Sample(bundle).items());
            ServiceRegistration<Workspace> registration = bundle.registerService(Workspace.class, workspace, null);
            try {
                int code = PlatformUI.createAndRunWorkbench(display, new HangarWorkbench());
                return code == PlatformUI.RETURN_RESTART ? EXIT_RESTART : EXIT_OK;
            } finally {
                registration.unregister();
                location.release();
            }
        } finally {
            display.dispose();
        }
    }

    /** @return why the workspace cannot be had, as a sentence for people */
    private static Optional<String> lock(Location location) {
        try {
            if (location == null) {
                return Optional.of(
                        Words.of("Hangar was started without a workspace. Start it with -data and a folder."));
            }
            if (!location.isSet()) {
                URL standard = Path.of(System.getProperty("user.home"), "Hangar")
                        .toUri()
                        .toURL();
                location.set(standard, false);
            }
            if (location.lock()) {
                return Optional.empty();
            }
            return Optional.of(Words.of(
                    "Another Hangar is using the workspace %s already. Go on in its window, or start this one with"
                            + " another folder after -data.",
                    folder(location)));
        } catch (IOException unwritable) {
            return Optional.of(Words.of(
                    "The workspace %s cannot be written: %s Allow writing, or start Hangar with another folder after"
                            + " -data.",
                    folder(location), unwritable.getMessage()));
        }
    }

    private static Path folder(Location location) {
        URL url = location.getURL();
        // The platform gives the path as it is, with spaces that a URI would not take.
        return "file".equals(url.getProtocol())
                ? new File(url.getPath()).toPath()
                : Path.of(URI.create(url.toString()));
    }

    @Override
    public void stop() {
        if (PlatformUI.isWorkbenchRunning()) {
            IWorkbench workbench = PlatformUI.getWorkbench();
            workbench.getDisplay().syncExec(workbench::close);
        }
    }
}
