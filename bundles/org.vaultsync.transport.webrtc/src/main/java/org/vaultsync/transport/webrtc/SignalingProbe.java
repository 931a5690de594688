// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.net.ProxySelector;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.ServerChecks.Reason;

/** Connects to a signaling server and waits for the answer to a ping. */
final class SignalingProbe implements WebSocket.Listener {
    private static final Duration CONNECT = Duration.ofSeconds(8);
    private static final Duration PONG = Duration.ofSeconds(5);
    private static final int LONGEST = 64 << 10;

    private final CompletableFuture<Void> pong = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder(); // one call at a time

    private SignalingProbe() {}

    /** Blocks until it is known. */
    static Answer ask(ProxySelector proxies, URI address) throws InterruptedException {
        long began = System.nanoTime();
        Optional<Problem> problem = problem(proxies, address);
        return new Answer(Set.of(), problem, Duration.ofNanos(System.nanoTime() - began));
    }

    private static Optional<Problem> problem(ProxySelector proxies, URI address) throws InterruptedException {
        SignalingProbe probe = new SignalingProbe();
        boolean opened = false;
        try (Asking asking = new Asking(proxies)) {
            CompletableFuture<WebSocket> opening = asking.open(address, probe);
            WebSocket socket = opening.get(CONNECT.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            opened = true;
            socket.sendText("{\"type\":\"ping\"}", true).get(PONG.toMillis(), TimeUnit.MILLISECONDS);
            probe.pong.get(PONG.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException failed) {
            return Optional.of(SignalingServer.problem(failed.getCause()));
        } catch (TimeoutException late) {
            return Optional.of(new Problem(opened ? Reason.OTHER_SERVICE : Reason.NO_ANSWER, ""));
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        if (text.length() + part.length() > LONGEST) {
            from.abort();
            return null;
        }
        text.append(part);
        if (last) {
            if (Json.read(text.toString())
                    .filter(message -> Json.text(message, "type").equals("pong"))
                    .isPresent()) {
                pong.complete(null);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable broken) {
        pong.completeExceptionally(broken);
    }
}
