// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Trouble;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;

/** Listens, dials, is found, and follows the networks of this machine as they come and go. */
final class LanEndpoint implements Endpoint {
    private static final Logger log = LoggerFactory.getLogger(LanEndpoint.class);
    private static final Duration LOOK_AROUND = Duration.ofSeconds(2);
    /** While there is no network, or it has just changed: somebody waits for it then. */
    private static final Duration LOOK_CLOSELY = Duration.ofMillis(200);

    private static final Duration UNSETTLED = Duration.ofSeconds(10);
    /** Each goodbye is said at once, and repeated for seconds, which need not be waited for. */
    private static final Duration GOODBYE = Duration.ofMillis(300);
    /** A gap in looking around that only sleep explains. */
    private static final Duration SLEPT = Duration.ofSeconds(20);

    private final Door door;
    private final InstantSource clock;
    private final boolean discovers;
    private final Connections connections;
    private final Listener listener;
    private final Dialler dialler;
    private final ScheduledThreadPoolExecutor watch;
    private final Discovery discovery; // watch thread only
    private volatile Networks networks; // written by the watch thread only
    private Instant looked; // watch thread only; by the wall, to notice sleep
    private long changed = System.nanoTime() - UNSETTLED.toNanos(); // watch thread only; a time that does not jump
    private volatile Future<?> next;

    LanEndpoint(LanSettings settings, Limits limits, Identity self, Door door) throws IOException {
        this(settings, limits, self, door, InstantSource.system());
    }

    /** @param clock the time of day, which goes on while this device sleeps */
    LanEndpoint(LanSettings settings, Limits limits, Identity self, Door door, InstantSource clock) throws IOException {
        this.door = door;
        this.clock = clock;
        looked = clock.instant();
        discovers = settings.discovery();
        connections = new Connections(limits);
        dialler = new Dialler(limits, self, connections);
        listener = new Listener(settings, limits, self, door, connections);
        networks = Networks.now();
        watch = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("lan networks").factory(), new ThreadPoolExecutor.DiscardPolicy());
        discovery = new Discovery(door, listener.port(), watch);
        next = watch.schedule(this::lookAround, LOOK_CLOSELY.toMillis(), TimeUnit.MILLISECONDS);
    }

    int port() {
        return listener.port();
    }

    @Override
    public List<String> addresses() {
        return listener.addresses(networks).stream()
                .map(address -> HostPort.of(address, port()).toString())
                .distinct()
                .toList();
    }

    @Override
    public Optional<Trouble> trouble() {
        if (!networks.reachOthers()) {
            return Optional.of(new Trouble(
                    Trouble.Kind.NO_NETWORK,
                    List.of(),
                    "This machine is in no network, so nobody can be reached. What changes is kept, and sent once there is"
                            + " one."));
        }
        return listener.missed()
                .map(missed -> new Trouble(
                        Trouble.Kind.PORT_TAKEN,
                        List.of(String.valueOf(missed), String.valueOf(port())),
                        "Another program has the port " + missed + ", so this device listens at port " + port()
                                + ". Who finds it by itself is not affected."));
    }

    @Override
    public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
        return dialler.dial(address, expected, knock);
    }

    @Override
    public Link visit(String address, Knock knock) throws IOException {
        return dialler.visit(address, knock);
    }

    @Override
    public void show(Optional<Card> card) {
        if (discovers) {
            watch.execute(() -> discovery.show(card, findable()));
        }
    }

    @Override
    public void serve(Optional<Integer> signalingPort) {
        if (discovers) {
            watch.execute(() -> discovery.serve(signalingPort));
        }
    }

    @Override
    public void announce(Supplier<Announcement> fresh) {
        if (discovers) {
            watch.execute(() -> discovery.announce(fresh, findable()));
        }
    }

    @Override
    public void hide() {
        watch.execute(discovery::hide);
    }

    private List<Networks.Address> findable() {
        return networks.findable().stream()
                .filter(one -> listener.listensOn(one.address()))
                .toList();
    }

    private void lookLater() {
        boolean closely = !networks.reachOthers() || System.nanoTime() - changed < UNSETTLED.toNanos();
        next = watch.schedule(
                this::lookAround, (closely ? LOOK_CLOSELY : LOOK_AROUND).toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookAround() {
        try {
            Networks before = networks;
            Instant then = looked;
            networks = Networks.now();
            looked = clock.instant();
            boolean slept = Duration.between(then, looked).compareTo(SLEPT) > 0;
            if (slept || !networks.equals(before)) {
                listener.follow(networks);
            }
            if (slept || !networks.telling().equals(before.telling())) {
                changed = System.nanoTime();
                log.info("lan: {}", slept ? "woke up" : "the networks have changed");
                door.networkChanged();
            }
            discovery.follow(findable());
        } catch (RuntimeException fault) {
            log.error("lan: failed on following the networks", fault);
        } finally {
            lookLater();
        }
    }

    @Override
    public void close() {
        listener.close();
        CompletableFuture<Void> goodbyes = new CompletableFuture<>();
        watch.execute(() -> {
            next.cancel(false);
            discovery.hide().thenRun(() -> goodbyes.complete(null));
        });
        watch.shutdown();
        connections.close();
        try {
            goodbyes.get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException late) {
            log.debug("lan: goodbyes go on");
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        log.info("lan: closed");
    }
}
