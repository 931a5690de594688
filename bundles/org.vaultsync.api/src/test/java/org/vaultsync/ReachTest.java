// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReachTest {
    @Test
    void aWayIsSaidInTheWordsOfPeople() {
        assertEquals("the LAN", Reach.over("lan"));
        assertEquals("WebRTC", Reach.over("webrtc"));
        assertEquals("WebRTC, relayed", Reach.over("webrtc, relayed"));
        assertEquals("pigeon", Reach.over("pigeon"));
        assertEquals("the LAN at 10.0.0.1:1", way("lan", "10.0.0.1:1"));
        assertEquals("WebRTC, direct by hand", way("webrtc, direct", LinkByHand.ADDRESS));
    }

    private static String way(String path, String address) {
        return new Reach.Linked(path, address, Optional.empty(), Throughput.NONE, Instant.EPOCH).way();
    }
}
