// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;

/**
 * Listens and dials.
 *
 * <p>A caller is let in by steps, and hung up on without a word at the first that fails: there is room for it, its first
 * record carries a knock, the door recognises that, and TLS proves the key that belongs to it. Then the listener says
 * {@link #WELCOME}, so that the dialler knows that its own key was taken, too.
 */
final class LanEndpoint implements Endpoint {
    private static final Logger log = LoggerFactory.getLogger(LanEndpoint.class);
    private static final int WELCOME = 1;
    private static final int BACKLOG = 512;
    private static final Duration CONNECT_WHEN_THERE_ARE_MORE = Duration.ofSeconds(1);
    private static final Duration RESOLVE = Duration.ofSeconds(3);
    /** A cut cable is noticed within 10 s on a link that says nothing; where the platform has these options. */
    private static final Map<String, Integer> KEEP_ALIVE =
            Map.of("TCP_KEEPIDLE", 4, "TCP_KEEPINTERVAL", 2, "TCP_KEEPCOUNT", 2);

    private final Limits limits;
    private final Identity self;
    private final Door door;
    private final List<ServerSocket> listening;
    private final Crowd crowd;
    private final Refusals refusals = new Refusals();
    private final Set<Socket> shakingHands = ConcurrentHashMap.newKeySet();
    private final Set<LanLink> links = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor clock;
    private volatile boolean closed;

    static LanEndpoint open(LanSettings settings, Limits limits, Identity self, Door door) throws IOException {
        LanEndpoint endpoint = new LanEndpoint(limits, self, door, listen(settings));
        for (ServerSocket socket : endpoint.listening) {
            Thread.ofPlatform()
                    .daemon()
                    .name("lan door " + socket.getLocalSocketAddress())
                    .start(() -> endpoint.accept(socket));
        }
        log.info("lan: listening on port {}", endpoint.port());
        return endpoint;
    }

