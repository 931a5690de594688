// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.machine;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real one: platform threads that are daemons, and virtual ones for what only waits. */
public final class ThisMachine implements Machine {
    private static final Logger LOG = LoggerFactory.getLogger(ThisMachine.class);

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("vaultsync alarms").factory());

    public ThisMachine(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public SecureRandom random() {
        return random;
    }

    @Override
    public Worker worker(String name, BooleanSupplier background) {
        return new OwnThread(name, background);
    }

    @Override
    public void run(String name, Duration pause, Runnable task) {
        Thread.ofVirtual().name(name).start(() -> {
            try {
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                task.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void await(CompletionStage<?> stage, Duration longest) {
        try {
            stage.toCompletableFuture().get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException whatever) {
            LOG.debug("waited in vain: {}", whatever.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        alarms.shutdownNow();
    }

    /** A worker on a platform thread, which starts with the first task. */
    private final class OwnThread implements Worker {
        private static final long PATIENCE = 10_000;

        /** In bytes, of which only what is used is taken: JavaScript takes some 20 KB for each level of what is nested. */
        private static final long STACK = 8 << 20;

        private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        private final BooleanSupplier background;
        private final Thread thread;
        private boolean started; // guarded by this
        private boolean closed; // guarded by this
        private boolean ended; // thread only

        OwnThread(String name, BooleanSupplier background) {
            this.background = background;
            thread = Thread.ofPlatform().daemon().name(name).stackSize(STACK).unstarted(this::run);
        }

        @Override
        public synchronized void execute(Runnable task) {
            if (closed) {
                return;
            }
            tasks.add(task);
            if (!started) {
                started = true;
                thread.start();
            }
        }

        @Override
        public Future<?> after(Duration pause, Runnable task) {
            CompletableFuture<Void> token = new CompletableFuture<>();
            Runnable unlessCancelled = () -> {
                if (!token.isCancelled()) {
                    task.run();
                }
            };
            try {
                alarms.schedule(() -> execute(unlessCancelled), pause.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException stopped) {
                token.cancel(false);
            }
            return token;
        }

        @Override
        public void close() {
            synchronized (this) {
                execute(() -> ended = true);
                closed = true;
            }
            if (Thread.currentThread() != thread) {
                try {
                    thread.join(PATIENCE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void run() {
            boolean more = true;
            while (!ended) {
                try {
                    Runnable task = more ? tasks.poll() : tasks.take();
                    if (task != null) {
                        more = true;
                        task.run();
                    } else {
                        more = false; // also if it throws, until the next task
                        more = background.getAsBoolean();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                } catch (Throwable ours) {
                    LOG.error("{}: an error of this side", thread.getName(), ours);
                }
            }
        }
    }
}
