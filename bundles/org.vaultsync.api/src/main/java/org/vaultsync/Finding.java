// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Optional;

/**
 * What one check of sync found.
 *
 * @param peer the device that it is about; its name is not in the sentences
 * @param sentence what was found, for people
 * @param advice what a person can do about it; empty text where there is nothing to do
 * @param trouble what is wrong, where that can be said in other words
 */
public record Finding(
        Area area,
        Weight weight,
        Optional<Fingerprint> peer,
        String sentence,
        String advice,
        Optional<Trouble> trouble) {
    /** What only the sentence says. */
    public Finding(Area area, Weight weight, Optional<Fingerprint> peer, String sentence, String advice) {
        this(area, weight, peer, sentence, advice, Optional.empty());
    }

    /** What was looked at. */
    public enum Area {
        KEY,
        STORE,
        CLOCK,
        NETWORK,
        SIGNALING,
        VAULT,
        ITEMS,
        PEER
    }

    /** How much it matters. */
    public enum Weight {
        /** As it should be. */
        FINE,
        /** Sync works; there is something to know. */
        NOTE,
        /** Something does not work. */
        PROBLEM
    }
}
