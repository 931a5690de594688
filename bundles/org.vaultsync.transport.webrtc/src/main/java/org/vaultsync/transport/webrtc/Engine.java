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
 * that has seen many is retired: new connections are made by a fresh one, and it is disposed with its last connection.
 * Each retired factory costs a native thread, so this is not done for less.
 */
final class Engine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);
    /** About 22 MB of Java objects. */
    static final int MESSAGES_OF_A_FACTORY = 250_000;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A native factory, and the connections that it has made. */
    final class Factory {
        private final PeerConnectionFactory factory;
        private final Set<Connection> open = new HashSet<>(); // engine thread only
        private final AtomicLong messages = new AtomicLong();

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
            if (open.isEmpty() && (closed || messages.get() > MESSAGES_OF_A_FACTORY)) {
                dispose();
            }
        }

        private void dispose() {
            if (present.filter(one -> one == this).isPresent()) {
                present = Optional.empty();
            }
            factory.dispose();
            log.debug("webrtc: a factory was disposed after {} messages", messages.get());
        }
    }

    private final ScheduledThreadPoolExecutor thread;
    private Optional<AudioDeviceModule> silence = Optional.empty(); // engine thread only; shared by all factories
    private Optional<Factory> present = Optional.empty(); // engine thread only
    private boolean closed; // engine thread only

    Engine() {
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("webrtc").factory(), new ThreadPoolExecutor.DiscardPolicy());
        thread.setRemoveOnCancelPolicy(true);
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
        if (present.filter(one -> one.messages.get() <= MESSAGES_OF_A_FACTORY).isEmpty()) {
            // Without a module of its own the library looks for an audio server, and aborts the process where there is
            // none.
            AudioDeviceModule module = silence.orElseGet(() -> new AudioDeviceModule(AudioLayer.kDummyAudio));
            silence = Optional.of(module);
            present = Optional.of(new Factory(new PeerConnectionFactory(module)));
        }
        Factory factory = present.orElseThrow();
        Connection connection = new Connection(this, factory, configuration(how), owner);
        factory.open.add(connection);
        return connection;
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
            present.ifPresent(factory -> {
                if (factory.open.isEmpty()) {
                    factory.dispose();
                } else {
                    List.copyOf(factory.open).forEach(connection -> connection.close("WebRTC was switched off"));
                }
            });
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
