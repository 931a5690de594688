// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a person may give up while it is under way. Cancelling a stage tells only those that come after it. */
final class Wanted {
    private Wanted() {}

    /**
     * Begins something, and completes as it does.
     *
     * @param begin gets a stage that completes when the future that this returns is cancelled
     * @param tooLate takes back what came about all the same
     */
    static <T> CompletableFuture<T> from(
            Function<CompletionStage<Void>, CompletionStage<T>> begin, Consumer<T> tooLate) {
        CompletableFuture<Void> givenUp = new CompletableFuture<>();
        CompletableFuture<T> answer = new CompletableFuture<>();
        answer.whenComplete((value, failed) -> {
            if (answer.isCancelled()) {
                givenUp.complete(null);
            }
        });
        begin.apply(givenUp).whenComplete((value, failed) -> {
            if (failed != null) {
                answer.completeExceptionally(failed);
            } else if (!answer.complete(value)) {
                tooLate.accept(value);
            }
        });
        return answer;
    }
}
