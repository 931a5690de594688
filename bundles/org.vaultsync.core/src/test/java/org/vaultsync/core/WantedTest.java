// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.vaultsync.SyncException;

class WantedTest {
    private final CompletableFuture<String> work = new CompletableFuture<>();
    private final AtomicBoolean givenUp = new AtomicBoolean();
    private final List<String> takenBack = new ArrayList<>();
    private final CompletableFuture<String> answer = Wanted.from(
            stop -> {
                stop.thenRun(() -> givenUp.set(true));
                return work;
            },
            takenBack::add);

    @Test
    void whatIsDoneIsAnsweredAndNotTakenBack() {
        work.complete("room");
        assertEquals("room", answer.join());
        assertFalse(answer.cancel(false));
        assertFalse(givenUp.get());
        assertEquals(List.of(), takenBack);
    }

    @Test
    void whatFailsIsNeitherGivenUpNorTakenBack() {
        work.completeExceptionally(new SyncException("No."));
        assertEquals("No.", answer.exceptionNow().getMessage());
        assertFalse(givenUp.get());
        assertEquals(List.of(), takenBack);
    }

    @Test
    void whatIsCancelledIsGivenUpAndWhatComesOfItAllTheSameIsTakenBack() {
        assertTrue(answer.cancel(false));
        assertTrue(givenUp.get());
        assertEquals(List.of(), takenBack);
        work.complete("room");
        assertEquals(List.of("room"), takenBack);
        assertTrue(answer.isCancelled());
    }
}
