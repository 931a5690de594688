// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What sync did: tries, links, refusals, how much went to and fro. An OSGi service, there while {@link VaultSync} is.
 * The last 2,000 entries are kept, across restarts.
 *
 * <p>Thread-safe; nothing blocks. Whoever shows the log looks again when {@link SyncListener#roomsChanged()} tells.
 */
@ProviderType
public interface SyncLog {
    /**
     * The newest entries, the newest first. Completes on a thread of sync and fails with a {@link SyncException}.
     *
     * @param most how many at most
     */
    CompletionStage<List<LogEntry>> entries(int most);
}
