// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;

class AnswersTest {
    @Test
    void aQuestionAtWhichThisSideFailsIsAnswered() throws Exception {
        try (ThisMachine machine = new ThisMachine(Clock.systemUTC());
                Worker worker = machine.worker("answers");
                Answers answers = new Answers(worker, Answers::wentWrong)) {
            for (Throwable ours : List.of(new IllegalStateException("no"), new NoClassDefFoundError("no"))) {
                CompletableFuture<Object> answer = answers.of(() -> {
                            if (ours instanceof Error error) {
                                throw error;
                            }
                            throw (RuntimeException) ours;
                        })
                        .toCompletableFuture();
                Throwable said = assertThrows(ExecutionException.class, () -> answer.get(30, TimeUnit.SECONDS))
                        .getCause();
                assertEquals("Something went wrong inside sync: no", ((SyncException) said).getMessage());
            }
        }
    }
}
