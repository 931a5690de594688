// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What native code keeps of messages is bounded, however long a connection lasts. */
@Timeout(60)
class EngineTest {
    private static void say(End end, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            end.connection.send(new byte[10]);
        }
    }

    private static Engine engine(int retired, int renewed) {
        return new Engine(new Engine.Wear(retired, renewed, 5, Duration.ofMillis(100)));
    }

    @Test
    void aConnectionThatHasSeenManyMessagesIsMadeAnewWhenItIsQuiet() throws Exception {
        End fresh;
        try (Engine engine = engine(50, 100)) {
            End lasting = End.pair(engine);
            say(lasting, 150);
            assertEquals("it is made anew", lasting.closed.get(20, TimeUnit.SECONDS));
            fresh = End.pair(engine);
            say(fresh, 40);
        }
        assertEquals("WebRTC was switched off", fresh.closed.get(20, TimeUnit.SECONDS));
    }

    @Test
    void connectionsOfARetiredFactoryStayAndAreClosedWithTheEngine() throws Exception {
        End old;
        End fresh;
        try (Engine engine = engine(50, 1_000_000)) {
            old = End.pair(engine);
            say(old, 100);
            fresh = End.pair(engine);
            say(old, 10);
        }
        assertEquals("WebRTC was switched off", old.closed.get(20, TimeUnit.SECONDS));
        assertEquals("WebRTC was switched off", fresh.closed.get(20, TimeUnit.SECONDS));
    }
}
