// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Stored;

/**
 * Items that are being shared, some at a time, so that neither an edit nor the vault waits for all of them. Belongs to the
 * room's thread.
 */
final class Sharing {
    /** The items of the room. */
    interface Items {
        /** Whether an item is, or was, in the room. */
        boolean isKnown(String item);

        /**
         * Puts items into the room.
         *
         * @param refused is told why some cannot be shared
         * @return completes when they are on disk
         */
        CompletionStage<Void> share(List<Stored> held, List<String> refused);

        /** A person saved an item. */
        void saved(Stored stored);
    }

    private static final int AT_ONCE = 32;

    private final Deque<String> left;
    private final boolean onlyNew;
    private final LiveRoom.Choice choice;
    private final BeingShared beingShared;
    private final HostVault host;
    private final Worker thread;
    private final Items items;
    private final List<String> refused = new ArrayList<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** @param onlyNew leaves out those that are, or were, in the room */
    Sharing(
            Collection<String> asked,
            boolean onlyNew,
            LiveRoom.Choice choice,
            BeingShared beingShared,
            HostVault host,
            Worker thread,
            Items items) {
        this.left = new ArrayDeque<>(asked);
        this.onlyNew = onlyNew;
        this.choice = choice;
        this.beingShared = beingShared;
        this.host = host;
        this.thread = thread;
        this.items = items;
    }

    /** Completes when all are shared but those that cannot be, and fails with one exception that tells of these. */
    CompletionStage<Void> begin() {
        beingShared.asked(left);
        goOn(CompletableFuture.completedFuture(null));
        return done;
    }

    /** @param before completes when those before the last are on disk */
    private void goOn(CompletionStage<Void> before) {
        List<String> some = new ArrayList<>();
        while (!left.isEmpty() && some.size() < AT_ONCE) {
            String item = left.removeFirst();
            if (onlyNew && items.isKnown(item)) {
                beingShared.failed(List.of(item));
            } else {
                some.add(item);
            }
        }
        if (some.isEmpty()) {
            before.whenComplete((stored, failed) -> end(failed));
            return;
        }
        host.ask(vault ->
                        some.stream().map(vault::get).flatMap(Optional::stream).toList())
                .whenCompleteAsync(
                        (held, failed) -> {
                            if (failed != null) {
                                beingShared.failed(some);
                                beingShared.failed(left);
                                end(failed);
                            } else {
                                CompletionStage<Void> stored = shareVersions(some, held);
                                before.whenCompleteAsync((those, lost) -> goOn(stored), thread);
                            }
                        },
                        thread);
    }

    private CompletionStage<Void> shareVersions(List<String> some, List<Stored> read) {
        Map<String, Stored> byId = new HashMap<>();
        read.forEach(stored -> byId.put(stored.item().id(), stored));
        List<Stored> first = new ArrayList<>();
        List<Stored> later = new ArrayList<>();
        for (String item : some) {
            Optional<List<Stored>> answered = beingShared.answered(item, Optional.ofNullable(byId.get(item)));
            if (answered.isEmpty()) {
                continue;
            }
            List<Stored> versions = answered.get();
            if (versions.isEmpty() && !onlyNew) {
                refused.add("The item “" + item + "” is not in the vault any more.");
            } else if (!versions.isEmpty() && isChosen(versions.getFirst().item())) {
                first.add(versions.getFirst());
                later.addAll(versions.subList(1, versions.size()));
            }
        }
        CompletionStage<Void> shared = items.share(first, refused);
        later.forEach(items::saved);
        return shared;
    }

    private boolean isChosen(Item item) {
        try {
            return choice.shares(item);
        } catch (SyncException cannot) {
            refused.add(cannot.getMessage());
            return false;
        }
    }

    private void end(Throwable failed) {
        if (failed != null) {
            done.completeExceptionally(failed);
        } else if (refused.isEmpty()) {
            done.complete(null);
        } else {
            done.completeExceptionally(new SyncException(String.join("\n", refused)));
        }
    }
}
