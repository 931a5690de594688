// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import java.util.function.Supplier;

/** A way to reach other devices. Registered as an OSGi service; core opens one endpoint on it while there is a room. */
public interface Transport {
    /** A short word for people and logs, such as {@code lan}. */
    String kind();

    /**
     * Does beforehand, in the background, what a first link would have to wait for. Called at once while there is no room,
     * and returns at once.
     *
     * @param self gives what {@link #open} will get; takes long the first time
     */
    default void warmUp(Supplier<Identity> self) {}

    /**
     * Starts to listen. Blocks while the socket is bound; called on a thread of core.
     *
     * @throws IOException if this machine does not let it, with a sentence for people
     */
    Endpoint open(Identity self, Door door) throws IOException;
}
