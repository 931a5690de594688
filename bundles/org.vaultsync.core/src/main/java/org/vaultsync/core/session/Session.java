// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.LogEntry.Traffic;
import org.vaultsync.Throughput;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.wire.Frames;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Acknowledge;
import org.vaultsync.core.wire.Message.Bye;
import org.vaultsync.core.wire.Message.Durable;
import org.vaultsync.core.wire.Message.Ping;
import org.vaultsync.core.wire.Message.Pong;
import org.vaultsync.core.wire.Message.Refuse;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Link;

/** One link and the conversation over it: typed messages, their acknowledgement, and whether the other side is alive. Thread-safe. */
public final class Session {
    /** Who is told what comes over the link. Called on the link's thread. */
    public interface Listener {
        /** A message came. Whoever has dealt with it, and stored it if it is durable, calls {@link Receipt#done}. */
        void received(Session session, Message message, Receipt receipt) throws ProtocolException;

        /** The link is closed. The last call. */
        void closed(Session session, String reason);
    }

    private record Awaited(long number, CompletableFuture<Boolean> stored) {}

    /** A ping, and when it was sent, in the machine's nanoseconds. */
    private record Asked(long sent, CompletableFuture<Duration> answer) {}

    /** Counts the durable messages of one stream, in both directions. */
    private static final class Counts {
        long sent; // guarded by this
        long received; // link thread only
        final Deque<Awaited> awaited = new ArrayDeque<>(); // guarded by this
        final BitSet doneBeyond = new BitSet(); // guarded by this; by distance from done
        long done; // guarded by this
    }

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Duration SILENCE = Duration.ofSeconds(7);
    private static final int LONGEST_OF_STRANGERS = 16 << 10;

    private final Machine machine;
    private final Link link;
    private final Frames frames;
    private final Fingerprint peer;
    private final Map<Stream, Counts> counts = new EnumMap<>(Stream.class);
    private final Map<Long, Asked> pings = new ConcurrentHashMap<>();
    private final AtomicLong pingNumbers = new AtomicLong();
    private volatile Optional<Instant> synced = Optional.empty();
    private volatile Optional<Duration> roundTrip = Optional.empty();
    private volatile Optional<Bye> bye = Optional.empty();
    private volatile Optional<Bye> said = Optional.empty();
    private final AtomicLong messagesSent = new AtomicLong();
    private final AtomicLong messagesReceived = new AtomicLong();
    private final Meter meter;
    private final Anteroom anteroom = new Anteroom();
    private volatile String instance = "";
    private volatile long number;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    public Session(Link link, Machine machine) {
        this.machine = machine;
        this.link = link;
        this.frames = new Frames(
                link, machine, link.guest() instanceof Guest.Pinned ? Frames.LONGEST_MESSAGE : LONGEST_OF_STRANGERS);
        this.peer = Fingerprint.of(link.peerKey());
        this.meter = new Meter(machine.nanos());
        for (Stream stream : Stream.values()) {
            counts.put(stream, new Counts());
        }
    }

    public void start(Listener listener) {
        frames.start(
                (stream, bytes) -> {
                    messagesReceived.incrementAndGet();
                    meter.received(bytes.length);
                    try {
                        receive(stream, bytes, listener);
                    } catch (ProtocolException rulesBroken) {
                        close(rulesBroken);
                    } catch (RuntimeException | Error ours) {
                        LOG.error("closed link to {} after an error of this side", peer, ours);
                        close();
                    }
                },
                reason -> {
                    abandon();
                    ended.complete(null);
                    listener.closed(
                            this,
                            fault().map(ProtocolException::sentence)
                                    .or(() -> bye.map(Bye::sentence))
                                    .orElse("The link ended: " + reason));
                });
    }

    public Link link() {
        return link;
    }

    public Fingerprint peer() {
        return peer;
    }

    /** As last measured, or for how long an answer has been missing, if that is longer; empty before the first. */
    public Optional<Duration> roundTrip() {
        long now = machine.nanos();
        return roundTrip.map(measured -> pings.values().stream()
                .map(asked -> Duration.ofNanos(now - asked.sent()))
                .reduce(measured, (one, other) -> one.compareTo(other) < 0 ? other : one));
    }

