// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.Meeting;

/** What native code keeps of messages is bounded, however long a connection lasts. */
@Timeout(60)
class EngineTest {
    /** One end of a connection, whose other end is of the same engine. */
    private static final class End implements Connection.Owner {
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final CompletableFuture<String> closed = new CompletableFuture<>();
        Connection connection;
        End other;

        static End pair(Engine engine) throws Exception {
            End one = new End();
            one.other = new End();
            one.other.other = one;
            engine.execute(() -> {
                try {
                    one.connection = engine.connect(Meeting.USUAL, one);
                    one.other.connection = engine.connect(Meeting.USUAL, one.other);
                    one.connection.offer("test");
                } catch (IOException cannot) {
                    one.open.completeExceptionally(cannot);
                }
            });
            one.open.get(20, TimeUnit.SECONDS);
            one.other.open.get(20, TimeUnit.SECONDS);
            return one;
        }

        void say(int times) throws IOException {
            for (int i = 0; i < times; i++) {
                connection.send(new byte[10]);
            }
        }

        @Override
        public void described(boolean offer, Sdp sdp) {
            if (offer) {
                other.connection.accept(sdp);
            } else {
                other.connection.answered(sdp);
            }
        }

        @Override
        public void found(Candidate candidate) {
            other.connection.add(candidate);
        }

        @Override
        public void opened() {
            open.complete(null);
        }

        @Override
        public void received(byte[] message) {
            // Only counted, by the factory.
        }

        @Override
        public void closed(String why) {
            closed.complete(why);
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
            lasting.say(150);
            assertEquals("it is made anew", lasting.closed.get(20, TimeUnit.SECONDS));
            fresh = End.pair(engine);
            fresh.say(40);
        }
        assertEquals("WebRTC was switched off", fresh.closed.get(20, TimeUnit.SECONDS));
    }

    @Test
    void connectionsOfARetiredFactoryStayAndAreClosedWithTheEngine() throws Exception {
        End old;
        End fresh;
        try (Engine engine = engine(50, 1_000_000)) {
            old = End.pair(engine);
            old.say(100);
            fresh = End.pair(engine);
            old.say(10);
        }
        assertEquals("WebRTC was switched off", old.closed.get(20, TimeUnit.SECONDS));
        assertEquals("WebRTC was switched off", fresh.closed.get(20, TimeUnit.SECONDS));
    }
}
