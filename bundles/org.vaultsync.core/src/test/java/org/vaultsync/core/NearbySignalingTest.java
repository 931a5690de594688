// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Transport;

/** What a transport tells of signaling servers on the local network. */
class NearbySignalingTest {
    @TempDir
    private Path home;

    /** A transport that reaches nobody, and the door that it was given. */
    private static final class Deaf implements Transport {
        final CompletableFuture<Door> door = new CompletableFuture<>();

        @Override
        public String kind() {
            return "test";
        }

        @Override
        public Endpoint open(Identity self, Door opened) {
            door.complete(opened);
            return new Endpoint() {
                @Override
                public List<String> addresses() {
                    return List.of();
                }

                @Override
                public Link dial(String address, Fingerprint expected, Knock knock) {
                    throw new IllegalStateException(address);
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void ofSixteenServersOneMayMoveAndNoOtherMayCome() throws Exception {
        LocalVaultSync sync = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        Deaf transport = new Deaf();
        try {
            sync.addTransport(transport);
            sync.createRoom("Friday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            Door door = transport.door.get(30, TimeUnit.SECONDS);
            List<String> all = IntStream.range(10, 26)
                    .mapToObj(i -> "ws://10.8.0." + i + ":4444")
                    .toList();
            all.forEach(address -> door.served("id of " + address, List.of(address)));
            assertEquals(all, sync.nearbySignaling());
            door.served("another", List.of("ws://10.8.0.99:4444"));
            assertEquals(all, sync.nearbySignaling());
            door.served("id of " + all.getLast(), List.of("ws://10.8.0.98:4444"));
            assertEquals("ws://10.8.0.98:4444", sync.nearbySignaling().getLast());
            door.servedNoLonger("id of " + all.getLast());
            assertEquals(all.subList(0, 15), sync.nearbySignaling());
        } finally {
            sync.stop();
        }
    }
}
