// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.onvoid.webrtc.RTCDataChannelInit;
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
}
