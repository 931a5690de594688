// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether another member can be reached now. */
public sealed interface Reach {
    /**
     * How people say a way, behind “over”: the LAN, or WebRTC and what is known of it.
     *
     * @param path as in {@link Linked#path()}, or the kind of a transport
     */
    static String over(String path) {
        return path.equals("lan") ? "the LAN" : path.replaceFirst("^webrtc\\b", "WebRTC");
    }

    /**
     * A link is open.
     *
     * @param path the kind of the transport and what is known of the way, such as {@code lan} or {@code webrtc, relayed}
     * @param roundTrip as last measured, or for how long an answer has been missing, if that is longer; empty before the
     *     first measurement
     */
    record Linked(String path, String address, Optional<Duration> roundTrip, Throughput throughput, Instant since)
            implements Reach {
        /** How people say the way and where it leads, behind “over”. */
        public String way() {
            return over(path) + (address.equals(LinkByHand.ADDRESS) ? " by hand" : " at " + address);
        }
    }

    /**
     * Being dialled.
     *
     * @param attempt from 1
     * @param of after how many tries it goes on quietly
     */
    record Dialling(int attempt, int of) implements Reach {}

    /**
     * Not reachable; tried again quietly now and then, and at once when anything changes.
     *
     * @param why the last failure as a sentence for people, if there was one
     */
    record Away(Optional<Instant> lastSeen, Optional<String> why) implements Reach {}

    /**
     * Somebody was turned away, or turned us away, and a person has to act.
     *
     * @param why a sentence for people
     */
    record Refused(String why) implements Reach {}

    /** Neither dialled nor answered, because a person paused it, or everything: see {@link VaultSync#paused()}. */
    record Paused() implements Reach {}
}
