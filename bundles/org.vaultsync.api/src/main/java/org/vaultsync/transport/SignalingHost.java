// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A signaling server that this device can run beside everything else, for others to find each other. Registered as an
 * OSGi service; core opens it while somebody wants one.
 */
public interface SignalingHost {
    /** Where it is to listen unless a person has set something else; empty where it is not to run. */
    Optional<Integer> usualPort();

    /**
     * Starts to listen. Blocks while the socket is bound.
     *
     * @param port 1 to 65535
     * @throws IOException if this machine does not let it, with a sentence for people
     */
    Hosted open(int port) throws IOException;

    /** A server that runs. Thread-safe. */
    interface Hosted extends AutoCloseable {
        /** Where others can reach it, such as {@code ws://192.168.1.20:4444}, likeliest first. They change as networks come and go. */
        List<String> addresses();

        /** Says goodbye to its clients and stops. Blocks for 5 s at most. */
        @Override
        void close();
    }
}
