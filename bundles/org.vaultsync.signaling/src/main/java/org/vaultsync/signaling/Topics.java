// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Who hears what. Server thread only. */
final class Topics {
    private final Map<String, Set<Client>> clients = new HashMap<>();

    void subscribe(Client client, String topic) {
        clients.computeIfAbsent(topic, first -> new LinkedHashSet<>()).add(client);
    }

    void unsubscribe(Client client, String topic) {
        clients.computeIfPresent(topic, (name, some) -> {
            some.remove(client);
            return some.isEmpty() ? null : some;
        });
    }

    /** Who hears a topic. Whoever is cut off meanwhile leaves the set. */
    Set<Client> of(String topic) {
        return clients.getOrDefault(topic, Set.of());
    }

    int count() {
        return clients.size();
    }
}
