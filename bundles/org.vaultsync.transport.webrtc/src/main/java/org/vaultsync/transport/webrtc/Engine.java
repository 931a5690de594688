// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCIceServer;
import dev.onvoid.webrtc.RTCIceTransportPolicy;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.media.audio.AudioDeviceModule;
import dev.onvoid.webrtc.media.audio.AudioLayer;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.IceServer;
import org.vaultsync.Meeting;

/**
 * The one thread on which everything about WebRTC happens but for the moving of bytes, and the native factory of
 * connections. Native code calls back on threads of its own; all of that is handed over to this one.
 *
 * <p>The native library keeps two Java objects for each message that came, until its factory is disposed. So a factory
 * that has seen many is retired: new connections are made by a fresh one, and it is disposed with its last connection. A
 * connection that lasts would keep it for ever, so once it has seen more they are closed in a quiet moment, and whoever wants
 * them makes them anew. Each retired factory costs a native thread, so this is not done for less.
 */
final class Engine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * How much a factory sees.
     *
     * @param retired after so many messages it makes no new connections
     * @param renewed after so many its connections are closed in a quiet moment, after twice as many at any
     * @param quiet the most messages between two looks at which a moment is quiet: links that nobody uses are pinged, too
     * @param look how often it is looked at
     */
    record Wear(long retired, long renewed, long quiet, Duration look) {
        /** About 22 MB of Java objects, 44 and 88. */
        static final Wear USUAL = new Wear(250_000, 500_000, 1_000, Duration.ofMinutes(1));
    }

    /** A native factory, and the connections that it has made. */
    final class Factory {
        private final PeerConnectionFactory factory;
        private final Set<Connection> open = new HashSet<>(); // engine thread only
        private final AtomicLong messages = new AtomicLong();
        private long seen; // engine thread only; how many messages it had when it was last looked at

        private Factory(PeerConnectionFactory factory) {
            this.factory = factory;
        }

        /** A message came over one of its connections. Called on any thread. */
        void received() {
            messages.incrementAndGet();
        }

        RTCPeerConnection connect(RTCConfiguration how, PeerConnectionObserver observer) {
            return factory.createPeerConnection(how, observer);
        }

        /** That connection is closed in native code. */
        void closed(Connection connection) {
            open.remove(connection);
            if (open.isEmpty() && (closed || isRetired())) {
                dispose();
            }
        }

        private boolean isRetired() {
            return messages.get() > wear.retired();
        }

        private void look() {
            long now = messages.get();
            boolean quiet = now - seen <= wear.quiet();
            seen = now;
            if (now > wear.renewed() && (quiet || now > 2 * wear.renewed())) {
                log.info("webrtc: {} connections are closed to be made anew, after {} messages", open.size(), now);
                closeAll("it is made anew");
            }
        }

        private void closeAll(String why) {
            List.copyOf(open).forEach(connection -> connection.close(why));
        }

        private void dispose() {
            if (factories.remove(this)) {
                factory.dispose();
                log.debug("webrtc: a factory was disposed after {} messages", messages.get());
            }
            if (closed && factories.isEmpty()) {
                silence.ifPresent(AudioDeviceModule::dispose);
                silence = Optional.empty();
            }
        }
    }

    private final Wear wear;
    final ScheduledThreadPoolExecutor thread;

    /** What waits to be read in all open channels, in bytes. */
    final AtomicLong unread = new AtomicLong();

    private Optional<AudioDeviceModule> silence = Optional.empty(); // engine thread only; shared by all factories
    private final Set<Factory> factories = new LinkedHashSet<>(); // engine thread only; the newest last
    private boolean closed; // engine thread only

    Engine() {
        this(Wear.USUAL);
    }

    Engine(Wear wear) {
        this.wear = wear;
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("webrtc").factory(), new ThreadPoolExecutor.DiscardPolicy());
        thread.setRemoveOnCancelPolicy(true);
        every(wear.look(), () -> List.copyOf(factories).forEach(Factory::look));
    }

    /** Runs something on the engine's thread. Whatever it throws is logged. Harmless when the engine is closed. */
    void execute(Runnable task) {
        thread.execute(guarded(task));
    }

    ScheduledFuture<?> after(Duration pause, Runnable task) {
        return thread.schedule(guarded(task), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    ScheduledFuture<?> every(Duration pause, Runnable task) {
        return thread.scheduleWithFixedDelay(guarded(task), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error fault) {
                log.error("webrtc: failed on its thread", fault);
            }
        };
    }

    /** Makes a connection, which does nothing yet. On the engine's thread. */
    Connection connect(Meeting how, Connection.Owner owner) throws IOException {
        Natives.require();
        if (closed) {
            throw new IOException("WebRTC is switched off.");
        }
        Factory factory =
                factories.stream().filter(one -> !one.isRetired()).findFirst().orElseGet(this::fresh);
        Connection connection = new Connection(this, factory, configuration(how), owner);
        factory.open.add(connection);
        return connection;
    }

    private Factory fresh() {
        // Without a module of its own the library looks for an audio server, and aborts the process where there is
        // none.
        AudioDeviceModule module = silence.orElseGet(() -> new AudioDeviceModule(AudioLayer.kDummyAudio));
        silence = Optional.of(module);
        Factory fresh = new Factory(new PeerConnectionFactory(module));
        factories.add(fresh);
        return fresh;
    }

    private static RTCConfiguration configuration(Meeting how) {
        RTCConfiguration configuration = new RTCConfiguration();
        for (IceServer server : how.ice()) {
            RTCIceServer ice = new RTCIceServer();
            ice.urls = List.of(server.url());
            ice.username = server.user();
            ice.password = server.password();
            configuration.iceServers.add(ice);
        }
        configuration.iceTransportPolicy = how.relayOnly() ? RTCIceTransportPolicy.RELAY : RTCIceTransportPolicy.ALL;
        return configuration;
    }

    /** Closes all connections and the factory, and ends the thread. Blocks for a moment. */
    @Override
    public void close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        execute(() -> {
            closed = true;
            for (Factory factory : List.copyOf(factories)) {
                factory.closeAll("WebRTC was switched off");
                factory.dispose();
            }
            done.complete(null);
        });
        try {
            done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            log.warn("webrtc: it did not close within {} s", PATIENCE.toSeconds());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
