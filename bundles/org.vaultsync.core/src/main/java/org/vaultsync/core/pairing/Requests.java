// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.vaultsync.Fingerprint;
import org.vaultsync.JoinRequest;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;

/** The devices that hold an invite and wait for a person to let them in. Thread-safe. */
public final class Requests {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MOST = 20;

    private record Asker(RoomId room, Fingerprint fingerprint) {}

    /** @param links over how many the device waits for the answer */
    private record Waiting(long number, JoinRequest request, CompletableFuture<Boolean> answer, AtomicInteger links) {}

    private final Machine machine;
    private final Runnable changed;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Asker, Waiting> waiting = new ConcurrentHashMap<>();

    public Requests(Machine machine, Runnable changed) {
        this.machine = machine;
        this.changed = changed;
    }

    /**
     * Asks a person, once for each device: one that asks again, because its link was taken for dead, gets the same answer.
     *
     * @param then is called with the answer before it counts as given, so that who asks again from then on finds what came
     *     of it; with false also if nobody answers, or the other side does not wait any more
     */
    public <T> CompletionStage<T> ask(
            RoomId room,
            String name,
            Fingerprint fingerprint,
            CompletionStage<Void> givenUp,
            Function<Boolean, CompletionStage<T>> then) {
        Asker asker = new Asker(room, fingerprint);
        if (waiting.size() >= MOST && !waiting.containsKey(asker)) {
            return then.apply(false);
        }
        Waiting asked = waiting.compute(asker, (same, before) -> {
            Waiting now = before != null ? before : question(room, name, fingerprint);
            now.links().incrementAndGet();
            return now;
        });
        CompletableFuture<Boolean> answer = asked.answer();
        CompletionStage<T> told = answer.thenApply(then)
                .whenComplete((begun, failed) -> {
                    if (waiting.remove(asker, asked)) {
                        changed.run();
                    }
                })
                .thenCompose(begun -> begun);
        changed.run();
        givenUp.whenComplete((gone, failed) -> {
            if (asked.links().decrementAndGet() == 0) {
                answer.complete(false);
            }
        });
        machine.run("vaultsync request", PATIENCE, () -> answer.complete(false));
        return told;
    }

    private Waiting question(RoomId room, String name, Fingerprint fingerprint) {
        long number = numbers.incrementAndGet();
        return new Waiting(
                number,
                new JoinRequest(Long.toString(number), room, name, fingerprint),
                new CompletableFuture<>(),
                new AtomicInteger());
    }

    public List<JoinRequest> waiting() {
        return waiting.values().stream()
                .sorted(Comparator.comparing(Waiting::number))
                .map(Waiting::request)
                .toList();
    }

    public void answer(JoinRequest request, boolean letIn) {
        Waiting asked = waiting.get(new Asker(request.room(), request.fingerprint()));
        if (asked != null && asked.request().equals(request)) {
            asked.answer().complete(letIn);
        }
    }
}
