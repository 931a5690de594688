// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.RoomId;
import org.vaultsync.core.TestLink;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Acknowledge;
import org.vaultsync.core.wire.Message.Step2;
import org.vaultsync.core.wire.Messages;

/** Whether a link is taken for dead, in a time that this test lets pass. */
class SessionTest {
    private static final Duration PROBE = Duration.ofSeconds(2);

    private final Still machine = new Still();
    private final Slow link = new Slow();
    private final Session session = new Session(link, machine);

    /** Its time passes when it is told to, and what it is to run after a pause runs then. */
    private static final class Still implements Machine {
        private record Later(long at, Runnable task) {}

        private final List<Later> later = new ArrayList<>();
        private long now;

        void pass(Duration time) {
            now += time.toNanos();
            List<Later> due = later.stream().filter(each -> each.at <= now).toList();
            later.removeAll(due);
            due.forEach(each -> each.task.run());
        }

        @Override
        public void run(String name, Duration pause, Runnable task) {
            if (pause.isZero()) {
                task.run();
            } else {
                later.add(new Later(now + pause.toNanos(), task));
            }
        }

        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public SecureRandom random() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Worker worker(String name, BooleanSupplier background) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void await(CompletionStage<?> stage, Duration longest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** The other side of it says nothing but a long message, frame by frame. */
    private static final class Slow extends TestLink {
        void bringFrame() {
            byte[] frame = new byte[1000];
            frame[0] = 1;
            frame[1] = (byte) Stream.LIVE.ordinal();
            receiver.received(frame);
        }

        void bring(Message message) {
            byte[] bytes = Messages.encode(message);
            receiver.received(ByteBuffer.allocate(3 + bytes.length)
                    .put((byte) 1)
                    .put((byte) Stream.LIVE.ordinal())
                    .put((byte) 1)
                    .put(bytes)
                    .array());
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                receiver.closed("closed");
            }
        }
    }

    @BeforeEach
    void start() {
        session.start(new Session.Listener() {
            @Override
            public void received(Session from, Message message, Receipt receipt) {
                throw new AssertionError("nothing comes whole");
            }

            @Override
            public void closed(Session closed, String reason) {}
        });
    }

    @Test
    void aLinkLivesWhileALongMessageIsComing() {
        for (int i = 0; i < 10; i++) {
            machine.pass(Duration.ofSeconds(6));
            link.bringFrame();
            assertTrue(session.keepAlive(), "after " + i + " frames");
        }
        machine.pass(Duration.ofSeconds(8));
        assertFalse(session.keepAlive());
        assertTrue(link.closed);
    }

    private CompletableFuture<Void> probed() {
        CompletableFuture<Void> probed = session.probe(PROBE).toCompletableFuture();
        assertFalse(probed.isDone());
        return probed;
    }

    @Test
    void whoIsSayingSomethingLongIsThereAlsoWithoutAnAnswer() {
        CompletableFuture<Void> probed = probed();
        machine.pass(Duration.ofSeconds(1));
        link.bringFrame();
        machine.pass(Duration.ofSeconds(1));
        assertTrue(probed.isDone() && !probed.isCompletedExceptionally());
    }

    @Test
    void whoSaysNothingAnyMoreIsNotThere() {
        link.bringFrame();
        CompletableFuture<Void> probed = probed();
        machine.pass(Duration.ofSeconds(2));
        assertTrue(probed.isCompletedExceptionally());
    }

    @Test
    void whoseLinkEndsIsNotThereWhateverItSaidBefore() {
        CompletableFuture<Void> probed = probed();
        machine.pass(Duration.ofSeconds(1));
        link.bringFrame();
        link.close();
        assertTrue(probed.isCompletedExceptionally());
    }

    @Test
    void whatIsTooLargeForAMessageIsNotCountedWithTheOthers() {
        DocumentName document = new DocumentName(new RoomId("0123456789abcdef".repeat(2)), "ab".repeat(16));
        Step2 tooLarge = new Step2(document, new byte[65 << 20]);
        assertThrows(IllegalArgumentException.class, () -> session.send(Stream.LIVE, tooLarge));
        CompletableFuture<Boolean> stored =
                session.send(Stream.LIVE, new Step2(document, new byte[1])).toCompletableFuture();
        link.bring(new Acknowledge(Stream.LIVE, 1));
        assertEquals(true, stored.getNow(false));
    }
}
