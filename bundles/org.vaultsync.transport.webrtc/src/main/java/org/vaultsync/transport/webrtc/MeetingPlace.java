// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.NoWayException;

/**
 * One rendezvous: the topics that this device and one other look at, on some servers. The one that calls rings, and only when
 * the other says that it is there do both make a connection, since each costs native memory for ever. Confined to the
 * engine's thread.
 *
 * <p>Signals are objects in JSON, sealed: {@code type}, {@code from} (the endpoint), {@code call}, and by type {@code
 * knock}, {@code sdp}, {@code candidate}.
 */
final class MeetingPlace implements Signaling.Subscriber {
    private static final Logger log = LoggerFactory.getLogger(MeetingPlace.class);
    private static final Duration BETWEEN_RINGS = Duration.ofSeconds(2);
    private static final Duration NO_SERVER = Duration.ofSeconds(6);
    private static final Duration NOBODY_THERE = Duration.ofSeconds(3);
    private static final Duration FROM_THE_ANSWER_ON = Duration.ofSeconds(12);
    private static final int MOST_CALLS = 16;

    /** What a place needs of its endpoint. */
    record Surroundings(
            Engine engine, Signaling signaling, Meeting how, Identity self, Door door, String name, Links links) {
        /** Takes the links that come about. */
        interface Links {
            void made(WebRtcLink link);
        }
    }

    /** A call of this device that nobody has answered yet. */
    private final class Ringing {
        final String id = id();
        final Fingerprint expected;
        final Knock knock;
        final Runnable answered;
        final CompletableFuture<WebRtcLink> result;
        final Set<URI> rung = new HashSet<>();
        Optional<ScheduledFuture<?>> next = Optional.empty(); // when it rings again
        Optional<ScheduledFuture<?>> end = Optional.empty(); // when it is given up
        boolean refused;

        Ringing(Fingerprint expected, Knock knock, Runnable answered, CompletableFuture<WebRtcLink> result) {
            this.expected = expected;
            this.knock = knock;
            this.answered = answered;
            this.result = result;
        }
    }

    private final Surroundings around;
    private final Seal seal;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Map<String, Ringing> ringing = new HashMap<>(); // by the call's id
    private final Map<String, Call> calls = new HashMap<>(); // by who calls and the call's id
    private Set<URI> servers = Set.of();
    private boolean awaited;
    private boolean scolded; // whether a malformed signal was logged

    MeetingPlace(Surroundings around, byte[] secret) {
        this.around = around;
        this.seal = new Seal(secret);
    }

    /** Looks there from now on. */
    void at(Set<URI> wanted) {
        Set<URI> before = servers;
        servers = Set.copyOf(wanted);
        before.stream()
                .filter(each -> !servers.contains(each))
                .forEach(each -> around.signaling().remove(each, this));
        servers.stream()
                .filter(each -> !before.contains(each))
                .forEach(each -> around.signaling().add(each, this));
    }

    Set<URI> servers() {
        return servers;
    }

    /** Whether this device lets itself be called here. */
    void await(boolean whether) {
        awaited = whether;
    }

    /** Whether nobody needs it any more. */
    boolean isIdle() {
        return !awaited && ringing.isEmpty() && calls.isEmpty();
    }

    private String id() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public Set<String> topics(long day) {
        return seal.topics(day);
    }

    private void publish(URI server, String topic, String call, ObjectNode signal) {
        signal.put("from", around.name()).put("call", call);
        around.signaling().publish(server, topic, TextNode.valueOf(seal.close(topic, signal)));
    }

    /**
     * Calls the other device.
     *
     * @param answered is run when it answers, and connections begin to be made
     * @param result fails with a sentence for people; with a {@link NoWayException} once it has answered
     */
    void call(Fingerprint expected, Knock knock, Runnable answered, CompletableFuture<WebRtcLink> result) {
        if (servers.isEmpty()) {
            result.completeExceptionally(new IOException("No signaling server is set where it could be met."));
            return;
        }
        Ringing call = new Ringing(expected, knock, answered, result);
        ringing.put(call.id, call);
        around.signaling().again();
        ring(call);
        if (call.rung.isEmpty()) {
            call.end = Optional.of(around.engine().after(NO_SERVER, () -> giveUp(call, noServer())));
        }
    }

    private String noServer() {
        return servers.stream()
                .findFirst()
                .map(one -> "The signaling server " + one.getHost() + " is not reached. "
                        + around.signaling()
                                .problem(one)
                                .map(SignalingServer::sentence)
                                .orElse(""))
                .orElse("No signaling server is set where it could be met.");
    }

    private void ring(Ringing call) {
        call.next.ifPresent(each -> each.cancel(false));
        for (URI server : servers) {
            if (around.signaling().isReached(server)) {
                publish(
                        server,
                        seal.topic(around.signaling().day(server)),
                        call.id,
                        Json.object("ring").put("knock", call.knock.text()));
                if (call.rung.isEmpty()) {
                    call.end.ifPresent(each -> each.cancel(false));
                    call.end = Optional.of(around.engine()
                            .after(
                                    NOBODY_THERE,
                                    () -> giveUp(
                                            call,
                                            call.refused
                                                    ? "It does not know this device."
                                                    : "It is not at the signaling server now.")));
                }
                call.rung.add(server);
            }
        }
        call.next = Optional.of(around.engine()
                .after(call.rung.isEmpty() ? BETWEEN_RINGS.dividedBy(20) : BETWEEN_RINGS, () -> ring(call)));
    }

