// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.ServerChecks.Reason;

/**
 * The connection to one signaling server: kept up, asked for all topics that anybody wants there, one message after the
 * other. Confined to the engine's thread.
 */
final class SignalingServer {
    private static final Logger log = LoggerFactory.getLogger(SignalingServer.class);
    private static final Duration DAY = Duration.ofDays(1);
    /** More often than y-webrtc: the HTTP client does not always tell that a server closed without a word. */
    private static final Duration BETWEEN_PINGS = Duration.ofSeconds(5);

    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(9);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(32);
    private static final int LONGEST_MESSAGE = 1 << 20;
    private static final int MOST_QUEUED = 10_000;
    private static final int TOPICS_AT_ONCE = 100;

    private final Engine engine;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final ProxySelector proxies;
    private final URI address;
    private final RandomGenerator jitter = RandomGenerator.getDefault();
    private final Set<Signaling.Subscriber> subscribers = new LinkedHashSet<>();
    private final Set<String> subscribed = new HashSet<>();
    private final Queue<String> waiting = new ArrayDeque<>();
    private boolean sending;
    private boolean probing;
    private Optional<Asking> asking = Optional.empty(); // of the present connection, and of trying for one
    private Optional<WebSocket> socket = Optional.empty();
    private volatile Optional<Problem> problem = Optional.empty(); // changed on the engine's thread
    private Optional<ScheduledFuture<?>> next = Optional.empty();
    private Optional<Told> time = Optional.empty(); // of the server, for the present connection
    private long heard;
    private int attempts; // since a connection has lasted
    private int pongs; // over the present connection
    private int connection; // counts them, so that what comes late of an old one is passed over
    private boolean scolded; // whether it was logged that it sends what is not JSON
    private boolean closed;

    /** The time that a server has told, and when that was. */
    private record Told(Instant time, long nanos) {}

    /**
     * @param clock counts where the server tells no time
     * @param nanos a time that does not jump
     */
    SignalingServer(Engine engine, InstantSource clock, LongSupplier nanos, ProxySelector proxies, URI address) {
        this.engine = engine;
        this.clock = clock;
        this.nanos = nanos;
        this.proxies = proxies;
        this.address = address;
    }

    void add(Signaling.Subscriber subscriber) {
        if (subscribers.add(subscriber) && isReached()) {
            subscribe();
            subscriber.reached(address);
        }
    }

    /** Says whether nobody is left. */
    boolean remove(Signaling.Subscriber subscriber) {
        if (subscribers.remove(subscriber)) {
            subscribe();
        }
        return subscribers.isEmpty();
    }

    boolean isReached() {
        return socket.isPresent();
    }

    Optional<Problem> problem() {
        return problem;
    }

    long day() {
        Instant now = time.map(told -> told.time().plusNanos(nanos.getAsLong() - told.nanos()))
                .orElseGet(clock::instant);
        return Math.floorDiv(now.toEpochMilli(), DAY.toMillis());
    }

    /** Tries at once, if it is not reached and not being tried; if it is reached, makes sure that it still is. */
    void again() {
        if (next.isPresent()) {
            attempts = 0;
            next.get().cancel(false);
            connect();
        } else if (socket.isPresent() && !probing) {
            probe(connection);
        }
    }

    /** A network that has changed leaves sockets that nobody hears from and nobody closes. */
    private void probe(int number) {
        probing = true;
        long before = heard;
        send(Json.object("ping"));
        engine.after(PROBE, () -> {
            probing = false;
            if (heard == before) {
                lost(number, new Problem(Reason.NO_ANSWER, ""));
            }
        });
    }

    /** Asks the server what day it is, then opens the socket. */
    void connect() {
        next = Optional.empty();
        if (closed) {
            return;
        }
        attempts++;
        int number = ++connection;
        Asking fresh = new Asking(proxies);
        asking = Optional.of(fresh);
        apart(() -> fresh.time(address))
                .exceptionally(failed -> Optional.empty())
                .thenAccept(date -> engine.execute(() -> {
                    if (number == connection && !closed) {
                        time = date.flatMap(this::told);
                        open(fresh, number);
                    }
                }));
    }

