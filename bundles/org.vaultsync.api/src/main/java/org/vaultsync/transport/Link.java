// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An open, ordered, reliable and encrypted message channel to one device that has proved its key.
 *
 * <p>Messages are small, so that none of them holds up another for long: what is larger is cut into frames by core.
 */
public interface Link extends AutoCloseable {
    /** The most bytes that a message may have. A longer one from the other side closes the link. */
    int MAX_MESSAGE = 16 * 1024 + 32;

    /** The kind of the transport, such as {@code lan}. */
    String kind();

    /** Who is at the other end: the pinned device, or somebody with an invite. */
    Guest guest();

    /** The public key that the other side proved, as the DER of its SubjectPublicKeyInfo. */
    byte[] peerKey();

    /** The address that was dialled, or that the other side dialled from; the server where it was met. */
    String address();

    /** What is known of the way to the other side, such as {@code direct} or {@code relayed}; empty where that says nothing. */
    default Optional<String> path() {
        return Optional.empty();
    }

    /** Whether this device dialled. */
    boolean dialled();

    /** Begins to read. Until then nothing is read, and a silent link is closed after a while. Called once. */
    void start(Receiver receiver);

    /**
     * Sends one message. Blocks while the other side does not read. Called by one thread at a time.
     *
     * @param message 1 to {@link #MAX_MESSAGE} bytes; not changed by the caller afterwards
     * @throws IOException if the link is closed or breaks
     */
    void send(byte[] message) throws IOException;

    /** Closes after what was sent is out. Harmless when it is closed already. */
    @Override
    void close();

    /** What a link tells. Called on one thread of the link's own; while a call does not return, nothing more is read. */
    @ProviderType
    interface Receiver {
        /** A message came; the array is the receiver's. */
        void received(byte[] message);

        /**
         * What came is nothing that a transport sends, such as the beginning of a message that is too long. The link is
         * closed for it, and {@link #closed} follows.
         *
         * @param how a few words for people and logs, with the offending size
         */
        default void misbehaved(String how) {}

        /**
         * The link is closed, by either side or because it broke. The last call.
         *
         * @param reason a few words for people and logs
         */
        void closed(String reason);
    }
}
