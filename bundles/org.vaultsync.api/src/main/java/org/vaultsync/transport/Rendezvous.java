// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.List;

/**
 * Where two devices meet that know no address of each other: they share a secret, and look at the same servers. The
 * transport derives from the secret what it looks for there and what it encrypts with; the servers learn neither.
 *
 * @param secret 32 bytes
 * @param servers to look at besides those that this device always looks at
 */
public record Rendezvous(byte[] secret, List<String> servers) {
    public Rendezvous {
        if (secret.length != 32) {
            throw new IllegalArgumentException("the secret of a rendezvous has 32 bytes, not " + secret.length);
        }
        servers = List.copyOf(servers);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Rendezvous at " + servers;
    }
}
