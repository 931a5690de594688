// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SignalingServerTest {
    private final Engine engine = new Engine();

    @AfterEach
    void close() {
        engine.close();
    }

    private SignalingServer server(String address) {
        return new SignalingServer(
                engine, Clock.systemUTC(), System::nanoTime, ProxySelector.of(null), URI.create(address));
    }

    /** Counts what is asked for. */
    private static final class Counting implements WebSocket {
        final Semaphore asked = new Semaphore(0);

        void awaitAsked() throws InterruptedException {
            assertTrue(asked.tryAcquire(20, TimeUnit.SECONDS), "the next message is not asked for");
        }

        @Override
        public void request(long number) {
            asked.release((int) number);
        }

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence text, boolean last) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer bytes, boolean last) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer bytes) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int status, String reason) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public String getSubprotocol() {
            return "";
        }

        @Override
        public boolean isOutputClosed() {
            return false;
        }

        @Override
        public boolean isInputClosed() {
            return false;
        }

        @Override
        public void abort() {
            asked.release();
        }
    }

    /** Else a server that says much while this device is busy would fill its memory. */
    @Test
    void theNextMessageIsAskedForOnceTheLastOneIsDealtWith() throws Exception {
        SignalingServer server = server("ws://127.0.0.1:1");
        WebSocket.Listener ears = server.new Ears(0);
        Counting socket = new Counting();
        CountDownLatch busy = new CountDownLatch(1);
        engine.execute(() -> {
            try {
                busy.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        ears.onText(socket, "{\"type\":", false);
        assertEquals(1, socket.asked.drainPermits(), "the rest of a message is asked for");
        ears.onText(socket, "\"pong\"}", true);
        assertEquals(0, socket.asked.availablePermits());
        busy.countDown();
        socket.awaitAsked();
        assertEquals(0, socket.asked.availablePermits());
    }

    /** As one does that has too many clients, or does not take so many topics. */
    @Test
    void oneThatHangsUpAtOnceIsTriedLessAndLessOften() throws Exception {
        try (TestServer there = new TestServer()) {
            there.hangUpAtTheFirstWord();
            SignalingServer server = server(there.address());
            BlockingQueue<Long> reached = new LinkedBlockingQueue<>();
            AtomicInteger forgotten = new AtomicInteger();
            engine.execute(() -> {
                server.connect();
                server.add(new Signaling.Subscriber() {
                    private boolean before;

                    @Override
                    public Set<String> topics(long day) {
                        return Set.of("topic");
                    }

                    @Override
                    public void reached(URI address) {
                        if (before && server.problem().isEmpty()) {
                            forgotten.incrementAndGet();
                        }
                        before = true;
                        reached.add(System.nanoTime());
                    }

                    @Override
                    public void received(URI from, String topic, ObjectNode message) {}

                    @Override
                    public void lost(URI lost) {}
                });
            });
            long first = next(reached);
            next(reached);
            next(reached);
            long fourth = next(reached);
            assertTrue(
                    fourth - first > TimeUnit.SECONDS.toNanos(5),
                    "after a second, two and four, but for a fifth of each: " + (fourth - first));
            assertEquals(0, forgotten.get(), "what is wrong with it is told all the time");
            engine.execute(server::close);
        }
    }

    private static long next(BlockingQueue<Long> times) throws InterruptedException {
        Long next = times.poll(20, TimeUnit.SECONDS);
        assertNotNull(next, "it is not tried again");
        return next;
    }

    @Test
    void aMessageThatFailsIsNotTheLastOne() throws Exception {
        try (TestServer there = new TestServer()) {
            SignalingServer server = server(there.address());
            Semaphore heard = new Semaphore(0);
            AtomicInteger connected = new AtomicInteger();
            engine.execute(() -> {
                server.connect();
                server.add(new Signaling.Subscriber() {
                    @Override
                    public Set<String> topics(long day) {
                        return Set.of("topic");
                    }

                    @Override
                    public void reached(URI reached) {
                        connected.incrementAndGet();
                        server.send(Json.object("publish").put("topic", "topic"));
                        server.send(Json.object("publish").put("topic", "topic"));
                    }

                    @Override
                    public void received(URI from, String topic, ObjectNode message) {
                        heard.release();
                        throw new IllegalStateException("as a fault of this device would");
                    }

                    @Override
                    public void lost(URI lost) {}
                });
            });
            assertTrue(heard.tryAcquire(2, 20, TimeUnit.SECONDS));
            assertEquals(1, connected.get(), "over one connection");
            engine.execute(server::close);
        }
    }
}
