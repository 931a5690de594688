// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.Fingerprint;
import org.vaultsync.JoinRequest;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;

class RequestsTest {
    private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

    private final Machine machine = new ThisMachine(Clock.systemUTC());
    private final AtomicInteger changes = new AtomicInteger();
    private final Requests requests = new Requests(machine, changes::incrementAndGet);

    @AfterEach
    void close() {
        machine.close();
    }

    private CompletableFuture<Boolean> ask(int device, CompletableFuture<Void> givenUp) {
        Fingerprint fingerprint = new Fingerprint("%064x".formatted(device));
        return requests.ask(ROOM, "Device " + device, fingerprint, givenUp, CompletableFuture::completedStage)
                .toCompletableFuture();
    }

    private CompletableFuture<Boolean> ask(int device) {
        return ask(device, new CompletableFuture<>());
    }

    @Test
    void eachDeviceIsAskedAboutInItsTurnAndGetsItsOwnAnswer() {
        CompletableFuture<Boolean> one = ask(1);
        CompletableFuture<Boolean> other = ask(2);
        List<JoinRequest> waiting = requests.waiting();
        assertEquals(
                List.of("Device 1", "Device 2"),
                waiting.stream().map(JoinRequest::name).toList());
        requests.answer(waiting.get(1), false);
        assertFalse(other.join());
        assertEquals(List.of(waiting.getFirst()), requests.waiting());
        requests.answer(waiting.getFirst(), true);
        assertTrue(one.join());
        assertEquals(List.of(), requests.waiting());
    }

    /** Who asks again in between would be asked about once more, if the question were gone and nobody in yet. */
    @Test
    void theQuestionIsThereUntilItsAnswerIsBeingCarriedOut() {
        List<JoinRequest> then = new ArrayList<>();
        requests.ask(ROOM, "Device 1", new Fingerprint("%064x".formatted(1)), new CompletableFuture<>(), letIn -> {
            then.addAll(requests.waiting());
            return CompletableFuture.completedStage(letIn);
        });
        List<JoinRequest> asked = requests.waiting();
        requests.answer(asked.getFirst(), true);
        assertEquals(asked, then);
        assertEquals(List.of(), requests.waiting());
    }

    @Test
    void whoAsksAgainIsOneQuestionAndOneAnswer() {
        CompletableFuture<Void> broken = new CompletableFuture<>();
        CompletableFuture<Boolean> first = ask(1, broken);
        JoinRequest question = requests.waiting().getFirst();
        CompletableFuture<Boolean> again = ask(1);
        assertEquals(List.of(question), requests.waiting());
        broken.complete(null);
        assertEquals(List.of(question), requests.waiting());
        assertFalse(first.isDone());
        requests.answer(question, true);
        assertTrue(again.join());
        assertTrue(first.join());
        assertEquals(List.of(), requests.waiting());
    }

    @Test
    void whoGivesUpOverAllItsLinksIsAskedAboutNoMore() {
        CompletableFuture<Void> one = new CompletableFuture<>();
        CompletableFuture<Void> other = new CompletableFuture<>();
        ask(1, one);
        CompletableFuture<Boolean> again = ask(1, other);
        JoinRequest question = requests.waiting().getFirst();
        one.complete(null);
        other.complete(null);
        assertFalse(again.join());
        assertEquals(List.of(), requests.waiting());
        int before = changes.get();
        requests.answer(question, true);
        assertEquals(before, changes.get());
        // Later it is another question, which an old answer does not settle.
        CompletableFuture<Boolean> later = ask(1);
        requests.answer(question, true);
        assertFalse(later.isDone());
        assertEquals(1, requests.waiting().size());
    }

    @Test
    void nobodyIsAskedAboutHundreds() {
        for (int device = 0; device < 20; device++) {
            ask(device);
        }
        assertFalse(ask(20).join());
        assertEquals(20, requests.waiting().size());
        ask(19);
        assertEquals(20, requests.waiting().size());
    }
}
