// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.vaultsync.SyncException;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;

/**
 * Copies of items of a room, and of what they refer to, for the vault to keep for itself.
 *
 * @param ids the new ids of those that were asked for, in their order
 * @param items all of them, under their new ids
 */
record Copies(List<String> ids, List<Item> items) {
    /**
     * Copies what is there.
     *
     * @param contents what the room has under an id
     * @return empty if one of those that were asked for is not there
     */
    static Optional<Copies> of(Collection<String> asked, Function<String, Optional<Item>> contents) {
        Map<String, Item> originals = new LinkedHashMap<>();
        Deque<String> toRead = new ArrayDeque<>(asked);
        while (!toRead.isEmpty()) {
            String item = toRead.removeFirst();
            if (originals.containsKey(item)) {
                continue;
            }
            Optional<Item> content = contents.apply(item);
            if (content.isPresent()) {
                originals.put(item, content.get());
                toRead.addAll(content.get().references());
            } else if (asked.contains(item)) {
                return Optional.empty();
            }
        }
        Map<String, String> newIds = new HashMap<>();
        originals.keySet().forEach(item -> newIds.put(item, UUID.randomUUID().toString()));
        return Optional.of(new Copies(
                asked.stream().map(newIds::get).toList(),
                originals.values().stream()
                        .map(original -> ItemJson.copy(original, newIds))
                        .toList()));
    }

    /** Puts them into the vault. Fails with a {@link SyncException} at the first that it refuses. */
    CompletionStage<List<String>> into(HostVault host) {
        return host.ask(vault -> {
            for (Item copy : items) {
                if (vault.put(copy, Revision.NONE, Optional.empty()) instanceof Put.Refused(String why)) {
                    throw new CompletionException(new SyncException("“" + copy.name() + "” cannot be stored. " + why));
                }
            }
            return ids;
        });
    }
}
