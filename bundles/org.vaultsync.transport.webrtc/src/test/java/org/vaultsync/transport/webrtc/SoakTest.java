// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Many links, one after the other, and many messages leave little behind. Both ends are in this process. */
@Timeout(900)
class SoakTest {
    /** Links that are made and closed; each is two connections. */
    private static final int LINKS = Boolean.getBoolean("soak") ? 250 : 25;

    private static final int MESSAGES = Boolean.getBoolean("soak") ? 1_000_000 : 100_000;
    private static final int BEFORE = 10;
    private static final long MOST_KILOBYTES = 60 << 10;

    private final Guests doorA = new Guests();
    private final Guests doorB = new Guests();
    private final Identity identityA = Identities.make();
    private final Identity identityB = Identities.make();
    private final Rendezvous place = new Rendezvous(secret(), List.of());
    private TestServer server;
    private WebRtcTransport transport;
    private Endpoint a;
    private Endpoint b;

    private static byte[] secret() {
        byte[] secret = new byte[32];
        ThreadLocalRandom.current().nextBytes(secret);
        return secret;
    }

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "only Linux tells what a process takes");
        server = new TestServer();
        transport = new WebRtcTransport(
                name -> name.equals(WebRtcTransport.SIGNALING) ? server.address() : null, Clock.systemUTC());
        a = transport.open(identityA, doorA);
        b = transport.open(identityB, doorB);
        b.await(List.of(place));
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            a.close();
            b.close();
            transport.close();
            server.close();
        }
    }

    private Link meet() throws IOException {
        return a.meet(
                place,
                Identities.fingerprint(identityB),
                doorB.expect(new Guest.Pinned(Identities.fingerprint(identityA))));
    }

    private void linkAndClose() throws Exception {
        Link out = meet();
        Link in = doorB.next();
        Recorder heard = new Recorder();
        Recorder end = new Recorder();
        in.start(heard);
        out.start(end);
        out.send(new byte[] {1});
        heard.next();
        out.close();
        heard.awaitClosed();
        end.awaitClosed();
    }

    /** Waits for all messages without keeping them. */
    private static final class Counter implements Link.Receiver {
        final CountDownLatch all = new CountDownLatch(MESSAGES);
        final Recorder end = new Recorder();

        @Override
        public void received(byte[] message) {
            all.countDown();
        }

        @Override
        public void closed(String reason) {
            end.closed(reason);
        }
    }

    private record Taken(long kilobytes, int threads, int files) {
        static Taken now() throws IOException {
            System.gc();
            String status = Files.readString(Path.of("/proc/self/status"));
            Runtime here = Runtime.getRuntime();
            return new Taken(
                    number(status, "VmRSS:") - (here.totalMemory() - here.freeMemory()) / 1024,
                    (int) number(status, "Threads:"),
                    Objects.requireNonNull(Path.of("/proc/self/fd").toFile().list()).length);
        }

        /** Once what ends by itself has ended, and Java has given back the heap that it needed meanwhile. */
        static Taken settled(Taken before) throws IOException, InterruptedException {
            Taken after = now();
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                    !after.isLittleMoreThan(before) && System.nanoTime() < end; ) {
                TimeUnit.MILLISECONDS.sleep(200);
                after = now();
            }
            return after;
        }

        boolean isLittleMoreThan(Taken before) {
            return threads <= before.threads() + 2
                    && files <= before.files() + 2
                    && kilobytes - before.kilobytes() < MOST_KILOBYTES;
        }

        private static long number(String status, String name) {
            return status.lines()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void linksLeaveNoThreadAndNoFileAndLittleMemory() throws Exception {
        for (int i = 0; i < BEFORE; i++) {
            linkAndClose();
        }
        Taken before = Taken.now();
        for (int i = 0; i < LINKS; i++) {
            linkAndClose();
        }
        Taken after = Taken.settled(before);
        System.out.println(
                "webrtc soak: " + LINKS + " links, both ends here: " + before + " before, " + after + " after");
        assertTrue(after.isLittleMoreThan(before), before + " and " + after);
        // The library keeps about 62 KB of each connection for ever; the rest is the heap that Java holds on to.
        long each = (after.kilobytes() - before.kilobytes()) / (2L * LINKS);
        assertTrue(each < 120 || LINKS < 100, each + " KB for each connection");
    }

    @Test
    void messagesLeaveLittleMemoryOnceTheirLinkIsClosed() throws Exception {
        linkAndClose();
        Taken before = Taken.now();
        long heapBefore = heap();
        Link out = meet();
        Link in = doorB.next();
        Counter heard = new Counter();
        in.start(heard);
        out.start(new Recorder());
        for (int i = 0; i < MESSAGES; i++) {
            out.send(new byte[100]);
        }
        assertTrue(heard.all.await(600, TimeUnit.SECONDS));
        out.close();
        heard.end.awaitClosed();
        assertEquals(0, heard.all.getCount());
        long heap = heap() - heapBefore;
        Taken after = Taken.settled(before);
        System.out.println("webrtc soak: " + MESSAGES + " messages of a link: " + before + " before, " + after
                + " after, heap " + (heap >> 10) + " KB more");
        assertTrue(heap < 40 << 20, heap + " bytes of heap");
        assertTrue(after.isLittleMoreThan(before), before + " and " + after);
    }

    /** Each is a message of the data channel, while those of a link go out together; and the library keeps some of each. */
    @Test
    void messagesOfAnOpenRoomLeaveLittleMemoryOnceItIsLeft() throws Exception {
        linkAndClose();
        Taken before = Taken.now();
        long heapBefore = heap();
        Counter heard = new Counter();
        BlockingQueue<OpenRooms.Channel> atAnn = new LinkedBlockingQueue<>();
        BlockingQueue<OpenRooms.Channel> atBen = new LinkedBlockingQueue<>();
        OpenRooms.Attendance ann = join("ann", atAnn);
        OpenRooms.Attendance ben = join("ben", atBen);
        atBen.take().start(heard);
        OpenRooms.Channel out = atAnn.take();
        out.start(new Recorder());
        for (int i = 0; i < MESSAGES; i++) {
            out.send(new byte[100]);
        }
        assertTrue(heard.all.await(600, TimeUnit.SECONDS));
        ann.close();
        heard.end.awaitClosed();
        ben.close();
        long heap = heap() - heapBefore;
        Taken after = Taken.settled(before);
        System.out.println("webrtc soak: " + MESSAGES + " messages of a channel: " + before + " before, " + after
                + " after, heap " + (heap >> 10) + " KB more");
        assertTrue(heap < 40 << 20, heap + " bytes of heap");
        assertTrue(after.isLittleMoreThan(before), before + " and " + after);
    }

    private OpenRooms.Attendance join(String instance, BlockingQueue<OpenRooms.Channel> came) throws IOException {
        return transport.join(
                new OpenRooms.Place("ABCDEF", Optional.empty(), List.of(server.address()), instance),
                Optional.empty(),
                new OpenRooms.Visitor() {
                    @Override
                    public void came(OpenRooms.Channel channel) {
                        came.add(channel);
                    }

                    @Override
                    public void notice(OpenRooms.Notice notice) {
                        throw new IllegalStateException(notice.name());
                    }

                    @Override
                    public void serversChanged() {
                        // Only who comes counts.
                    }
                });
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
