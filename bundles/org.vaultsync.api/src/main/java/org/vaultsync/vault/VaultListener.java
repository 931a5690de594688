// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Is told by a {@link Vault} what people change in it, and not what sync itself put there. Every call returns at once
 * and may come from any thread; those for one item come in the order of the changes.
 */
@ProviderType
public interface VaultListener {
    /** A person created or saved an item; it is stored. */
    void saved(Stored stored);

    /**
     * A person deleted an item; it is gone from the vault.
     *
     * @param revision that it was last held at
     */
    void deleted(String id, Revision revision);
}
