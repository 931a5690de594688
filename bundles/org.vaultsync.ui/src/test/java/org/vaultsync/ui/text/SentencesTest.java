// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.LinkByHand;
import org.vaultsync.Reach;
import org.vaultsync.Throughput;

class SentencesTest {
    private static String details(String path, String address) {
        return Sentences.details(new Reach.Linked(path, address, Optional.empty(), Throughput.NONE, Instant.EPOCH));
    }

    @Test
    void aWayIsSaidInTheWordsOfPeople() {
        assertEquals("LAN", Sentences.way("lan"));
        assertEquals("WebRTC", Sentences.way("webrtc"));
        assertEquals("WebRTC, relayed", Sentences.way("webrtc, relayed"));
        assertTrue(
                details("lan", "10.0.0.1:1").startsWith("Linked over the LAN at 10.0.0.1:1 since "),
                details("lan", "10.0.0.1:1"));
        assertTrue(details("webrtc, relayed", "10.0.0.1:1")
                .startsWith("Linked over WebRTC, relayed at 10.0.0.1:1 since "));
        assertTrue(details("webrtc", LinkByHand.ADDRESS).startsWith("Linked over WebRTC by hand since "));
    }
}
