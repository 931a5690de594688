// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * What a person did to whole items, such as renaming and deleting them, so that it can be taken back. Nothing is taken back
 * that somebody has changed since. Reads and writes files, so it is used by one thread that is not that of the user interface;
 * what {@link #canUndo} and {@link #canRedo} say, any thread may ask.
 */
public final class VaultSteps {
    private static final int MOST = 100;

    /** Is told how far something is, and says whether to go on. Called on the thread that does it. */
    public interface Course {
        /** So many items of all are done. */
        void at(int done, int all);

        /** Asked before each item. What is done then stays done, as a step of its own. */
        boolean isCancelled();
    }

    /**
     * One item before and after.
     *
     * @param before empty if it was made
     * @param after empty if it was deleted
     */
    private record Change(Optional<Stored> before, Optional<Stored> after) {
        String id() {
            return before.or(() -> after).orElseThrow().item().id();
        }
    }

    private final FolderVault vault;
    private final Deque<List<Change>> undo = new ConcurrentLinkedDeque<>();
    private final Deque<List<Change>> redo = new ConcurrentLinkedDeque<>();

    public VaultSteps(FolderVault vault) {
        this.vault = vault;
    }

    /** Stores an item, new or changed. */
    public void save(Item item, Revision startedFrom) throws IOException {
        Optional<Stored> before = vault.open(item.id());
        Stored after = vault.save(item, startedFrom);
        done(List.of(new Change(before, Optional.of(after))));
    }

    /** Deletes items, as one step. */
    public void delete(List<String> ids, Course course) throws IOException {
        List<Change> changes = new ArrayList<>();
        try {
            for (int i = 0; i < ids.size() && !course.isCancelled(); i++) {
                vault.delete(ids.get(i)).ifPresent(was -> changes.add(new Change(Optional.of(was), Optional.empty())));
                course.at(i + 1, ids.size());
            }
        } finally {
            done(changes);
        }
    }

    private void done(List<Change> changes) {
        if (!changes.isEmpty()) {
            redo.clear();
            undo.push(changes);
            if (undo.size() > MOST) {
                undo.removeLast();
            }
        }
    }

    public boolean canUndo() {
        return !undo.isEmpty();
    }

    public boolean canRedo() {
        return !redo.isEmpty();
    }

    /** @throws IOException if something of it could not be taken back, with a sentence for people; it can be tried again */
    public void undo(Course course) throws IOException {
        turn(undo, redo, course);
    }

    /** @throws IOException if something of it could not be done again, with a sentence for people; it can be tried again */
    public void redo(Course course) throws IOException {
        turn(redo, undo, course);
    }

    private void turn(Deque<List<Change>> from, Deque<List<Change>> to, Course course) throws IOException {
        if (from.isEmpty()) {
            return;
        }
        Deque<Change> left = new ArrayDeque<>(from.pop());
        int all = left.size();
        List<Change> turned = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try {
            while (!left.isEmpty() && !course.isCancelled()) {
                Change change = left.getFirst();
                Optional<Stored> now = vault.open(change.id());
                if (!now.map(Stored::item).equals(change.after().map(Stored::item))) {
                    refused.add("\""
                            + now.or(change::after)
                                    .or(change::before)
                                    .orElseThrow()
                                    .item()
                                    .name() + "\"");
                } else if (change.before().isEmpty()) {
                    turned.add(new Change(vault.delete(change.id()), Optional.empty()));
                } else {
                    Stored before = change.before().get();
                    Revision startedFrom = now.map(Stored::revision).orElse(before.revision());
                    turned.add(new Change(now, Optional.of(vault.save(before.item(), startedFrom))));
                }
                left.removeFirst();
                course.at(all - left.size(), all);
            }
        } finally {
            // A deleted item is nowhere but in its step: what failed or was cancelled, and what comes after it, can be
            // tried again.
            if (!left.isEmpty()) {
                from.push(List.copyOf(left));
            }
            if (!turned.isEmpty()) {
                to.push(turned);
            }
        }
        if (!refused.isEmpty()) {
            throw new VaultException(
                    Words.of("%s was changed since, so it is left as it is.", String.join(", ", refused)));
        }
    }
}
