// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.vaultsync.Meeting;
import org.vaultsync.ServerChecks;
import org.vaultsync.Trouble;

/**
 * A way into open rooms as y-webrtc makes them: whoever knows a room's name, and its password where it has one, is in,
 * browsers among them. Registered as an OSGi service. It finds the others and moves bytes; what the bytes mean (sync,
 * awareness) is the caller's business.
 */
public interface OpenRooms {
    /** Why rooms cannot be joined on this machine. May take a second when first asked. */
    Optional<Trouble> trouble();

    /**
     * Joins a room. Returns at once; who is there shows as they come.
     *
     * @param set how a person wants this device to meet others, of which the STUN and TURN servers count here; empty
     *     where nobody has set that
     * @throws IllegalArgumentException if an address of a server is none
     * @throws IOException if this machine cannot, with a sentence for people
     */
    Attendance join(Place place, Optional<Meeting> set, Visitor visitor) throws IOException;

    /**
     * Where a room is.
     *
     * @param name 1 to 256 characters; the servers learn it
     * @param password encrypts what goes over the servers
     * @param servers addresses of signaling servers, such as {@code wss://example.org:4444}
     * @param instance this run of the application; other devices of ours are told, so that they know each other
     */
    record Place(String name, Optional<String> password, List<String> servers, String instance) {
        public Place {
            if (name.isEmpty() || name.length() > 256) {
                throw new IllegalArgumentException("the name of an open room has 1 to 256 characters");
            }
            if (password.filter(String::isEmpty).isPresent()) {
                throw new IllegalArgumentException("a password is not empty");
            }
            servers = List.copyOf(servers);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "open room " + name + " at " + servers;
        }
    }

    /** Being in a room. Thread-safe. */
    interface Attendance extends AutoCloseable {
        /** How it stands with each server, in the order of the place. Returns at once. */
        List<Server> servers();

        /** Tries at once whom and what it would try later, as a person asks for it. Returns at once. */
        default void again() {}

        /**
         * Looks for others at these servers from now on, in place of those before, and keeps the channels that there are.
         *
         * @return whether it does; if not, the room has to be left and joined again for that
         * @throws IllegalArgumentException if an address of a server is none
         */
        default boolean lookAt(List<String> servers) {
            return false;
        }

        /** Leaves: closes all channels. Returns at once. */
        @Override
        void close();
    }

    /**
     * One signaling server.
     *
     * @param problem why it cannot be used now; empty while it can, and before it was tried
     */
    record Server(String address, boolean connected, Optional<ServerChecks.Problem> problem) {}

    /** Who is told what happens in a room. Called on one thread of the transport; each call returns at once. */
    @ProviderType
    interface Visitor {
        /** A channel to somebody in the room is open. Start it. */
        void came(Channel channel);

        /** Somebody is at the servers under this name whom one cannot talk to. Told once a kind and peer, not often. */
        void notice(Notice notice);

        /** A server was reached, was lost, or has another problem. */
        void serversChanged();
    }

    /** Why somebody in a room cannot be talked to. */
    enum Notice {
        /** They have a password, and it is another one than ours. */
        OTHER_PASSWORD,
        /** They have a password, and we have none. */
        THEY_ENCRYPT,
        /** We have a password, and they have none. */
        THEY_DO_NOT_ENCRYPT,
        /** Somebody looks at the room and does not answer, as a browser does that has another password. */
        NO_ANSWER,
        /** There are as many peers as this device takes. */
        FULL,
        /** Signals go to and fro, and yet no way there is found, such as between two networks that let nobody in. */
        NO_WAY
    }

    /** A channel to one peer, ordered and reliable. Each message is one of y-webrtc's. */
    interface Channel extends AutoCloseable {
        /** The most bytes that a message may have; the other side loses a longer one. */
        int MAX_MESSAGE = 262_144;

        /** What the peer calls itself in this room; another one after each restart. */
        String peer();

        /** The run of our application at the other end; empty for a browser. Anybody could say it. */
        Optional<String> instance();

        /** Whether this side asked for the channel. */
        boolean initiator();

        /** What is known of the way to the peer, such as {@code direct} or {@code relayed}; empty until it is known. */
        Optional<String> path();

        /** How long the way there and back took when last measured; empty until it was. */
        default Optional<Duration> roundTrip() {
            return Optional.empty();
        }

        /** Begins to read; nothing that came before is lost. Called once. */
        void start(Link.Receiver receiver);

        /**
         * Sends one message. Blocks while too much is on its way. Called by one thread at a time.
         *
         * @param message 1 to {@link #MAX_MESSAGE} bytes; not changed by the caller afterwards
         * @throws IOException if the channel is closed or breaks
         */
        void send(byte[] message) throws IOException;

        /** Closes after what was sent is out, or after two seconds. Harmless when it is closed already. */
        @Override
        void close();
    }
}
