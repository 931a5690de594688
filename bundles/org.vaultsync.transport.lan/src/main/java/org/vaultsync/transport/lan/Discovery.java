// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Sighting;

/**
 * Announces this device by mDNS and sees others, one responder for each address. Host and instance names are random: that of
 * the host is new for each responder, those of what it shows are others each time. Confined to the thread of its endpoint that
 * watches networks, but for {@link Responder}.
 */
final class Discovery {
    private static final Logger log = LoggerFactory.getLogger(Discovery.class);
    private static final String TYPE = "_vaultsync._tcp.local.";
    private static final String CARDS = "_vaultsync-pair._tcp.local.";
    private static final String SERVERS = "_vaultsync-meet._tcp.local.";
    private static final int MOST_SERVERS = 64;
    private static final int MOST_SIGHTED = 256;

    private final Door door;
    private final int port;
    private final Executor watch;
    private final SecureRandom random = new SecureRandom();
    private final Set<String> own =
            ConcurrentHashMap.newKeySet(); // names of what is shown, or was just now; any thread
    private final Map<Networks.Address, Responder> responders = new HashMap<>();
    private final Set<Networks.Address> failed = new HashSet<>();
    private Optional<Supplier<Announcement>> announcements = Optional.empty();
    private Optional<Card> card = Optional.empty();
    private Optional<Integer> served = Optional.empty();
    private final Map<String, Set<Responder>> servers = new HashMap<>(); // that were told, and who sees each

    /** @param watch the thread that it is confined to */
    Discovery(Door door, int port, Executor watch) {
        this.door = door;
        this.port = port;
        this.watch = watch;
    }

    /** Says something else from now on. What else this device shows stays. */
    void announce(Supplier<Announcement> fresh, List<Networks.Address> addresses) {
        announcements = Optional.of(fresh);
        failed.clear();
        responders.values().forEach(responder -> responder.announce(fresh.get()));
        follow(addresses);
    }

    /** Shows this device to everybody, or no longer. */
    void show(Optional<Card> shown, List<Networks.Address> addresses) {
        card = shown;
        responders.values().forEach(responder -> responder.show(shown));
        follow(addresses);
    }

    /** Tells everybody of a signaling server at a port of this device, or of none any more. */
    void serve(Optional<Integer> signalingPort) {
        if (!signalingPort.equals(served)) {
            served = signalingPort;
            responders.values().forEach(responder -> responder.serve(served));
        }
    }

    /** Says goodbye everywhere. */
    CompletableFuture<Void> hide() {
        announcements = Optional.empty();
        failed.clear();
        List<CompletableFuture<Void>> goodbyes = new ArrayList<>();
        responders.values().forEach(responder -> goodbyes.add(responder.close()));
        responders.clear();
        return CompletableFuture.allOf(goodbyes.toArray(CompletableFuture[]::new));
    }

    /** Goes where there are addresses now, and away from where there are none any more. */
    void follow(List<Networks.Address> addresses) {
        if (announcements.isEmpty()) {
            return;
        }
        failed.retainAll(addresses);
        responders.keySet().removeIf(address -> {
            if (addresses.contains(address)) {
                return false;
            }
            responders.get(address).close();
            return true;
        });
        for (Networks.Address address : addresses) {
            if (!responders.containsKey(address)) {
                start(address, announcements.get().get());
                Responder started = responders.get(address);
                if (started != null && card.isPresent()) {
                    started.show(card);
                }
                if (started != null && served.isPresent()) {
                    started.serve(served);
                }
            }
        }
    }

    private void start(Networks.Address address, Announcement announcement) {
        try {
            responders.put(address, new Responder(address, announcement));
            failed.remove(address);
        } catch (IOException noMulticast) {
            if (failed.add(address)) {
                log.info("lan: cannot be found over {}: {}", address.network(), noMulticast.getMessage());
            }
        }
    }

    /** A server is seen over one address. */
    private void seen(String id, Responder by, List<String> addresses) {
        if (responders.containsValue(by) && (servers.containsKey(id) || servers.size() < MOST_SERVERS)) {
            servers.computeIfAbsent(id, each -> new HashSet<>()).add(by);
            door.served(id, addresses);
        }
    }

    /** A server is not seen over one address any more. It is gone when it is not seen over any. */
    private void unseen(String id, Responder by) {
        Set<Responder> still = servers.getOrDefault(id, Set.of());
        if (still.contains(by) && still.size() == 1) {
            servers.remove(id);
            door.servedNoLonger(id);
        } else if (!still.isEmpty()) {
            still.remove(by);
        }
    }

    /** JmDNS would ask a server for the name of an address that has none, which takes seconds where no server answers. */
    private static InetAddress named(InetAddress address) throws UnknownHostException {
        String digits = address.getHostAddress();
        return address instanceof Inet6Address sixth
                ? Inet6Address.getByAddress(digits, address.getAddress(), sixth.getScopedInterface())
                : InetAddress.getByAddress(digits, address.getAddress());
    }

    private String name() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Its calls come on threads of the mDNS library. */
    private final class Responder implements ServiceListener {
        private final Networks.Address address;
        private final JmDNS dns;
        private final Map<String, Sighting> sighted = new HashMap<>(); // guarded by itself; what is announced now
        private Optional<ServiceInfo> announced = Optional.empty(); // watch thread only
        private Optional<ServiceInfo> shown = Optional.empty(); // watch thread only
        private Optional<ServiceInfo> serving = Optional.empty(); // watch thread only

