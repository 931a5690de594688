// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NetworkWatchTest {
    private static Set<InetAddress> telling(String... addresses) throws UnknownHostException {
        return NetworkWatch.telling(set(addresses));
    }

    private static Set<InetAddress> set(String... addresses) throws UnknownHostException {
        Set<InetAddress> all = new HashSet<>();
        for (String address : addresses) {
            all.add(InetAddress.getByName(address));
        }
        return all;
    }

    @Test
    void whatAContainerBringsIsNoOtherNetwork() throws UnknownHostException {
        assertEquals(set("10.8.0.1", "fd00::1"), telling("10.8.0.1", "fe80::1", "fd00::1", "fe80::2"));
        assertEquals(set("fe80::1", "169.254.1.1"), telling("fe80::1", "169.254.1.1"), "a cable between two");
    }
}
