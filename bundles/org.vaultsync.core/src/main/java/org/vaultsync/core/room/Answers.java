// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Worker;

/** What the thread of a room is asked from others. */
final class Answers {
    private Answers() {}

    /**
     * Asks on the thread of the room. Fails with what the answer fails with.
     *
     * @param ours makes, on that thread too, what it fails with where asking itself throws
     */
    static <T> CompletionStage<T> of(
            Worker thread, Supplier<CompletionStage<T>> question, Function<RuntimeException, SyncException> ours) {
        CompletableFuture<T> answer = new CompletableFuture<>();
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
            } catch (RuntimeException thrown) {
                answer.completeExceptionally(ours.apply(thrown));
            }
        });
        return answer;
    }
}