    /** What went over the link in the last seconds, without the frames around it. */
    public Throughput throughput() {
        return meter.last();
    }

    /** What the other side said before it closed the link. */
    public Optional<Bye> bye() {
        return bye;
    }

    /** What this side said before it closed the link. */
    public Optional<Bye> said() {
        return said;
    }

    /** What has gone over the link so far, without the frames around it. */
    public Traffic traffic() {
        return new Traffic(messagesSent.get(), meter.allSent(), messagesReceived.get(), meter.allReceived());
    }

    /** The other side's instance, as its hello told. */
    public String instance() {
        return instance;
    }

    /** The dialler's count of its links, this one among them; 0 where a side does not count. */
    long number() {
        return number;
    }

    void greetedBy(String otherInstance, long countOfDialler) {
        instance = otherInstance;
        number = countOfDialler;
    }

    private void put(Stream stream, byte[] bytes) {
        messagesSent.incrementAndGet();
        meter.sent(bytes.length);
        frames.send(stream, bytes);
    }

    /** Queues a message on the live stream. Returns at once. */
    public void send(Message message) {
        if (message instanceof Durable) {
            throw new IllegalArgumentException("durable messages are counted: " + message.getClass());
        }
        put(Stream.LIVE, Messages.encode(message));
    }

    /** Queues a piece of an attachment, which goes behind everything else. */
    public void send(Message.AttachmentPiece piece) {
        put(Stream.ATTACHMENTS, Messages.encode(piece));
    }

    /**
     * Queues a message. Returns at once.
     *
     * @return completes with true once the other side has it on disk, with false if it was refused, and fails if the
     *     link closes before; on the link's thread
     */
    public CompletionStage<Boolean> send(Stream stream, Durable message) {
        CompletableFuture<Boolean> stored = new CompletableFuture<>();
        Counts count = counts.get(stream);
        byte[] bytes = Messages.encode(message);
        synchronized (count) {
            put(stream, bytes); // first: what is too large does not count
            count.awaited.add(new Awaited(++count.sent, stored));
        }
        return stored;
    }

    /** Measures the way there and back. Fails when the link closes. */
    public CompletionStage<Duration> ping() {
        CompletableFuture<Duration> answer = new CompletableFuture<>();
        long number = pingNumbers.incrementAndGet();
        long sent = machine.nanos();
        pings.put(number, new Asked(sent, answer));
        put(Stream.LIVE, Messages.encode(new Ping(number)));
        return answer.thenApply(ignored -> {
            Duration measured = Duration.ofNanos(machine.nanos() - sent);
            roundTrip = Optional.of(measured);
            return measured;
        });
    }

    /**
     * Asks whether the other side is there. Fails if nothing at all has come after so long: on a slow line the answer to a
     * ping waits behind what is being said, and it is a part of that which comes.
     */
    CompletionStage<Void> probe(Duration longest) {
        long asked = machine.nanos();
        return machine.within(longest, ping()).handle((answered, silent) -> {
            boolean saysSomething = silent instanceof TimeoutException && frames.heard() - asked > 0;
            if (silent != null && !saysSomething) {
                throw new CompletionException(silent);
            }
            return null;
        });
    }

    /** Sends a ping, or closes the link if nothing was heard for too long; says whether it stays. */
    boolean keepAlive() {
        if (machine.nanos() - frames.heard() > SILENCE.toNanos()) {
            LOG.info("closed link to {}: silent for {} s", peer, SILENCE.toSeconds());
            close();
            return false;
        }
        meter.measure(machine.nanos());
        ping();
        return true;
    }

    /** Says why and closes, after what is queued is out. */
    public void close(String code, String sentence) {
        Bye last = new Bye(code, sentence);
        said = said.or(() -> Optional.of(last));
        send(last);
        frames.finish();
    }

    public void close() {
        frames.close();
    }

