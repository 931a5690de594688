// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an open room has that a private one has not, as it is at one moment. Whoever knows its code, and its password where
 * it has one, is in; browsers that speak y-webrtc are, too.
 *
 * @param address what lets others in
 * @param password whether there is one
 * @param profile how items lie in the room; empty while this device has joined and that is not known to it: what it shares
 *     waits until somebody there has answered
 * @param servers how it stands with each signaling server, this device's own among them
 * @param peers who is there now
 * @param notices why somebody who is there cannot be talked to
 * @param trouble what keeps this device from taking part at all
 */
public record OpenRoom(
        OpenRoomAddress address,
        boolean password,
        Optional<Profile> profile,
        List<Server> servers,
        List<Peer> peers,
        Set<Notice> notices,
        Optional<Trouble> trouble) {
    /** How items lie in the room. */
    public enum Profile {
        /** Field by field, so that two people may edit one item at the same time. */
        FIELDS,
        /** Each item whole, as the MekStation web app has it: of two who edit one item at the same time, one wins. */
        WHOLE_ITEMS
    }

    /**
     * A signaling server.
     *
     * @param problem why it cannot be used now; empty while it can, and before it was tried
     */
    public record Server(String address, boolean connected, Optional<ServerChecks.Problem> problem) {}

    /**
     * Somebody who is there.
     *
     * @param id another one after each restart of theirs
     * @param name as it says of itself; empty if it says nothing
     * @param browser whether it is something else than this application, such as a browser
     * @param path what is known of the way there, such as {@code direct} or {@code relayed}
     * @param roundTrip as last measured; empty before the first measurement
     * @param note what is wrong with it, as a sentence for people
     */
    public record Peer(
            String id,
            String name,
            boolean browser,
            Optional<String> path,
            Optional<Duration> roundTrip,
            Throughput throughput,
            Optional<String> note,
            Instant since) {}

    /** Why somebody cannot be talked to. */
    public enum Notice {
        /** They have a password, and it is another one than ours. */
        OTHER_PASSWORD,
        /** They have a password, and we have none. */
        THEY_HAVE_A_PASSWORD,
        /** We have a password, and they have none. */
        THEY_HAVE_NO_PASSWORD,
        /** Somebody looks at the room and does not answer, as a browser does that has another password. */
        NO_ANSWER,
        /** There are as many peers as this device takes. */
        FULL,
        /** Somebody is there to whom no way is found. They are tried again, after pauses that grow. */
        NO_WAY
    }

    public OpenRoom {
        servers = List.copyOf(servers);
        peers = List.copyOf(peers);
        notices = Set.copyOf(notices);
    }

    /** Whether this device can be found there now. */
    public boolean isReachable() {
        return servers.stream().anyMatch(Server::connected);
    }

    /**
     * Stands for somebody in an open room where a fingerprint is asked for, as in {@link Presence}: nobody there has proved
     * a key.
     */
    public static Fingerprint standIn(RoomId room, String peer) {
        return Fingerprint.of(("open room " + room.hex() + " " + peer).getBytes(StandardCharsets.UTF_8));
    }
}
