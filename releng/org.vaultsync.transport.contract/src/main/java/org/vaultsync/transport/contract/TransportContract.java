// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Transport;

/** What every transport must do, whatever it runs over. Two devices, A dials B. */
@Timeout(60)
public abstract class TransportContract {
    private static final String FROM_DIALLER = "dialler sends";

    protected final Identity identityA = Identities.make();
    protected final Identity identityB = Identities.make();
    protected final Fingerprint keyA = Identities.fingerprint(identityA);
    protected final Fingerprint keyB = Identities.fingerprint(identityB);
    protected final Guests doorA = new Guests();
    protected final Guests doorB = new Guests();
    protected Endpoint a;
    protected Endpoint b;
    private Link dialled;
    private Link accepted;
    private final Recorder atA = new Recorder();
    private final Recorder atB = new Recorder();

    /** A transport as a device would have it. */
    protected abstract Transport transport();

    /** Dials that endpoint from the other one, in the way of this transport. */
    protected Link dial(Endpoint from, Endpoint to, Fingerprint expected, Knock knock) throws IOException {
        return from.dial(to.addresses().getLast(), expected, knock);
    }

    /** Told when both are open. */
    protected void opened() throws IOException {}

    @BeforeEach
    void open() throws IOException {
        a = transport().open(identityA, doorA);
        b = transport().open(identityB, doorB);
        opened();
    }

    @AfterEach
    void closeAll() {
        atA.goOn();
        atB.goOn();
        a.close();
        b.close();
    }

    protected void link() throws Exception {
        dialled = dial(a, b, keyB, doorB.expect(new Guest.Pinned(keyA)));
        accepted = doorB.next();
    }

    protected void linkAndStart() throws Exception {
        link();
        dialled.start(atA);
        accepted.start(atB);
    }

    private Link sender(String direction) {
        return direction.equals(FROM_DIALLER) ? dialled : accepted;
    }

    private Link receiver(String direction) {
        return direction.equals(FROM_DIALLER) ? accepted : dialled;
    }

    private Recorder hearing(String direction) {
        return direction.equals(FROM_DIALLER) ? atB : atA;
    }

