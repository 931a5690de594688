// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of an endpoint that shake hands or are links, and the clock that watches over them. Thread-safe. */
final class Connections implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);
    /** A cut cable is noticed within 10 s on a link that says nothing; where the platform has these options. */
    private static final Map<String, Integer> KEEP_ALIVE =
            Map.of("TCP_KEEPIDLE", 4, "TCP_KEEPINTERVAL", 2, "TCP_KEEPCOUNT", 2);

    private final Limits limits;
    private final Set<Socket> shakingHands = ConcurrentHashMap.newKeySet();
    private final Set<LanLink> links = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor clock;
    private volatile boolean closed;

    Connections(Limits limits) {
        this.limits = limits;
        clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("lan clock").factory(), new ThreadPoolExecutor.DiscardPolicy());
        clock.setRemoveOnCancelPolicy(true);
    }

    boolean closed() {
        return closed;
    }

    static void tune(Socket tcp) throws IOException {
        tcp.setTcpNoDelay(true);
        tcp.setKeepAlive(true);
        for (SocketOption<?> option : tcp.supportedOptions()) {
            Integer value = KEEP_ALIVE.get(option.name());
            if (value != null && option.type() == Integer.class) {
                @SuppressWarnings("unchecked")
                SocketOption<Integer> seconds = (SocketOption<Integer>) option;
                tcp.setOption(seconds, value);
            }
        }
    }

    static void close(Socket tcp) {
        try {
            tcp.close();
        } catch (IOException alreadyBroken) {
            log.debug("lan: {}", alreadyBroken.getMessage());
        }
    }

    /** Begins a handshake, which must be over before that. */
    Deadline deadline(Socket tcp, Duration patience) {
        return new Deadline(tcp, patience);
    }

    /** Closes a socket, and so wakes whoever waits for it, when time is up. */
    final class Deadline implements AutoCloseable {
        private final Socket tcp;
        private final ScheduledFuture<?> alarm;
        private volatile boolean passed;

        private Deadline(Socket tcp, Duration patience) {
            this.tcp = tcp;
            alarm = clock.schedule(this::pass, patience.toMillis(), TimeUnit.MILLISECONDS);
            shakingHands.add(tcp);
            if (closed) {
                Connections.close(tcp);
            }
        }

        private void pass() {
            passed = true;
            Connections.close(tcp);
        }

        boolean passed() {
            return passed;
        }

        /** Whether it was in time. */
        boolean disarm() {
            alarm.cancel(false);
            return !passed;
        }

        @Override
        public void close() {
            alarm.cancel(false);
            shakingHands.remove(tcp);
        }
    }

    /** Makes a link of a connection that has shaken hands. */
    LanLink link(LanLink.Peer peer, Socket tcp, SSLSocket tls) throws IOException {
        LanLink link = new LanLink(peer, tcp, tls, limits, clock);
        links.add(link);
        link.gone().thenRun(() -> links.remove(link));
        if (closed) {
            link.cutOff();
        }
        return link;
    }

    /** Closes all links, after what was sent is out, and breaks off all handshakes. */
    @Override
    public void close() {
        closed = true;
        shakingHands.forEach(Connections::close);
        links.forEach(LanLink::close);
        try {
            CompletableFuture.allOf(links.stream().map(LanLink::gone).toArray(CompletableFuture[]::new))
                    .get(limits.farewell().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stillThere) {
            log.debug("lan: cutting off {} links", links.size());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        links.forEach(LanLink::cutOff);
        clock.shutdownNow();
    }
}
