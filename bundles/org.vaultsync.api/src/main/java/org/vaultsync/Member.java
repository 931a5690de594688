// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.Optional;

/**
 * Another device in a room.
 *
 * @param name as the device calls itself
 * @param admin whether it can remove others
 * @param admission how it came to be a member; empty for the one who made the room
 * @param items how many of the room's items it has in their latest state, as it has acknowledged
 * @param lastSync when it last brought something, or said that it has stored what this device sent; of any room that
 *     both are in
 */
public record Member(
        Fingerprint fingerprint,
        String name,
        boolean admin,
        Optional<Admission> admission,
        Reach reach,
        int items,
        Optional<Instant> lastSync) {
    /**
     * Who let a device in, and when.
     *
     * @param by the name of the device that did
     * @param at by the clock of that device
     */
    public record Admission(String by, Instant at) {}

    /** A plain member of whose admission nothing is known. */
    public Member(Fingerprint fingerprint, String name, Reach reach, int items) {
        this(fingerprint, name, false, Optional.empty(), reach, items, Optional.empty());
    }
}
