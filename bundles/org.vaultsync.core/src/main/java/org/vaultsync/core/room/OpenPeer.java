// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.session.Meter;
import org.vaultsync.transport.OpenRooms.Channel;

/** Somebody in an open room, at the other end of a channel. Belongs to the room's thread; what is sent has a thread of its own. */
final class OpenPeer {
    private static final long MOST_UNSENT = 64 << 20;
    private static final int MOST_UNREAD = 32;

    final Channel channel;
    final Instant since;

    /** Messages that were taken from the channel and not looked at yet: the channel waits while there are too many. */
    final Semaphore unread = new Semaphore(MOST_UNREAD);

    /** The pieces of a long message that have come. */
    final ByteArrayOutputStream pieces = new ByteArrayOutputStream();

    /** Whether it has asked for what it lacks, so that from then on it gets what is new. */
    boolean live;

    /** The number of the last change of the document that it was sent, with all before. */
    long sent = -1;

    /** Whether it was asked for what is missing here and has not answered yet. */
    boolean asked;

    /** Whether it has ever answered that. */
    boolean answered;

    /** Under which it says who it is, once it has. */
    OptionalLong client = OptionalLong.empty();

    /** What is wrong with it, as a sentence for people. */
    Optional<String> note = Optional.empty();

    /** Whether it broke the rules, so that nothing of it is looked at any more. */
    boolean ignored;

    /** What goes over the channel. */
    final Meter meter;

    private final Worker sender;
    private final AtomicLong unsent = new AtomicLong();

    OpenPeer(Channel channel, Instant since, long now, Worker sender) {
        this.channel = channel;
        this.since = since;
        this.meter = new Meter(now);
        this.sender = sender;
    }

    boolean isBrowser() {
        return channel.instance().isEmpty();
    }

    /** Queues one message that fits into the channel. */
    void send(byte[] message) {
        if (unsent.addAndGet(message.length) > MOST_UNSENT) {
            channel.close();
            return;
        }
        sender.execute(() -> {
            try {
                channel.send(message);
                meter.sent(message.length);
            } catch (IOException broken) {
                channel.close(); // and that tells
            } finally {
                unsent.addAndGet(-message.length);
            }
        });
    }

    /** Runs, on another thread, once all that was queued before is on its way. */
    void afterwards(Runnable told) {
        sender.execute(told);
    }

    void close() {
        sender.execute(channel::close);
        end();
    }

    /** The channel is closed. */
    void end() {
        unread.release(MOST_UNREAD);
        // On its own thread, which nobody waits for.
        sender.execute(sender::close);
    }

    @Override
    public String toString() {
        return (isBrowser() ? "browser " : "device ") + channel.peer();
    }
}
