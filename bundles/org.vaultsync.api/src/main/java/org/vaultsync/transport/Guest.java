// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import org.vaultsync.Fingerprint;

/** Whom a knock belongs to, and so who may be at the other end of a link. */
public sealed interface Guest {
    /** A device whose key is pinned: the link is refused if the other side proves another key. */
    record Pinned(Fingerprint fingerprint) implements Guest {}

    /**
     * Somebody who holds an invite of ours: any key is let in, for one message, the proof of the invite.
     *
     * @param invite names the invite among those that this device gave out
     */
    record Invited(String invite) implements Guest {}

    /** Somebody nearby to whom this device shows itself: any key is let in, to be paired by comparing a code. */
    record Nearby() implements Guest {}
}
