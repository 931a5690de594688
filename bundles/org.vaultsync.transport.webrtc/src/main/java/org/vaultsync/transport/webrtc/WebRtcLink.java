// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Link;

/**
 * Messages over a data channel whose two ends have proved their keys. What is waiting goes out together, since native
 * code takes as long for a small message as for a large one.
 *
 * <p>Native code reads on whether anybody takes what it read or not, so a side tells the other how much it has taken:
 * only so much more may be sent.
 */
final class WebRtcLink implements Link {
    private static final Logger log = LoggerFactory.getLogger(WebRtcLink.class);
    static final byte MESSAGES = 3;
    static final byte CREDIT = 4;
    static final byte END = 5;
    /** What may be sent before the other side has taken anything. */
    static final int WINDOW = 4 << 20;

    private static final int CREDIT_AT_ONCE = WINDOW / 8;
    private static final int TOGETHER = 64 << 10;
    /** What was allowed, and the rest of what went out with it. */
    static final int MOST_UNREAD = WINDOW + 2 * TOGETHER;

    private static final int MOST_WAITING = 256 << 10;
    private static final Duration UNSTARTED = Duration.ofSeconds(10);
    private static final String CLOSED_HERE = "closed on this side";
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /** Who is at the other end, and how it came about. */
    record Peer(Guest guest, byte[] key, String address, boolean dialled) {}

    private final Engine engine;
    private final Connection connection;
    private final Peer peer;
    private final Inbox inbox;
    private final Outbox outbox;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final Queue<byte[]> waiting = new ArrayDeque<>(); // guarded by this
    private int waitingBytes; // guarded by this
    private int credit = WINDOW; // guarded by this; may still be sent
    private int taken; // guarded by this; was taken here, and the other side has not been told
    private long unread; // guarded by this; has come and was not taken
    private boolean otherEnded; // guarded by this
    private Optional<String> ending = Optional.empty(); // guarded by this

    WebRtcLink(Engine engine, Connection connection, Peer peer) {
        this.engine = engine;
        this.connection = connection;
        this.peer = peer;
        inbox = new Inbox(
                toString(), this::took, () -> cut("this device failed to handle a message"), new AtomicLong());
        outbox = new Outbox(connection);
        Thread.ofPlatform().daemon().name(this + " out").start(this::writeAll);
        engine.after(UNSTARTED, () -> {
            if (!inbox.isStarted()) {
                cut("nobody took it up");
            }
        });
    }

    @Override
    public String kind() {
        return "webrtc";
    }

    @Override
    public Guest guest() {
        return peer.guest();
    }

    @Override
    public byte[] peerKey() {
        return peer.key().clone();
    }

    @Override
    public String address() {
        return peer.address();
    }

    @Override
    public Optional<String> path() {
        return connection.path();
    }

    @Override
    public boolean dialled() {
        return peer.dialled();
    }

    @Override
    public void start(Receiver receiver) {
        inbox.start(receiver);
    }

    @Override
    public void send(byte[] message) throws IOException {
        if (message.length < 1 || message.length > MAX_MESSAGE) {
            throw new IllegalArgumentException("message of " + message.length + " bytes, limit " + MAX_MESSAGE);
        }
        synchronized (this) {
            try {
                while (ending.isEmpty() && waitingBytes > MOST_WAITING) {
                    wait();
                }
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
                throw new IOException("The sender was interrupted.", hurry);
            }
            if (ending.isPresent()) {
                throw new IOException("The link is closed: " + ending.get());
            }
            waiting.add(message);
            waitingBytes += size(message);
            notifyAll();
        }
    }

    private static int size(byte[] message) {
        return Short.BYTES + message.length;
    }

    /** The thread that sends. */
    private void writeAll() {
        try {
            for (Optional<byte[]> next = next(); next.isPresent(); next = next()) {
                outbox.send(next.get());
            }
            outbox.send(new byte[] {END});
            synchronized (this) {
                if (otherEnded && ending.filter(CLOSED_HERE::equals).isPresent()) {
                    cut("closed on both sides");
                }
            }
        } catch (IOException broken) {
            cut("it broke: " + broken.getMessage());
        } catch (InterruptedException nobodyInterrupts) {
            cut("it was interrupted");
        }
    }

