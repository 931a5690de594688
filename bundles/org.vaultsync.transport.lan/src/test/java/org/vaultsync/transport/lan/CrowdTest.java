// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.Listening;

/** Who is let to the door, in a time of its own. */
class CrowdTest {
    private static final int IN_A_MINUTE = 30;
    private static final int FROM_ONE_ADDRESS = 8;

    private final Limits limits =
            Limits.USUAL.with(new Listening(true, 0, List.of(), FROM_ONE_ADDRESS, IN_A_MINUTE, Duration.ofSeconds(5)));
    private long now = 1_000;
    private final Crowd crowd = new Crowd(limits, () -> now);

    private static Socket from(String address) {
        return new Socket() {
            @Override
            public InetAddress getInetAddress() {
                try {
                    return InetAddress.getByName(address);
                } catch (UnknownHostException numeric) {
                    throw new IllegalStateException(numeric);
                }
            }
        };
    }

    /** Comes, and is known and gone at once. */
    private boolean passes(String address) {
        Optional<Crowd.Visitor> visitor = crowd.enter(from(address)).visitor();
        visitor.ifPresent(Crowd.Visitor::left);
        return visitor.isPresent();
    }

    @Test
    void whoComesTooOftenIsSentAwayAndMayComeAgainBitByBit() {
        for (int i = 0; i < IN_A_MINUTE; i++) {
            assertTrue(passes("192.0.2.1"), i + "");
        }
        assertEquals(
                Refusals.Why.TOO_OFTEN_FROM_THERE,
                crowd.enter(from("192.0.2.1")).why());
        assertTrue(passes("192.0.2.2"), "another address is held responsible");
        now += Duration.ofMillis(1_900).toNanos();
        assertEquals(
                Refusals.Why.TOO_OFTEN_FROM_THERE,
                crowd.enter(from("192.0.2.1")).why());
        now += Duration.ofMillis(200).toNanos();
        assertTrue(passes("192.0.2.1"));
        assertEquals(
                Refusals.Why.TOO_OFTEN_FROM_THERE,
                crowd.enter(from("192.0.2.1")).why());
        now += Duration.ofHours(5).toNanos();
        for (int i = 0; i < IN_A_MINUTE; i++) {
            assertTrue(passes("192.0.2.1"), i + "");
        }
        assertEquals(
                Refusals.Why.TOO_OFTEN_FROM_THERE,
                crowd.enter(from("192.0.2.1")).why());
    }

    @Test
    void oneAddressHoldsOnlySoManyConnectionsAndAnIpv6NetworkIsOne() {
        for (int i = 0; i < FROM_ONE_ADDRESS; i++) {
            crowd.enter(from("2001:db8::" + i)).visitor().orElseThrow().known();
        }
        assertEquals(
                Refusals.Why.TOO_MANY_FROM_THERE,
                crowd.enter(from("2001:db8::ffff")).why());
        assertTrue(passes("2001:db8:0:1::1"));
    }

    /** All of them have the same network. */
    @Test
    void oneNeighbourDoesNotShutOutTheOthers() {
        for (int i = 0; i < IN_A_MINUTE; i++) {
            assertTrue(passes("fe80::1"), i + "");
        }
        assertEquals(
                Refusals.Why.TOO_OFTEN_FROM_THERE, crowd.enter(from("fe80::1")).why());
        assertTrue(passes("fe80::2"));
        now += Duration.ofMinutes(1).toNanos();
        for (int i = 0; i < FROM_ONE_ADDRESS; i++) {
            crowd.enter(from("fe80::1")).visitor().orElseThrow().known();
        }
        assertEquals(
                Refusals.Why.TOO_MANY_FROM_THERE, crowd.enter(from("fe80::1")).why());
        assertTrue(passes("fe80::2"));
    }

    /** Anybody can have any number of addresses there. */
    @Test
    void allNeighboursTogetherAreBounded() {
        int passed = 0;
        for (int i = 1; i <= 10 * IN_A_MINUTE; i++) {
            passed += passes("fe80::" + Integer.toHexString(i)) ? 1 : 0;
        }
        assertEquals(3 * IN_A_MINUTE, passed);
        now += Duration.ofMinutes(1).toNanos();
        passed = 0;
        for (int i = 1; i <= 3 * FROM_ONE_ADDRESS + 5; i++) {
            Optional<Crowd.Visitor> visitor =
                    crowd.enter(from("fe80::" + Integer.toHexString(i))).visitor();
            visitor.ifPresent(Crowd.Visitor::known);
            passed += visitor.isPresent() ? 1 : 0;
        }
        assertEquals(3 * FROM_ONE_ADDRESS, passed);
        assertTrue(passes("192.0.2.1"));
    }

    @Test
    void whoHasNotKnockedYetIsPushedOutByNewcomersTheOldestFirst() {
        Socket first = from("198.51.100.1");
        crowd.enter(first);
        for (int i = 2; i <= limits.waiting(); i++) {
            assertTrue(crowd.enter(from("198.51.100." + i)).pushedOut().isEmpty());
        }
        assertEquals(
                first,
                crowd.enter(from("203.0.113.1")).pushedOut().orElseThrow().tcp());
    }
}
