// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;
import org.vaultsync.core.TestLink;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.transport.Guest;

class FramesTest {
    private static final Machine MACHINE = new ThisMachine(Clock.systemUTC());

    /** Two ends of a link in memory. */
    private static final class MemoryLink extends TestLink {
        private final BlockingQueue<byte[]> inbox = new LinkedBlockingQueue<>(64);
        private MemoryLink other;
        private final CountDownLatch gone = new CountDownLatch(1);
        private Guest guest = new Guest.Pinned(new Fingerprint("ab".repeat(32)));

        static MemoryLink[] pair() {
            MemoryLink[] pair = {new MemoryLink(), new MemoryLink()};
            pair[0].other = pair[1];
            pair[1].other = pair[0];
            return pair;
        }

        @Override
        public Guest guest() {
            return guest;
        }

        @Override
        public void start(Receiver started) {
            super.start(started);
            Thread.startVirtualThread(() -> {
                try {
                    while (!closed) {
                        byte[] message = inbox.poll(20, TimeUnit.MILLISECONDS);
                        if (message != null) {
                            receiver.received(message);
                        }
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                receiver.closed("closed");
            });
        }

        @Override
        public void send(byte[] message) throws IOException {
            try {
                while (!other.inbox.offer(message, 20, TimeUnit.MILLISECONDS)) {
                    if (closed) {
                        throw new IOException("closed");
                    }
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            closed = true;
            other.closed = true;
            gone.countDown();
        }
    }

    private record Received(Stream stream, byte[] message) {}

    private final MemoryLink[] links = MemoryLink.pair();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    @Test
    void messagesOfAnyLengthArriveWhole() throws Exception {
        Frames sender = sender();
        Frames receiver = receiver(true);
        Random random = new Random(3);
        for (int length : new int[] {1, 16 << 10, (16 << 10) + 1, 5 << 20}) {
            byte[] message = new byte[length];
            random.nextBytes(message);
            sender.send(Stream.BULK, message);
            Received arrived = received.poll(20, TimeUnit.SECONDS);
            assertArrayEquals(message, arrived.message());
        }
        receiver.close();
    }

    @Test
    void aLiveMessageOvertakesATransfer() throws Exception {
        Frames sender = new Frames(links[0], MACHINE);
        sender.send(Stream.BULK, new byte[20 << 20]);
        sender.send(Stream.LIVE, new byte[] {1});
        receiver(true);
        sender.start((stream, bytes) -> {}, reason -> {});
        assertEquals(Stream.LIVE, received.poll(20, TimeUnit.SECONDS).stream());
        assertEquals(Stream.BULK, received.poll(20, TimeUnit.SECONDS).stream());
    }

    @Test
    void aReceiverThatDoesNotKeepUpHoldsBackTheSender() throws Exception {
        Frames sender = sender();
        Frames receiver = receiver(false);
        for (int i = 0; i < 100; i++) {
            sender.send(Stream.LIVE, new byte[100_000]);
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(received.poll(20, TimeUnit.SECONDS) != null);
        }
        int arrived = 10;
        while (received.poll(300, TimeUnit.MILLISECONDS) != null) {
            arrived++;
        }
        assertTrue(arrived < 40, arrived + " messages came without being dealt with");
        for (int i = 0; i < arrived; i++) {
            receiver.consumed(Stream.LIVE, 100_000);
        }
        for (; arrived < 100; arrived++) {
            assertTrue(received.poll(20, TimeUnit.SECONDS) != null, arrived + " of 100");
            receiver.consumed(Stream.LIVE, 100_000);
        }
        receiver.close();
    }

    @Test
    void aFrameThatBreaksTheRulesClosesTheLink() throws Exception {
        for (byte[] frame : List.of(
                new byte[] {2, 0, 1, 5},
                new byte[] {1, 9, 1, 5},
                new byte[] {1, -1, 1, 5},
                new byte[] {1},
                new byte[0],
                new byte[] {1, 0, 4, 5})) {
            MemoryLink[] pair = MemoryLink.pair();
            CountDownLatch gone = new CountDownLatch(1);
            new Frames(pair[1], MACHINE).start((stream, bytes) -> {}, reason -> gone.countDown());
            pair[0].send(frame);
            assertTrue(gone.await(10, TimeUnit.SECONDS), "not closed by " + Arrays.toString(frame));
        }
    }

    @Test
    void aMessageWithoutEndClosesTheLinkBeforeItFillsTheMemory() throws Exception {
        receiver(true);
        byte[] frame = new byte[3 + (16 << 10)];
        frame[0] = 1;
        frame[1] = (byte) Stream.BULK.ordinal();
        int frames = 0;
        try {
            for (; frames < 100_000; frames++) {
                links[0].send(frame);
            }
        } catch (IOException expected) {
            assertFalse(expected.getMessage().isEmpty());
        }
        assertTrue(closed.await(10, TimeUnit.SECONDS));
        assertTrue((long) frames * (16 << 10) < 80L << 20, frames + " frames were taken");
    }

    /** A pong has 3 bytes, and takes many times as much while it waits. */
    @Test
    void whoAsksForShortAnswersAndReadsNoneIsHungUpOn() throws Exception {
        Frames frames = new Frames(links[0], MACHINE);
        byte[] pong = new byte[3];
        for (int i = 0; i < (128 << 20) / 64; i++) {
            frames.send(Stream.LIVE, pong);
        }
        assertTrue(links[0].gone.await(20, TimeUnit.SECONDS));
    }

    @Test
    void forAGuestOnlyLittleWaitsBesideOneLongAnswer() throws Exception {
        links[0].guest = new Guest.Invited("token");
        Frames frames = new Frames(links[0], MACHINE);
        frames.send(Stream.LIVE, new byte[5 << 20]);
        for (int i = 1; i < 1000; i++) {
            frames.send(Stream.LIVE, new byte[3]);
        }
        assertFalse(links[0].gone.await(100, TimeUnit.MILLISECONDS));
        frames.send(Stream.LIVE, new byte[3]);
        assertTrue(links[0].gone.await(20, TimeUnit.SECONDS));
    }

    @Test
    void whatHasGoneWaitsNoMore() throws Exception {
        links[0].guest = new Guest.Invited("token");
        Frames sender = sender();
        receiver(true);
        for (int i = 0; i < 3000; i++) {
            sender.send(Stream.LIVE, new byte[3]);
            assertTrue(received.poll(20, TimeUnit.SECONDS) != null, i + " came");
        }
        assertEquals(1, links[0].gone.getCount());
        sender.finish();
        assertTrue(links[0].gone.await(1, TimeUnit.SECONDS), "at once, since nothing waits");
    }

    private Frames sender() {
        Frames frames = new Frames(links[0], MACHINE);
        frames.start((stream, bytes) -> {}, reason -> {});
        return frames;
    }

    private Frames receiver(boolean keepsUp) {
        Frames frames = new Frames(links[1], MACHINE);
        frames.start(
                (stream, bytes) -> {
                    received.add(new Received(stream, bytes));
                    if (keepsUp) {
                        frames.consumed(stream, bytes.length);
                    }
                },
                reason -> closed.countDown());
        return frames;
    }
}
