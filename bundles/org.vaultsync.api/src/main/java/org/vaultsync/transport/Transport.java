// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;

/** A way to reach other devices. Registered as an OSGi service; core opens one endpoint on it while there is a room. */
public interface Transport {
    /** A short word for people and logs, such as {@code lan}. */
    String kind();

    /**
     * Starts to listen. Blocks while the socket is bound; called on a thread of core.
     *
     * @throws IOException if this machine does not let it, with a sentence for people
     */
    Endpoint open(Identity self, Door door) throws IOException;
}
