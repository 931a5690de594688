// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Items that are being shared, some at a time, so that neither an edit nor the vault waits for all of them. Belongs to the
 * room's thread.
 */
final class Sharing {
    /** The items of the room. */
    interface Items {
        /** Whether an item is, or was, in the room, or a person stopped it before it came there. */
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

        /** The status of an item may have changed. */
        void changed(String item);

        /** Completes once the vault has answered about documents of these items that are left, or have ended. */
        CompletionStage<Void> whenAnswered(Collection<String> items);
    }

    static final String STOPPED =
            "Sync of this item is stopped on this device. Share it again to restore an earlier version.";

    private static final Logger LOG = LoggerFactory.getLogger(Sharing.class);
    private static final int AT_ONCE = 32;

    private final Deque<String> left;
    private final boolean onlyNew;
    private final LiveRoom.Choice choice;
    private final BeingShared beingShared;
    private final HostVault host;
    private final Worker thread;
    private final Items items;
    private final List<String> asked = new ArrayList<>(); // the vault, and it has not answered
    private final Set<String> elsewhere = new HashSet<>(); // of these, those that were in another room then
    private final Set<String> readTwice = new HashSet<>(); // which are kept from other rooms meanwhile
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
        if (onlyNew) {
            beingShared.asked(left);
        } else {
            beingShared.wanted(left);
        }
        guarded(() -> goOn(CompletableFuture.completedFuture(null)));
        return done;
    }

    /** @param before completes when those before the last are on disk */
    private void goOn(CompletionStage<Void> before) {
        while (!left.isEmpty() && asked.size() < AT_ONCE) {
            String item = left.getFirst();
            if (onlyNew && items.isKnown(item)) {
                beingShared.failed(List.of(item));
            } else {
                asked.add(item);
                if (!choice.isFree(item)) {
                    elsewhere.add(item);
                }
            }
            left.removeFirst();
        }
        if (asked.isEmpty()) {
            before.whenComplete((stored, failed) -> end(failed));
            return;
        }
        List<String> some = List.copyOf(asked);
        items.whenAnswered(some)
                .thenCompose(answered -> host.ask(vault ->
                        some.stream().map(vault::get).flatMap(Optional::stream).toList()))
                .whenCompleteAsync((held, failed) -> guarded(() -> answered(before, held, failed)), thread);
    }

    private void answered(CompletionStage<Void> before, List<Stored> held, Throwable failed) {
        if (failed != null) {
            giveUp(failed);
        } else {
            CompletionStage<Void> stored = shareVersions(held);
            before.whenCompleteAsync((those, lost) -> guarded(() -> goOn(stored, lost)), thread);
        }
    }

    private void goOn(CompletionStage<Void> stored, Throwable lost) {
        if (lost == null) {
            goOn(stored);
        } else {
            giveUp(lost);
        }
    }

    /** Whoever waits for the end hears of an error of this side, too. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException ours) {
            LOG.error("items are not shared: an error of this side", ours);
            giveUp(Answers.wentWrong(ours));
        }
    }

    private void giveUp(Throwable failed) {
        beingShared.failed(asked);
        beingShared.failed(left);
        end(failed);
    }

    /**
     * Puts an item into the vault that it does not hold, and shares it.
     *
     * @param revision what the vault takes it under
     */
    static CompletionStage<Void> restore(
            Item item, Revision revision, BeingShared beingShared, HostVault host, Worker thread, Items items) {
        List<String> one = List.of(item.id());
        beingShared.wanted(one);
        return host.ask(vault -> vault.put(item, revision, Optional.empty()))
                .whenCompleteAsync(
                        (put, failed) -> {
                            if (!(put instanceof Put.Taken)) {
                                beingShared.failed(one);
                            }
                        },
                        thread)
                .thenComposeAsync(
                        put -> switch (put) {
                            case Put.Taken(Item held) -> {
                                Optional<List<Stored>> versions =
                                        beingShared.answered(item.id(), Optional.of(new Stored(held, revision)));
                                yield versions.isEmpty() ? refused(STOPPED) : restored(versions.get(), items);
                            }
                            case Put.Newer() -> refused("There is another item under this id already.");
                            case Put.Refused(String why) -> refused(why);
                        },
                        thread);
    }

    /** @param versions none if a person has deleted it again */
    private static CompletionStage<Void> restored(List<Stored> versions, Items items) {
        if (versions.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        List<String> refused = new ArrayList<>();
        CompletionStage<Void> shared = items.share(versions.subList(0, 1), refused);
        versions.stream().skip(1).forEach(items::saved);
        return refused.isEmpty() ? shared : refused(refused.getFirst());
    }

    private static CompletionStage<Void> refused(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }

    private CompletionStage<Void> shareVersions(List<Stored> read) {
        Map<String, Stored> byId = new HashMap<>();
        read.forEach(stored -> byId.put(stored.item().id(), stored));
        List<Stored> first = new ArrayList<>();
        List<Stored> later = new ArrayList<>();
        while (!asked.isEmpty()) {
            String item = asked.removeFirst();
            if (elsewhere.remove(item) && byId.containsKey(item)) {
                readAgain(byId.get(item).item());
                continue;
            }
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

    /** What was merged in the other room may have come to the vault since. */
    private void readAgain(Item item) {
        readTwice.add(item.id());
        left.addFirst(item.id());
        if (!isChosen(item)) {
            beingShared.failed(List.of(left.removeFirst()));
        }
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
        readTwice.forEach(items::changed); // those that are not shared after all may be in others again
        if (failed != null) {
            done.completeExceptionally(failed);
        } else if (refused.isEmpty()) {
            done.complete(null);
        } else {
            done.completeExceptionally(new SyncException(String.join("\n", refused)));
        }
    }
}
