// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts who was cut off, and logs of each kind the first at once and the others as a number once a minute. Server thread only. */
final class Cuts {
    private static final Logger LOG = LoggerFactory.getLogger(Cuts.class);
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private static final int POLICY = 1008;

    /** Why somebody was cut off, with the status that a WebSocket is closed with. */
    enum Why {
        FULL("the server is full", 1013),
        TOO_MANY_CLIENTS("too many connections from one address", POLICY),
        TOO_MANY_MESSAGES("too many messages from one address", POLICY),
        TOO_MANY_BYTES("too many bytes for others from one address", POLICY),
        TOO_MANY_TOPICS("too many topics from one address", POLICY),
        TOO_LARGE("its message is too large", 1009),
        NOT_UNDERSTOOD("its message is not one", 1007),
        NOT_WEBSOCKET("it broke the rules of WebSocket", 1002),
        READS_TOO_SLOWLY("it reads too slowly", POLICY),
        NO_PONG("it did not answer a ping", POLICY),
        NO_REQUEST("it did not say in time what it wants", POLICY);

        private final String words;
        private final int status;

        Why(String words, int status) {
            this.words = words;
            this.status = status;
        }

        String words() {
            return words;
        }

        int status() {
            return status;
        }
    }

    private final Map<Why, Long> all = new EnumMap<>(Why.class);
    private final Map<Why, Long> loggedAt = new EnumMap<>(Why.class);
    private final Map<Why, Long> logged = new EnumMap<>(Why.class);

    /** @param detail what this one did, or nothing; no address */
    void add(Why why, String detail) {
        long count = all.merge(why, 1L, Long::sum);
        long now = System.nanoTime();
        Long last = loggedAt.get(why);
        if (last != null && now - last < QUIET) {
            return;
        }
        long more = count - 1 - logged.getOrDefault(why, 0L);
        loggedAt.put(why, now);
        logged.put(why, count);
        LOG.warn(
                "signaling: cut off a client: {}{}{}",
                why.words,
                detail.isEmpty() ? "" : ": " + detail,
                more == 0 ? "" : " (and " + more + " more since this was last told)");
    }

    long count(Why why) {
        return all.getOrDefault(why, 0L);
    }
}
