// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.vaultsync.SyncListener;
import org.vaultsync.Transfers;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.VaultSync;

/** How far pictures that others have added have come, while sync is installed. UI thread only. */
final class PictureTransfers {
    private final BundleContext bundle =
            FrameworkUtil.getBundle(PictureTransfers.class).getBundleContext();
    private final ServiceTracker<Transfers, Transfers> transfers = new ServiceTracker<>(bundle, Transfers.class, null);
    private final ServiceTracker<VaultSync, VaultSync> sync;

    /**
     * @param owner until it is disposed, changes are told
     * @param changed is given the hashes of pictures that have come further
     */
    PictureTransfers(Control owner, Consumer<Set<String>> changed) {
        Display display = owner.getDisplay();
        SyncListener listener = new SyncListener() {
            @Override
            public void filesChanged(Set<String> sha256s) {
                if (!display.isDisposed()) {
                    display.asyncExec(() -> {
                        if (!owner.isDisposed()) {
                            changed.accept(sha256s);
                        }
                    });
                }
            }
        };
        sync = new ServiceTracker<>(bundle, VaultSync.class, null) {
            @Override
            public VaultSync addingService(ServiceReference<VaultSync> reference) {
                VaultSync found = super.addingService(reference);
                found.addListener(listener);
                return found;
            }

            @Override
            public void removedService(ServiceReference<VaultSync> reference, VaultSync leaving) {
                leaving.removeListener(listener);
                super.removedService(reference, leaving);
            }
        };
        transfers.open();
        sync.open();
        owner.addDisposeListener(disposed -> {
            transfers.close();
            sync.close();
        });
    }

    /** How far a picture has come that is not here; nothing where sync does not know of it. */
    Optional<Progress> progress(String sha256) {
        return Optional.ofNullable(transfers.getService())
                .map(service -> service.progress(sha256))
                .filter(known -> !(known instanceof Progress.Nothing));
    }

    /** Fetches a picture that is too large to be fetched unasked. */
    void fetch(String sha256) {
        Optional.ofNullable(transfers.getService()).ifPresent(service -> service.fetch(sha256));
    }
}
