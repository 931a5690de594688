// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Measures links beside bare data channels in the same process; not run with the tests. Prints one line a figure. */
class WebRtcBench {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final int VOLUME = 128 << 20;
    private static final int BARE_MESSAGE = 64 << 10;

    private static void print(String figure, String value, String note) {
        System.out.printf(Locale.ROOT, "webrtc: %-55s %12s   (%s)%n", figure, value, note);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    @Test
    void throughputAndRoundTrip() throws Exception {
        List<Double> bare = new ArrayList<>();
        List<Double> linked = new ArrayList<>();
        List<Double> roundTrips = new ArrayList<>();
        List<Double> meetings = new ArrayList<>();
        for (int i = 0; i <= ROUNDS; i++) {
            double one = bare();
            double other = linked(roundTrips, meetings);
            if (i > 0) {
                bare.add(one);
                linked.add(other);
            }
        }
        String rounds = "median of " + ROUNDS + " times " + (VOLUME >> 20) + " MiB";
        print("bare data channel, messages of 64 KiB", Math.round(median(bare)) + " MB/s", rounds);
        print("a link, messages of 16 KiB", Math.round(median(linked)) + " MB/s", rounds);
        print(
                "a link against a bare data channel",
                Math.round(100 * median(linked) / median(bare)) + " %",
                "target 80 %");
        print(
                "round trip of 64 bytes over a link",
                String.format(Locale.ROOT, "%.2f ms", median(roundTrips)),
                "median of " + roundTrips.size());
        print(
                "ring to link, both proved",
                String.format(Locale.ROOT, "%.0f ms", median(meetings)),
                "median of " + meetings.size());
    }

    private static double bare() throws Exception {
        try (Engine engine = new Engine()) {
            End from = End.pair(engine);
            CountDownLatch all = new CountDownLatch(VOLUME / BARE_MESSAGE);
            from.other.hears = message -> all.countDown();
            Outbox outbox = new Outbox(from.connection);
            byte[] message = new byte[BARE_MESSAGE];
            long began = System.nanoTime();
            for (int i = 0; i < VOLUME / BARE_MESSAGE; i++) {
                outbox.send(message);
            }
            assertTrue(all.await(300, TimeUnit.SECONDS));
            return VOLUME / 1e6 / ((System.nanoTime() - began) / 1e9);
        }
    }

    private static double linked(List<Double> roundTrips, List<Double> meetings) throws Exception {
        Identity identityA = Identities.make();
        Identity identityB = Identities.make();
        Guests doorA = new Guests();
        Guests doorB = new Guests();
        Rendezvous place = new Rendezvous(new byte[32], List.of());
        try (TestServer server = new TestServer();
                WebRtcTransport transport = new WebRtcTransport(
                        name -> name.equals(WebRtcTransport.SIGNALING) ? server.address() : null, Clock.systemUTC());
                Endpoint a = transport.open(identityA, doorA);
                Endpoint b = transport.open(identityB, doorB)) {
            a.await(List.of(place));
            b.await(List.of(place));
            Link out = null;
            for (int i = 0; i < 5; i++) {
                long began = System.nanoTime();
                out = a.meet(
                        place,
                        Identities.fingerprint(identityB),
                        doorB.expect(new Guest.Pinned(Identities.fingerprint(identityA))));
                if (i > 0) {
                    meetings.add((System.nanoTime() - began) / 1e6);
                }
                if (i < 4) {
                    out.start(new Recorder());
                    doorB.next().close();
                }
            }
            Link in = doorB.next();
            Recorder back = new Recorder();
            CountDownLatch all = new CountDownLatch(VOLUME / (16 << 10));
            in.start(new Link.Receiver() {
                @Override
                public void received(byte[] message) {
                    if (message.length == 64) {
                        try {
                            in.send(message);
                        } catch (IOException broken) {
                            throw new AssertionError(broken);
                        }
                    } else {
                        all.countDown();
                    }
                }

                @Override
                public void closed(String reason) {
                    back.closed(reason);
                }
            });
            out.start(back);
            for (int i = 0; i < 200; i++) {
                long began = System.nanoTime();
                out.send(new byte[64]);
                back.next();
                if (i >= 100) {
                    roundTrips.add((System.nanoTime() - began) / 1e6);
                }
            }
            long began = System.nanoTime();
            for (int i = 0; i < VOLUME / (16 << 10); i++) {
                out.send(new byte[16 << 10]);
            }
            assertTrue(all.await(300, TimeUnit.SECONDS));
            return VOLUME / 1e6 / ((System.nanoTime() - began) / 1e9);
        }
    }
}
