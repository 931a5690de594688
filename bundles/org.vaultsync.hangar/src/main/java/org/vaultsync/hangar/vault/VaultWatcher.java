// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import org.vaultsync.vault.Stored;

/**
 * Is told of everything that changes in the vault, whoever changed it. Called on the vault's news thread, in the order of
 * the changes; returns at once.
 */
public interface VaultWatcher {
    /**
     * An item is stored that was not there, or not so.
     *
     * @param bySync whether sync put it there, and not a person at this host
     */
    void stored(Stored stored, boolean bySync);

    /**
     * An item is gone.
     *
     * @param bySync whether sync removed it
     */
    void removed(String id, boolean bySync);

    /** The vault has looked through its folder: all cards are known. */
    default void loaded() {}

    /** The bytes of an attachment are here that were not. */
    default void attachmentStored(String sha256) {}
}
