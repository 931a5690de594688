// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What one signaling server is asked by HTTP for one connection: the time, then the WebSocket. Each answer has to come in time
 * and may not be long. Closing it ends all that is under way, the WebSocket too. Thread-safe.
 *
 * <p>Java's client reads the whole answer to the handshake of a WebSocket, however long it is, unless it has accepted. Nothing
 * of ours is told of the answer before that, but for whoever keeps the cookies: it hears the headers of each answer first.
 */
final class Asking implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final Duration HANDSHAKE = CONNECT.plusSeconds(2);
    /**
     * From the headers of an answer that says it accepts, or that a proxy asks for a password, to the end of it. Nothing has to
     * come in between. That is what its length cannot be told from.
     */
    private static final Duration ACCEPTED = Duration.ofSeconds(1);

    private static final int LONGEST = 64 << 10;

    private final HttpClient http;
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    private volatile boolean opening;

    Asking(ProxySelector proxies) {
        http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies)
                .cookieHandler(new Headers())
                .build();
    }

    /** The answer is longer than that of a signaling server ever is, or does not say how long. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super("its answer has no end");
        }
    }

    private final class Headers extends CookieHandler {
        @Override
        public Map<String, List<String>> get(URI there, Map<String, List<String>> asked) {
            return Map.of();
        }

        /** Whatever it throws ends the request before more of the answer is read. */
        @Override
        public void put(URI there, Map<String, List<String>> headers) throws IOException {
            if (!opening) {
                return;
            }
            List<String> lengths = values(headers, "Content-Length").toList();
            boolean isShort = lengths.size() == 1
                    && lengths.getFirst().matches("[0-9]{1,6}")
                    && Integer.parseInt(lengths.getFirst()) <= LONGEST
                    && values(headers, "Transfer-Encoding").findAny().isEmpty();
            if (Stream.of("Sec-WebSocket-Accept", "Proxy-Authenticate")
                    .anyMatch(name -> values(headers, name).findAny().isPresent())) {
                CompletableFuture.delayedExecutor(ACCEPTED.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(this::hurry);
            } else if (!isShort) {
                throw new TooLong();
            }
        }

        private void hurry() {
            if (socket.completeExceptionally(new TooLong())) {
                close();
            }
        }

        private static Stream<String> values(Map<String, List<String>> headers, String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .flatMap(header -> header.getValue().stream());
        }
    }

    /**
     * The time of the server as it tells it, or nothing. A way over a proxy may have to ask a person for a password first; this
     * blocks until then.
     */
    CompletableFuture<Optional<String>> time(URI address) {
        return http.sendAsync(
                        HttpRequest.newBuilder(overHttp(address)).timeout(TIME).build(), about -> new Start())
                .orTimeout(TIME.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failed) -> failed == null ? answer.headers().firstValue("Date") : Optional.empty());
    }

    private static URI overHttp(URI address) {
        try {
            return new URI(
                    address.getScheme().equals("wss") ? "https" : "http",
                    null,
                    address.getHost(),
                    address.getPort(),
                    "/",
                    null,
                    null);
        } catch (URISyntaxException checkedBefore) {
            throw new IllegalStateException(checkedBefore);
        }
    }

    /** Opens the WebSocket, once. Blocks as {@link #time} does. */
    CompletableFuture<WebSocket> open(URI address, WebSocket.Listener ears) {
        opening = true;
        http.newWebSocketBuilder()
                .connectTimeout(CONNECT)
                .buildAsync(address, ears)
                .whenComplete((opened, failed) -> {
                    if (failed != null) {
                        socket.completeExceptionally(failed);
                    } else if (!socket.complete(opened)) {
                        opened.abort();
                    }
                });
        return socket.orTimeout(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        socket.thenAccept(WebSocket::abort);
        http.shutdownNow();
    }

    /** Throws away what is said besides the headers, and hangs up where that goes on. */
    private static final class Start implements HttpResponse.BodySubscriber<Void> {
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private Flow.Subscription rest; // set before anything else is called
        private long taken; // one call at a time

        @Override
        public CompletionStage<Void> getBody() {
            return over;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            rest = subscription;
            rest.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> some) {
            taken += some.stream().mapToLong(ByteBuffer::remaining).sum();
            if (taken > LONGEST) {
                rest.cancel();
                over.complete(null);
            } else {
                rest.request(1);
            }
        }

        @Override
        public void onError(Throwable broken) {
            over.completeExceptionally(broken);
        }

        @Override
        public void onComplete() {
            over.complete(null);
        }
    }
}
