// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;

/** The rooms that this device is leaving, until nothing is left of them, and who waits for that. Thread-safe. */
final class Leaving {
    private final Machine machine;
    private final Runnable changed;
    private final Map<RoomId, CompletableFuture<Void>> going = new ConcurrentHashMap<>();

    /** @param changed runs when a room begins to be left, and when that has ended */
    Leaving(Machine machine, Runnable changed) {
        this.machine = machine;
        this.changed = changed;
    }

    boolean has(RoomId id) {
        return going.containsKey(id);
    }

    /**
     * Leaves a room, or waits with whoever does so already.
     *
     * @param leave completes when nothing of the room is left on disk
     */
    CompletionStage<Void> leave(RoomId id, Supplier<CompletionStage<Void>> leave) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        CompletableFuture<Void> already = going.putIfAbsent(id, left);
        if (already != null) {
            return already;
        }
        changed.run();
        leave.get().whenComplete((done, failed) -> {
            going.remove(id);
            changed.run();
            if (failed == null) {
                left.complete(null);
            } else {
                left.completeExceptionally(failed instanceof CompletionException ? failed.getCause() : failed);
            }
        });
        return left;
    }

    /**
     * Enters a room when those that are being left are forgotten: what is removed with them would be missing in one that is
     * entered again, and until then their items count as shared in another room.
     */
    <T> CompletionStage<T> before(Supplier<CompletionStage<T>> enter) {
        CompletableFuture<?>[] all = going.values().toArray(CompletableFuture[]::new);
        return all.length == 0
                ? enter.get()
                : CompletableFuture.allOf(all)
                        .handle((left, couldNot) -> null)
                        .thenComposeAsync(
                                gone -> enter.get(), task -> machine.run("vaultsync enter", Duration.ZERO, task));
    }
}
