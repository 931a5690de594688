// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** Finds out what keeps sync from working, and says what to do. An OSGi service, there while {@link VaultSync} is. */
@ProviderType
public interface Diagnostics {
    /**
     * Checks key, store, clock, network, signaling, vault, items and each peer. Returns at once; takes some seconds.
     * Completes on a thread of sync, never fails, and has an answer too where sync could not start.
     */
    CompletionStage<Diagnosis> check();
}