    /** Takes a call that rings out of those that do. */
    private Optional<Ringing> stop(String id) {
        Optional<Ringing> call = Optional.ofNullable(ringing.remove(id));
        call.ifPresent(there -> {
            there.next.ifPresent(each -> each.cancel(false));
            there.end.ifPresent(each -> each.cancel(false));
        });
        return call;
    }

    private void giveUp(Ringing call, String why) {
        if (stop(call.id).isPresent()) {
            call.result.completeExceptionally(new IOException(why));
        }
    }

    @Override
    public void reached(URI server) {
        ringing.values().forEach(call -> {
            if (call.rung.isEmpty()) {
                ring(call);
            }
        });
    }

    @Override
    public void lost(URI server) {
        log.debug("webrtc: a rendezvous has lost its server");
    }

    @Override
    public void received(URI server, String topic, ObjectNode published) {
        Optional<ObjectNode> opened = seal.open(topic, Json.text(published, "data"));
        if (opened.isEmpty()) {
            scold("something cannot be read");
            return;
        }
        ObjectNode signal = opened.get();
        String from = Json.text(signal, "from");
        String id = Json.text(signal, "call");
        if (from.equals(around.name()) || from.length() > 64 || !id.matches("[0-9a-f]{16}")) {
            return;
        }
        try {
            switch (Json.text(signal, "type")) {
                case "ring" -> rung(server, topic, from, id, Knock.parse(Json.text(signal, "knock")));
                case "here" -> answered(server, topic, from, id);
                case "no" ->
                    Optional.ofNullable(ringing.get(id)).ifPresent(call -> {
                        call.refused = true;
                        giveUp(call, "It does not know this device.");
                    });
                case "offer" -> {
                    Sdp offer = Json.sdp(signal);
                    call(from, id).ifPresent(call -> call.offered(around.how(), offer));
                }
                case "answer" -> {
                    Sdp answer = Json.sdp(signal);
                    call(from, id).ifPresent(call -> call.answered(answer));
                }
                case "candidate" -> {
                    Optional<Candidate> candidate = Json.candidate(signal);
                    call(from, id).ifPresent(call -> candidate.ifPresent(call::add));
                }
                default -> log.debug("webrtc: a signal of a type that is not known");
            }
        } catch (IllegalArgumentException malformed) {
            scold(malformed.getMessage());
        }
    }

    private void scold(String why) {
        if (!scolded) {
            scolded = true;
            log.warn("webrtc: malformed signals at a rendezvous are passed over: {}", why);
        }
    }

    private Optional<Call> call(String from, String id) {
        return Optional.ofNullable(calls.get(from + " " + id));
    }

    /** Somebody calls. */
    private void rung(URI server, String topic, String from, String id, Knock knock) {
        if (!awaited || calls.containsKey(from + " " + id)) {
            return;
        }
        Optional<Guest> guest = calls.size() < MOST_CALLS
                ? around.door().recognise(knock).filter(one -> !(one instanceof Guest.Nearby))
                : Optional.empty();
        if (guest.isEmpty()) {
            publish(server, topic, id, Json.object("no"));
            return;
        }
        Call call = start(server, topic, from, id, guest.get(), false);
        call.link().thenAccept(around.door()::linked);
        publish(server, topic, id, Json.object("here"));
    }

    /** Somebody answers a call of this device. */
    private void answered(URI server, String topic, String from, String id) {
        Optional<Ringing> stopped = stop(id);
        if (stopped.isEmpty()) {
            return;
        }
        Ringing was = stopped.get();
        Call call = start(server, topic, from, id, new Guest.Pinned(was.expected), true);
        was.answered.run();
        call.link().whenComplete((link, failed) -> {
            if (failed != null) {
                was.result.completeExceptionally(new NoWayException(failed.getMessage(), failed));
            } else if (!was.result.complete(link)) {
                link.close();
            }
        });
        call.offer(around.how());
    }

    private Call start(URI server, String topic, String from, String id, Guest guest, boolean dialled) {
        String key = from + " " + id;
        Call call = new Call(
                        around.engine(),
                        around.self(),
                        seal.name(),
                        guest,
                        dialled,
                        server.toString(),
                        signal -> publish(server, topic, id, signal),
                        () -> calls.remove(key))
                .within(FROM_THE_ANSWER_ON);
        calls.put(key, call);
        call.link().thenAccept(around.links()::made);
        return call;
    }

    /** Ends all that is under way. */
    void close(String why) {
        List.copyOf(ringing.values()).forEach(call -> giveUp(call, why));
        List.copyOf(calls.values()).forEach(call -> call.fail(why));
        at(Set.of());
    }
}
