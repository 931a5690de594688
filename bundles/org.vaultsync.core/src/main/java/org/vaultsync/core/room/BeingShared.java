// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.vault.Stored;

/**
 * Items that the vault is asked for, or will be, because they are to be shared, and what people do to them until it has
 * answered. Belongs to the room's thread.
 */
final class BeingShared {
    private static final class Meanwhile {
        private final List<Stored> saved = new ArrayList<>();
        private int asked;
        private boolean deleted;
    }

    private final Map<String, Meanwhile> items = new HashMap<>();
    private final Set<String> stopped = new HashSet<>(); // and not asked for by a person since

    /** They are to be shared because a person said so. */
    void wanted(Collection<String> some) {
        some.forEach(this::lift);
        asked(some);
    }

    /** A person wants an item to be synced. Tells whether one had stopped it. */
    boolean lift(String item) {
        return stopped.remove(item);
    }

    /** They are to be shared. */
    void asked(Collection<String> some) {
        some.forEach(item -> items.computeIfAbsent(item, first -> new Meanwhile()).asked++);
    }

    void failed(Collection<String> some) {
        some.forEach(this::end);
    }

    private Optional<Meanwhile> end(String item) {
        Meanwhile meanwhile = items.get(item);
        if (meanwhile != null && --meanwhile.asked == 0) {
            items.remove(item);
        }
        return Optional.ofNullable(meanwhile);
    }

    boolean has(String item) {
        return items.containsKey(item) && !isStopped(item);
    }

    /** A person stops an item. Tells whether that keeps it from being shared, also from now on. */
    boolean stopped(String item) {
        return items.containsKey(item) && stopped.add(item);
    }

    /** A person stopped an item in an earlier run. */
    void wasStopped(String item) {
        stopped.add(item);
    }

    /** Whether it was to be shared, and a person stopped that. */
    boolean isStopped(String item) {
        return stopped.contains(item);
    }

    void saved(Stored stored) {
        Meanwhile meanwhile = items.get(stored.item().id());
        if (meanwhile != null) {
            meanwhile.saved.add(stored);
        }
    }

    void deleted(String item) {
        Meanwhile meanwhile = items.get(item);
        if (meanwhile != null) {
            meanwhile.saved.clear();
            meanwhile.deleted = true;
        }
    }

    /**
     * The vault has answered. What it held is shared, and then each save that it did not hold yet is an edit: an editor
     * that was open for long may have written over what was read without having shown it.
     *
     * @param read what the vault held, before or after what was told meanwhile
     * @return what is to be shared, and what was made of it since; nothing if the item is gone; empty if it is not to be
     *     shared after all
     */
    Optional<List<Stored>> answered(String item, Optional<Stored> read) {
        List<Stored> versions = new ArrayList<>(read.stream().toList());
        Optional<Meanwhile> asked = end(item);
        if (asked.isPresent()) {
            Meanwhile meanwhile = asked.get();
            if (isStopped(item)) {
                return Optional.empty();
            }
            if (meanwhile.deleted) {
                versions.clear();
            }
            List<String> held = versions.stream()
                    .flatMap(stored -> stored.revision().lineage().stream())
                    .toList();
            meanwhile.saved.stream()
                    .filter(stored -> !held.contains(stored.revision().name()))
                    .forEach(versions::add);
            meanwhile.saved.clear();
        }
        return Optional.of(versions);
    }
}
