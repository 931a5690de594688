// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;

/**
 * This instance of the host.
 *
 * @param name what other people see it as
 * @param addresses where it listens now
 */
public record Device(Fingerprint fingerprint, String name, List<String> addresses) {
    public Device {
        addresses = List.copyOf(addresses);
    }
}
