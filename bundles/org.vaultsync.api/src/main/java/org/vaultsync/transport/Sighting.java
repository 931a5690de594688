// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.List;

/**
 * A device that a transport has seen nearby. Anybody may have said that: whether it is the device that its tokens claim
 * shows when it is dialled.
 *
 * @param said what it announces
 * @param addresses where it may be dialled, likeliest first, in the form that {@link Endpoint#dial} takes
 */
public record Sighting(Announcement said, List<String> addresses) {
    public Sighting {
        addresses = List.copyOf(addresses);
    }
}
