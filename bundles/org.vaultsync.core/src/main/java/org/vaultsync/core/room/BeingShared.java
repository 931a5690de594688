// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vaultsync.vault.Stored;

/**
 * Items that the vault is asked for, because they are to be shared, and what people do to them until it has answered.
 * Belongs to the room's thread.
 */
final class BeingShared {
    private static final class Meanwhile {
        private final List<Stored> saved = new ArrayList<>();
        private boolean deleted;
    }

    private final Map<String, Meanwhile> items = new HashMap<>();

    void asked(Collection<String> some) {
        some.forEach(item -> items.putIfAbsent(item, new Meanwhile()));
    }

    void failed(Collection<String> some) {
        some.forEach(items::remove);
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
     * @return what is to be shared, and what was made of it since; nothing if the item is gone
     */
    List<Stored> answered(String item, Optional<Stored> read) {
        Meanwhile meanwhile = items.remove(item);
        List<Stored> versions = new ArrayList<>(read.stream().toList());
        if (meanwhile != null) {
            if (meanwhile.deleted) {
                versions.clear();
            }
            List<String> held = versions.stream()
                    .flatMap(stored -> stored.revision().lineage().stream())
                    .toList();
            meanwhile.saved.stream()
                    .filter(stored -> !held.contains(stored.revision().name()))
                    .forEach(versions::add);
        }
        return versions;
    }
}
