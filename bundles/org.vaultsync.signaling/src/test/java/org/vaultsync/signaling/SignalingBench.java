// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Measures, beside y-webrtc's own server; not run with the tests. Prints one line a figure. */
class SignalingBench {
    private static final int ROOMS = 100;
    private static final int IN_EACH = 4;
    private static final int AHEAD = 32;
    private static final Duration RUN = Duration.ofSeconds(10);
    private static final int PACE = 10_000;
    private static final int MANY = 1_000_000_000;
    /** Everything comes from one address here. */
    private static final Limits WIDE = new Limits(
            MANY, MANY, MANY, 64 << 10, MANY, MANY, 8 << 20, 1 << 30, Duration.ofMinutes(10), Duration.ofMinutes(10));

    private static final String PADDING = "x".repeat(200);

    /** What one run counted; the times in nanoseconds from saying to hearing, of every hundredth message. */
    private record Counts(long delivered, double seconds, long[] times) {
        double millis(double part) {
            return times.length == 0 ? 0 : times[(int) (part * (times.length - 1))] / 1e6;
        }
    }

    @Test
    void fanOut() throws Exception {
        try (SignalingServer ours = Servers.start(WIDE)) {
            tell("ours", ours.port());
        }
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (Script theirs = new Script(Map.of("PORT", Integer.toString(port)), "src/test/js/server.mjs")) {
            theirs.prints("Signaling server running", 1);
            tell("y-webrtc's server", port);
        }
    }

    private static void tell(String whose, int port) throws Exception {
        run(port, Duration.ofSeconds(3), 0); // warm
        Counts most = run(port, RUN, 0);
        System.out.printf(
                Locale.ROOT,
                "signaling: %s: %,.0f messages of 300 bytes a second told, as fast as it goes (%d clients in %d"
                        + " rooms)%n",
                whose,
                most.delivered / most.seconds,
                ROOMS * IN_EACH,
                ROOMS);
        Counts paced = run(port, RUN, PACE);
        System.out.printf(
                Locale.ROOT,
                "signaling: %s: %,.0f of %,d messages a second told, p50 %.2f ms, p99 %.2f ms (%d clients in %d"
                        + " rooms)%n",
                whose,
                paced.delivered / paced.seconds,
                PACE,
                paced.millis(0.5),
                paced.millis(0.99),
                ROOMS * IN_EACH,
                ROOMS);
    }

    /** One of each room speaks, all of it hear. @param pace how many are to be told in a second; 0 for as many as it can */
    private static Counts run(int port, Duration length, int pace) throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        AtomicLong delivered = new AtomicLong();
        List<Long> times = new ArrayList<>(); // guarded by itself
        CountDownLatch ready = new CountDownLatch(ROOMS * IN_EACH);
        List<Thread> speakers = new ArrayList<>();
        for (int room = 0; room < ROOMS; room++) {
            String topic = "room-" + (1_000 + room);
            for (int n = 0; n < IN_EACH; n++) {
                RawPeer peer = RawPeer.speaking(port);
                peers.add(peer);
                peer.say("{\"type\":\"subscribe\",\"topics\":[\"" + topic + "\"]}");
                Semaphore ahead = n == 0 ? new Semaphore(AHEAD) : new Semaphore(0);
                peer.say("{\"type\":\"ping\"}");
                Thread.ofVirtual().start(() -> listen(peer, ready, delivered, times, ahead));
                if (n == 0) {
                    speakers.add(Thread.ofVirtual()
                            .unstarted(() -> speak(
                                    peer,
                                    topic,
                                    ahead,
                                    length,
                                    pace == 0 ? 0 : ROOMS * IN_EACH * 1_000_000_000L / pace)));
                }
            }
        }
        ready.await();
        long from = System.nanoTime();
        speakers.forEach(Thread::start);
        for (Thread speaker : speakers) {
            speaker.join();
        }
        double seconds = (System.nanoTime() - from) / 1e9;
        long count = delivered.get();
        for (RawPeer peer : peers) {
            peer.close();
        }
        synchronized (times) {
            long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return new Counts(count, seconds, sorted);
        }
    }

    private static void speak(RawPeer peer, String topic, Semaphore ahead, Duration length, long every) {
        try {
            long start = System.nanoTime();
            for (long n = 0; System.nanoTime() - start < length.toNanos(); n++) {
                if (every > 0) {
                    LockSupport.parkNanos(start + n * every - System.nanoTime());
                }
                ahead.acquireUninterruptibly();
                peer.say("{\"type\":\"publish\",\"topic\":\"" + topic + "\",\"data\":{\"at\":"
                        + String.format("%020d", System.nanoTime()).replaceFirst("^0", "1") + ",\"x\":\"" + PADDING
                        + "\"}}");
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void listen(
            RawPeer peer, CountDownLatch ready, AtomicLong delivered, List<Long> times, Semaphore ahead) {
        try {
            DataInputStream in = peer.input();
            for (long n = 0; ; n++) {
                in.readUnsignedByte();
                int length = in.readUnsignedByte();
                byte[] message = new byte[length == 126 ? in.readUnsignedShort() : length];
                in.readFully(message);
                if (length < 126) {
                    ready.countDown();
                    continue;
                }
                delivered.incrementAndGet();
                ahead.release();
                if (n % 100 == 1) {
                    String text = new String(message, StandardCharsets.US_ASCII);
                    int at = text.indexOf("\"at\":1") + 6;
                    long time = System.nanoTime() - Long.parseLong(text.substring(at, at + 19));
                    synchronized (times) {
                        times.add(time);
                    }
                }
            }
        } catch (IOException closed) {
            // the run is over
        }
    }
}
