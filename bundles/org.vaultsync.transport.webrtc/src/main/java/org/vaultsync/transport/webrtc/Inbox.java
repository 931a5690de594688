// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.transport.Link;

/**
 * What has come and was not read yet. Native code must not be held up by a receiver, so a thread of the inbox's own reads.
 * Thread-safe.
 */
final class Inbox {
    private static final Logger log = LoggerFactory.getLogger(Inbox.class);

    /** What a message takes beside its bytes. */
    private static final int EACH = 32;

    private final String name;
    private final IntConsumer read;
    private final Runnable failed;
    private final AtomicLong together;
    private final Queue<byte[]> messages = new ArrayDeque<>(); // guarded by this
    private long bytes; // guarded by this
    private boolean started; // guarded by this
    private boolean dropping; // guarded by this
    private Optional<String> end = Optional.empty(); // guarded by this

    /**
     * An inbox that nothing is read from yet.
     *
     * @param read is told the size of each message that a receiver is done with
     * @param failed is run when the receiver has thrown something
     * @param together is kept at what waits in all inboxes that share it
     */
    Inbox(String name, IntConsumer read, Runnable failed, AtomicLong together) {
        this.name = name;
        this.read = read;
        this.failed = failed;
        this.together = together;
    }

    private synchronized void count(long more) {
        bytes += more;
        together.addAndGet(more);
    }

    /** Takes a message, and says how many bytes wait now, with what messages take themselves. Returns at once. */
    synchronized long add(byte[] message) {
        if (!dropping && end.isEmpty()) {
            messages.add(message);
            count(message.length + EACH);
            notifyAll();
        }
        return bytes;
    }

    /** From now on nothing is received any more. */
    synchronized void drop() {
        dropping = true;
        messages.clear();
        count(-bytes);
    }

    /** Nothing comes any more. What waits is still received. Of several reasons the first counts. */
    synchronized void end(String why) {
        end = end.or(() -> Optional.of(why));
        notifyAll();
    }

    synchronized boolean isStarted() {
        return started;
    }

    void start(Link.Receiver receiver) {
        synchronized (this) {
            if (started) {
                throw new IllegalStateException("started before: " + name);
            }
            started = true;
        }
        Thread.ofPlatform().daemon().name(name).start(() -> readAll(receiver));
    }

    private synchronized Optional<byte[]> next() throws InterruptedException {
        while (messages.isEmpty() && end.isEmpty()) {
            wait();
        }
        Optional<byte[]> message = Optional.ofNullable(messages.poll());
        message.ifPresent(one -> count(-one.length - EACH));
        return message;
    }

    private void readAll(Link.Receiver receiver) {
        try {
            for (Optional<byte[]> message = next(); message.isPresent(); message = next()) {
                int length = message.get().length;
                receiver.received(message.get());
                read.accept(length);
            }
        } catch (RuntimeException | Error receiverFailed) {
            log.error("{}: closed, since its receiver failed", name, receiverFailed);
            drop();
            end("this device failed to handle a message");
            failed.run();
        } catch (InterruptedException nobodyInterrupts) {
            end("it was interrupted");
        }
        try {
            receiver.closed(reason());
        } catch (RuntimeException receiverFailed) {
            log.error("{}: its receiver failed at the end", name, receiverFailed);
        }
    }

    private synchronized String reason() {
        return end.orElseThrow();
    }
}