    /** What is to be sent next; empty when all is out and the link is ending. */
    private synchronized Optional<byte[]> next() throws InterruptedException {
        while (true) {
            if (taken >= CREDIT_AT_ONCE) {
                byte[] message = ByteBuffer.allocate(1 + Integer.BYTES)
                        .put(CREDIT)
                        .putInt(taken)
                        .array();
                taken = 0;
                return Optional.of(message);
            }
            if (otherEnded || waiting.isEmpty() && ending.isPresent()) {
                return Optional.empty();
            }
            if (!waiting.isEmpty() && credit > 0) {
                return Optional.of(together());
            }
            wait();
        }
    }

    private byte[] together() {
        int length = 0;
        int count = 0;
        for (byte[] message : waiting) {
            if (count > 0 && length + size(message) > TOGETHER) {
                break;
            }
            length += size(message);
            count++;
        }
        ByteBuffer all = ByteBuffer.allocate(1 + length).put(MESSAGES);
        for (; count > 0; count--) {
            byte[] message = waiting.remove();
            all.putShort((short) message.length).put(message);
        }
        waitingBytes -= length;
        credit -= length;
        notifyAll();
        return all.array();
    }

    /** The receiver is done with a message of that length. */
    private synchronized void took(int length) {
        taken += Short.BYTES + length;
        unread -= Short.BYTES + length;
        if (taken >= CREDIT_AT_ONCE) {
            notifyAll();
        }
    }

    /** Something came over the channel. On a native thread, or on that of the engine before there was a link: one at a time. */
    void received(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            switch (in.get()) {
                case MESSAGES -> receive(in);
                case CREDIT -> credit(in);
                case END -> ended();
                default -> throw new IllegalArgumentException("a kind of message that is not known");
            }
        } catch (IllegalArgumentException | BufferUnderflowException malformed) {
            log.warn("closed {}: {}", this, malformed.getMessage());
            cut("the other side broke the rules");
        }
    }

    private void receive(ByteBuffer in) {
        synchronized (this) {
            unread += in.remaining();
            if (unread > MOST_UNREAD) {
                throw new IllegalArgumentException("it sent more than it may");
            }
        }
        while (in.hasRemaining()) {
            int length = Short.toUnsignedInt(in.getShort());
            if (length < 1 || length > MAX_MESSAGE) {
                throw new IllegalArgumentException("message of " + length + " bytes, limit " + MAX_MESSAGE);
            }
            byte[] message = new byte[length];
            in.get(message);
            inbox.add(message);
        }
    }

    private synchronized void credit(ByteBuffer in) {
        int more = in.getInt();
        if (more < 1 || more > MOST_UNREAD || in.hasRemaining()) {
            throw new IllegalArgumentException("a credit of " + more);
        }
        credit = Math.min(credit + more, WINDOW);
        notifyAll();
    }

    /** The other side has said all that it will say. */
    private void ended() {
        boolean both;
        synchronized (this) {
            otherEnded = true;
            both = ending.isPresent();
            ending = ending.or(() -> Optional.of("the other side closed it"));
            notifyAll();
        }
        inbox.end("the other side closed it");
        if (both) {
            cut(CLOSED_HERE);
        } else {
            // It closes the channel once it hears that this side has nothing more to say either.
            cutLater();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (ending.isPresent()) {
                return;
            }
            ending = Optional.of(CLOSED_HERE);
            notifyAll();
        }
        inbox.drop();
        cutLater();
    }

    private void cutLater() {
        engine.after(FAREWELL, () -> cut("cut off"));
    }

    /** Ends it now. Of several reasons the first counts. */
    void cut(String why) {
        synchronized (this) {
            ending = ending.or(() -> Optional.of(why));
            notifyAll();
        }
        engine.execute(() -> connection.close(why));
    }

    /** The connection is closed. */
    void closed(String why) {
        String reason;
        synchronized (this) {
            ending = ending.or(() -> Optional.of(why));
            reason = ending.get();
            otherEnded = true;
            notifyAll();
        }
        inbox.end(reason);
        gone.complete(null);
    }

    /** Completes when the connection is closed. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    @Override
    public String toString() {
        return "webrtc link " + Fingerprint.of(peer.key()).brief();
    }
}
