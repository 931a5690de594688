// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Worker;

/** What the thread of a room is asked from others. Each question is answered, at the latest when the room ends. Thread-safe. */
final class Answers implements AutoCloseable {
    private static final String ENDED = "This device has left the room, or sync has stopped, before that was done.";

    private final Worker thread;
    private final Function<Throwable, SyncException> ours;
    private final Set<CompletableFuture<?>> open = new HashSet<>(); // guarded by this
    private boolean closed; // guarded by this

    /** @param ours makes, on the thread of the room, what an answer fails with where asking itself throws */
    Answers(Worker thread, Function<Throwable, SyncException> ours) {
        this.thread = thread;
        this.ours = ours;
    }

    /** Asks on the thread of the room. Fails with what the answer fails with. */
    <T> CompletionStage<T> of(Supplier<CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                answer.completeExceptionally(new SyncException(ENDED));
                return answer;
            }
            open.add(answer);
        }
        answer.whenComplete((value, failed) -> forget(answer));
        thread.execute(() -> {
            try {
                question.get().whenComplete((value, failed) -> {
                    if (failed == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(
                                failed instanceof CompletionException ? failed.getCause() : failed);
                    }
                });
            } catch (RuntimeException | Error thrown) {
                answer.completeExceptionally(ours.apply(thrown));
            }
        });
        return answer;
    }

    /** The sentence about an error of this side. */
    static SyncException wentWrong(Throwable ours) {
        return new SyncException("Something went wrong inside sync: " + ours.getMessage(), ours);
    }

    private synchronized void forget(CompletableFuture<?> answer) {
        open.remove(answer);
    }

    /** To be called when the thread of the room has ended, which drops what it has not done: that is said to those who wait. */
    @Override
    public void close() {
        List<CompletableFuture<?>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(open);
        }
        left.forEach(answer -> answer.completeExceptionally(new SyncException(ENDED)));
    }
}
