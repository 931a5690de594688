// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.machine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** One thread, which runs what it is given in order. What a task throws, an {@link Error} too, is logged and stops nothing. Thread-safe. */
public interface Worker extends Executor, AutoCloseable {
    /** Queues a task. Once the worker is closed, tasks are dropped. */
    @Override
    void execute(Runnable task);

    /** Queues a task after a pause, unless it is cancelled before it has begun. */
    Future<?> after(Duration pause, Runnable task);

    /** Runs what is queued, then ends. Waits for it at most 10 s, and not if called on the thread itself. */
    @Override
    void close();
}
