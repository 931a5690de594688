// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is slow or hostile is cut off with a reason, and two who talk meanwhile do not notice. */
class LimitsTest {
    private static final int ENOUGH = 1_000_000;
    private static final long MUCH = 1 << 30;
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int MANY = 512 << 20;
    /** Nothing of it is reached unless a test wants it. */
    private static final Limits WIDE =
            new Limits(ENOUGH, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG);

    private SignalingServer server;
    private Peer anna;
    private Peer ben;

    private int open(Limits limits) throws Exception {
        server = Servers.start(limits);
        anna = Peer.at(server.port()).subscribe("talk");
        ben = Peer.at(server.port()).subscribe("talk");
        return server.port();
    }

    @AfterEach
    void theTwoWhoTalkDoNotNotice() throws Exception {
        anna.say("{\"type\":\"publish\",\"topic\":\"talk\",\"n\":7}");
        assertEquals("{\"type\":\"publish\",\"topic\":\"talk\",\"n\":7,\"clients\":2}", ben.hears());
        assertFalse(anna.isClosed());
        anna.close();
        ben.close();
        server.close();
    }

    @Test
    void aMessageOfTenMegabytesIsRefusedByItsHead() throws Exception {
        int port = open(WIDE);
        try (RawPeer hostile = RawPeer.speaking(port)) {
            hostile.begin(1, 10 << 20);
            hostile.send(new byte[1000]);
            assertTrue(hostile.rest().contains(Cuts.Why.TOO_LARGE.words()));
        }
        assertEquals(1, Servers.cutOff(port, Cuts.Why.TOO_LARGE));
    }

    @Test
    void aMessageThatGrowsPartByPartIsRefusedWhenItIsTooLarge() throws Exception {
        int port = open(WIDE);
        try (RawPeer hostile = RawPeer.speaking(port)) {
            byte[] part = new byte[1000];
            hostile.send(new byte[] {1, (byte) 0x80, 0, 0, 0, 0});
            for (int sent = 0; sent <= WIDE.messageBytes(); sent += part.length) {
                hostile.send(new byte[] {0, (byte) (0x80 | 126), 3, (byte) 0xe8, 0, 0, 0, 0});
                hostile.send(part);
            }
            assertTrue(hostile.rest().contains(Cuts.Why.TOO_LARGE.words()));
        }
        assertEquals(1, Servers.cutOff(port, Cuts.Why.TOO_LARGE));
    }

    @Test
    void aMillionTopicsAreNotKept() throws Exception {
        int port = open(new Limits(ENOUGH, ENOUGH, 2_000, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG));
        try (RawPeer hostile = RawPeer.speaking(port)) {
            for (int n = 0; n < 1_000_000; n += 1_000) {
                hostile.sayIfItMay("{\"type\":\"subscribe\",\"topics\":["
                        + IntStream.range(n, n + 1_000)
                                .mapToObj(topic -> "\"" + topic + "\"")
                                .collect(Collectors.joining(","))
                        + "]}");
            }
            assertTrue(hostile.rest().contains(Cuts.Why.TOO_MANY_TOPICS.words()));
        }
        Servers.until(port, "topics", topics -> topics == 1);
        assertEquals(1, Servers.cutOff(port, Cuts.Why.TOO_MANY_TOPICS));
    }

    @Test
    void oneAddressHasOneAllowanceOfTopicsForAllItsClients() throws Exception {
        int port = open(new Limits(ENOUGH, ENOUGH, 5, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG));
        try (Peer first = Peer.at(port).subscribe("a", "b");
                Peer second = Peer.at(port).subscribe("c")) {
            second.say("{\"type\":\"subscribe\",\"topics\":[\"d\"]}");
            assertEquals(1008, second.status());
            Servers.until(port, "topics", topics -> topics == 3);
            first.subscribe("e");
            first.say("{\"type\":\"unsubscribe\",\"topics\":[\"a\"]}").subscribe("f");
        }
    }

    /** Or few that are long would fill the memory. */
    @Test
    void aLongTopicCountsAsSeveral() throws Exception {
        int port = open(new Limits(ENOUGH, ENOUGH, 6, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG));
        String long1 = "a".repeat(900);
        try (Peer first = Peer.at(port).subscribe(long1)) {
            first.say("{\"type\":\"unsubscribe\",\"topics\":[\"" + long1 + "\"]}")
                    .subscribe("b".repeat(900));
            first.say("{\"type\":\"subscribe\",\"topics\":[\"" + "c".repeat(256) + "\"]}");
            assertEquals(1008, first.status());
        }
        Servers.until(port, "topics", topics -> topics == 1);
        try (Peer next = Peer.at(port)) {
            next.say("{\"type\":\"subscribe\",\"topics\":[\"" + "d".repeat(60_000) + "\"]}");
            assertEquals(1008, next.status());
        }
    }

