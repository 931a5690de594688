// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.vaultsync.transport.Link;

/** A receiver that keeps what it is told, and can be made to stop reading. */
public final class Recorder implements Link.Receiver {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final List<String> closings = new ArrayList<>(); // guarded by itself
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** From now on the first message holds the link up. */
    public void stop() {
        gate = new CountDownLatch(1);
    }

    public void goOn() {
        gate.countDown();
    }

    @Override
    public void received(byte[] message) {
        try {
            gate.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
        if (closed.getCount() == 0) {
            throw new AssertionError("a message after closed");
        }
        messages.add(message);
    }

    @Override
    public void closed(String reason) {
        synchronized (closings) {
            closings.add(reason);
        }
        closed.countDown();
    }

    public byte[] next() throws InterruptedException {
        byte[] message = messages.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertTrue(message != null, () -> "no message came; closed: " + closings());
        return message;
    }

    public int count() {
        return messages.size();
    }

    public String awaitClosed() throws InterruptedException {
        assertTrue(closed.await(LONG.toSeconds(), TimeUnit.SECONDS), "closed was not told");
        return closings().getFirst();
    }

    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    public List<String> closings() {
        synchronized (closings) {
            return List.copyOf(closings);
        }
    }
}
