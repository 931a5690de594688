// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.Trouble;
import org.vaultsync.transport.Courier;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.Rendezvous;

/** Meets other devices at signaling servers. Its state is confined to the engine's thread. */
final class WebRtcEndpoint implements Endpoint {
    private static final Logger log = LoggerFactory.getLogger(WebRtcEndpoint.class);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(15);
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final int MOST_SERVERS = 16;

    private final Engine engine;
    private final Meeting how;
    private final Set<URI> own = new LinkedHashSet<>();
    private final MeetingPlace.Surroundings around;
    private final WebRtcCourier courier;
    private final Map<String, MeetingPlace> places = new HashMap<>(); // engine thread only; by secret
    private final Set<WebRtcLink> links = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    WebRtcEndpoint(Engine engine, Signaling signaling, Meeting how, Identity self, Door door) {
        this.engine = engine;
        this.how = how;
        how.signaling().forEach(each -> own.add(Meeting.checked(each)));
        String name = HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextLong());
        around = new MeetingPlace.Surroundings(engine, signaling, how, self, door, name, this::made);
        courier = new WebRtcCourier(engine, how, self, door, this::made);
    }

    private void made(WebRtcLink link) {
        links.add(link);
        link.gone().thenRun(() -> links.remove(link));
        if (closed) {
            link.cut("WebRTC was switched off");
        }
    }

    @Override
    public List<String> addresses() {
        return how.signaling();
    }

    @Override
    public Optional<Trouble> trouble() {
        return own.isEmpty() || !own.stream().allMatch(around.signaling()::isOutOfReach)
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Trouble.Kind.SIGNALING_UNREACHABLE,
                        List.of(String.join(", ", how.signaling())),
                        "No signaling server is reached: " + String.join(", ", how.signaling())
                                + ". Devices on other networks are not met until one is. The local network is not"
                                + " affected."));
    }

    @Override
    public boolean meets() {
        return true;
    }

    @Override
    public Optional<Courier> courier() {
        return Optional.of(courier);
    }

    @Override
    public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
        throw new IOException("Devices are met over WebRTC, not dialled.");
    }

    @Override
    public void await(Collection<Rendezvous> whom) {
        List<Rendezvous> all = List.copyOf(whom);
        engine.execute(() -> {
            if (closed) {
                return;
            }
            Map<String, Rendezvous> wanted = new HashMap<>();
            all.forEach(each -> wanted.put(key(each), each));
            places.forEach((key, place) -> place.await(wanted.containsKey(key)));
            wanted.forEach((key, each) -> {
                MeetingPlace place = place(each);
                place.await(true);
                place.at(servers(each));
            });
            tidy();
        });
    }

    private static String key(Rendezvous where) {
        return HexFormat.of().formatHex(where.secret());
    }

    private MeetingPlace place(Rendezvous where) {
        return places.computeIfAbsent(key(where), key -> new MeetingPlace(around, where.secret()));
    }

    /** Those of this device first. What others say may be wrong, and is bounded. */
    private Set<URI> servers(Rendezvous where) {
        if (Natives.trouble().isPresent()) {
            return Set.of();
        }
        Set<URI> servers = new LinkedHashSet<>(own);
        for (String address : where.servers()) {
            try {
                servers.add(Meeting.checked(address));
            } catch (IllegalArgumentException none) {
                log.debug("webrtc: what a device said is no address of a server");
            }
        }
        return new LinkedHashSet<>(servers.stream().limit(MOST_SERVERS).toList());
    }

    private void tidy() {
        List.copyOf(places.entrySet()).forEach(entry -> {
            if (entry.getValue().isIdle()) {
                entry.getValue().close("nobody waits here any more");
                places.remove(entry.getKey());
            }
        });
    }

    @Override
    public Link meet(Rendezvous where, Fingerprint expected, Knock knock) throws IOException {
        Natives.require();
        if (closed) {
            throw new IOException("WebRTC is switched off.");
        }
        CompletableFuture<WebRtcLink> result = new CompletableFuture<>();
        AtomicBoolean answered = new AtomicBoolean();
        engine.execute(() -> {
            MeetingPlace place = place(where);
            Set<URI> servers = new LinkedHashSet<>(place.servers());
            servers.addAll(servers(where));
            place.at(servers);
            place.call(expected, knock, () -> answered.set(true), result);
        });
        try {
            return result.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            String sentence = failed.getCause().getMessage();
            throw failed.getCause() instanceof NoWayException
                    ? new NoWayException(sentence, failed)
                    : new IOException(sentence, failed);
        } catch (TimeoutException late) {
            IOException tooLate = answered.get()
                    ? new NoWayException("No way to the other device was found in time.", late)
                    : new IOException("The other device did not answer in time.", late);
            result.completeExceptionally(tooLate);
            throw tooLate;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new IOException("The call was given up.", givenUp);
        } finally {
            engine.execute(this::tidy);
        }
    }

    /** Closes all links, after what was sent is out, and leaves all places. */
    @Override
    public void close() {
        closed = true;
        CompletableFuture<Void> left = new CompletableFuture<>();
        engine.execute(() -> {
            new ArrayList<>(places.values()).forEach(place -> place.close("WebRTC was switched off"));
            places.clear();
            courier.close();
            left.complete(null);
        });
        try {
            left.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            links.forEach(WebRtcLink::close);
            CompletableFuture.allOf(links.stream().map(WebRtcLink::gone).toArray(CompletableFuture[]::new))
                    .get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stillThere) {
            log.debug("webrtc: cutting off {} links", links.size());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        links.forEach(link -> link.cut("WebRTC was switched off"));
        log.info("webrtc: closed");
    }
}