        Responder(Networks.Address address, Announcement announcement) throws IOException {
            this.address = address;
            dns = JmDNS.create(named(address.address()), name());
            dns.addServiceListener(TYPE, this);
            dns.addServiceListener(CARDS, this);
            dns.addServiceListener(SERVERS, this);
            announced = Optional.of(service(announcement));
            dns.registerService(announced.get());
        }

        private ServiceInfo service(Announcement announcement) {
            return service(TYPE, port, Advert.encode(announcement, random));
        }

        /**
         * Under another name each time: what is announced is looked at anew then, and need not wait until the one before is
         * withdrawn; and JmDNS takes one that had another port for taken, and makes up a name.
         */
        private ServiceInfo service(String type, int at, byte[] text) {
            String name = name();
            own.add(name);
            return ServiceInfo.create(type, name, at, 0, 0, false, text);
        }

        /** Whoever was sighted before may mean something now. */
        void announce(Announcement fresh) {
            announced = replace(announced, Optional.of(service(fresh)));
            List<Sighting> again;
            synchronized (sighted) {
                again = List.copyOf(sighted.values());
            }
            again.forEach(door::sighted);
        }

        void show(Optional<Card> card) {
            shown = replace(shown, card.map(one -> service(CARDS, port, Advert.encode(one))));
        }

        void serve(Optional<Integer> signalingPort) {
            serving = replace(serving, signalingPort.map(one -> service(SERVERS, one, new byte[] {3, 'v', '=', '1'})));
        }

        /** Withdrawing takes two seconds, for which nobody waits. */
        private Optional<ServiceInfo> replace(Optional<ServiceInfo> before, Optional<ServiceInfo> now) {
            try {
                if (now.isPresent()) {
                    dns.registerService(now.get());
                }
            } catch (IOException notShown) {
                log.info("lan: cannot be seen over {}: {}", address.network(), notShown.getMessage());
            }
            before.ifPresent(one -> goodbye(() -> {
                dns.unregisterService(one);
                own.remove(one.getName());
            }));
            return now;
        }

        @Override
        public void serviceAdded(ServiceEvent event) {
            dns.requestServiceInfo(event.getType(), event.getName(), 1);
        }

        @Override
        public void serviceRemoved(ServiceEvent event) {
            log.debug("lan: {} went away", event.getName());
            if (event.getType().equals(CARDS)) {
                door.shownNoLonger(event.getName());
            } else if (event.getType().equals(SERVERS)) {
                watch.execute(() -> unseen(event.getName(), this));
            } else {
                synchronized (sighted) {
                    sighted.remove(event.getName());
                }
            }
        }

        @Override
        public void serviceResolved(ServiceEvent event) {
            try {
                ServiceInfo info = event.getInfo();
                List<String> addresses = addresses(info);
                if (own.contains(event.getName()) || info.getPort() == 0 || addresses.isEmpty()) {
                    return;
                }
                if (event.getType().equals(SERVERS)) {
                    // Addresses that mean something on one network only are none of a server.
                    List<String> there = addresses.stream()
                            .filter(one -> one.indexOf('%') < 0)
                            .map(one -> "ws://" + one)
                            .toList();
                    watch.execute(() -> seen(event.getName(), this, there));
                    return;
                }
                if (event.getType().equals(CARDS)) {
                    Advert.decodeCard(info.getTextBytes())
                            .ifPresent(one -> door.shown(event.getName(), one, addresses));
                    return;
                }
                Advert.decode(info.getTextBytes())
                        .ifPresent(announcement -> sighted(event.getName(), new Sighting(announcement, addresses)));
            } catch (RuntimeException fault) {
                log.error("lan: failed on what was announced nearby", fault);
            }
        }

        private void sighted(String name, Sighting sighting) {
            synchronized (sighted) {
                if (sighted.containsKey(name) || sighted.size() < MOST_SIGHTED) {
                    sighted.put(name, sighting);
                }
            }
            door.sighted(sighting);
        }

        private List<String> addresses(ServiceInfo info) {
            return Arrays.stream(info.getInetAddresses())
                    .filter(one -> !one.isLoopbackAddress() && !one.isAnyLocalAddress() && !one.isMulticastAddress())
                    .sorted(Comparator.comparing(Inet6Address.class::isInstance))
                    .map(one -> reachedHere(one, info.getPort()))
                    .distinct()
                    .toList();
        }

        /** A link-local address means something together with the network that it was heard on. */
        private String reachedHere(InetAddress one, int port) {
            HostPort where = HostPort.of(one, port);
            boolean scoped = one instanceof Inet6Address && one.isLinkLocalAddress();
            return (scoped ? new HostPort(where.host() + "%" + address.network(), port) : where).toString();
        }

        /** Takes a second or more, for the goodbye. That what it has seen is gone nobody will tell. */
        CompletableFuture<Void> close() {
            List.copyOf(servers.keySet()).forEach(id -> unseen(id, this));
            List<ServiceInfo> all = Stream.of(announced, shown, serving)
                    .flatMap(Optional::stream)
                    .toList();
            return goodbye(() -> {
                dns.close();
                all.forEach(one -> own.remove(one.getName()));
            });
        }

        /** On a thread of its own, as it takes a while. */
        private CompletableFuture<Void> goodbye(Closeable how) {
            CompletableFuture<Void> said = new CompletableFuture<>();
            Thread.ofPlatform().daemon().name("lan goodbye").start(() -> {
                try {
                    how.close();
                } catch (IOException | RuntimeException broken) {
                    log.debug("lan: no goodbye over {}: {}", address.network(), broken.getMessage());
                } finally {
                    said.complete(null);
                }
            });
            return said;
        }
    }
}
