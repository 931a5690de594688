// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.vaultsync.Throughput;

/** Counts the bytes that go over a link, and from time to time how many that is a second. Thread-safe. */
public final class Meter {
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private long sentBefore; // guarded by this
    private long receivedBefore; // guarded by this
    private long then; // guarded by this; in nanoseconds
    private volatile Throughput last = Throughput.NONE;

    /** Begins to measure, at a time in nanoseconds. */
    public Meter(long now) {
        then = now;
    }

    public void sent(int bytes) {
        sent.addAndGet(bytes);
    }

    public void received(int bytes) {
        received.addAndGet(bytes);
    }

    long allSent() {
        return sent.get();
    }

    long allReceived() {
        return received.get();
    }

    /** Measures what went since this was last called, at a time in nanoseconds. */
    public synchronized void measure(long now) {
        long passed = now - then;
        if (passed <= 0) {
            return;
        }
        long sentNow = sent.get();
        long receivedNow = received.get();
        last = new Throughput(aSecond(sentNow - sentBefore, passed), aSecond(receivedNow - receivedBefore, passed));
        sentBefore = sentNow;
        receivedBefore = receivedNow;
        then = now;
    }

    private static long aSecond(long bytes, long nanos) {
        return Math.round(bytes * (double) TimeUnit.SECONDS.toNanos(1) / nanos);
    }

    /** What was last measured. */
    public Throughput last() {
        return last;
    }
}
