// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;

/** A device sleeps: its timers stand still, and the clock on the wall goes on. */
@Timeout(120)
class WakeTest {
    private static final LanSettings ALONE = new LanSettings(0, List.of(InetAddress.getLoopbackAddress()), false);

    /** Between two looks where nothing has changed lie two seconds, else a fifth of one. */
    private static final long CALM = Duration.ofMillis(1_500).toNanos();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T22:00:00Z"));
    private final AtomicInteger changes = new AtomicInteger();
    private final Guests guests = new Guests();

    /** Lets in whom a test expects, and counts how often it is told of other networks. */
    private final Door door = new Door() {
        @Override
        public Optional<Guest> recognise(Knock knock) {
            return guests.recognise(knock);
        }

        @Override
        public void linked(Link link) {
            guests.linked(link);
        }

        @Override
        public void networkChanged() {
            changes.incrementAndGet();
        }
    };

    @Test
    void whoWakesUpIsToldSoAndCanBeDialledAtOnce() throws Exception {
        Identity self = Identities.make();
        Identity other = Identities.make();
        Fingerprint others = Identities.fingerprint(other);
        try (LanEndpoint endpoint = new LanEndpoint(ALONE, Limits.USUAL, self, door, now::get);
                LanEndpoint dialler = new LanEndpoint(ALONE, Limits.USUAL, other, new Guests())) {
            // Whatever the networks of this machine do, each further hour of sleep is told.
            for (int nights = 1; nights <= 3; nights++) {
                int before = changes.get();
                now.updateAndGet(then -> then.plus(Duration.ofHours(8)));
                until(before + 1);
            }
            Link link = dialler.dial(
                    endpoint.addresses().getFirst(),
                    Identities.fingerprint(self),
                    guests.expect(new Guest.Pinned(others)));
            assertEquals(new Guest.Pinned(others), guests.next().guest());
            link.close();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @ResourceLock(value = "web0", mode = ResourceAccessMode.READ)
    void aClockThatIsSetBackDoesNotMakeItLookAllTheTime() throws Exception {
        BlockingQueue<Long> looks = new LinkedBlockingQueue<>();
        InstantSource source = () -> {
            looks.add(System.nanoTime());
            return now.get();
        };
        try (LanEndpoint endpoint = new LanEndpoint(ALONE, Limits.USUAL, Identities.make(), door, source)) {
            now.updateAndGet(then -> then.plus(Duration.ofHours(8)));
            until(1);
            now.updateAndGet(then -> then.minus(Duration.ofHours(8)));
            looks.clear();
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            for (long last = System.nanoTime(), next = last; next - last < CALM; ) {
                assertTrue(System.nanoTime() < end, endpoint + " goes on looking closely");
                last = next;
                next = Objects.requireNonNull(looks.poll(20, TimeUnit.SECONDS));
            }
        }
    }

    private void until(int told) {
        for (long end = System.nanoTime() + Duration.ofSeconds(60).toNanos(); changes.get() < told; ) {
            assertTrue(System.nanoTime() < end, "nothing is told of the sleep");
            LockSupport.parkNanos(5_000_000);
        }
    }
}
