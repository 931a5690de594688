// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vaultsync.OpenRoom;
import org.vaultsync.OpenRoom.Peer;
import org.vaultsync.OpenRoomAddress;
import org.vaultsync.RoomCode;
import org.vaultsync.Throughput;

class ArrivalsTest {
    private static final Peer ANNA = peer("a1", "Anna's laptop");
    private static final Peer DIETER = peer("d1", "Dieter");

    private final Arrivals arrivals = new Arrivals();
    private Instant now = Instant.EPOCH;

    private static Peer peer(String id, String name) {
        return new Peer(
                id,
                name,
                name.isEmpty(),
                Optional.empty(),
                Optional.empty(),
                Throughput.NONE,
                Optional.empty(),
                Instant.EPOCH);
    }

    private List<String> look(boolean reachable, Peer... peers) {
        return arrivals
                .look(
                        new OpenRoom(
                                new OpenRoomAddress(new RoomCode("QK7M3X"), List.of("wss://meet.example:4444")),
                                false,
                                Optional.empty(),
                                List.of(new OpenRoom.Server("wss://meet.example:4444", reachable, Optional.empty())),
                                Arrays.asList(peers),
                                Set.of(),
                                Optional.empty()),
                        now)
                .stream()
                .map(Peer::id)
                .toList();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void whoComesIsToldOnce() {
        look(true);
        pass(Arrivals.AT_FIRST);
        assertEquals(List.of("a1"), look(true, ANNA));
        assertEquals(List.of(), look(true, ANNA));
        assertEquals(List.of("d1"), look(true, ANNA, DIETER));
    }

    @Test
    void whoIsFoundAtFirstWasThereBefore() {
        assertEquals(List.of(), look(false));
        assertEquals(List.of(), look(true));
        pass(Arrivals.AT_FIRST.minusMillis(1));
        assertEquals(List.of(), look(true, ANNA));
        pass(Duration.ofHours(1));
        assertEquals(List.of(), look(true, ANNA));
    }

    @Test
    void afterACutOfOursNobodyHasCome() {
        look(true);
        pass(Arrivals.AT_FIRST);
        look(true, ANNA);
        pass(Duration.ofHours(8));
        look(false);
        pass(Duration.ofHours(8));
        assertEquals(List.of(), look(true));
        pass(Duration.ofSeconds(3));
        assertEquals(List.of(), look(true, ANNA, DIETER));
    }

    @Test
    void whoComesBackWithinAShortWhileHasNotCome() {
        look(true);
        pass(Arrivals.AT_FIRST);
        look(true, ANNA);
        assertEquals(List.of(), look(true));
        pass(Arrivals.SHORT_WHILE);
        assertEquals(List.of(), look(true, peer("a2", "Anna's laptop")));
        look(true);
        pass(Arrivals.SHORT_WHILE.plusMillis(1));
        assertEquals(List.of("a3"), look(true, peer("a3", "Anna's laptop")));
    }

    @Test
    void whoRestartsIsThereTwiceForAWhile() {
        look(true);
        pass(Arrivals.AT_FIRST);
        look(true, ANNA);
        assertEquals(List.of(), look(true, ANNA, peer("a2", "Anna's laptop")));
    }

    @Test
    void theNameIsWaitedForButNotForEver() {
        look(true);
        pass(Arrivals.AT_FIRST);
        assertEquals(List.of(), look(true, peer("a1", ""), peer("b1", "")));
        assertTrue(arrivals.awaitsNames());
        pass(Duration.ofMillis(200));
        assertEquals(List.of("a1"), look(true, ANNA, peer("b1", "")));
        pass(Arrivals.FOR_ITS_NAME);
        assertEquals(List.of("b1"), look(true, ANNA, peer("b1", "")));
        assertFalse(arrivals.awaitsNames());
    }

    @Test
    void ofTwoBrowsersWithoutANameTheSecondHasCome() {
        look(true);
        pass(Arrivals.AT_FIRST);
        look(true, peer("b1", ""));
        pass(Arrivals.FOR_ITS_NAME);
        assertEquals(List.of("b1"), look(true, peer("b1", ""), peer("b2", "")));
        pass(Arrivals.FOR_ITS_NAME);
        assertEquals(List.of("b2"), look(true, peer("b1", ""), peer("b2", "")));
    }
}
