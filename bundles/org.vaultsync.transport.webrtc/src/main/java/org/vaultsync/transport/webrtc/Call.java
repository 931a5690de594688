// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Meeting;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;

/**
 * One device calls another at a rendezvous, until there is a link or not. Each call is a connection of its own, so two
 * that call each other at once do not get into each other's way; core decides which link stays. Confined to the engine's
 * thread, but for what comes over the channel.
 */
final class Call implements Connection.Owner {
    private static final Logger log = LoggerFactory.getLogger(Call.class);
    private static final byte HELLO = 1;
    private static final byte SIGNATURE = 2;
    /** What a link may hold unread, and the words before it. Whoever sends it has not proved a key yet. */
    private static final int MOST_EARLY = WebRtcLink.MOST_UNREAD + (64 << 10);

    private final Engine engine;
    private final Identity self;
    private final byte[] place;
    private final Guest guest;
    private final boolean dialled;
    private final String address;
    private final Consumer<ObjectNode> tell;
    private final Runnable over;
    private final CompletableFuture<WebRtcLink> link = new CompletableFuture<>();
    private final Queue<byte[]> early = new ArrayDeque<>(); // guarded by itself; what came before there was a link
    private long earlyBytes; // guarded by early; all that has come so far
    private volatile Optional<WebRtcLink> ready = Optional.empty(); // changed with early held
    private Runnable gathered = () -> {};
    private boolean patient;
    private Optional<Connection> connection = Optional.empty();
    private Optional<Proof> proof = Optional.empty();
    private Optional<byte[]> otherKey = Optional.empty();

    /**
     * A call that does nothing yet.
     *
     * @param place names the rendezvous
     * @param guest who must be at the other end
     * @param address of the server
     * @param tell sends a signal to the other side
     * @param over is run when there is a link or there will be none
     */
    Call(
            Engine engine,
            Identity self,
            byte[] place,
            Guest guest,
            boolean dialled,
            String address,
            Consumer<ObjectNode> tell,
            Runnable over) {
        this.engine = engine;
        this.self = self;
        this.place = place;
        this.guest = guest;
        this.dialled = dialled;
        this.address = address;
        this.tell = tell;
        this.over = over;
    }

    /** Fails if there is no link by then. */
    Call within(Duration patience) {
        engine.after(patience, () -> fail("No way to the other device was found in time."));
        return this;
    }

    /** Goes on while no way is found: the other side may not know yet. */
    Call patient() {
        patient = true;
        return this;
    }

    /** Runs this when all ways to this side are found, which can take long. */
    Call whenGathered(Runnable then) {
        gathered = then;
        return this;
    }

    /** Completes with the link, or fails with why there is none. On the engine's thread. */
    CompletableFuture<WebRtcLink> link() {
        return link;
    }

    void offer(Meeting how) {
        connect(how).ifPresent(there -> there.offer("vaultsync"));
    }

    void offered(Meeting how, Sdp offer) {
        if (connection.isEmpty()) {
            connect(how).ifPresent(there -> there.accept(offer));
        }
    }

    private Optional<Connection> connect(Meeting how) {
        try {
            connection = Optional.of(engine.connect(how, this));
            if (patient) {
                connection.get().patient();
            }
        } catch (IOException cannot) {
            fail(cannot.getMessage());
        }
        return connection;
    }

    void answered(Sdp answer) {
        connection.ifPresent(there -> there.answered(answer));
    }

    void add(Candidate candidate) {
        connection.ifPresent(there -> there.add(candidate));
    }

    @Override
    public void described(boolean offer, Sdp sdp) {
        tell.accept(Json.described(offer, sdp));
    }

    @Override
    public void found(Candidate candidate) {
        tell.accept(Json.found(candidate));
    }

    @Override
    public void gathered() {
        gathered.run();
    }

    @Override
    public void opened() {
        Connection there = connection.orElseThrow();
        proof = Optional.of(new Proof(self, dialled, place, there.localFingerprint(), there.remoteFingerprint()));
        say(HELLO, proof.get().hello());
        readEarly();
    }

    private void say(byte kind, byte[] bytes) {
        byte[] message = new byte[1 + bytes.length];
        message[0] = kind;
        System.arraycopy(bytes, 0, message, 1, bytes.length);
        try {
            connection.orElseThrow().send(message);
        } catch (IOException broken) {
            fail(broken.getMessage());
        }
    }

    @Override
    public void received(byte[] message) {
        if (ready.isEmpty()) {
            synchronized (early) {
                if (ready.isEmpty()) {
                    takeEarly(message);
                    return;
                }
            }
        }
        ready.get().received(message);
    }

    private void takeEarly(byte[] message) {
        earlyBytes += message.length;
        if (earlyBytes > MOST_EARLY) {
            early.clear();
            engine.execute(() -> fail("The device that answered sent more than it may."));
        } else {
            early.add(message);
            engine.execute(this::readEarly);
        }
    }

    /** The two words of each side that come before everything else. */
    private void readEarly() {
        while (proof.isPresent() && ready.isEmpty() && !link.isDone()) {
            byte[] message;
            synchronized (early) {
                message = early.poll();
            }
            if (message == null) {
                return;
            }
            try {
                if (message.length < 1) {
                    throw new GeneralSecurityException("an empty word");
                }
                hear(message[0], Arrays.copyOfRange(message, 1, message.length));
            } catch (GeneralSecurityException | RuntimeException refused) {
                log.warn("webrtc: refused somebody at a rendezvous: {}", refused.getMessage());
                fail("The device that answered did not prove its key: " + refused.getMessage() + ".");
            }
        }
    }

    private void hear(byte kind, byte[] word) throws GeneralSecurityException {
        Proof both = proof.orElseThrow();
        if (kind == HELLO && otherKey.isEmpty()) {
            byte[] key = both.heard(word);
            if (guest instanceof Guest.Pinned(Fingerprint expected) && !expected.equals(Fingerprint.of(key))) {
                fail("The device that answered is not the one that was expected: its fingerprint is "
                        + Fingerprint.of(key).grouped() + ".");
                return;
            }
            otherKey = Optional.of(key);
            if (dialled) {
                say(SIGNATURE, both.sign());
            }
        } else if (kind == SIGNATURE && otherKey.isPresent()) {
            both.check(word);
            // The dialler takes the link for open when it hears this: then the other side has checked its key.
            if (!dialled) {
                say(SIGNATURE, both.sign());
            }
            if (!link.isDone()) {
                linked(otherKey.get());
            }
        } else {
            throw new GeneralSecurityException("a word at the wrong time");
        }
    }

    private void linked(byte[] key) {
        WebRtcLink made =
                new WebRtcLink(engine, connection.orElseThrow(), new WebRtcLink.Peer(guest, key, address, dialled));
        synchronized (early) {
            early.forEach(made::received);
            early.clear();
            ready = Optional.of(made);
        }
        over.run();
        link.complete(made);
    }

    /** There will be no link. */
    void fail(String why) {
        if (link.isDone()) {
            return;
        }
        over.run();
        link.completeExceptionally(new IOException(why));
        connection.ifPresent(there -> there.close(why));
    }

    @Override
    public void closed(String why) {
        ready.ifPresent(made -> made.closed(why));
        fail("The connection was not made: " + why + ".");
    }
}