    private Recorder speaking(String direction) {
        return direction.equals(FROM_DIALLER) ? atA : atB;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void bothSidesKnowWhoIsThere() throws Exception {
        link();

        assertEquals(transport().kind(), dialled.kind());
        assertTrue(dialled.dialled());
        assertFalse(accepted.dialled());
        assertEquals(new Guest.Pinned(keyB), dialled.guest());
        assertEquals(new Guest.Pinned(keyA), accepted.guest());
        assertEquals(keyB, Fingerprint.of(dialled.peerKey()));
        assertEquals(keyA, Fingerprint.of(accepted.peerKey()));
    }

    @Test
    void anInvitedGuestComesWithAnyKey() throws Exception {
        dialled = dial(a, b, keyB, doorB.expect(new Guest.Invited("invite 1")));
        accepted = doorB.next();

        assertEquals(
                "invite 1",
                assertInstanceOf(Guest.Invited.class, accepted.guest()).invite());
        assertEquals(keyA, Fingerprint.of(accepted.peerKey()));
    }

    @Test
    void bothMayDialEachOtherAtTheSameTime() throws Exception {
        FutureTask<Link> other = new FutureTask<>(() -> dial(b, a, keyA, doorA.expect(new Guest.Pinned(keyB))));
        Thread.ofVirtual().start(other);
        link();
        Link back = other.get(10, TimeUnit.SECONDS);
        linkUp(back, doorA.next());
        linkUp(dialled, accepted);
    }

    private static void linkUp(Link from, Link to) throws Exception {
        Recorder heard = new Recorder();
        to.start(heard);
        from.start(new Recorder());
        from.send(bytes("hello"));
        assertArrayEquals(bytes("hello"), heard.next());
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void messagesArriveWholeAndInOrder(String direction) throws Exception {
        linkAndStart();
        long seed = new Random().nextLong();
        Random sizes = new Random(seed);
        int count = 2000;
        Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    byte[] message = new byte[4 + sizes.nextInt(Link.MAX_MESSAGE - 4)];
                    ByteBuffer.wrap(message).putInt(i);
                    Arrays.fill(message, 4, message.length, (byte) i);
                    sender(direction).send(message);
                }
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        });
        Random again = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] message = hearing(direction).next();
            int number = i;
            assertEquals(i, ByteBuffer.wrap(message).getInt(), () -> "message " + number + ", seed " + seed);
            assertEquals(4 + again.nextInt(Link.MAX_MESSAGE - 4), message.length);
            assertEquals((byte) i, message[message.length - 1]);
        }
    }

    @Test
    void bothDirectionsAtOnceDoNotHoldEachOtherUp() throws Exception {
        linkAndStart();
        int count = 3000;
        FutureTask<Void> one = new FutureTask<>(() -> pump(dialled, count), null);
        FutureTask<Void> other = new FutureTask<>(() -> pump(accepted, count), null);
        Thread.ofVirtual().start(one);
        Thread.ofVirtual().start(other);
        for (int i = 0; i < count; i++) {
            assertEquals(Link.MAX_MESSAGE, atA.next().length);
            assertEquals(Link.MAX_MESSAGE, atB.next().length);
        }
        one.get();
        other.get();
    }

    private static void pump(Link link, int count) {
        try {
            for (int i = 0; i < count; i++) {
                link.send(new byte[Link.MAX_MESSAGE]);
            }
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, Link.MAX_MESSAGE - 1, Link.MAX_MESSAGE})
    void sizesUpToTheLimitPass(int size) throws Exception {
        linkAndStart();
        byte[] message = new byte[size];
        new Random(size).nextBytes(message);
        dialled.send(message);
        accepted.send(message);

        assertArrayEquals(message, atB.next());
        assertArrayEquals(message, atA.next());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Link.MAX_MESSAGE + 1})
    void otherSizesAreTheCallersFault(int size) throws Exception {
        linkAndStart();
        assertThrows(IllegalArgumentException.class, () -> dialled.send(new byte[size]));
        dialled.send(bytes("still open"));
        assertArrayEquals(bytes("still open"), atB.next());
    }

    @Test
    void whatWasSentBeforeTheOtherSideStartedIsNotLost() throws Exception {
        link();
        dialled.start(atA);
        dialled.send(bytes("early"));
        accepted.start(atB);
        assertArrayEquals(bytes("early"), atB.next());
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void closingLetsOutWhatWasSent(String direction) throws Exception {
        linkAndStart();
        int count = 40;
        for (int i = 0; i < count; i++) {
            receiver(direction).send(bytes("crossing traffic"));
            sender(direction).send(new byte[Link.MAX_MESSAGE]);
        }
        sender(direction).close();
        hearing(direction).awaitClosed();
        assertEquals(count, hearing(direction).count());
    }

    @Test
    void closingALinkThatWasNeverStartedLetsOutWhatWasSent() throws Exception {
        link();
        accepted.start(atB);
        accepted.send(bytes("unread"));
        dialled.send(bytes("last"));
        dialled.close();
        assertArrayEquals(bytes("last"), atB.next());
        atB.awaitClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void closedIsToldOnceOnEachSide(String direction) throws Exception {
        linkAndStart();
        sender(direction).close();
        sender(direction).close();
        hearing(direction).awaitClosed();
        speaking(direction).awaitClosed();
        receiver(direction).close();
        a.close();
        b.close();

        assertEquals(1, atA.closings().size());
        assertEquals(1, atB.closings().size());
        assertThrows(IOException.class, () -> dialled.send(bytes("late")));
        assertThrows(IOException.class, () -> accepted.send(bytes("late")));
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void theOtherSideHearsOfAClosingAtOnce(String direction) throws Exception {
        linkAndStart();
        long began = System.nanoTime();
        sender(direction).close();
        hearing(direction).awaitClosed();
        speaking(direction).awaitClosed();
        assertTrue(System.nanoTime() - began < Duration.ofMillis(1500).toNanos(), "took too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void nothingIsReceivedAfterClosing(String direction) throws Exception {
        linkAndStart();
        hearing(direction).stop();
        for (int i = 0; i < 20; i++) {
            sender(direction).send(bytes("message " + i));
        }
        receiver(direction).close();
        hearing(direction).goOn();
        hearing(direction).awaitClosed();
        assertTrue(hearing(direction).count() <= 1, () -> hearing(direction).count() + " messages after closing");
    }

    @Test
    void closedIsToldOnceWhenManyCloseAtOnce() throws Exception {
        linkAndStart();
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < 16; i++) {
            Link link = i % 2 == 0 ? dialled : accepted;
            Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException end) {
                    return;
                }
                link.close();
            });
        }
        go.countDown();
        atA.awaitClosed();
        atB.awaitClosed();
        assertEquals(1, atA.closings().size());
        assertEquals(1, atB.closings().size());
    }

    @Test
    void startingALinkThatIsClosedTellsSo() throws Exception {
        link();
        accepted.start(atB);
        accepted.close();
        atB.awaitClosed();
        dialled.start(atA);
        assertFalse(atA.awaitClosed().isBlank());
    }

    @Test
    void aLinkStartsOnce() throws Exception {
        linkAndStart();
        assertThrows(IllegalStateException.class, () -> dialled.start(new Recorder()));
    }

    @Test
    void closingTheEndpointClosesItsLinks() throws Exception {
        linkAndStart();
        long began = System.nanoTime();
        b.close();
        atA.awaitClosed();
        atB.awaitClosed();
        assertTrue(System.nanoTime() - began < Duration.ofMillis(1500).toNanos(), "took too long");
        assertThrows(IOException.class, () -> dial(a, b, keyB, doorB.expect(new Guest.Pinned(keyA))));
        assertThrows(IOException.class, () -> dial(b, a, keyA, doorA.expect(new Guest.Pinned(keyB))));
    }

    @Test
    void aFailingReceiverCostsItsLinkAlone() throws Exception {
        link();
        Recorder heard = new Recorder();
        accepted.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void closed(String reason) {
                heard.closed(reason);
            }
        });
        dialled.start(atA);
        dialled.send(bytes("boom"));
        heard.awaitClosed();
        atA.awaitClosed();
        linkUp(dial(a, b, keyB, doorB.expect(new Guest.Pinned(keyA))), doorB.next());
    }

    /** Sends until nothing moves any more, and tells how much went. */
    private FutureTask<Integer> flood(Link link, AtomicInteger sent) {
        FutureTask<Integer> flood = new FutureTask<>(() -> {
            byte[] message = new byte[Link.MAX_MESSAGE];
            while (true) {
                try {
                    link.send(message);
                } catch (IOException closed) {
                    return sent.get();
                }
                sent.incrementAndGet();
            }
        });
        Thread.ofVirtual().start(flood);
        return flood;
    }

    private static void awaitStandstill(AtomicInteger sent) throws InterruptedException {
        int before = -1;
        while (before != sent.get() || before == 0) {
            before = sent.get();
            TimeUnit.MILLISECONDS.sleep(300);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void aReaderThatDoesNotReadHoldsUpTheSender(String direction) throws Exception {
        linkAndStart();
        hearing(direction).stop();
        AtomicInteger sent = new AtomicInteger();
        FutureTask<Integer> flood = flood(sender(direction), sent);
        awaitStandstill(sent);
        assertFalse(flood.isDone());
        assertTrue(sent.get() < 64 * 1024 * 1024 / Link.MAX_MESSAGE, "64 MiB went to nobody");

        receiver(direction).send(bytes("the other way is open"));
        assertArrayEquals(bytes("the other way is open"), speaking(direction).next());

        hearing(direction).goOn();
        int stood = sent.get();
        while (sent.get() < stood + 100) {
            hearing(direction).next();
        }
        sender(direction).close();
        flood.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {FROM_DIALLER, "listener sends"})
    void closingFreesASenderThatIsHeldUp(String direction) throws Exception {
        linkAndStart();
        hearing(direction).stop();
        AtomicInteger sent = new AtomicInteger();
        FutureTask<Integer> flood = flood(sender(direction), sent);
        awaitStandstill(sent);
        assertTimeoutPreemptively(Duration.ofSeconds(1), sender(direction)::close);
        flood.get(5, TimeUnit.SECONDS);
        speaking(direction).awaitClosed();
    }

    @Test
    void memoryStaysFlatOverALargeVolume() throws Exception {
        link();
        CRC32 sum = new CRC32();
        AtomicInteger count = new AtomicInteger();
        accepted.start(new Link.Receiver() {
            @Override
            public void received(byte[] message) {
                sum.update(message);
                count.incrementAndGet();
            }

            @Override
            public void closed(String reason) {
                atB.closed(reason);
            }
        });
        dialled.start(atA);
        byte[] message = new byte[Link.MAX_MESSAGE];
        new Random(1).nextBytes(message);
        CRC32 expected = new CRC32();
        int rounds = 10_000;
        long before = 0;
        for (int i = 0; i < rounds; i++) {
            if (i == rounds / 10) {
                before = used();
            }
            dialled.send(message.clone());
            expected.update(message);
        }
        long grown = used() - before;
        dialled.close();
        atB.awaitClosed();
        assertEquals(rounds, count.get());
        assertEquals(expected.getValue(), sum.getValue());
        assertTrue(grown < 16 << 20, () -> "grew by " + (grown >> 20) + " MiB over 160 MiB");
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void manyLinksRunSideBySide() throws Exception {
        List<Link> open = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Link out = dial(a, b, keyB, doorB.expect(new Guest.Pinned(keyA)));
            Link in = doorB.next();
            linkUp(out, in);
            open.add(out);
        }
        open.forEach(Link::close);
    }

    @Test
    void anotherKeyThanThePinnedOneIsNotListenedTo() throws Exception {
        Fingerprint somebodyElse = Identities.fingerprint(Identities.make());
        assertThrows(IOException.class, () -> dial(a, b, somebodyElse, doorB.expect(new Guest.Pinned(keyA))));
        assertTrue(doorB.nobodyCame());
    }

    @Test
    void anotherKeyThanTheKnockBelongsToIsNotLetIn() {
        Fingerprint somebodyElse = Identities.fingerprint(Identities.make());
        assertThrows(IOException.class, () -> dial(a, b, keyB, doorB.expect(new Guest.Pinned(somebodyElse))));
        assertTrue(doorB.nobodyCame());
    }

    @Test
    void aStrangerIsNotLetIn() {
        assertThrows(IOException.class, () -> dial(a, b, keyB, doorB.stranger()));
        assertTrue(doorB.nobodyCame());
    }
}
