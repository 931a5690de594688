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
    private static final int MOST_UNREAD = 8;

    final Channel channel;
    final Instant since;

    /** Messages that were taken from the channel and not looked at yet: the channel waits while there are too many. */
    final Semaphore unread = new Semaphore(MOST_UNREAD);

    /** The pieces of a long message that have come. */
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();

    /** Whether it has asked for what it lacks, so that from then on it gets what is new. */
    boolean live;

    /** The number of the last change of the document that it was sent, with all before. */
    long sent = -1;

    /** When it was asked for what is missing here, in nanoseconds; empty once it has answered. */
    OptionalLong asked = OptionalLong.empty();

    /** Whether it has answered once. */
    boolean answered;

    /** Whether it has let the time for an answer pass, and not answered since. */
    boolean late;

    /** Whether something is too large for it. */
    boolean lacks;

    /** Under which it says who it is, once it has. */
    OptionalLong client = OptionalLong.empty();

    /** How it broke the rules; from then on nothing of it is looked at. */
    Optional<String> offence = Optional.empty();

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

    boolean isIgnored() {
        return offence.isPresent();
    }

    /** What is wrong with it, as sentences for people. */
    Optional<String> note() {
        if (offence.isPresent()) {
            return offence.map(how -> "It sent something that is not allowed, and is ignored: " + how);
        }
        if (late) {
            return Optional.of(
                    "It has not sent what it has. A browser cannot send more than 256 KB at once, and what it"
                            + " adds to that does not come either. Take some of its items out of the room there, and share"
                            + " them again one by one.");
        }
        return lacks
                ? Optional.of("Something in this room is larger than the 256 KB that a browser can take at once. It has"
                        + " neither that nor what was changed after it. Make the item smaller or take it out of the room,"
                        + " and load the page again there.")
                : Optional.empty();
    }

    /** Whether all that it has is here. */
    boolean hasSaidAll() {
        return answered && asked.isEmpty();
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
