// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.IceServer;
import org.vaultsync.LinkByHand.Fault;
import org.vaultsync.Meeting;

/** Whatever comes from the network or from a person is read or refused; nothing else happens, in native code least of all. */
@Timeout(600)
class DecodersTest {
    private static final int INPUTS = Boolean.getBoolean("soak") ? 200_000 : 4_000;
    /** Connections, of which each has files open. */
    private static final int AT_ONCE = 50;
    /** As Chromium makes it. */
    static final String OFFER = String.join(
            "\r\n",
            "v=0",
            "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0",
            "a=extmap-allow-mixed",
            "a=msid-semantic: WMS",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            "a=ice-ufrag:8hhY",
            "a=ice-pwd:asd88fgpdd777uzjYhagZgAB",
            "a=ice-options:trickle",
            "a=fingerprint:sha-256"
                    + " 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
            "a=setup:actpass",
            "a=mid:0",
            "a=sctp-port:5000",
            "a=max-message-size:262144",
            "");

    private static final String CANDIDATE =
            "candidate:3885250869 1 udp 2122260223 10.8.0.1 46243 typ host generation 0 ufrag 8hhY network-id 1";

    private final Random random = new Random(20261121);

    private String mutated(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int times = 1 + random.nextInt(4); times > 0 && changed.length() > 0; times--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(6)) {
                case 0 -> changed.deleteCharAt(at);
                case 1 -> changed.insert(at, (char) random.nextInt(300));
                case 2 -> changed.setCharAt(at, (char) (' ' + random.nextInt(95)));
                case 3 -> changed.insert(at, text, 0, random.nextInt(text.length()));
                case 4 -> changed.setLength(at);
                default -> changed.insert(at, Long.toString(random.nextLong()));
            }
        }
        return changed.toString();
    }

    private byte[] mutated(byte[] bytes) {
        byte[] changed = bytes.clone();
        for (int times = 1 + random.nextInt(4); times > 0; times--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(changed, random.nextInt(changed.length)) : changed;
    }

    /** Says whether it was taken. */
    private static boolean taken(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void whatAreDescriptionsAndCandidatesIsTaken() {
        assertEquals(
                "7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
                new Sdp(OFFER.replace("\r\n", "\n")).fingerprint());
        assertEquals(OFFER, new Sdp(OFFER.replace("\r\n", "\n")).wire());
        assertTrue(new Candidate(CANDIDATE, "0", 0).isNumeric());
        assertTrue(!new Candidate(
                        "candidate:1 1 udp 2122260223 3b0ea2b7-0b4b-4a3c-9f3c-0d2f3b2c1a00.local 46243 typ host",
                        "0",
                        0)
                .isNumeric());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m=audio 9 UDP/TLS/RTP/SAVPF 111",
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "a=fingerprint:sha-256 00",
                "a=fingerprint:sha-1 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64",
                "a=candidate:garbage",
                "x=1",
                "a=\u0000"
            })
    void aDescriptionWithOneLineTooManyIsRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> new Sdp(OFFER + line + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stun:",
                "stun:example.org:99999",
                "stun:example.org:0",
                "stun:example.org alice secret",
                "stun:example.org?transport=udp",
                "turn:example.org",
                "turn:example.org alice",
                "turn:example.org?transport=sctp alice secret",
                "turn:exa mple.org alice secret",
                "http://example.org",
                "stun:[::1",
                "turn:example.org alice sec\u0007ret"
            })
    void whatIsNoIceServerNeverReachesNativeCode(String line) {
        assertThrows(IllegalArgumentException.class, () -> IceServer.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://example.org", "ws://", "wss://user@example.org", "ws://example.org:99999", "ws://a b"
            })
    void whatIsNoSignalingServerIsRefused(String address) {
        assertThrows(IllegalArgumentException.class, () -> Meeting.checked(address));
    }

    @Test
    void mutatedTextsAreReadOrRefused() {
        int all = 0;
        for (int i = 0; i < INPUTS; i++) {
            String offer = mutated(OFFER);
            String candidate = mutated(CANDIDATE);
            all += taken(() -> new Sdp(offer)) ? 1 : 0;
            all += taken(() -> new Candidate(candidate, "0", 0)) ? 1 : 0;
            taken(() -> IceServer.parse(mutated("turn:example.org:3478?transport=tcp alice secret")));
            taken(() -> Meeting.checked(mutated("wss://example.org:4444/path")));
            Json.read(mutated("{\"type\":\"publish\",\"topic\":\"x\",\"data\":{\"from\":\"y\",\"token\":1.5}}"));
        }
        System.out.println("texts: " + 5 * INPUTS + " inputs, " + all + " of " + 2 * INPUTS + " taken");
    }

    @Test
    void mutatedBytesAreReadOrRefused() {
        ObjectNode message = Json.object("signal")
                .put("from", "ä")
                .put("token", 1.5)
                .put("n", -123_456_789)
                .put("b", true);
        message.putArray("a").add(1).addNull().add("x");
        byte[] any = Any.write(message);
        assertEquals(message.toString(), Any.read(ByteBuffer.wrap(any)).toString());
        RoomKey key = new RoomKey("password", "room");
        Seal seal = new Seal(new byte[32]);
        String encrypted = key.encrypt(message);
        String sealed = seal.close("topic", message);
        assertEquals(message.toString(), key.decrypt(encrypted).orElseThrow().toString());
        assertEquals(
                message.toString(), seal.open("topic", sealed).orElseThrow().toString());
        assertEquals(Optional.empty(), seal.open("another topic", sealed));
        for (int i = 0; i < INPUTS; i++) {
            taken(() -> Any.read(ByteBuffer.wrap(mutated(any))));
            key.decrypt(mutated(encrypted));
            assertTrue(seal.open("topic", sealed.substring(0, sealed.length() - 8) + "AAAAAAA=")
                    .isEmpty());
            seal.open("topic", mutated(sealed));
        }
        System.out.println("bytes: " + 3 * INPUTS + " inputs");
    }

    @Test
    void whatPeopleCarryComesBackWholeOrIsRefused() throws Exception {
        byte[] secret = new byte[32];
        Fingerprint author = Fingerprint.of(new byte[] {1});
        List<Candidate> ways = List.of(
                new Candidate(CANDIDATE, "0", 0),
                new Candidate("candidate:1 1 udp 1 2001:db8::7 65535 typ host", "0", 0),
                new Candidate("candidate:1 1 tcp 1 10.8.0.1 9 typ host tcptype active", "0", 0),
                new Candidate("candidate:1 1 udp 1 198.51.100.7 1 typ srflx raddr 10.8.0.1 rport 46243", "0", 0),
                new Candidate("candidate:1 1 udp 1 203.0.113.9 50000 typ relay raddr 0.0.0.0 rport 0", "0", 0));
        String text = Carried.fresh(false).write(secret, author, "beef", new Sdp(OFFER), ways);
        Carried.Content content = Carried.read(" " + text.substring(0, 50) + "\r\n\t" + text.substring(50) + "\n")
                .open(secret, author)
                .orElseThrow();
        assertEquals("beef", content.answers());
        assertEquals(new Sdp(OFFER).fingerprint(), content.description().fingerprint());
        assertEquals("8hhY", content.description().after("a=ice-ufrag:"));
        assertEquals("asd88fgpdd777uzjYhagZgAB", content.description().after("a=ice-pwd:"));
        assertEquals(
                List.of(
                        "203.0.113.9 50000 typ relay",
                        "198.51.100.7 1 typ srflx",
                        "10.8.0.1 46243 typ host",
                        "2001:db8:0:0:0:0:0:7 65535 typ host"),
                content.ways().stream()
                        .map(way ->
                                String.join(" ", List.of(way.text().split(" ")).subList(4, 8)))
                        .toList());
        assertEquals(Optional.empty(), Carried.read(text).open(new byte[] {1}, author));
        assertEquals(Optional.empty(), Carried.read(text).open(secret, Fingerprint.of(new byte[] {2})));
        int whole = 0;
        for (int i = 0; i < INPUTS; i++) {
            String changed = mutated(text);
            try {
                // A sum of two bytes lets one in 65,536 pass; the seal lets none.
                Carried.Envelope envelope = Carried.read(changed);
                // The last letter has bits that do not count.
                boolean same =
                        Arrays.equals(envelope.sealed(), Carried.read(text).sealed());
                whole += !same && envelope.open(secret, author).isPresent() ? 1 : 0;
            } catch (Carried.Unreadable refused) {
                assertTrue(refused.fault() == Fault.DAMAGED || refused.fault() == Fault.NO_SUCH_TEXT, changed);
            }
        }
        assertEquals(0, whole);
        System.out.println("carried: " + INPUTS + " inputs");
    }

    /** What the checks let pass goes into native code, which must take it or throw. */
    @Test
    void whatPassesTheChecksDoesNotHurtNativeCode() throws Exception {
        List<Sdp> offers = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        int wanted = INPUTS / 40;
        while (offers.size() < wanted || candidates.size() < 10 * wanted) {
            String offer = mutated(OFFER);
            String candidate = mutated(CANDIDATE);
            if (taken(() -> new Sdp(offer)) && offers.size() < wanted) {
                offers.add(new Sdp(offer));
            }
            if (taken(() -> new Candidate(candidate, "0", 0))) {
                candidates.add(new Candidate(candidate, "0", 0));
            }
        }
        try (Engine engine = new Engine()) {
            CountDownLatch done = new CountDownLatch(offers.size());
            Semaphore free = new Semaphore(AT_ONCE);
            for (int i = 0; i < offers.size(); i++) {
                Sdp offer = offers.get(i);
                List<Candidate> some = candidates.subList(10 * i, 10 * i + 10);
                free.acquire();
                engine.execute(() -> tryOut(engine, offer, some, () -> {
                    free.release();
                    done.countDown();
                }));
            }
            assertTrue(done.await(500, TimeUnit.SECONDS));
        }
        System.out.println(
                "native: " + offers.size() + " descriptions, " + candidates.size() + " candidates as inputs");
    }

    private static void tryOut(Engine engine, Sdp offer, List<Candidate> candidates, Runnable done) {
        try {
            Connection[] made = new Connection[1];
            made[0] = engine.connect(Meeting.USUAL, new Connection.Owner() {
                @Override
                public void described(boolean ours, Sdp answer) {
                    engine.execute(() -> made[0].close("tried"));
                }

                @Override
                public void found(Candidate candidate) {
                    assertTrue(!candidate.text().isEmpty());
                }

                @Override
                public void opened() {
                    throw new AssertionError("with nobody at the other end");
                }

                @Override
                public void received(byte[] message) {
                    throw new AssertionError(new String(message, StandardCharsets.UTF_8));
                }

                @Override
                public void closed(String why) {
                    done.run();
                }
            });
            made[0].accept(offer);
            candidates.forEach(made[0]::add);
        } catch (IOException cannot) {
            throw new AssertionError(cannot);
        }
    }
}
