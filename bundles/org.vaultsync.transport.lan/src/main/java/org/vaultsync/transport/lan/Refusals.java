// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.transport.Door;

/**
 * Tells of callers that were hung up on, in the log and to the door: of each kind the first at once, the others as a number
 * once a minute. Thread-safe.
 */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    /** Why somebody was hung up on. */
    enum Why {
        TOO_MANY("too many connections at once"),
        TOO_MANY_FROM_THERE("too many connections from one address"),
        TOO_OFTEN_FROM_THERE("too many connections in a minute from one address"),
        TOO_SLOW("it took too long"),
        NO_KNOCK("it did not knock"),
        UNKNOWN_KNOCK("nobody knows its knock"),
        WRONG_KEY("its key is not the pinned one"),
        BROKEN("the handshake failed");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    private static final class Count {
        private final long loggedAt;
        private int since;

        Count(long loggedAt) {
            this.loggedAt = loggedAt;
        }
    }

    private final Door door;
    private final Map<Why, Count> counts = new EnumMap<>(Why.class); // guarded by itself

    Refusals(Door door) {
        this.door = door;
    }

    /** @param detail what this one did; no address */
    void add(Why why, String detail) {
        int before;
        synchronized (counts) {
            long now = System.nanoTime();
            Count last = counts.get(why);
            if (last != null && now - last.loggedAt < QUIET.toNanos()) {
                last.since++;
                return;
            }
            counts.put(why, new Count(now));
            before = last == null ? 0 : last.since;
        }
        String more = before == 0 ? "" : " (and " + before + " more since this was last told)";
        log.warn("lan: hung up on a caller: {}{}{}", why.words, detail.isEmpty() ? "" : ": " + detail, more);
        door.refused("A caller was hung up on: " + why.words + ".", 1 + before);
    }
}