    @Test
    void oneThatDoesNotAnswerAPingIsCutOff() throws Exception {
        int port = open(new Limits(
                ENOUGH, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, Duration.ofMillis(300)));
        try (RawPeer silent = RawPeer.speaking(port)) {
            assertTrue(silent.rest().contains(Cuts.Why.NO_PONG.words()));
        }
        assertEquals(1, Servers.cutOff(port, Cuts.Why.NO_PONG));
    }

    @Test
    void oneThatDoesNotReadIsCutOff() throws Exception {
        int port = open(WIDE);
        try (Peer slow = Peer.thatDoesNotRead(port)) {
            slow.say("{\"type\":\"subscribe\",\"topics\":[\"flood\"]}");
            Servers.until(port, "topics", topics -> topics == 2);
            try (Peer loud = Peer.at(port)) {
                String message = "{\"type\":\"publish\",\"topic\":\"flood\",\"x\":\"" + "x".repeat(60_000) + "\"}";
                while (Servers.cutOff(port, Cuts.Why.READS_TOO_SLOWLY) == 0) {
                    loud.say(message);
                }
            }
        }
        Servers.until(port, "topics", topics -> topics == 1);
    }

    /** Each of them keeps less than it may, and all together more than the server has. */
    @Test
    void manyThatDoNotReadAreCutOffBeforeTheyFillTheMemory() throws Exception {
        open(WIDE);
        int inAll = 4 << 20;
        int each = 60_000;
        Limits limits = new Limits(ENOUGH, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 1 << 30, MANY, inAll, LONG, LONG);
        List<RawPeer> slow = new ArrayList<>();
        try (SignalingServer behind = Servers.start(0, limits, true)) {
            int port = behind.port();
            for (int n = 0; n < 20; n++) {
                slow.add(RawPeer.thatDoesNotRead(port, "X-Forwarded-For: 6.6.6.6\r\n"));
                slow.getLast().say("{\"type\":\"subscribe\",\"topics\":[\"flood\",\"many\"]}");
            }
            slow.add(RawPeer.thatDoesNotRead(port, "X-Forwarded-For: 1.1.1.1\r\n"));
            slow.getLast().say("{\"type\":\"subscribe\",\"topics\":[\"flood\",\"alone\"]}");
            Servers.until(port, "topics", topics -> topics == 3);
            try (Peer loud = Peer.at(port)) {
                String message = "{\"type\":\"publish\",\"topic\":\"flood\",\"x\":\"" + "x".repeat(each) + "\"}";
                // One that is told to all at once may come on top, and the sixteenth that is sent until it is looked
                // at.
                long most = inAll + inAll / 16 + 2L * slow.size() * each;
                for (int after = 0; after < 20; ) {
                    loud.say(message);
                    long waiting = Servers.metric(port, "waiting_bytes");
                    assertTrue(waiting <= most, "waiting: " + waiting);
                    if (Servers.cutOff(port, Cuts.Why.READS_TOO_SLOWLY) > 0) {
                        assertTrue(after > 0 || Servers.metric(port, "topics") == 3, "the one that is alone goes last");
                        after++;
                    }
                }
            }
        } finally {
            for (RawPeer peer : slow) {
                peer.close();
            }
        }
    }

    @Test
    void oneThatSendsTooMuchIsCutOff() throws Exception {
        Limits limits = new Limits(ENOUGH, ENOUGH, ENOUGH, 64 << 10, 20, 100 << 20, 1 << 20, MUCH, LONG, LONG);
        server = Servers.start(0, limits, true);
        anna = Peer.at(server.port()).subscribe("talk");
        ben = Peer.at(server.port()).subscribe("talk");
        try (RawPeer loud = RawPeer.speaking(server.port(), "X-Forwarded-For: 6.6.6.6\r\n")) {
            for (int n = 0; n < 5_000; n++) {
                loud.sayIfItMay("{}");
            }
            assertTrue(loud.rest().contains(Cuts.Why.TOO_MANY_MESSAGES.words()));
        }
        assertEquals(1, Servers.cutOff(server.port(), Cuts.Why.TOO_MANY_MESSAGES));
    }