    private Optional<Told> told(String date) {
        try {
            Instant server = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(new Told(server, nanos.getAsLong()));
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    private void open(Asking fresh, int number) {
        apart(() -> fresh.open(address, new Ears(number)))
                .whenComplete((opened, failed) -> engine.execute(() -> {
                    if (number != connection || closed) {
                        fresh.close();
                    } else if (failed != null) {
                        lost(number, problem(failed));
                    } else {
                        reached(opened);
                    }
                }));
    }

    /** Who knows the way over a proxy may have to ask a person for a password first, which is not to hold up the engine. */
    private static <T> CompletableFuture<T> apart(Supplier<CompletableFuture<T>> request) {
        return CompletableFuture.supplyAsync(
                        request, task -> Thread.ofVirtual().name("signaling").start(task))
                .thenCompose(made -> made);
    }

    private void reached(WebSocket opened) {
        socket = Optional.of(opened);
        pongs = 0;
        heard = System.nanoTime();
        subscribed.clear();
        waiting.clear();
        sending = false;
        subscribe();
        // Its answer says that it has taken what it was asked for before.
        send(Json.object("ping"));
        List.copyOf(subscribers).forEach(subscriber -> subscriber.reached(address));
        pingLater(connection);
    }

    private void pingLater(int number) {
        engine.after(BETWEEN_PINGS, () -> {
            if (number != connection || socket.isEmpty()) {
                return;
            }
            if (System.nanoTime() - heard > SILENCE.toNanos()) {
                lost(number, new Problem(Reason.NO_ANSWER, ""));
                return;
            }
            send(Json.object("ping"));
            pingLater(number);
        });
    }

    /** Tells the server what is wanted now, where that differs from what it knows. */
    void subscribe() {
        if (socket.isEmpty()) {
            return;
        }
        Set<String> wanted = new LinkedHashSet<>();
        subscribers.forEach(subscriber -> wanted.addAll(subscriber.topics(day())));
        Set<String> over = new LinkedHashSet<>(subscribed);
        over.removeAll(wanted);
        wanted.removeAll(subscribed);
        tell("subscribe", wanted);
        tell("unsubscribe", over);
        subscribed.addAll(wanted);
        subscribed.removeAll(over);
    }

    private void tell(String type, Set<String> topics) {
        List<String> all = new ArrayList<>(topics);
        for (int from = 0; from < all.size(); from += TOPICS_AT_ONCE) {
            ObjectNode message = Json.object(type);
            all.subList(from, Math.min(all.size(), from + TOPICS_AT_ONCE)).forEach(message.putArray("topics")::add);
            send(message);
        }
    }

    /** Sends a message, unless the server is not reached. */
    void send(ObjectNode message) {
        if (socket.isEmpty()) {
            return;
        }
        if (waiting.size() > MOST_QUEUED) {
            lost(connection, new Problem(Reason.OTHER, "it does not take what it is sent"));
            return;
        }
        waiting.add(Json.write(message));
        sendNext();
    }

    private void sendNext() {
        if (sending || socket.isEmpty() || waiting.isEmpty()) {
            return;
        }
        sending = true;
        int number = connection;
        socket.get()
                .sendText(waiting.remove(), true)
                .whenComplete((sent, failed) -> engine.execute(() -> {
                    if (number != connection) {
                        return;
                    }
                    sending = false;
                    if (failed != null) {
                        lost(number, problem(failed));
                    } else {
                        sendNext();
                    }
                }));
    }

    private void received(int number, String text) {
        if (number != connection || closed) {
            return;
        }
        heard = System.nanoTime();
        Optional<ObjectNode> message = Json.read(text);
        if (message.isEmpty()) {
            if (!scolded) {
                scolded = true;
                log.warn("signaling: {} sends what is not JSON, which is passed over", address.getHost());
            }
            return;
        }
        if (Json.text(message.get(), "type").equals("pong")) {
            ponged();
            return;
        }
        String topic = Json.text(message.get(), "topic");
        if (Json.text(message.get(), "type").equals("publish") && subscribed.contains(topic)) {
            for (Signaling.Subscriber subscriber : List.copyOf(subscribers)) {
                if (subscriber.topics(day()).contains(topic)) {
                    subscriber.received(address, topic, message.get());
                }
            }
        }
    }

    /** A server that only takes connections, and ends them, is not one that is reached. */
    private void ponged() {
        pongs++;
        if (pongs == 1) {
            log.info("signaling: {} is reached", address.getHost());
            problem = Optional.empty();
            List.copyOf(subscribers).forEach(subscriber -> subscriber.answered(address));
        } else {
            attempts = 0;
        }
    }

    private void lost(int number, Problem why) {
        if (number != connection || closed) {
            return;
        }
        connection++;
        boolean first = problem.filter(why::equals).isEmpty();
        hangUp();
        problem = Optional.of(why);
        if (first) {
            log.info("signaling: {} is not reached: {}", address.getHost(), sentence(why));
        }
        Duration pause = attempts > 5 ? LONGEST_PAUSE : Duration.ofSeconds(1L << Math.max(0, attempts - 1));
        pause = Duration.ofMillis((long) (pause.toMillis() * (0.8 + 0.4 * jitter.nextDouble())));
        next = Optional.of(engine.after(pause, this::connect));
        List.copyOf(subscribers).forEach(subscriber -> subscriber.lost(address));
    }

    /** Why a server cannot be used. */
    static Problem problem(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        if (Stream.iterate(failed, each -> each != null, Throwable::getCause)
                .anyMatch(Asking.TooLong.class::isInstance)) {
            return new Problem(Reason.OTHER_SERVICE, "its answer has no end");
        }
        return switch (cause) {
            case WebSocketHandshakeException refused ->
                new Problem(
                        Reason.OTHER_SERVICE, "HTTP " + refused.getResponse().statusCode());
            case HttpTimeoutException late -> new Problem(Reason.NO_ANSWER, "");
            case TimeoutException late -> new Problem(Reason.NO_ANSWER, "");
            case SSLException noTrust -> new Problem(Reason.NOT_TRUSTED, String.valueOf(noTrust.getMessage()));
            case ConnectException refused ->
                new Problem(
                        refused.getCause() instanceof UnknownHostException
                                        || refused.getCause() instanceof UnresolvedAddressException
                                        || String.valueOf(refused.getMessage()).contains("resolve")
                                ? Reason.UNKNOWN_NAME
                                : Reason.NOT_LISTENING,
                        "");
            default -> new Problem(Reason.OTHER, Objects.requireNonNullElse(cause.getMessage(), ""));
        };
    }

    /** Why a server cannot be used, for people. */
    static String sentence(Problem problem) {
        return switch (problem.reason()) {
            case OTHER_SERVICE ->
                problem.detail().equals("HTTP 407")
                        ? "The proxy that leads there asks for a name and a password, and was told none, or others than it takes."
                        : "Something else than a signaling server answers there (" + problem.detail() + ").";
            case NO_ANSWER -> "It does not answer.";
            case NOT_TRUSTED -> "Its certificate is not trusted: " + problem.detail();
            case UNKNOWN_NAME -> "There is no computer of that name.";
            case NOT_LISTENING -> "Nothing listens there, or there is no network.";
            case OTHER, NO_WEBRTC, NO_NETWORK, WRONG_CREDENTIALS ->
                problem.detail().isEmpty()
                        ? "The connection to it broke."
                        : "The connection to it broke: " + problem.detail();
        };
    }

    void close() {
        closed = true;
        next.ifPresent(try1 -> try1.cancel(false));
        hangUp();
    }

    private void hangUp() {
        socket.ifPresent(WebSocket::abort);
        socket = Optional.empty();
        asking.ifPresent(Asking::close);
        asking = Optional.empty();
    }

    /**
     * Hears what the server says, on threads of the HTTP client, and hands it over. The next message is asked for once the last
     * one is dealt with, so that what the engine has no time for yet waits with the server and not in memory here.
     */
    final class Ears implements WebSocket.Listener {
        private final int number;
        private final StringBuilder text = new StringBuilder(); // one call at a time

        Ears(int number) {
            this.number = number;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            if (text.length() + part.length() > LONGEST_MESSAGE) {
                engine.execute(
                        () -> lost(number, new Problem(Reason.OTHER, "it sent a message of more than a megabyte")));
                return null;
            }
            text.append(part);
            if (!last) {
                from.request(1);
                return null;
            }
            String whole = text.toString();
            text.setLength(0);
            engine.execute(() -> {
                try {
                    received(number, whole);
                } finally {
                    from.request(1);
                }
            });
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            engine.execute(() -> lost(number, new Problem(Reason.OTHER, "it closed the connection")));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable broken) {
            engine.execute(() -> lost(number, problem(broken)));
        }
    }
}
