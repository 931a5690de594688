// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCStatsType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the other end of a connection may do to this one. */
@Timeout(60)
class ConnectionTest {
    /** Native code would keep what comes over it, and nobody would read it. */
    @Test
    void whoOpensASecondChannelIsHungUpOn() throws Exception {
        try (Engine engine = new Engine()) {
            End hostile = End.pair(engine);
            engine.execute(() -> hostile.connection.peer.createDataChannel("another", new RTCDataChannelInit()));
            assertEquals("it opened a second channel", hostile.other.closed.get(20, TimeUnit.SECONDS));
            assertEquals("the other side closed it", hostile.closed.get(20, TimeUnit.SECONDS));
        }
    }

    /** Whoever knows an open room could have this device try any number of addresses. */
    @Test
    void ofTenThousandWaysAHundredAreTried() throws Exception {
        try (Engine engine = new Engine()) {
            End end = End.pair(engine);
            CompletableFuture<Long> tried = new CompletableFuture<>();
            engine.execute(() -> {
                for (int n = 0; n < 10_000; n++) {
                    end.connection.add(new Candidate(
                            "candidate:1 1 udp 1 192.0.2.1 " + (1_024 + n) + " typ host generation 0", "0", 0));
                }
                end.connection.peer.getStats(report -> tried.complete(report.getStats().values().stream()
                        .filter(one -> one.getType() == RTCStatsType.REMOTE_CANDIDATE)
                        .count()));
            });
            long number = tried.get(40, TimeUnit.SECONDS);
            assertTrue(number > 10 && number <= Connection.MOST_WAYS + 10, "tried " + number);
        }
    }
}
