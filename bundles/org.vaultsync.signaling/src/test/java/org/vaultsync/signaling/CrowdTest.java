// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Four hundred clients, in full two thousand, four in each room, from thirty addresses, under the usual limits. */
class CrowdTest {
    private static final boolean SOAK = Boolean.getBoolean("soak");
    private static final int ROOMS = SOAK ? 500 : 100;
    private static final int ATTEMPTS = SOAK ? 20 : 4;
    private static final int IN_EACH = 4;
    private static final int ADDRESSES = 30;

    @Test
    void aCrowdDoesNotNoticeThoseThatAreCutOff() throws Exception {
        List<HttpClient> clients = new ArrayList<>();
        List<List<Peer>> rooms = new ArrayList<>();
        try (SignalingServer server = Servers.start(Limits.USUAL)) {
            URI uri = URI.create("ws://127.0.0.1:" + server.port());
            for (int n = 0; n < ADDRESSES; n++) {
                clients.add(HttpClient.newBuilder()
                        .localAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (n + 1)}))
                        .build());
            }
            for (int room = 0; room < ROOMS; room++) {
                List<Peer> peers = new ArrayList<>();
                for (int n = 0; n < IN_EACH; n++) {
                    peers.add(Peer.at(clients.get((room * IN_EACH + n) % ADDRESSES), uri)
                            .subscribe("room-" + room));
                }
                rooms.add(peers);
            }
            assertEquals(ROOMS, Servers.metric(server.port(), "topics"));
            everybodyHearsEverybody(rooms);
            List<Thread> hostile = hostile(server.port());
            everybodyHearsEverybody(rooms);
            for (Thread one : hostile) {
                one.join();
            }
            everybodyHearsEverybody(rooms);
            for (Cuts.Why why : List.of(Cuts.Why.TOO_LARGE, Cuts.Why.TOO_MANY_TOPICS, Cuts.Why.NOT_UNDERSTOOD)) {
                assertTrue(Servers.cutOff(server.port(), why) > 0, why.toString());
            }
            assertEquals(ROOMS, Servers.metric(server.port(), "topics"));
        } finally {
            clients.forEach(HttpClient::shutdownNow);
        }
    }

    private static void everybodyHearsEverybody(List<List<Peer>> rooms) throws Exception {
        for (int room = 0; room < ROOMS; room++) {
            for (int n = 0; n < IN_EACH; n++) {
                rooms.get(room)
                        .get(n)
                        .say("{\"type\":\"publish\",\"topic\":\"room-" + room + "\",\"data\":{\"from\":" + n + "}}");
            }
        }
        for (int room = 0; room < ROOMS; room++) {
            for (Peer peer : rooms.get(room)) {
                assertEquals(IntStream.range(0, IN_EACH).boxed().collect(Collectors.toSet()), heardFrom(peer, room));
                assertFalse(peer.isClosed());
            }
        }
    }

    private static Set<Integer> heardFrom(Peer peer, int room) throws Exception {
        Set<Integer> from = new HashSet<>();
        for (int n = 0; n < IN_EACH; n++) {
            String message = peer.hears();
            String start = "{\"type\":\"publish\",\"topic\":\"room-" + room + "\",\"data\":{\"from\":";
            assertTrue(message.startsWith(start) && message.endsWith("},\"clients\":4}"), message);
            from.add(message.charAt(start.length()) - '0');
        }
        return from;
    }

    /** All that a stranger may try at once, again and again, until its address is turned away. */
    private static List<Thread> hostile(int port) {
        List<Thread> threads = new ArrayList<>();
        for (int kind = 0; kind < 3; kind++) {
            int which = kind;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int again = 0; again < ATTEMPTS; again++) {
                    try (RawPeer one = RawPeer.speaking(port)) {
                        switch (which) {
                            case 0 -> one.begin(2, 10 << 20);
                            case 1 -> {
                                for (int from = 0; from < 15_000; from += 5_000) {
                                    one.sayIfItMay("{\"type\":\"subscribe\",\"topics\":["
                                            + IntStream.range(from, from + 5_000)
                                                    .mapToObj(topic -> "\"" + topic + "\"")
                                                    .collect(Collectors.joining(","))
                                            + "]}");
                                }
                            }
                            default -> one.sayIfItMay("}");
                        }
                        one.rest();
                    } catch (IOException turnedAway) {
                        // what this is about
                    }
                }
            }));
        }
        return threads;
    }
}
