// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.vaultsync.Fingerprint;
import org.vaultsync.JoinRequest;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;

/** The devices that hold an invite and wait for a person to let them in. Thread-safe. */
public final class Requests {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MOST = 20;

    private record Waiting(long number, JoinRequest request, CompletableFuture<Boolean> answer) {}

    private final Machine machine;
    private final Runnable changed;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>(); // by id

    public Requests(Machine machine, Runnable changed) {
        this.machine = machine;
        this.changed = changed;
    }

    /** Asks a person. Completes with false if nobody answers, or the other side does not wait any more. */
    public CompletionStage<Boolean> ask(
            RoomId room, String name, Fingerprint fingerprint, CompletionStage<Void> givenUp) {
        if (waiting.size() >= MOST) {
            return CompletableFuture.completedStage(false);
        }
        long number = numbers.incrementAndGet();
        JoinRequest request = new JoinRequest(Long.toString(number), room, name, fingerprint);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        waiting.put(request.id(), new Waiting(number, request, answer));
        changed.run();
        givenUp.whenComplete((gone, failed) -> answer.complete(false));
        machine.run("vaultsync request", PATIENCE, () -> answer.complete(false));
        return answer.whenComplete((letIn, failed) -> {
            waiting.remove(request.id());
            changed.run();
        });
    }

    public List<JoinRequest> waiting() {
        return waiting.values().stream()
                .sorted(Comparator.comparing(Waiting::number))
                .map(Waiting::request)
                .toList();
    }

    public void answer(JoinRequest request, boolean letIn) {
        Waiting asked = waiting.get(request.id());
        if (asked != null && asked.request().equals(request)) {
            asked.answer().complete(letIn);
        }
    }
}
