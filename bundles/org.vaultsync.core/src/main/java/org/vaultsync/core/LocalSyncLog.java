// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.LogEntry;
import org.vaultsync.SyncLog;

/** The log of this device, as a service. */
@Component
public final class LocalSyncLog implements SyncLog {
    private final LocalVaultSync sync;

    @Activate
    public LocalSyncLog(@Reference LocalVaultSync sync) {
        this.sync = sync;
    }

    @Override
    public CompletionStage<List<LogEntry>> entries(int most) {
        return sync.once(rooms -> rooms.logbook().newest(most));
    }
}
