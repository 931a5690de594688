// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Links two members of a private room that no address and no signaling server brings together: people carry a short text
 * from one to the other, and one back, by any messenger, as a picture, or on a stick. Found as an OSGi service beside
 * {@link VaultSync}, with the same manners.
 *
 * <p>A text tells nothing to whoever else reads it, and lets nobody in: it is sealed for the other device, and both prove
 * their keys over the connection before anything is synced.
 */
@ProviderType
public interface LinkByHand {
    /** What stands for the address in {@link Reach.Linked} when a link was made by hand. */
    String ADDRESS = "by hand";

    /**
     * Makes an offer for a member, which waits for its answer for half an hour, or until {@link #end}. While one waits, it is
     * that one. Takes up to two seconds.
     */
    CompletionStage<String> offer(Fingerprint member);

    /**
     * Takes a text that came from a member; spaces and line breaks in it do no harm. Fails if no way to the other device
     * is found, which takes up to 20 s.
     */
    CompletionStage<Reply> take(String text);

    /** Withdraws the offer that waits for a member's answer, and the answer that waits to be used by it. */
    void end(Fingerprint member);

    /** What follows from a text that was taken. */
    sealed interface Reply {
        /**
         * It was an offer.
         *
         * @param member who made it
         * @param text to be carried back; works for half an hour
         */
        record Answer(Fingerprint member, String text) implements Reply {}

        /** It was the answer to an offer of this device, and now there is a link. */
        record Linked(Fingerprint member) implements Reply {}

        /** It is of no use here. */
        record Useless(Fault fault) implements Reply {}
    }

    /** Why a text is of no use. */
    enum Fault {
        /** It is neither an offer nor an answer. */
        NO_SUCH_TEXT,
        /** It is one, but not whole, or changed on the way. */
        DAMAGED,
        /** A newer version of this application made it. */
        NEWER,
        /** It was made on this device. */
        OWN,
        /** It was made for another device, or by one that is in no room with this one. */
        FOREIGN,
        /** It answers an offer of this device that does not wait any more. */
        EXPIRED
    }
}
