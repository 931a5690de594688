// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Link;

/**
 * Carries messages of any length over a link in frames, several streams side by side: a lower stream goes first, so that
 * a live edit overtakes a transfer. A receiver that does not keep up holds back the sender by credit.
 *
 * <p>A frame is: version 1, stream, flags, up to 16 KiB of payload.
 */
public final class Frames {
    /** The streams of a link, the most urgent first. */
    public enum Stream {
        LIVE,
        BULK,
        ATTACHMENTS
    }

    /** The most bytes of one message. */
    public static final int LONGEST_MESSAGE = 64 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Frames.class);
    private static final int VERSION = 1;
    private static final int HEADER = 3;
    /** Of what is sent: with its header and the length that a link puts before it, a frame fills one record of TLS. */
    private static final int PAYLOAD = (16 << 10) - 7;

    private static final int LAST = 1;
    private static final int PRIORITY = 2;
    private static final int CREDIT = 4;
    private static final int WINDOW = 1 << 20;
    private static final int KEPT = 1 << 20;
    private static final Duration FAREWELL = Duration.ofSeconds(2);
    private static final long LONGEST_QUEUE = 128L << 20;
    /** About what a message that waits takes beside its bytes. */
    private static final int OVERHEAD = 64;
    /** Messages that wait for somebody who is no member yet: an answer of any length, and pongs. */
    private static final int MOST_FOR_GUESTS = 1000;

    private final Link link;
    private final Machine machine;
    private final int longest;
    private final Outgoing[] outgoing = new Outgoing[Stream.values().length]; // guarded by this
    private final Incoming[] incoming = new Incoming[Stream.values().length]; // contents guarded by this
    private long queued; // guarded by this; what waits, in bytes of memory
    private int waiting; // guarded by this; messages
    private boolean started; // guarded by this
    private boolean writing; // guarded by this
    private boolean closing; // guarded by this
    private boolean closed; // guarded by this
    private volatile long heard; // in the machine's nanoseconds
    private Optional<ProtocolException> broken = Optional.empty(); // guarded by this; what it is closed for

    private static final class Outgoing {
        final Deque<byte[]> messages = new ArrayDeque<>();
        int sent; // of the first message
        long credit = WINDOW;
        long grant; // credit for the other side, to be sent
    }

    private static final class Incoming {
        byte[] begun = {}; // link thread only; kept from message to message, for it is costly to grow
        int size; // link thread only; of what has begun
        long unconsumed;
        long ungranted;

        /** Adds the payload of a frame to the message. */
        void add(byte[] frame) {
            int more = frame.length - HEADER;
            if (size + more > begun.length) {
                begun = Arrays.copyOf(begun, Math.max(2 * begun.length, size + more));
            }
            System.arraycopy(frame, HEADER, begun, size, more);
            size += more;
        }

        /** The message, now that the last frame of it is here. */
        byte[] whole(byte[] last) {
            if (size == 0) {
                return Arrays.copyOfRange(last, HEADER, last.length);
            }
            add(last);
            byte[] whole = Arrays.copyOf(begun, size);
            size = 0;
            if (begun.length > KEPT) {
                begun = new byte[0];
            }
            return whole;
        }
    }

    /** Does nothing until it is started. */
    public Frames(Link link, Machine machine) {
        this(link, machine, LONGEST_MESSAGE);
    }

    /** @param longest the most bytes of one message from the other side */
    public Frames(Link link, Machine machine, int longest) {
        this.link = link;
        this.machine = machine;
        this.longest = longest;
        heard = machine.nanos();
        for (int i = 0; i < outgoing.length; i++) {
            outgoing[i] = new Outgoing();
            incoming[i] = new Incoming();
        }
    }

    /**
     * Begins to read and write.
     *
     * @param messages is given each message, on the link's thread; whoever has dealt with it calls {@link #consumed}
     * @param closed is told why the link is closed, once
     */
    public void start(BiConsumer<Stream, byte[]> messages, Consumer<String> closed) {
        synchronized (this) {
            started = true;
            goOn();
        }
        link.start(new Link.Receiver() {
            @Override
            public void received(byte[] frame) {
                heard = machine.nanos();
                if (broken().isPresent()) {
                    return;
                }
                try {
                    read(frame, messages);
                } catch (ProtocolException rulesBroken) {
                    close(rulesBroken);
                }
            }

            @Override
            public void misbehaved(String how) {
                close(new ProtocolException(how));
            }

            @Override
            public void closed(String reason) {
                synchronized (Frames.this) {
                    Frames.this.closed = true;
                }
                closed.accept(reason);
            }
        });
    }

    /** When the last frame came, or this was made, in the machine's nanoseconds. */
    public long heard() {
        return heard;
    }

    /** Queues a message. Returns at once. */
    public synchronized void send(Stream stream, byte[] message) {
        if (message.length > LONGEST_MESSAGE) {
            throw new IllegalArgumentException("a message of " + message.length + " bytes, limit " + LONGEST_MESSAGE);
        }
        if (closed || closing) {
            return;
        }
        outgoing[stream.ordinal()].messages.add(message);
        queued += message.length + OVERHEAD;
        waiting++;
        boolean isMember = link.guest() instanceof Guest.Pinned;
        if (queued > LONGEST_QUEUE || !isMember && waiting > MOST_FOR_GUESTS) {
            if (isMember) {
                LOG.warn("closed link to {}: it does not read, {} bytes wait", peer(), queued);
            }
            closed = true;
            machine.run("vaultsync close", Duration.ZERO, link::close);
        }
        goOn();
    }

    /** Says that a received message has been dealt with, so that the other side may send more. */
    public synchronized void consumed(Stream stream, int length) {
        Incoming in = incoming[stream.ordinal()];
        in.unconsumed -= length;
        grant(stream, in);
    }

    /** Closes the link after what is queued is out, or after 2 s. */
    public synchronized void finish() {
        closing = true;
        goOn();
        machine.run("vaultsync close", FAREWELL, this::close);
    }

    /** Closes the link now, since the other side broke a rule. */
    public void close(ProtocolException rulesBroken) {
        if (link.guest() instanceof Guest.Pinned) {
            LOG.warn("closed link to {}: {}", peer(), rulesBroken.getMessage());
        }
        synchronized (this) {
            broken = broken.or(() -> Optional.of(rulesBroken));
        }
        close();
    }

    /** For logs; the guest that it is may be known by the token of an invite. */
    private Fingerprint peer() {
        return Fingerprint.of(link.peerKey());
    }

    /** The rule that the other side broke, if the link is closed for that. */
    public synchronized Optional<ProtocolException> broken() {
        return broken;
    }

    /** Closes the link now. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        link.close();
    }

    private void read(byte[] frame, BiConsumer<Stream, byte[]> messages) throws ProtocolException {
        if (frame.length < HEADER || frame[0] != VERSION) {
            throw new ProtocolException("a frame of version " + (frame.length == 0 ? "none" : frame[0]));
        }
        if (frame[1] < 0 || frame[1] >= incoming.length) {
            throw new ProtocolException("a frame of stream " + frame[1]);
        }
        Stream stream = Stream.values()[frame[1]];
        int flags = frame[2];
        if ((flags & CREDIT) != 0) {
            takeCredit(stream, Arrays.copyOfRange(frame, HEADER, frame.length));
            return;
        }
        Incoming in = incoming[stream.ordinal()];
        if (in.size + frame.length - HEADER > longest) {
            throw new ProtocolException("a message over " + longest + " bytes");
        }
        byte[] whole = null;
        if ((flags & LAST) != 0) {
            whole = in.whole(frame);
        } else {
            in.add(frame);
        }
        synchronized (this) {
            in.ungranted += frame.length - HEADER;
            if (whole != null) {
                in.unconsumed += whole.length;
            }
            if (in.unconsumed > 2L * WINDOW + LONGEST_MESSAGE) {
                throw new ProtocolException("more than it was given credit for");
            }
            grant(stream, in);
        }
        if (whole != null) {
            messages.accept(stream, whole);
        }
    }

    private synchronized void takeCredit(Stream stream, byte[] payload) throws ProtocolException {
        if (payload.length != 4) {
            throw new ProtocolException("a credit of " + payload.length + " bytes");
        }
        long credit = 0;
        for (byte part : payload) {
            credit = credit << 8 | part & 0xff;
        }
        Outgoing out = outgoing[stream.ordinal()];
        out.credit = Math.min(out.credit + credit, 2L * WINDOW);
        goOn();
    }

    private synchronized void grant(Stream stream, Incoming in) {
        if (in.unconsumed <= WINDOW && in.ungranted >= WINDOW / 4) {
            outgoing[stream.ordinal()].grant += in.ungranted;
            in.ungranted = 0;
            goOn();
        }
    }

    /** Writes, on a thread that blocks where the link does, for as long as there is something to send. */
    private synchronized void goOn() {
        if (started && !writing && !closed) {
            writing = true;
            machine.run("vaultsync send " + link.address(), Duration.ZERO, this::write);
        }
    }

    private void write() {
        try {
            for (byte[] frame = next(); frame != null; frame = next()) {
                link.send(frame);
            }
        } catch (IOException broken) {
            LOG.debug("link to {} broke while sending: {}", peer(), broken.getMessage());
            close();
        } catch (RuntimeException | Error ours) {
            LOG.error("link to {}: an error of this side", peer(), ours);
            close();
        }
    }

    /** The frame to send next; null when there is none now, and this thread ends. */
    private synchronized byte[] next() {
        if (!closed) {
            for (Stream stream : Stream.values()) {
                Outgoing out = outgoing[stream.ordinal()];
                if (out.grant > 0) {
                    int granted = (int) out.grant;
                    out.grant = 0;
                    return new byte[] {
                        VERSION,
                        (byte) stream.ordinal(),
                        CREDIT,
                        (byte) (granted >> 24),
                        (byte) (granted >> 16),
                        (byte) (granted >> 8),
                        (byte) granted
                    };
                }
            }
            for (Stream stream : Stream.values()) {
                Outgoing out = outgoing[stream.ordinal()];
                if (!out.messages.isEmpty() && out.credit > 0) {
                    return cut(stream, out);
                }
            }
        }
        writing = false;
        if (closing && queued == 0) {
            closed = true;
            machine.run("vaultsync close", Duration.ZERO, link::close);
        }
        return null;
    }

    private byte[] cut(Stream stream, Outgoing out) {
        byte[] message = out.messages.getFirst();
        int length = Math.min(PAYLOAD, message.length - out.sent);
        byte[] frame = new byte[HEADER + length];
        frame[0] = VERSION;
        frame[1] = (byte) stream.ordinal();
        frame[2] = (byte) (stream == Stream.LIVE ? PRIORITY : 0);
        System.arraycopy(message, out.sent, frame, HEADER, length);
        out.sent += length;
        out.credit -= length;
        queued -= length;
        if (out.sent == message.length) {
            frame[2] |= LAST;
            out.messages.removeFirst();
            out.sent = 0;
            queued -= OVERHEAD;
            waiting--;
        }
        return frame;
    }
}
