// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.Fingerprint;
import org.vaultsync.LinkByHand.Fault;
import org.vaultsync.LinkByHand.Reply;
import org.vaultsync.Meeting;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Two that are linked by texts which this test carries, without any server. */
@Timeout(120)
class CourierTest {
    private final WebRtcTransport transport = new WebRtcTransport(name -> null, Clock.systemUTC());
    private final Rendezvous shared = new Rendezvous(bytes(), List.of());
    private Person ann;
    private Person ben;

    /** One of the two. */
    private static final class Person {
        final Identity identity = Identities.make();
        final Fingerprint fingerprint = Identities.fingerprint(identity);
        final Guests door = new Guests();
        final Endpoint endpoint;

        Person(WebRtcTransport transport) throws IOException {
            endpoint = transport.open(identity, door);
        }

        String offer(Person to, Rendezvous where) throws IOException {
            return endpoint.courier().orElseThrow().offer(to.fingerprint, where);
        }

        Reply take(String text, Map<Fingerprint, Rendezvous> members) throws IOException {
            return endpoint.courier().orElseThrow().take(text, members);
        }
    }

    private static byte[] bytes() {
        byte[] secret = new byte[32];
        ThreadLocalRandom.current().nextBytes(secret);
        return secret;
    }

    @BeforeEach
    void open() throws IOException {
        ann = new Person(transport);
        ben = new Person(transport);
    }

    @AfterEach
    void close() {
        ann.endpoint.close();
        ben.endpoint.close();
        transport.close();
    }

    private Reply atBen(String text) throws IOException {
        return ben.take(text, Map.of(ann.fingerprint, shared));
    }

    private Reply atAnn(String text) throws IOException {
        return ann.take(text, Map.of(ben.fingerprint, shared));
    }

    private static String answer(Reply reply, Person to) {
        Reply.Answer answer = (Reply.Answer) reply;
        assertEquals(to.fingerprint, answer.member());
        return answer.text();
    }

    @Test
    void anOfferThereAndAnAnswerBackMakeALinkThatCarriesMessages() throws Exception {
        String offer = ann.offer(ben, shared);
        assertEquals(offer, ann.offer(ben, shared), "the one that waits is told again");
        String answer = answer(atBen(offer), ann);
        assertEquals(new Reply.Linked(ben.fingerprint), atAnn(answer));
        Link there = ann.door.next();
        Link here = ben.door.next();
        assertTrue(there.dialled());
        assertFalse(here.dialled());
        assertArrayEquals(ben.identity.certificate().getPublicKey().getEncoded(), there.peerKey());
        Recorder heardThere = new Recorder();
        Recorder heardHere = new Recorder();
        there.start(heardThere);
        here.start(heardHere);
        there.send("to Ben".getBytes(StandardCharsets.UTF_8));
        here.send("to Ann".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals("to Ben".getBytes(StandardCharsets.UTF_8), heardHere.next());
        assertArrayEquals("to Ann".getBytes(StandardCharsets.UTF_8), heardThere.next());
        assertEquals(new Reply.Useless(Fault.EXPIRED), atAnn(answer), "it works once");
        assertNotEquals(offer, ann.offer(ben, shared));
    }

    @Test
    void whatIsOfNoUseIsToldApart() throws Exception {
        String offer = ann.offer(ben, shared);
        assertEquals(new Reply.Useless(Fault.OWN), atAnn(offer));
        assertEquals(
                new Reply.Useless(Fault.FOREIGN),
                ben.take(offer, Map.of(ann.fingerprint, new Rendezvous(bytes(), List.of()))));
        assertEquals(new Reply.Useless(Fault.DAMAGED), atBen(offer.substring(0, offer.length() - 4)));
        assertEquals(new Reply.Useless(Fault.NO_SUCH_TEXT), atBen("ABC-DEF @ wss://example.org"));
        String early = answer(atBen(offer), ann);
        String answer = answer(atBen(offer), ann);
        assertNotEquals(early, answer, "the later answer counts");
        ann.endpoint.courier().orElseThrow().end(ben.fingerprint);
        assertEquals(new Reply.Useless(Fault.EXPIRED), atAnn(answer));
        assertTrue(ann.door.nobodyCame() && ben.door.nobodyCame());
    }

    /** A person may paste an answer twice while it is being tried. */
    @Test
    void nothingIsTriedOnOnceAnOfferWithTwoAnswersIsWithdrawn() throws Exception {
        try (Engine engine = new Engine()) {
            WebRtcCourier courier = new WebRtcCourier(engine, Meeting.USUAL, ann.identity, ann.door, link -> {});
            String answer = answer(atBen(courier.offer(ben.fingerprint, shared)), ann);
            ben.endpoint.close();
            long before = repeated(engine);
            for (int i = 0; i < 2; i++) {
                Thread.currentThread().interrupt(); // it is handed over, and not waited for
                assertThrows(IOException.class, () -> courier.take(answer, Map.of(ben.fingerprint, shared)));
                assertTrue(Thread.interrupted());
            }
            assertEquals(before + 1, repeated(engine));
            courier.end(ben.fingerprint);
            assertEquals(before, repeated(engine));
        }
    }

    /** How much the engine does again and again, after all that was handed over to it before. */
    private static long repeated(Engine engine) throws Exception {
        CompletableFuture<Long> repeated = new CompletableFuture<>();
        engine.execute(() -> repeated.complete(engine.thread.getQueue().stream()
                .filter(task -> task instanceof RunnableScheduledFuture<?> one && one.isPeriodic())
                .count()));
        return repeated.get(20, TimeUnit.SECONDS);
    }

    @Test
    void closingTheEndpointEndsWhatWaits() throws Exception {
        String offer = ann.offer(ben, shared);
        String answer = answer(atBen(offer), ann);
        ann.endpoint.close();
        assertEquals(new Reply.Useless(Fault.EXPIRED), atAnn(answer));
        assertTrue(ann.door.nobodyCame());
    }
}
