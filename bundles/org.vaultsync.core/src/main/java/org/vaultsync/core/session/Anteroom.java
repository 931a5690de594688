// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.util.ArrayList;
import java.util.List;

/**
 * Where messages for rooms wait until their link is the one that stays. The other side may be faster: it opens rooms over a
 * link that has yet to win here, or over one that has just lost, and a room must not go on over that. Thread-safe.
 */
final class Anteroom {
    private enum Door {
        /** It is not known yet whether the link stays. */
        SHUT,
        OPEN,
        /** The link does not stay: what comes is dropped, and the link closes soon. */
        WALLED
    }

    private final List<Runnable> waiting = new ArrayList<>(); // guarded by this
    private Door door = Door.SHUT; // guarded by this

    /** Deals with a message now or later, in the order in which they came, or never. */
    synchronized void enter(Runnable message) {
        switch (door) {
            case SHUT -> waiting.add(message);
            case OPEN -> message.run();
            case WALLED -> {}
        }
    }

    synchronized void open() {
        if (door == Door.SHUT) {
            door = Door.OPEN;
            waiting.forEach(Runnable::run);
            waiting.clear();
        }
    }

    synchronized void wallUp() {
        door = Door.WALLED;
        waiting.clear();
    }
}
