// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.util.Map;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand.Reply;

/** Makes links by texts that people carry from one device to another: see {@link org.vaultsync.LinkByHand}. Thread-safe. */
public interface Courier {
    /**
     * Makes an offer; while one waits for the same member, that one. Blocks up to 5 s; called on a virtual thread.
     *
     * @param where of which the secret counts
     * @throws IOException if this machine cannot, with a sentence for people
     */
    String offer(Fingerprint member, Rendezvous where) throws IOException;

    /**
     * Takes a text. A link that comes of it goes to the {@link Door}, from both sides. Blocks up to 20 s; called on a
     * virtual thread.
     *
     * @param members who may have made it
     * @throws IOException if this machine cannot, or no way to the other device is found, with a sentence for people
     */
    Reply take(String text, Map<Fingerprint, Rendezvous> members) throws IOException;

    /** Ends what waits for a member. Returns at once. */
    void end(Fingerprint member);
}