    private LanEndpoint(Limits limits, Identity self, Door door, List<ServerSocket> listening) {
        this.limits = limits;
        this.self = self;
        this.door = door;
        this.listening = listening;
        crowd = new Crowd(limits);
        clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("lan clock").factory(), new ThreadPoolExecutor.DiscardPolicy());
        clock.setRemoveOnCancelPolicy(true);
    }

    private static List<ServerSocket> listen(LanSettings settings) throws IOException {
        try {
            return bind(settings.bind(), settings.port());
        } catch (BindException taken) {
            if (settings.port() == 0) {
                throw sentence(settings, taken);
            }
            try {
                List<ServerSocket> sockets = bind(settings.bind(), 0);
                log.info(
                        "lan: port {} is taken, using {}",
                        settings.port(),
                        sockets.getFirst().getLocalPort());
                return sockets;
            } catch (IOException notThereEither) {
                throw sentence(settings, notThereEither);
            }
        } catch (IOException refused) {
            throw sentence(settings, refused);
        }
    }

    private static IOException sentence(LanSettings settings, IOException cause) {
        String where = settings.bind().isEmpty()
                ? ""
                : settings.bind().stream()
                        .map(InetAddress::getHostAddress)
                        .collect(Collectors.joining(", ", " on ", ""));
        return new IOException(
                "This machine does not let sync listen" + where + ": " + cause.getMessage() + ".", cause);
    }

    /** All on one port. */
    private static List<ServerSocket> bind(List<InetAddress> addresses, int port) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            if (addresses.isEmpty()) {
                sockets.add(new ServerSocket());
                sockets.getFirst().bind(new InetSocketAddress(port), BACKLOG);
            }
            for (InetAddress address : addresses) {
                ServerSocket socket = new ServerSocket();
                sockets.add(socket);
                int samePort =
                        sockets.getFirst() == socket ? port : sockets.getFirst().getLocalPort();
                socket.bind(new InetSocketAddress(address, samePort), BACKLOG);
            }
            return List.copyOf(sockets);
        } catch (IOException taken) {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            throw taken;
        }
    }

    int port() {
        return listening.getFirst().getLocalPort();
    }

    @Override
    public List<String> addresses() {
        boolean everywhere = listening.getFirst().getInetAddress().isAnyLocalAddress();
        List<InetAddress> addresses = everywhere
                ? Interfaces.addresses()
                : listening.stream().map(ServerSocket::getInetAddress).toList();
        return addresses.stream()
                .map(address -> HostPort.of(address, port()).toString())
                .distinct()
                .toList();
    }

    // listening

    private void accept(ServerSocket socket) {
        while (!closed) {
            try {
                meet(socket.accept());
            } catch (IOException failed) {
                if (!closed) {
                    log.error("lan: cannot take a connection, trying again in a second", failed);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException nobodyInterrupts) {
            Thread.currentThread().interrupt();
        }
    }

    private void meet(Socket tcp) {
        Crowd.Entry entry = crowd.enter(tcp);
        entry.pushedOut().ifPresent(oldest -> refuse(oldest.tcp(), Refusals.Why.TOO_MANY, ""));
        if (entry.visitor().isEmpty()) {
            refuse(tcp, Refusals.Why.TOO_MANY_FROM_THERE, "");
            return;
        }
        Crowd.Visitor visitor = entry.visitor().get();
        try {
            Thread.ofPlatform().daemon().name("lan handshake").start(() -> shakeHands(visitor));
        } catch (OutOfMemoryError noMoreThreads) {
            refuse(tcp, Refusals.Why.TOO_MANY, noMoreThreads.getMessage());
            visitor.left();
        }
    }

    private void refuse(Socket tcp, Refusals.Why why, String detail) {
        if (closed) {
            return;
        }
        refusals.add(why, detail);
        log.debug("lan: hung up on {}: {} {}", tcp.getRemoteSocketAddress(), why, detail);
        close(tcp);
    }

    private void shakeHands(Crowd.Visitor visitor) {
        Socket tcp = visitor.tcp();
        Optional<LanLink> link = Optional.empty();
        try (Deadline deadline = new Deadline(tcp, limits.handshake())) {
            link = letIn(visitor, deadline).filter(made -> deadline.disarm());
        } catch (RuntimeException fault) {
            log.error("lan: hung up on a caller, since this device failed", fault);
        }
        if (link.isPresent()) {
            link.get().gone().thenRun(visitor::left);
            door.linked(link.get());
        } else {
            close(tcp);
            visitor.left();
        }
    }

    private Optional<LanLink> letIn(Crowd.Visitor visitor, Deadline deadline) {
        Socket tcp = visitor.tcp();
        try {
            tune(tcp);
            Optional<ClientHello> hello = ClientHello.read(tcp.getInputStream());
            if (hello.isEmpty() || hello.get().knock().isEmpty()) {
                refuse(tcp, Refusals.Why.NO_KNOCK, "");
                return Optional.empty();
            }
            Optional<Guest> guest = door.recognise(hello.get().knock().get());
            if (guest.isEmpty()) {
                refuse(tcp, Refusals.Why.UNKNOWN_KNOCK, "");
                return Optional.empty();
            }
            visitor.known();
            Optional<Fingerprint> expected = switch (guest.get()) {
                case Guest.Pinned pinned -> Optional.of(pinned.fingerprint());
                case Guest.Invited invited -> Optional.empty();
            };
            SSLSocket tls = new PinnedTls(self, expected).accept(tcp, hello.get());
            tls.startHandshake();
            tls.getOutputStream().write(WELCOME);
            String from = HostPort.of(tcp.getInetAddress(), tcp.getPort()).toString();
            return Optional.of(link(new LanLink.Peer(guest.get(), key(tls), from, false), tcp, tls));
        } catch (IOException failed) {
            Optional<PinnedTls.WrongKey> wrong = wrongKey(failed);
            if (deadline.passed()) {
                refuse(tcp, Refusals.Why.TOO_SLOW, "");
            } else if (wrong.isPresent()) {
                refuse(tcp, Refusals.Why.WRONG_KEY, wrong.get().seen().brief());
            } else {
                refuse(tcp, Refusals.Why.BROKEN, String.valueOf(failed.getMessage()));
            }
            return Optional.empty();
        }
    }

    private static Optional<PinnedTls.WrongKey> wrongKey(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof PinnedTls.WrongKey wrong) {
                return Optional.of(wrong);
            }
        }
        return Optional.empty();
    }

    private static byte[] key(SSLSocket tls) throws IOException {
        return tls.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
    }

    private LanLink link(LanLink.Peer peer, Socket tcp, SSLSocket tls) throws IOException {
        LanLink link = new LanLink(peer, tcp, tls, limits, clock);
        links.add(link);
        link.gone().thenRun(() -> links.remove(link));
        if (closed) {
            link.cutOff();
        }
        return link;
    }

    // dialling

    @Override
    public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
        Instant until = Instant.now().plus(limits.dial());
        if (closed) {
            throw new IOException("Sync over the local network is switched off.");
        }
        HostPort where = HostPort.parse(address)
                .orElseThrow(() -> new IOException(
                        "“" + address + "” is not an address; one looks like 192.168.1.20:8765 or laptop.local:8765."));
        Socket tcp = connect(where, until);
        boolean linked = false;
        Duration left = Duration.between(Instant.now(), until);
        try (Deadline deadline =
                new Deadline(tcp, left.compareTo(limits.handshake()) < 0 ? left : limits.handshake())) {
            tune(tcp);
            PinnedTls pinned = new PinnedTls(self, Optional.of(expected));
            SSLSocket tls = pinned.dial(tcp, knock);
            try {
                tls.startHandshake();
                if (tls.getInputStream().read() != WELCOME) {
                    throw new EOFException("no welcome");
                }
            } catch (IOException failed) {
                throw new IOException(sentence(where, failed, pinned, deadline), failed);
            }
            LanLink.Peer peer = new LanLink.Peer(new Guest.Pinned(expected), key(tls), where.toString(), true);
            Link link = link(peer, tcp, tls);
            linked = deadline.disarm();
            return link;
        } finally {
            if (!linked) {
                close(tcp);
            }
        }
    }

    private static String sentence(HostPort where, IOException failed, PinnedTls pinned, Deadline deadline) {
        Optional<PinnedTls.WrongKey> wrong = wrongKey(failed);
        if (wrong.isPresent()) {
            return "The device at " + where + " is not the one that was expected: its fingerprint is "
                    + wrong.get().seen().grouped() + ".";
        }
        if (deadline.passed()) {
            return "Something at " + where + " took the call but did not answer in time.";
        }
        if (pinned.right()) {
            return "The device at " + where + " refused this device: it expects another key.";
        }
        if (String.valueOf(failed.getMessage()).contains("nrecognized SSL message")) {
            return "Something else than sync answers at " + where + ".";
        }
        return "The device at " + where
                + " hung up: it does not know this device, or something else than sync runs there.";
    }

    private Socket connect(HostPort where, Instant until) throws IOException {
        List<InetAddress> candidates = resolve(where.host());
        IOException last = new IOException("no address");
        for (int i = 0; i < candidates.size(); i++) {
            Duration most = i + 1 < candidates.size() ? CONNECT_WHEN_THERE_ARE_MORE : limits.connect();
            Duration left = Duration.between(Instant.now(), until);
            Duration patience = left.compareTo(most) < 0 ? left : most;
            if (!patience.isPositive()) {
                break;
            }
            Socket tcp = new Socket();
            try {
                tcp.connect(
                        new InetSocketAddress(candidates.get(i), where.port()), Math.max(1, (int) patience.toMillis()));
                return tcp;
            } catch (IOException failed) {
                close(tcp);
                last = failed;
            }
        }
        String sentence = switch (last) {
            case SocketTimeoutException silent -> "Nobody answers at " + where + ".";
            case NoRouteToHostException noRoute -> "There is no way to " + where + " from this network.";
            case IOException other when unreachable(other) -> "There is no way to " + where + " from this network.";
            default -> "Nobody answers at " + where + ": nothing listens there.";
        };
        throw new IOException(sentence, last);
    }

    private static boolean unreachable(IOException failed) {
        return failed.getMessage() != null && failed.getMessage().contains("unreachable");
    }

    /** Asks for a name's addresses; a name server that does not answer costs little. */
    private static List<InetAddress> resolve(String host) throws IOException {
        Optional<InetAddress> numeric = HostPort.numeric(host);
        if (numeric.isPresent()) {
            return List.of(numeric.get());
        }
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("lan lookup").start(() -> {
            try {
                answer.complete(List.of(InetAddress.getAllByName(host)));
            } catch (UnknownHostException | RuntimeException unknown) {
                answer.completeExceptionally(unknown);
            }
        });
        try {
            return answer.get(RESOLVE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            throw new IOException("No device is known by the name “" + host + "”.", unknown);
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new IOException("The dial to “" + host + "” was given up.", givenUp);
        }
    }

    // both

    private static void tune(Socket tcp) throws IOException {
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

    private static void close(Socket tcp) {
        try {
            tcp.close();
        } catch (IOException alreadyBroken) {
            log.debug("lan: {}", alreadyBroken.getMessage());
        }
    }

    /** Closes a socket, and so wakes whoever waits for it, when time is up. */
    private final class Deadline implements AutoCloseable {
        private final Socket tcp;
        private final ScheduledFuture<?> alarm;
        private volatile boolean passed;

        Deadline(Socket tcp, Duration patience) {
            this.tcp = tcp;
            shakingHands.add(tcp);
            if (LanEndpoint.this.closed) {
                LanEndpoint.close(tcp);
            }
            alarm = clock.schedule(
                    () -> {
                        passed = true;
                        LanEndpoint.close(tcp);
                    },
                    patience.toMillis(),
                    TimeUnit.MILLISECONDS);
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

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (ServerSocket socket : listening) {
            try {
                socket.close();
            } catch (IOException alreadyBroken) {
                log.debug("lan: {}", alreadyBroken.getMessage());
            }
        }
        shakingHands.forEach(LanEndpoint::close);
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
        log.info("lan: closed");
    }
}
