// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Reach;
import org.vaultsync.Throughput;

class SentencesTest {
    private static String details(String path) {
        return Sentences.details(
                new Reach.Linked(path, "10.0.0.1:1", Optional.empty(), Throughput.NONE, Instant.EPOCH));
    }

    @Test
    void aWayIsSaidInTheWordsOfPeople() {
        assertEquals("LAN", Sentences.way("lan"));
        assertEquals("WebRTC", Sentences.way("webrtc"));
        assertEquals("WebRTC, relayed", Sentences.way("webrtc, relayed"));
        assertTrue(details("lan").startsWith("Linked over the LAN at 10.0.0.1:1 since "), details("lan"));
        assertTrue(details("webrtc, relayed").startsWith("Linked over WebRTC, relayed at 10.0.0.1:1 since "));
    }
}
