// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns a room. Runs what it is given in order, and in between, while nothing waits, the background
 * work that the room has.
 */
final class RoomThread implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(RoomThread.class);

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final BooleanSupplier background;
    private final Thread thread;
    private volatile boolean stopped;

    /** @param background does one small step and tells whether there are more */
    RoomThread(String name, BooleanSupplier background) {
        this.background = background;
        thread = Thread.ofPlatform().daemon().name("vaultsync room " + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs what is queued, then ends. Waits for it at most 10 s; not called on the thread itself. */
    void stop() {
        execute(() -> stopped = true);
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean more = true;
        while (!stopped) {
            try {
                Runnable task = more ? tasks.poll() : tasks.take();
                if (task != null) {
                    task.run();
                    more = true;
                } else {
                    more = background.getAsBoolean();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException ours) {
                LOG.error("{}: an error of this side", Thread.currentThread().getName(), ours);
            }
        }
    }
}