    /** Closes it now, since the other side broke a rule. */
    public void close(ProtocolException rulesBroken) {
        frames.close(rulesBroken);
    }

    /** The rule that the other side broke, if the link is closed for that. */
    public Optional<ProtocolException> fault() {
        return frames.broken();
    }

    /** Where messages for rooms wait until this link is the one that stays. */
    Anteroom anteroom() {
        return anteroom;
    }

    public boolean isOpen() {
        return !ended.isDone();
    }

    /** Completes when the link is closed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void receive(Stream stream, byte[] bytes, Listener listener) throws ProtocolException {
        Message message = Messages.decode(bytes);
        switch (message) {
            case Ping ping -> {
                put(Stream.LIVE, Messages.encode(new Pong(ping.number())));
                frames.consumed(stream, bytes.length);
            }
            case Pong pong -> {
                Asked asked = pings.remove(pong.number());
                if (asked != null) {
                    asked.answer().complete(Duration.ZERO);
                }
                frames.consumed(stream, bytes.length);
            }
            case Acknowledge ack -> {
                acknowledged(ack);
                frames.consumed(stream, bytes.length);
            }
            case Refuse refuse -> {
                refused(refuse);
                frames.consumed(stream, bytes.length);
            }
            case Bye last -> {
                bye = Optional.of(last);
                frames.consumed(stream, bytes.length);
                LOG.info("peer {} says goodbye: {}", peer, last.code());
                close();
            }
            default -> {
                long number = message instanceof Durable ? ++counts.get(stream).received : 0;
                listener.received(this, message, new Receipt(this, stream, number, bytes.length));
            }
        }
    }

    private void acknowledged(Acknowledge ack) throws ProtocolException {
        Counts count = counts.get(ack.stream());
        List<CompletableFuture<Boolean>> stored = new ArrayList<>();
        synchronized (count) {
            if (ack.number() > count.sent) {
                throw new ProtocolException("an acknowledgement of what was never sent");
            }
            while (!count.awaited.isEmpty() && count.awaited.getFirst().number() <= ack.number()) {
                stored.add(count.awaited.removeFirst().stored());
            }
        }
        stored.forEach(each -> each.complete(true));
    }

    private void refused(Refuse refuse) {
        LOG.warn("peer {} refused a message: {}", peer, refuse.why());
        Counts count = counts.get(refuse.stream());
        Optional<Awaited> awaited;
        synchronized (count) {
            awaited = count.awaited.stream()
                    .filter(each -> each.number() == refuse.number())
                    .findFirst();
        }
        awaited.ifPresent(each -> each.stored().complete(false));
    }

    /** The other one has brought something, or has stored what it was sent. */
    public void synced() {
        synced = Optional.of(machine.clock().instant());
    }

    /** When it last did; empty while it has not. */
    public Optional<Instant> lastSync() {
        return synced;
    }

    /** A received message was dealt with; what is acknowledged is all up to the first that was not. */
    void done(Receipt receipt) {
        frames.consumed(receipt.stream(), receipt.length());
        if (receipt.number() == 0) {
            return;
        }
        Counts count = counts.get(receipt.stream());
        synchronized (count) {
            count.doneBeyond.set((int) (receipt.number() - count.done - 1));
            int more = count.doneBeyond.nextClearBit(0);
            if (more > 0) {
                count.done += more;
                BitSet rest = count.doneBeyond.get(more, count.doneBeyond.length() + 1);
                count.doneBeyond.clear();
                count.doneBeyond.or(rest);
                put(Stream.LIVE, Messages.encode(new Acknowledge(receipt.stream(), count.done)));
            }
        }
    }

    private void abandon() {
        Exception closed = new IOException("the link is closed");
        for (Counts count : counts.values()) {
            List<Awaited> left;
            synchronized (count) {
                left = List.copyOf(count.awaited);
                count.awaited.clear();
            }
            left.forEach(each -> each.stored().completeExceptionally(closed));
        }
        pings.values().forEach(each -> each.answer().completeExceptionally(closed));
    }

    @Override
    public String toString() {
        return "session with " + peer + " over " + link.kind();
    }
}
