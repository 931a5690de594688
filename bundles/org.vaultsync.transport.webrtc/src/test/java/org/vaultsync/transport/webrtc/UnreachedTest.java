// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnreachedTest {
    private final Unreached unreached = new Unreached(Unreached.FIRST);
    private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos(); // it may pass zero

    private List<Long> pauses(String name, int tries) {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            Duration pause = unreached.failed(name, 0, now);
            all.add(pause.toSeconds());
            now += pause.toNanos() - 1;
            assertTrue(unreached.isPausing(name, now));
            now++;
            assertFalse(unreached.isPausing(name, now));
        }
        return all;
    }

    private static Unreached.Waiting offer(String from, String ufrag) {
        return new Unreached.Waiting(
                URI.create("ws://127.0.0.1:1"),
                from,
                new Sdp(DecodersTest.OFFER.replace("8hhY", ufrag)),
                new ArrayList<>());
    }

    @Test
    void eachPauseIsTwiceAsLongUpToAQuarterOfAnHour() {
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L), pauses("ann", 12));
        assertEquals(900, pauses("ann", 60).getLast());
        assertEquals(List.of(1L, 2L), pauses("ben", 2), "each has its own");
        assertEquals(72, unreached.tries("ann"));
    }

    @Test
    void whoWasReachedOrHasBegunAnewBeginsWithASecond() {
        pauses("ann", 5);
        unreached.reached("ann");
        assertEquals(List.of(1L, 2L), pauses("ann", 2));
        unreached.failed("ann", 3, now);
        unreached.heard("ann", 3);
        assertTrue(unreached.isPausing("ann", now));
        unreached.heard("ann", 4);
        assertFalse(unreached.isPausing("ann", now));
        assertEquals(0, unreached.tries("ann"));
        unreached.failed("ann", 4, now);
        unreached.forget();
        assertFalse(unreached.isPausing("ann", now));
    }

    /** Names cost nothing. */
    @Test
    void ofMoreThanItRemembersTheFirstIsForgotten() {
        unreached.failed("first", 0, now);
        unreached.failed("second", 0, now);
        for (int i = 0; i < 126; i++) {
            unreached.failed("name " + i, 0, now);
        }
        unreached.failed("first", 0, now);
        unreached.failed("one more", 0, now);
        assertFalse(unreached.isPausing("second", now));
        assertTrue(unreached.isPausing("first", now));
        assertEquals(2, unreached.tries("first"));
    }

    @Test
    void theLastOfferIsKeptWithSomeOfItsWays() {
        Candidate way = new Candidate("candidate:1 1 udp 1 10.8.0.1 1 typ host", "0", 0);
        unreached.keep("ann", way);
        unreached.failed("ann", 0, now);
        unreached.keep("ann", way);
        assertEquals(Optional.empty(), unreached.take("ann"));
        unreached.keep(offer("ann", "1111"));
        unreached.keep("ann", way);
        unreached.keep(offer("ann", "2222"));
        for (int i = 0; i < 200; i++) {
            unreached.keep("ann", way);
        }
        unreached.keep(offer("ann", "2222")); // by the other address of a server
        Unreached.Waiting kept = unreached.take("ann").orElseThrow();
        assertEquals("2222", kept.offer().after("a=ice-ufrag:"));
        assertEquals(32, kept.ways().size());
        assertEquals(Optional.empty(), unreached.take("ann"));
        unreached.keep(offer("ann", "3333"));
        assertEquals(1, unreached.forget().size());
        assertEquals(List.of(), unreached.forget());
    }
}
