// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;

/** A transport that does no more than it must, and a door that wants to know no more: whoever asks for more is told so. */
class LeastTransportTest {
    private static final Fingerprint SOMEBODY = Fingerprint.of(new byte[32]);
    private static final Knock KNOCK = new Knock(new byte[16], new byte[16]);

    /** Dials and listens. */
    private static final class Dials implements Endpoint {
        @Override
        public List<String> addresses() {
            return List.of("here:1");
        }

        @Override
        public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
            throw new IOException("Nobody is at " + address + ".");
        }

        @Override
        public void close() {}
    }

    @Test
    void whoOnlyDialsMeetsNobody() {
        try (Dials endpoint = new Dials()) {
            assertFalse(endpoint.meets());
            endpoint.await(Set.of());
            assertEquals(
                    "Devices cannot be met this way.",
                    assertThrows(
                                    IOException.class,
                                    () -> endpoint.meet(
                                            new Rendezvous(new byte[32], List.of("ws://here")), SOMEBODY, KNOCK))
                            .getMessage());
            assertEquals(Optional.empty(), endpoint.courier());
        }
    }

    @Test
    void whoOnlyDialsFindsNobodyNearby() {
        try (Dials endpoint = new Dials()) {
            endpoint.show(Optional.empty());
            endpoint.announce(() -> {
                throw new AssertionError("nobody hears it");
            });
            endpoint.serve(Optional.of(4444));
            endpoint.hide();
            assertEquals(
                    "Devices nearby cannot be met this way.",
                    assertThrows(IOException.class, () -> endpoint.visit("here:1", KNOCK))
                            .getMessage());
            assertEquals(Optional.empty(), endpoint.trouble());
        }
    }

    @Test
    void aDoorThatOnlyLetsInTakesAllThatATransportTells() {
        List<Link> came = new ArrayList<>();
        Door door = new Door() {
            @Override
            public Optional<Guest> recognise(Knock knock) {
                return Optional.empty();
            }

            @Override
            public void linked(Link link) {
                came.add(link);
            }
        };
        door.refused("It did not knock.", 3);
        door.shownNoLonger("a");
        door.served("a", List.of("ws://here:4444"));
        door.servedNoLonger("a");
        door.networkChanged();
        assertEquals(List.of(), came);
        assertEquals(List.of(), door.formerAddresses());
        assertEquals(Optional.empty(), door.settings());
        assertEquals(Optional.empty(), door.meeting());
    }

    @Test
    void whoKnowsNoOtherServersHasToJoinAnew() {
        OpenRooms.Server here = new OpenRooms.Server("ws://here:4444", true, Optional.empty());
        try (OpenRooms.Attendance there = new OpenRooms.Attendance() {
            @Override
            public List<OpenRooms.Server> servers() {
                return List.of(here);
            }

            @Override
            public void close() {}
        }) {
            there.again();
            assertFalse(there.lookAt(List.of("ws://elsewhere:4444")));
            assertEquals(List.of(here), there.servers());
        }
    }
}
