// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that sync did, or that happened to it. Nothing of what is shared is ever in it: no content and no names of
 * items, no keys and no tokens.
 *
 * @param time when it happened first
 * @param last when it happened last; the same as {@code time} unless it was repeated
 * @param times how often it happened in a row
 * @param peer the device that it is about
 * @param sentence for people, without the name of the device
 * @param traffic over the link that was closed
 */
public record LogEntry(
        Instant time,
        Instant last,
        int times,
        Kind kind,
        Optional<RoomId> room,
        Optional<Fingerprint> peer,
        String sentence,
        Optional<Traffic> traffic) {
    /** What it was. */
    public enum Kind {
        /** Sync started on this device, or began to listen, or could not. */
        DEVICE,
        /** This device came into a room or left one, or others did. */
        ROOM,
        /** A device was dialled in vain. */
        ATTEMPT,
        /** A link was opened. */
        LINKED,
        /** A link was closed. */
        CLOSED,
        /** Somebody, or something that they sent, was turned away, here or there. */
        REFUSED,
        /** The store could not do its work. */
        STORE
    }

    /** What went over a link, in messages and in bytes. */
    public record Traffic(long messagesSent, long bytesSent, long messagesReceived, long bytesReceived) {}
}
