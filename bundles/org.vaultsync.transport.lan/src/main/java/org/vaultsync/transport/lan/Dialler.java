// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.OtherKeyException;

/** Dials, and says in a sentence for people why that failed. */
final class Dialler {
    private static final Duration CONNECT_WHEN_THERE_ARE_MORE = Duration.ofSeconds(1);
    private static final Duration RESOLVE = Duration.ofSeconds(3);

    private final Limits limits;
    private final Identity self;
    private final Connections connections;

    Dialler(Limits limits, Identity self, Connections connections) {
        this.limits = limits;
        this.self = self;
        this.connections = connections;
    }

    LanLink dial(String address, Fingerprint expected, Knock knock) throws IOException {
        return dial(address, Optional.of(expected), new Guest.Pinned(expected), knock);
    }

    /** Dials whoever is there. */
    LanLink visit(String address, Knock knock) throws IOException {
        return dial(address, Optional.empty(), new Guest.Nearby(), knock);
    }

    private LanLink dial(String address, Optional<Fingerprint> expected, Guest guest, Knock knock) throws IOException {
        long until = System.nanoTime() + limits.dial().toNanos();
        if (connections.closed()) {
            throw new IOException("Sync over the local network is switched off.");
        }
        HostPort where = HostPort.parse(address)
                .orElseThrow(() -> new IOException(
                        "“" + address + "” is not an address; one looks like 192.168.1.20:8765 or laptop.local:8765."));
        Socket tcp = connect(where, until);
        boolean linked = false;
        try (Connections.Deadline deadline = connections.deadline(tcp, atMost(limits.handshake(), until))) {
            PinnedTls pinned = new PinnedTls(self, expected);
            SSLSocket tls;
            try {
                Connections.tune(tcp);
                tls = pinned.dial(tcp, knock);
                tls.startHandshake();
                if (tls.getInputStream().read() != Listener.WELCOME) {
                    throw new EOFException("no welcome");
                }
            } catch (IOException failed) {
                Optional<Fingerprint> wrong = PinnedTls.wrongKey(failed);
                if (wrong.filter(own()::equals).isPresent()) {
                    // Others tell their loopback address, too, and the secret of a knock is that of both.
                    throw new IOException("This device itself is at " + where + ".", failed);
                }
                if (wrong.isPresent()) {
                    throw new OtherKeyException(
                            "The device at " + where + " is not the one that was expected: its fingerprint is "
                                    + wrong.get().grouped() + ".",
                            failed);
                }
                throw new IOException(sentence(where, failed, pinned, deadline), failed);
            }
            LanLink.Peer peer = new LanLink.Peer(guest, pinned.peerKey(), where.toString(), true);
            LanLink link = connections.link(peer, tcp, tls);
            linked = deadline.disarm();
            if (!linked) {
                link.cutOff();
                throw new IOException(tooSlow(where));
            }
            return link;
        } finally {
            if (!linked) {
                Connections.close(tcp);
            }
        }
    }

    private Fingerprint own() {
        return Fingerprint.of(self.certificate().getPublicKey().getEncoded());
    }

    private static Duration atMost(Duration patience, long until) {
        Duration left = Duration.ofNanos(until - System.nanoTime());
        return left.compareTo(patience) < 0 ? left : patience;
    }

    private static String tooSlow(HostPort where) {
        return "Something at " + where + " took the call but did not answer in time.";
    }

    private static String sentence(
            HostPort where, IOException failed, PinnedTls pinned, Connections.Deadline deadline) {
        if (deadline.passed()) {
            return tooSlow(where);
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

    private Socket connect(HostPort where, long until) throws IOException {
        List<InetAddress> candidates = resolve(where.host());
        IOException last = new SocketTimeoutException("no time left");
        for (int i = 0; i < candidates.size(); i++) {
            boolean more = i + 1 < candidates.size();
            Duration patience = atMost(more ? CONNECT_WHEN_THERE_ARE_MORE : limits.connect(), until);
            if (!patience.isPositive()) {
                break;
            }
            Socket tcp = new Socket();
            try {
                tcp.connect(
                        new InetSocketAddress(candidates.get(i), where.port()), Math.max(1, (int) patience.toMillis()));
                return tcp;
            } catch (IOException failed) {
                Connections.close(tcp);
                last = failed;
            }
        }
        throw new IOException(unanswered(where, last), last);
    }

    private static String unanswered(HostPort where, IOException failed) {
        if (failed instanceof SocketTimeoutException) {
            return "Nobody answers at " + where + ".";
        }
        if (failed instanceof NoRouteToHostException
                || String.valueOf(failed.getMessage()).contains("unreachable")) {
            return "There is no way to " + where + " from this network.";
        }
        return "Nobody answers at " + where + ": nothing listens there.";
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
}
