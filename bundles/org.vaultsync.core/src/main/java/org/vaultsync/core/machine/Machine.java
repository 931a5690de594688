// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.machine;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What core takes from the machine that it runs on: threads, time and chance. Nothing in core has them from anywhere
 * else, so that a test can run many devices on one thread, in a time of its own, and again with the same result.
 */
public interface Machine extends AutoCloseable {
    /** The time of day. It may jump, by years too: nothing is measured with it. */
    Clock clock();

    /** A time that does not jump, in nanoseconds since an arbitrary moment. */
    long nanos();

    SecureRandom random();

    /** A name that nobody else has, and nobody guesses if it is long: so many random bytes, in hexadecimal digits. */
    default String randomName(int bytes) {
        byte[] name = new byte[bytes];
        random().nextBytes(name);
        return HexFormat.of().formatHex(name);
    }

    /** A new thread that runs what it is given in order. */
    default Worker worker(String name) {
        return worker(name, () -> false);
    }

    /**
     * A new thread that runs what it is given in order, and in between, while nothing waits, some work in the background.
     *
     * @param background does one small step and tells whether there are more; asked again after each task
     */
    Worker worker(String name, BooleanSupplier background);

    /** Runs a task, which may block, on a thread of its own after a pause. */
    void run(String name, Duration pause, Runnable task);

    /** Waits for a stage, whatever becomes of it, and at most so long. */
    void await(CompletionStage<?> stage, Duration longest);

    /** What becomes of a stage; fails with a {@link TimeoutException} if that takes longer. */
    default <T> CompletableFuture<T> within(Duration longest, CompletionStage<T> stage) {
        CompletableFuture<T> result = new CompletableFuture<>();
        stage.whenComplete((value, failed) -> {
            if (failed == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failed);
            }
        });
        run("vaultsync timeout", longest, () -> result.completeExceptionally(new TimeoutException()));
        return result;
    }

    /** To be called when the last of its workers is closed. */
    @Override
    void close();
}
