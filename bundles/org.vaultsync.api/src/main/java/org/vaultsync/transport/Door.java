// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.Optional;

/** What core tells a transport about who may come in, and what the transport tells core about who came. Thread-safe. */
public interface Door {
    /**
     * Who knocks. Asked before the device shows anything of itself, its certificate included. Returns at once.
     *
     * @return empty for a stranger and for a knock that was heard before: the caller hangs up
     */
    Optional<Guest> recognise(Knock knock);

    /** Hands over a link that another device dialled and that is authenticated. Returns at once. */
    void linked(Link link);
}
