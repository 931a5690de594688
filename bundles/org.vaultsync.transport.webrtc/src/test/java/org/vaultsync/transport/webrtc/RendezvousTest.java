// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Heard;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** What is said where two devices look for each other. */
@Timeout(60)
class RendezvousTest {
    /** By whoever runs the server, and by somebody who was let in and knows the secret. */
    @Test
    void whatIsMalformedIsPassedOverAndLoggedOnce() throws Exception {
        Identity anns = Identities.make();
        Identity bens = Identities.make();
        Guests doorOfBen = new Guests();
        byte[] secret = new byte[32];
        Rendezvous place = new Rendezvous(secret, List.of());
        Seal seal = new Seal(secret);
        try (Heard heard = new Heard("org.vaultsync.transport.webrtc");
                TestServer server = new TestServer();
                // Ann comes to the server when all has been said: she would warn of it, too.
                WebRtcTransport hers = at(server);
                WebRtcTransport his = at(server);
                Endpoint ann = hers.open(anns, new Guests());
                Endpoint ben = his.open(bens, doorOfBen)) {
            ben.await(List.of(place));
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                    server.topics().size() < 3 && System.nanoTime() < end; ) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            List<ObjectNode> signals = List.of(
                    Json.object("ring").put("knock", "nobody's"),
                    Json.object("offer").put("sdp", "v=0\r\nno description\r\n"),
                    Json.object("answer").put("sdp", 7),
                    (ObjectNode) Json.object("candidate")
                            .set("candidate", Json.object().put("candidate", "none")));
            for (String topic : server.topics()) {
                for (ObjectNode signal : signals) {
                    signal.put("from", "somebody").put("call", "0123456789abcdef");
                    server.say(published(topic, seal.close(topic, signal)));
                }
                server.say(published(topic, "unsealed"));
                server.say("no JSON at all");
                server.say("[1");
            }
            Link there = ann.meet(
                    place,
                    Identities.fingerprint(bens),
                    doorOfBen.expect(new Guest.Pinned(Identities.fingerprint(anns))));
            Recorder hearing = new Recorder();
            doorOfBen.next().start(hearing);
            there.start(new Recorder());
            there.send(new byte[] {42});
            assertArrayEquals(new byte[] {42}, hearing.next());
            assertEquals(1, count(heard, "malformed signals at a rendezvous"), heard.warnings()::toString);
            assertEquals(1, count(heard, "not JSON"), heard.warnings()::toString);
            assertEquals(2, heard.warnings().size(), heard.warnings()::toString);
        }
    }

    /** With a relay that is not there, and told to use nothing else, neither finds a way. */
    @Test
    void whoIsThereAndIsNotReachedIsToldFromWhoIsAway() throws Exception {
        Identity anns = Identities.make();
        Identity bens = Identities.make();
        Guests doorOfBen = new Guests();
        Rendezvous place = new Rendezvous(new byte[32], List.of());
        try (TestServer server = new TestServer();
                WebRtcTransport transport = new WebRtcTransport(
                        name -> switch (name) {
                            case WebRtcTransport.SIGNALING -> server.address();
                            case WebRtcTransport.ICE -> "turn:127.0.0.1:1 ann secret";
                            case WebRtcTransport.RELAY -> "only";
                            default -> null;
                        },
                        Clock.systemUTC());
                Endpoint ann = transport.open(anns, new Guests());
                Endpoint ben = transport.open(bens, doorOfBen)) {
            Knock knock = doorOfBen.expect(new Guest.Pinned(Identities.fingerprint(anns)));
            IOException away =
                    assertThrows(IOException.class, () -> ann.meet(place, Identities.fingerprint(bens), knock));
            assertFalse(away instanceof NoWayException, away::toString);
            ben.await(List.of(place));
            assertThrows(NoWayException.class, () -> ann.meet(place, Identities.fingerprint(bens), knock));
        }
    }

    private static WebRtcTransport at(TestServer server) {
        return new WebRtcTransport(
                name -> name.equals(WebRtcTransport.SIGNALING) ? server.address() : null, Clock.systemUTC());
    }

    private static String published(String topic, String data) {
        return Json.write(Json.object("publish").put("topic", topic).put("data", data));
    }

    private static long count(Heard heard, String words) {
        return heard.warnings().stream().filter(line -> line.contains(words)).count();
    }
}
