// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.notices;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.OpenRoom;
import org.vaultsync.OpenRoom.Peer;
import org.vaultsync.ui.text.Sentences;

/**
 * Who comes into one open room. Nobody there has proved a key, and the id of a peer is another one after each restart of
 * theirs: who was there a short while ago under the same name has come back.
 */
final class Arrivals {
    /** Whoever is found so soon after this device can be found itself was there before. */
    static final Duration AT_FIRST = Duration.ofSeconds(10);

    /** What a peer is called comes after it, if it says so at all. */
    static final Duration FOR_ITS_NAME = Duration.ofSeconds(2);

    /** For so long whoever has gone may come back and is the same. */
    static final Duration SHORT_WHILE = Duration.ofMinutes(10);

    private final Map<String, Instant> since = new HashMap<>(); // by id
    private final Map<String, String> names = new HashMap<>(); // by id, of those about whom it is decided
    private final Map<String, Instant> left = new HashMap<>(); // by name
    private final Set<String> foundAtFirst = new HashSet<>(); // ids
    private Optional<Instant> reachable = Optional.empty();

    /** Those who have come in. */
    List<Peer> look(OpenRoom room, Instant now) {
        reachable = room.isReachable() ? reachable.or(() -> Optional.of(now)) : Optional.empty();
        boolean atFirst =
                reachable.filter(at -> !at.plus(AT_FIRST).isAfter(now)).isEmpty();
        List<String> there = room.peers().stream().map(Peer::id).toList();
        since.keySet().retainAll(there);
        foundAtFirst.retainAll(there);
        names.entrySet().removeIf(peer -> {
            boolean gone = !there.contains(peer.getKey());
            if (gone) {
                left.put(peer.getValue(), now);
            }
            return gone;
        });
        left.values().removeIf(at -> at.plus(SHORT_WHILE).isBefore(now));
        List<Peer> come = new ArrayList<>();
        for (Peer peer : room.peers()) {
            if (since.putIfAbsent(peer.id(), now) == null && atFirst) {
                foundAtFirst.add(peer.id());
            }
            String name = Sentences.nameOf(peer);
            boolean named = !peer.name().isEmpty();
            if (names.containsKey(peer.id())) {
                names.put(peer.id(), name);
            } else if (named || !since.get(peer.id()).plus(FOR_ITS_NAME).isAfter(now)) {
                // After a crash of theirs the former one is there for a while beside the one that has come back.
                boolean back = left.remove(name) != null || named && names.containsValue(name);
                names.put(peer.id(), name);
                if (!back && !foundAtFirst.contains(peer.id())) {
                    come.add(peer);
                }
            }
        }
        return come;
    }

    /** Whether somebody is there who may yet say what it is called, so that it is to be looked again. */
    boolean awaitsNames() {
        return !names.keySet().containsAll(since.keySet());
    }
}
