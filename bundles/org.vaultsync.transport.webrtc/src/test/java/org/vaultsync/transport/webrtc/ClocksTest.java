// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Devices whose clocks are wrong. */
@Timeout(60)
class ClocksTest {
    private static Clock off(int years) {
        return Clock.offset(Clock.systemUTC(), Duration.ofDays(365L * years));
    }

    /** Topics change by the day, which is taken from the server; its own clock may be wrong, too. */
    @Test
    void devicesWhoseClocksAreYearsApartMeet() throws Exception {
        Identity anns = Identities.make();
        Identity bens = Identities.make();
        Guests doorOfAnn = new Guests();
        Guests doorOfBen = new Guests();
        Rendezvous place = new Rendezvous(new byte[32], List.of());
        try (TestServer server = new TestServer(0, off(2));
                WebRtcTransport early = transport(server, off(-11));
                WebRtcTransport late = transport(server, off(7));
                Endpoint ann = early.open(anns, doorOfAnn);
                Endpoint ben = late.open(bens, doorOfBen)) {
            ann.await(List.of(place));
            ben.await(List.of(place));
            Link there = ann.meet(
                    place,
                    Identities.fingerprint(bens),
                    doorOfBen.expect(new Guest.Pinned(Identities.fingerprint(anns))));
            Recorder heard = new Recorder();
            doorOfBen.next().start(heard);
            there.start(new Recorder());
            there.send(new byte[] {42});
            assertArrayEquals(new byte[] {42}, heard.next());
            assertEquals(3, server.topics().size(), "yesterday's, today's and tomorrow's, the same for both");
            assertTrue(
                    server.published().size() > 4
                            && server.published().stream()
                                    .noneMatch(text -> text.contains("candidate") || text.contains("knock")),
                    "what the server hears is sealed");
        }
    }

    /** Also those who stay at the server overnight. */
    @Test
    void aNewDayBringsOtherTopics() throws Exception {
        AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
        Rendezvous place = new Rendezvous(new byte[32], List.of());
        try (TestServer server = new TestServer();
                WebRtcTransport transport = new WebRtcTransport(
                        signaling(server),
                        Clock.systemUTC(),
                        () -> System.nanoTime() + later.get().toNanos());
                Endpoint ann = transport.open(Identities.make(), new Guests())) {
            ann.await(List.of(place));
            Set<String> today = topics(server, 3);
            later.set(Duration.ofDays(1));
            // Whatever is wanted anew makes it look at the day, which it does by itself once a minute.
            ann.await(List.of(place, another()));
            Set<String> tomorrow = topics(server, 6);
            tomorrow.retainAll(today);
            assertEquals(2, tomorrow.size());
        }
    }

    /** As that of a small computer without a clock of its own is, once it has a network. */
    @Test
    void aClockThatIsSetWhileTheServerIsReachedChangesNothing() throws Exception {
        AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
        InstantSource source = () -> Instant.now().plus(later.get());
        Rendezvous place = new Rendezvous(new byte[32], List.of());
        try (TestServer server = new TestServer();
                WebRtcTransport transport = transport(server, source.withZone(ZoneOffset.UTC));
                Endpoint ann = transport.open(Identities.make(), new Guests())) {
            ann.await(List.of(place));
            Set<String> before = topics(server, 3);
            later.set(Duration.ofDays(40));
            ann.await(List.of(place, another()));
            Set<String> after = topics(server, 6);
            assertTrue(after.containsAll(before), "it looks at the topics of today");
        }
    }

    private static Rendezvous another() {
        byte[] another = new byte[32];
        another[0] = 1;
        return new Rendezvous(another, List.of());
    }

    private static Set<String> topics(TestServer server, int number) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                server.topics().size() != number && System.nanoTime() < end; ) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertEquals(number, server.topics().size());
        return server.topics();
    }

    private static WebRtcTransport transport(TestServer server, Clock clock) {
        return new WebRtcTransport(signaling(server), clock);
    }

    private static UnaryOperator<String> signaling(TestServer server) {
        return name -> name.equals(WebRtcTransport.SIGNALING) ? server.address() : null;
    }
}
