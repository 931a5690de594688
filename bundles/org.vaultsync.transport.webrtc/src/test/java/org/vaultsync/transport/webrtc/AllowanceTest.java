// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private long now = Long.MAX_VALUE - SECOND; // it may pass zero
    private final Allowance allowance = new Allowance(3, Duration.ofSeconds(1), now);

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += allowance.take(now) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void asManyAsAreSavedUpAndOneMoreAfterEachPause() {
        assertEquals(3, taken(10));
        now += SECOND - 1;
        assertEquals(0, taken(10));
        now += 1;
        assertEquals(1, taken(10));
        now += SECOND * 5 / 2;
        assertEquals(2, taken(10));
        now += SECOND / 2;
        assertEquals(1, taken(10), "half a pause counts on");
    }

    @Test
    void noMoreThanThatAreSavedUp() {
        now += 1_000 * SECOND;
        assertEquals(3, taken(10));
    }

    @Test
    void whoAsksInVainLosesNothing() {
        assertEquals(3, taken(3));
        for (int i = 0; i < 10; i++) {
            now += SECOND / 10;
            assertEquals(i < 9 ? 0 : 1, taken(1));
        }
    }
}
