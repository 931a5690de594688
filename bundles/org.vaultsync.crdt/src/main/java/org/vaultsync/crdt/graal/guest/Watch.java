// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal.guest;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.graalvm.polyglot.Context;

/**
 * Stops calls that take more of the processor than they may. Time on the clock would not do: a busy machine would let
 * honest updates seem hostile.
 */
final class Watch {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration PERIOD = Duration.ofMillis(100);
    /** The first calls load classes, and everything is slow. */
    private static final int COLD_CALLS = 20;

    private static final Duration COLD = Duration.ofSeconds(5);
    /** Where the JVM does not tell the time of a thread, which may have had a core to a quarter. */
    private static final int SHARE = 4;

    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();
    private final AtomicInteger begun = new AtomicInteger();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("vaultsync graaljs watch").unstarted(this::run);
    private volatile boolean closed;

    /** A call that is being watched. */
    final class Turn {
        private final Context context;
        private final Thread caller = Thread.currentThread();
        private final long most;
        private final long clock = System.nanoTime();
        private final long cpu = THREADS.getThreadCpuTime(caller.threadId());
        private final ReentrantLock lock = new ReentrantLock();
        private boolean over; // under the lock

        private Turn(Context context, Duration most) {
            this.context = context;
            this.most = most.toNanos();
        }

        private long taken() {
            long onTheClock = System.nanoTime() - clock;
            if (onTheClock < most) {
                return onTheClock;
            }
            return cpu < 0 ? onTheClock / SHARE : THREADS.getThreadCpuTime(caller.threadId()) - cpu;
        }

        /** Waits until the caller has left the context, so that the next call is not hit. */
        private void stop() {
            lock.lock();
            try {
                if (!over) {
                    context.interrupt(Duration.ofSeconds(10));
                }
            } catch (TimeoutException | IllegalStateException e) {
                System.getLogger(Watch.class.getName())
                        .log(System.Logger.Level.WARNING, "graaljs: a call could not be stopped", e);
            } finally {
                lock.unlock();
            }
        }

        void end() {
            turns.remove(this);
            lock.lock();
            over = true;
            lock.unlock();
        }
    }

    Turn begin(Context context, Duration most) {
        int before = begun.getAndIncrement();
        if (before == 0) {
            thread.start();
        }
        Turn turn = new Turn(context, before < COLD_CALLS ? most.plus(COLD) : most);
        turns.add(turn);
        return turn;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(PERIOD.toNanos());
            try {
                stopWhatTakesTooLong();
            } catch (OutOfMemoryError full) {
                // The call that fills the memory ends by that; the next one is to be watched again.
                continue;
            }
        }
    }

    private void stopWhatTakesTooLong() {
        for (Turn turn : turns) {
            if (turn.taken() > turn.most) {
                turn.stop();
            }
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
