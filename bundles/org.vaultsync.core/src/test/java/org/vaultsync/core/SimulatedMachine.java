// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;

/** What core runs on in a simulation: its threads are queues of events, its clock may be wrong, and it can die at once. */
final class SimulatedMachine implements Machine {
    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;

    private final String name;
    private final SimulatedTime time;
    private final SecureRandom random;
    private final Clock clock;
    private final Consumer<Throwable> errors;
    private boolean dead;
    private long slowHost;

    SimulatedMachine(String name, SimulatedTime time, InstantSource now, Consumer<Throwable> errors) {
        this.name = name;
        this.time = time;
        this.errors = errors;
        try {
            random = SecureRandom.getInstance("SHA1PRNG");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        random.setSeed(time.random.nextLong());
        clock = now.withZone(ZoneOffset.UTC);
    }

    /** As kill -9: nothing that is queued happens any more. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    void slowHost(Duration longest) {
        slowHost = longest.toNanos();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanos() {
        return time.now();
    }

    @Override
    public SecureRandom random() {
        return random;
    }

    @Override
    public Worker worker(String worker, BooleanSupplier background) {
        return new Events(worker.replaceAll("[0-9a-f]{8}$", "x"), background);
    }

    @Override
    public void run(String what, Duration pause, Runnable task) {
        time.after(pause.toNanos() + time.some(20 * MICROS, MILLIS), name + " run", () -> guarded(task));
    }

    @Override
    public void await(CompletionStage<?> stage, Duration longest) {
        if (!dead) {
            time.until(() -> stage.toCompletableFuture().isDone(), longest);
        }
    }

    @Override
    public void close() {}

    private void guarded(Runnable task) {
        if (!dead) {
            try {
                task.run();
            } catch (RuntimeException | AssertionError ours) {
                errors.accept(ours);
            }
        }
    }

    private final class Events implements Worker {
        private final String worker;
        private final BooleanSupplier background;
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean scheduled;
        private boolean closed;

        Events(String worker, BooleanSupplier background) {
            this.worker = worker;
            this.background = background;
        }

        @Override
        public void execute(Runnable task) {
            if (!closed && !dead) {
                tasks.add(task);
                schedule();
            }
        }

        @Override
        public Future<?> after(Duration pause, Runnable task) {
            CompletableFuture<Void> token = new CompletableFuture<>();
            time.after(
                    pause.toNanos(),
                    name + " alarm",
                    () -> execute(() -> {
                        if (!token.isCancelled()) {
                            task.run();
                        }
                    }));
            return token;
        }

        private void schedule() {
            if (!scheduled) {
                scheduled = true;
                long takes = switch (worker) {
                    case "vaultsync store" -> time.some(3 * MILLIS, 150 * MILLIS);
                    case "vaultsync vault" -> time.some(MILLIS, 50 * MILLIS) + time.some(slowHost, slowHost);
                    default -> time.some(50 * MICROS, 20 * MILLIS);
                };
                time.after(takes, name + ' ' + worker, this::next);
            }
        }

        private void next() {
            scheduled = false;
            if (closed || dead) {
                return;
            }
            if (tasks.isEmpty()) {
                guarded(() -> {
                    if (background.getAsBoolean()) {
                        schedule();
                    }
                });
            } else {
                guarded(tasks.remove());
                schedule();
            }
        }

        @Override
        public void close() {
            while (!tasks.isEmpty() && !dead && !closed) {
                guarded(tasks.remove());
            }
            closed = true;
        }
    }
}
