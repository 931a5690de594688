// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Link;

/**
 * Messages over one TLS connection, each after its length as four bytes.
 *
 * <p>A platform thread reads: a receiver may hold it for long, and a virtual thread held in native code would hold up
 * others.
 */
final class LanLink implements Link {
    private static final Logger log = LoggerFactory.getLogger(LanLink.class);
    private static final Duration LAST_WORD = Duration.ofMillis(200);

    /** Who is at the other end of a connection that has shaken hands, and how it came about. */
    record Peer(Guest guest, byte[] key, String address, boolean dialled) {}

    private final Peer peer;
    private final Socket tcp;
    private final SSLSocket tls;
    private final DataInputStream in; // reader thread only, once started
    private final OutputStream out; // writing only
    private final byte[] frame = new byte[Integer.BYTES + MAX_MESSAGE]; // writing only
    private final ReentrantLock writing = new ReentrantLock();
    private final Limits limits;
    private final ScheduledExecutorService clock;
    private final ScheduledFuture<?> unstarted;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean cut = new AtomicBoolean();
    private final AtomicReference<String> ending = new AtomicReference<>();

    LanLink(Peer peer, Socket tcp, SSLSocket tls, Limits limits, ScheduledExecutorService clock) throws IOException {
        this.peer = peer;
        this.tcp = tcp;
        this.tls = tls;
        this.limits = limits;
        this.clock = clock;
        in = new DataInputStream(new BufferedInputStream(tls.getInputStream(), 2 * MAX_MESSAGE));
        out = tls.getOutputStream();
        unstarted = clock.schedule(
                () -> end("nobody took it up"), limits.unstarted().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String kind() {
        return "lan";
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
    public boolean dialled() {
        return peer.dialled();
    }

    @Override
    public void start(Receiver receiver) {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("started before: " + this);
        }
        unstarted.cancel(false);
        Thread.ofPlatform().daemon().name(toString()).start(() -> read(receiver));
    }

    private void read(Receiver receiver) {
        try {
            while (ending.get() == null) {
                int first = in.read();
                if (first < 0) {
                    break;
                }
                int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
                if (length < 1 || length > MAX_MESSAGE) {
                    String how = "message of " + Integer.toUnsignedString(length) + " bytes, limit " + MAX_MESSAGE;
                    if (ending.compareAndSet(null, how)) {
                        receiver.misbehaved(how);
                    }
                    cutOff();
                    break;
                }
                byte[] message = new byte[length];
                in.readFully(message);
                if (ending.get() == null) {
                    receiver.received(message);
                }
            }
            if (ending.get() == null) {
                end("the other side closed it");
            } else {
                drain();
            }
        } catch (EOFException inTheMiddle) {
            end("it broke in the middle of a message");
        } catch (IOException broken) {
            end("it broke: " + broken.getMessage());
        } catch (RuntimeException | Error receiverFailed) {
            log.error("{}: closed, since its receiver failed", this, receiverFailed);
            end("this device failed to handle a message");
        } finally {
            try {
                receiver.closed(ending.get());
            } catch (RuntimeException receiverFailed) {
                log.error("{}: its receiver failed at the end", this, receiverFailed);
            }
        }
    }

    /** What still comes is read and dropped, so that what was sent is not lost to a reset. */
    private void drain() throws IOException {
        byte[] dropped = new byte[8192];
        while (!cut.get() && in.read(dropped) >= 0) {
            continue;
        }
        cutOff();
    }

    @Override
    public void send(byte[] message) throws IOException {
        if (message.length < 1 || message.length > MAX_MESSAGE) {
            throw new IllegalArgumentException("message of " + message.length + " bytes, limit " + MAX_MESSAGE);
        }
        writing.lock();
        try {
            if (ending.get() != null) {
                throw new IOException("it is closed");
            }
            ByteBuffer.wrap(frame).putInt(message.length).put(message);
            out.write(frame, 0, Integer.BYTES + message.length);
        } catch (IOException broken) {
            end("it broke: " + broken.getMessage());
            throw new IOException("The link is closed: " + ending.get(), broken);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        if (!ending.compareAndSet(null, "closed on this side")) {
            return;
        }
        unstarted.cancel(false);
        Thread.ofVirtual().name(this + " farewell").start(this::sayFarewell);
    }

    /**
     * Lets out what was sent. A sender that is held up by a peer that does not read is cut off, since its message was
     * promised to nobody yet.
     */
    private void sayFarewell() {
        ScheduledFuture<?> cutLater =
                clock.schedule(this::cutOff, limits.farewell().toMillis(), TimeUnit.MILLISECONDS);
        try {
            if (writing.tryLock(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    tls.shutdownOutput();
                } finally {
                    writing.unlock();
                }
                if (!started.get()) {
                    drain();
                }
            } else {
                cutOff();
            }
        } catch (IOException broken) {
            log.debug("{}: broke at the farewell: {}", this, broken.getMessage());
            cutOff();
        } catch (InterruptedException nobodyInterrupts) {
            cutOff();
        }
        if (cut.get()) {
            cutLater.cancel(false);
        }
    }

    /** Ends it for a reason, of which the first counts. */
    private void end(String reason) {
        ending.compareAndSet(null, reason);
        unstarted.cancel(false);
        cutOff();
    }

    /** Cuts the connection; whoever reads or writes is woken. */
    void cutOff() {
        if (!cut.compareAndSet(false, true)) {
            return;
        }
        ending.compareAndSet(null, "cut off");
        try {
            tcp.close();
        } catch (IOException alreadyBroken) {
            log.debug("{}: {}", this, alreadyBroken.getMessage());
        }
        gone.complete(null);
    }

    /** Completes when the connection is closed. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    @Override
    public String toString() {
        return "lan link " + Fingerprint.of(peer.key()).brief();
    }
}
