// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallersTest {
    private static final long SECOND = 1_000_000_000;
    private static final Limits LIMITS =
            new Limits(100, 100, 10, 1_000, 10, 1_000, 1_000, 10_000, Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final Callers callers = new Callers(LIMITS);
    private final Cuts cuts = new Cuts();

    @Test
    void whatIsSpentComesBackByTheSecondUpToTenSeconds() {
        Bucket bucket = new Bucket(10, 0);
        assertTrue(bucket.spend(100, 0));
        assertFalse(bucket.spend(1, 0));
        assertFalse(bucket.spend(11, SECOND));
        assertTrue(bucket.spend(10, SECOND));
        assertFalse(bucket.full(10 * SECOND));
        assertTrue(bucket.full(11 * SECOND));
        assertFalse(bucket.spend(101, 1_000 * SECOND));
    }

    @Test
    void anAddressThatConnectsAgainAndAgainIsTurnedAwayForAWhile() {
        for (int n = 0; n < 10; n++) {
            callers.enter("a", cuts, 0).left();
        }
        assertNull(callers.enter("a", cuts, 0));
        assertNotNull(callers.enter("b", cuts, 0));
        assertNotNull(callers.enter("a", cuts, SECOND));
        assertEquals(1, cuts.count(Cuts.Why.TOO_MANY_MESSAGES));
    }

    /** Each two of them meet under three topics. */
    @Test
    void fiftyEightDevicesOfOneRoomMayMeetBehindOneAddress() {
        Callers.Caller caller = new Callers(Limits.USUAL).enter("a", cuts, 0);
        for (int topic = 0; topic < 58 * 57 * 3; topic++) {
            assertTrue(caller.subscribe("a topic"), topic + "");
        }
    }

    @Test
    void aProxyIsBelievedWhatItHasAddedItself() throws Exception {
        assertEquals("192.0.2.1", Callers.forwarded(List.of("192.0.2.1")));
        assertEquals("192.0.2.1", Callers.forwarded(List.of("6.6.6.6, 192.0.2.1 ")));
        assertEquals("192.0.2.1", Callers.forwarded(List.of("6.6.6.6", "7.7.7.7,192.0.2.1")));
        assertEquals("unknown", Callers.forwarded(List.of()));
        assertEquals("somebody", Callers.forwarded(List.of("somebody")));
        assertEquals(Callers.key(InetAddress.getByName("2001:db8::1")), Callers.forwarded(List.of("2001:db8::2")));
    }

    @Test
    void anAddressIsForgottenOnlyWhenItOwesNothing() {
        for (int n = 0; n < 10; n++) {
            callers.enter("a", cuts, 0).left();
        }
        callers.forget(SECOND / 2);
        assertNull(callers.enter("a", cuts, SECOND / 2));
        callers.forget(20 * SECOND);
        assertNotNull(callers.enter("a", cuts, 20 * SECOND));
        assertEquals(1, callers.clients());
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() throws Exception {
        assertEquals(
                Callers.key(InetAddress.getByName("2001:db8:0:1::1")),
                Callers.key(InetAddress.getByName("2001:db8:0:1:ffff::2")));
        assertNotEquals(
                Callers.key(InetAddress.getByName("2001:db8:0:1::1")),
                Callers.key(InetAddress.getByName("2001:db8:0:2::1")));
        assertNotEquals(
                Callers.key(InetAddress.getByName("192.0.2.1")), Callers.key(InetAddress.getByName("192.0.2.2")));
    }
}
