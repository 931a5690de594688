// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReachTest {
    @Test
    void aWayIsSaidInTheWordsOfPeople() {
        assertEquals("the LAN", Reach.over("lan"));
        assertEquals("WebRTC", Reach.over("webrtc"));
        assertEquals("WebRTC, relayed", Reach.over("webrtc, relayed"));
        assertEquals("pigeon", Reach.over("pigeon"));
    }
}
