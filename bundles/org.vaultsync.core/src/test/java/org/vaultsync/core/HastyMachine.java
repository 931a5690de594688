// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;

/** The real one, where pauses are over at once and nobody waits for a worker that ends. */
public final class HastyMachine implements Machine {
    private static final Duration AT_ONCE = Duration.ofMillis(5);

    private final Machine real;
    private final AtomicInteger pauses = new AtomicInteger();

    public HastyMachine(Clock clock) {
        real = new ThisMachine(clock);
    }

    /** How often a worker was given something to do after a pause. */
    public int pauses() {
        return pauses.get();
    }

    @Override
    public Clock clock() {
        return real.clock();
    }

    @Override
    public long nanos() {
        return real.nanos();
    }

    @Override
    public SecureRandom random() {
        return real.random();
    }

    @Override
    public Worker worker(String name, BooleanSupplier background) {
        Worker worker = real.worker(name, background);
        return new Worker() {
            @Override
            public void execute(Runnable task) {
                worker.execute(task);
            }

            @Override
            public Future<?> after(Duration pause, Runnable task) {
                pauses.incrementAndGet();
                return worker.after(AT_ONCE, task);
            }

            @Override
            public void close() {
                Thread.ofVirtual().start(worker::close);
            }
        };
    }

    @Override
    public void run(String name, Duration pause, Runnable task) {
        real.run(name, AT_ONCE, task);
    }

    @Override
    public void await(CompletionStage<?> stage, Duration longest) {
        real.await(stage, longest);
    }

    @Override
    public void close() {
        real.close();
    }
}
