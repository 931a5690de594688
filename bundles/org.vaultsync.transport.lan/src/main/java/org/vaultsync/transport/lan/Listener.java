// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;

/**
 * Lets callers in by steps, and hangs up without a word at the first that fails: there is room, the first record carries
 * a knock, the door recognises that, and TLS proves the key that belongs to it. Then the listener says {@link #WELCOME},
 * so that the dialler knows that its own key was taken, too: it finishes its part of TLS 1.3 first.
 */
final class Listener implements AutoCloseable {
    static final int WELCOME = 1;

    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final int BACKLOG = 512;

    private final Limits limits;
    private final Identity self;
    private final Door door;
    private final Connections connections;
    private final Crowd crowd;
    private final Refusals refusals;
    private final List<InetAddress> wanted;
    private final int port;
    private final Optional<Integer> missed; // the port that is set, where another program has it
    private final List<ServerSocket> sockets = new ArrayList<>(); // guarded by itself
    private boolean closed; // guarded by sockets

    /**
     * Binds, and begins to listen.
     *
     * @throws IOException if this machine does not let it, with a sentence for people
     */
    Listener(LanSettings settings, Limits limits, Identity self, Door door, Connections connections)
            throws IOException {
        this.limits = limits;
        this.self = self;
        this.door = door;
        this.connections = connections;
        refusals = new Refusals(door);
        crowd = new Crowd(limits, System::nanoTime);
        wanted = settings.bind();
        List<ServerSocket> bound = bind(settings);
        port = bound.getFirst().getLocalPort();
        int first = former(settings).orElse(settings.port());
        missed = first == 0 || first == port ? Optional.empty() : Optional.of(first);
        bound.forEach(this::listen);
        log.info("lan: listening on port {}", port);
    }

    int port() {
        return port;
    }

    /** The port that it should have, and that another program has. */
    Optional<Integer> missed() {
        return missed;
    }

    /** Where it listens, as of now. */
    List<InetAddress> addresses(Networks networks) {
        return wanted.isEmpty()
                ? networks.dialable()
                : wanted.stream().filter(networks::has).toList();
    }

    boolean listensOn(InetAddress address) {
        return wanted.isEmpty() || wanted.contains(address);
    }

    private List<ServerSocket> bind(LanSettings settings) throws IOException {
        Networks networks = Networks.now();
        List<InetAddress> present = wanted.stream().filter(networks::has).toList();
        if (present.isEmpty() && !wanted.isEmpty()) {
            throw new IOException("The setting " + LanSettings.BIND + " names " + written(wanted)
                    + ", but this machine has no such address now.");
        }
        try {
            try {
                return bind(present, former(settings).orElse(settings.port()));
            } catch (BindException taken) {
                if (settings.port() == 0 && former(settings).isEmpty()) {
                    throw taken;
                }
                List<ServerSocket> elsewhere = bind(present, 0);
                log.info(
                        "lan: port {} is taken, using {}",
                        former(settings).orElse(settings.port()),
                        elsewhere.getFirst().getLocalPort());
                return elsewhere;
            }
        } catch (IOException refused) {
            throw new IOException(
                    (wanted.isEmpty()
                                    ? "This machine does not let sync listen: "
                                    : "This machine does not let sync listen on " + written(wanted) + ": ")
                            + refused.getMessage() + ".",
                    refused);
        }
    }

    /** The port of the last time, if the settings leave it open. */
    private Optional<Integer> former(LanSettings settings) {
        return settings.port() != 0 && settings.port() != LanSettings.USUAL_PORT
                ? Optional.empty()
                : door.formerAddresses().stream()
                        .flatMap(address -> HostPort.parse(address).stream())
                        .map(HostPort::port)
                        .findFirst();
    }

    private static String written(List<InetAddress> addresses) {
        return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
    }

    /** All on one port. */
    private static List<ServerSocket> bind(List<InetAddress> addresses, int port) throws IOException {
        List<ServerSocket> bound = new ArrayList<>();
        try {
            if (addresses.isEmpty()) {
                bound.add(bind(new InetSocketAddress(port)));
            }
            for (InetAddress address : addresses) {
                int same = bound.isEmpty() ? port : bound.getFirst().getLocalPort();
                bound.add(bind(new InetSocketAddress(address, same)));
            }
            return bound;
        } catch (IOException refused) {
            for (ServerSocket socket : bound) {
                socket.close();
            }
            throw refused;
        }
    }

