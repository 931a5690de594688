// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Who has which shared item open at this moment. Found as an OSGi service beside {@link VaultSync}, whose listeners are
 * told of changes. Each device tells it of itself, to those that it is linked to and that are in the item's room; nothing
 * of it is kept. Thread-safe; returns at once.
 */
@ProviderType
public interface Presence {
    /**
     * Another device has an item open.
     *
     * @param deviceName the name of the device
     * @param itemName as this device knows the item
     * @param field the one that the person there is in, as in {@link Conflict#field()}; empty text if in none
     */
    record Open(Fingerprint device, String deviceName, String itemId, String itemName, String field) {}

    /**
     * The person at this device has an item open. Others hear of it while the item is shared.
     *
     * @param field the one that the person is in, as in {@link Conflict#field()}; empty text if in none
     */
    void open(String itemId, String field);

    /** The person at this device has the item open no longer. */
    void close(String itemId);

    /** Who else has the item open, by the names of the devices. */
    List<Open> at(String itemId);

    /** What another device has open, by the names of the items. */
    List<Open> by(Fingerprint device);
}