    @Test
    void oneThatMakesTheServerSendTooMuchIsCutOff() throws Exception {
        int port = open(new Limits(ENOUGH, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 10_000, 1 << 20, MUCH, LONG, LONG));
        List<Peer> crowd = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            crowd.add(Peer.at(port).subscribe("crowd"));
        }
        Peer loud = crowd.getFirst();
        loud.say("{\"type\":\"publish\",\"topic\":\"crowd\",\"x\":\"" + "x".repeat(10_000) + "\"}");
        assertEquals(1008, loud.status());
        assertEquals(1, Servers.cutOff(port, Cuts.Why.TOO_MANY_BYTES));
        crowd.forEach(Peer::close);
    }

    @Test
    void whatIsNotJsonIsRefused() throws Exception {
        int port = open(WIDE);
        for (String message : List.of("{", "x", "{\"type\":\"ping\"}}", "[1,", "\"\\ud800", "{\"type\":publish}")) {
            try (Peer confused = Peer.at(port)) {
                confused.say(message);
                assertEquals(1007, confused.status(), message);
            }
        }
        try (RawPeer confused = RawPeer.speaking(port)) {
            confused.begin(1, 2);
            confused.send(new byte[] {(byte) 0xc3, 0x28});
            assertTrue(confused.rest().contains(Cuts.Why.NOT_UNDERSTOOD.words()));
        }
    }

    @Test
    void whatIsNotWebSocketIsRefused() throws Exception {
        int port = open(WIDE);
        try (RawPeer confused = RawPeer.speaking(port)) {
            confused.send(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3, 4, 5, 6, 7, 8});
            assertTrue(confused.rest().contains(Cuts.Why.NOT_WEBSOCKET.words()));
        }
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.send("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertTrue(stranger.rest().startsWith("HTTP/1.1 4"));
        }
        try (RawPeer stranger = new RawPeer(port)) {
            stranger.send(new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, '\n', '\n'});
            assertTrue(stranger.rest().startsWith("HTTP/1.1 400"));
        }
    }

    @Test
    void oneThatSaysNothingIsHungUpOn() throws Exception {
        int port = open(WIDE);
        server.close();
        port = open(new Limits(
                ENOUGH, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, Duration.ofMillis(300), LONG));
        try (RawPeer silent = new RawPeer(port);
                RawPeer slow = new RawPeer(port)) {
            slow.send("GET / HTTP".getBytes(StandardCharsets.US_ASCII));
            assertEquals("", silent.rest());
            assertEquals("", slow.rest());
        }
        assertEquals(2, Servers.cutOff(port, Cuts.Why.NO_REQUEST));
    }

    @Test
    void oneAddressMayHaveOnlySoManyConnections() throws Exception {
        int port = open(new Limits(ENOUGH, 4, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG));
        try (RawPeer third = RawPeer.speaking(port)) {
            // The fourth is the one that asks for the metrics.
            assertEquals(0, Servers.cutOff(port, Cuts.Why.TOO_MANY_CLIENTS));
            assertThrows(IOException.class, () -> RawPeer.speaking(port));
            assertEquals(1, Servers.cutOff(port, Cuts.Why.TOO_MANY_CLIENTS));
        }
    }

    @Test
    void theServerMayHaveOnlySoManyConnections() throws Exception {
        int port = open(new Limits(3, ENOUGH, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG));
        assertEquals(0, Servers.cutOff(port, Cuts.Why.FULL));
        assertThrows(IOException.class, () -> RawPeer.speaking(port));
        assertEquals(1, Servers.cutOff(port, Cuts.Why.FULL));
    }

    /** HAProxy adds a line of its own, behind that of whoever asks. */
    @Test
    void behindAProxyNobodyClaimsAnotherAddress() throws Exception {
        open(WIDE);
        try (SignalingServer behind = Servers.start(
                        0,
                        new Limits(ENOUGH, 1, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG),
                        true);
                RawPeer one = RawPeer.speaking(
                        behind.port(), "X-Forwarded-For: 6.6.6.6\r\n", "X-Forwarded-For: 1.1.1.1\r\n")) {
            assertThrows(
                    IOException.class,
                    () -> RawPeer.speaking(
                            behind.port(), "X-Forwarded-For: 7.7.7.7\r\n", "X-Forwarded-For: 1.1.1.1\r\n"));
        }
    }

    @Test
    void behindAProxyEachRequestIsOfWhomItNames() throws Exception {
        open(WIDE);
        try (SignalingServer behind = Servers.start(
                        0,
                        new Limits(ENOUGH, 1, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG),
                        true);
                RawPeer shared = new RawPeer(behind.port())) {
            shared.send("GET /health HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 200 OK", shared.line());
            shared.send("GET /health HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 2.2.2.2\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            while (!shared.line().equals("HTTP/1.1 200 OK")) {
                // the rest of the first answer
            }
            try (RawPeer one = RawPeer.speaking(behind.port(), "X-Forwarded-For: 1.1.1.1\r\n")) {
                assertThrows(IOException.class, () -> RawPeer.speaking(behind.port(), "X-Forwarded-For: 2.2.2.2\r\n"));
            }
        }
    }

    @Test
    void behindAProxyClientsAreToldApartByWhatItSays() throws Exception {
        open(WIDE);
        try (SignalingServer behind = Servers.start(
                0, new Limits(ENOUGH, 1, ENOUGH, 64 << 10, ENOUGH, 100 << 20, 1 << 20, MUCH, LONG, LONG), true)) {
            try (RawPeer one = RawPeer.speaking(behind.port(), "X-Forwarded-For: 6.6.6.6, 1.1.1.1\r\n");
                    RawPeer other = RawPeer.speaking(behind.port(), "X-Forwarded-For: 6.6.6.6, 2.2.2.2\r\n")) {
                assertThrows(IOException.class, () -> RawPeer.speaking(behind.port(), "X-Forwarded-For: 1.1.1.1\r\n"));
            }
        }
    }
}