    private static ServerSocket bind(InetSocketAddress address) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /** Listens on those of the wanted addresses that this machine did not have before. */
    void follow(Networks networks) {
        for (InetAddress address : wanted) {
            if (networks.has(address) && !bound(address)) {
                try {
                    listen(bind(new InetSocketAddress(address, port)));
                    log.info("lan: listening on one more address");
                } catch (IOException refused) {
                    log.warn("lan: cannot listen on one more address: {}", refused.getMessage());
                }
            }
        }
    }

    private boolean bound(InetAddress address) {
        synchronized (sockets) {
            return sockets.stream().anyMatch(socket -> socket.getInetAddress().equals(address));
        }
    }

    private void listen(ServerSocket socket) {
        synchronized (sockets) {
            if (closed) {
                close(socket);
                return;
            }
            sockets.add(socket);
        }
        Thread.ofPlatform()
                .daemon()
                .name("lan door " + socket.getLocalSocketAddress())
                .start(() -> accept(socket));
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                meet(socket.accept());
            } catch (IOException | RuntimeException | Error failed) {
                if (!socket.isClosed()) {
                    log.error("lan: cannot take a connection, trying again in a second", failed);
                    pause();
                }
            }
        }
    }

    private static void pause() {
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
            refuse(tcp, entry.why(), "");
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
        try {
            if (!connections.closed()) {
                refusals.add(why, detail);
                log.debug("lan: hung up on {}: {} {}", tcp.getRemoteSocketAddress(), why, detail);
            }
        } catch (RuntimeException | Error fault) {
            log.error("lan: failed to tell of a caller that was hung up on", fault);
        } finally {
            Connections.close(tcp);
        }
    }

    private void shakeHands(Crowd.Visitor visitor) {
        boolean linked = false;
        try {
            Optional<LanLink> link = inTime(visitor);
            if (link.isPresent()) {
                link.get().gone().thenRun(visitor::left);
                linked = true;
                door.linked(link.get());
            }
        } catch (RuntimeException | Error fault) {
            log.error("lan: hung up on a caller, since this device failed", fault);
        } finally {
            if (!linked) {
                Connections.close(visitor.tcp());
                visitor.left();
            }
        }
    }

    private Optional<LanLink> inTime(Crowd.Visitor visitor) {
        try (Connections.Deadline deadline = connections.deadline(visitor.tcp(), limits.handshake())) {
            return letIn(visitor, deadline).filter(made -> deadline.disarm());
        }
    }

    private Optional<LanLink> letIn(Crowd.Visitor visitor, Connections.Deadline deadline) {
        Socket tcp = visitor.tcp();
        try {
            Connections.tune(tcp);
            PushbackInputStream in = new PushbackInputStream(tcp.getInputStream());
            int first = in.read();
            if (first < 0) {
                // Somebody who only looked whether there is a listener, as the doctor does, or who was linked elsewhere
                // first.
                return Optional.empty();
            }
            in.unread(first);
            Optional<ClientHello> hello = ClientHello.read(in);
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
                case Guest.Nearby nearby -> Optional.empty();
            };
            PinnedTls pinned = new PinnedTls(self, expected);
            SSLSocket tls = pinned.accept(tcp, hello.get());
            tls.startHandshake();
            tls.getOutputStream().write(WELCOME);
            String from = HostPort.of(tcp.getInetAddress(), tcp.getPort()).toString();
            return Optional.of(
                    connections.link(new LanLink.Peer(guest.get(), pinned.peerKey(), from, false), tcp, tls));
        } catch (IOException failed) {
            Optional<Fingerprint> wrong = PinnedTls.wrongKey(failed);
            if (deadline.passed()) {
                refuse(tcp, Refusals.Why.TOO_SLOW, "");
            } else if (wrong.isPresent()) {
                refuse(tcp, Refusals.Why.WRONG_KEY, wrong.get().brief());
            } else {
                refuse(tcp, Refusals.Why.BROKEN, String.valueOf(failed.getMessage()));
            }
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (sockets) {
            closed = true;
            sockets.forEach(Listener::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException alreadyBroken) {
            log.debug("lan: {}", alreadyBroken.getMessage());
        }
    }
}
