// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.vaultsync.ServerChecks;

/**
 * The signaling servers that this device looks at, a connection to each for all who want something there. Confined to
 * the engine's thread, where nothing else is said.
 */
final class Signaling {
    /** Who wants something at a server. Called on the engine's thread. */
    interface Subscriber {
        /**
         * The topics that it wants there.
         *
         * @param day at the server, in days since 1970-01-01 UTC
         */
        Set<String> topics(long day);

        /** The server was reached, and is told the topics. */
        void reached(URI server);

        /** The server that was reached has taken them; what was wrong with it is over. */
        default void answered(URI server) {}

        /** Something was published under a topic. It may be this device's own. */
        void received(URI server, String topic, ObjectNode message);

        /** The server was lost, or could not be reached, or has changed what it says. */
        void lost(URI server);
    }

    private static final Duration LOOK_AT_THE_DAY = Duration.ofMinutes(1);

    private final Engine engine;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Proxies proxies;
    private final Map<URI, SignalingServer> servers = new ConcurrentHashMap<>(); // looked at by any thread

    /** @param nanos a time that does not jump */
    Signaling(Engine engine, Clock clock, LongSupplier nanos, Proxies proxies) {
        this.engine = engine;
        this.clock = clock;
        this.nanos = nanos;
        this.proxies = proxies;
        engine.every(LOOK_AT_THE_DAY, () -> servers.values().forEach(SignalingServer::subscribe));
    }

    void add(URI address, Subscriber subscriber) {
        SignalingServer server = servers.computeIfAbsent(address, each -> {
            SignalingServer fresh = new SignalingServer(engine, clock, nanos, proxies, each);
            fresh.connect();
            return fresh;
        });
        server.add(subscriber);
    }

    void remove(URI address, Subscriber subscriber) {
        SignalingServer server = servers.get(address);
        if (server != null && server.remove(subscriber)) {
            servers.remove(address);
            server.close();
        }
    }

    boolean isReached(URI address) {
        return Optional.ofNullable(servers.get(address))
                .filter(SignalingServer::isReached)
                .isPresent();
    }

    /** Whether it was tried, and is not reached. On any thread. */
    boolean isOutOfReach(URI address) {
        return problem(address).isPresent();
    }

    /** Why a server cannot be used; empty while it can, and before it was tried. On any thread. */
    Optional<ServerChecks.Problem> problem(URI address) {
        return Optional.ofNullable(servers.get(address)).flatMap(SignalingServer::problem);
    }

    /** The day at a server, by its own clock where it has told it. */
    long day(URI address) {
        return Optional.ofNullable(servers.get(address))
                .map(SignalingServer::day)
                .orElseGet(
                        () -> Math.floorDiv(clock.millis(), Duration.ofDays(1).toMillis()));
    }

    /** Publishes, if the server is reached now. */
    void publish(URI address, String topic, JsonNode data) {
        Optional.ofNullable(servers.get(address)).ifPresent(server -> {
            ObjectNode message = Json.object("publish").put("topic", topic);
            message.set("data", data);
            server.send(message);
        });
    }

    /** Tries a server out, with a connection of its own. Blocks; on any thread. */
    ServerChecks.Answer probe(URI address) throws InterruptedException {
        return SignalingProbe.ask(proxies, address);
    }

    /** Tries all servers that are not reached again at once, and makes sure that the others still are. */
    void again() {
        servers.values().forEach(SignalingServer::again);
    }

    void close() {
        servers.values().forEach(SignalingServer::close);
        servers.clear();
    }
}
