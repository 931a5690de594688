// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;

/**
 * What a person has paused. As text one line each: {@code everything}, {@code room <id>}, {@code peer <fingerprint>}.
 */
record Pauses(Set<Scope> scopes) {
    Pauses {
        scopes = Set.copyOf(scopes);
    }

    static Pauses parse(String text) {
        return new Pauses(text.lines()
                .map(line -> {
                    List<String> words = List.of(line.split(" "));
                    return switch (words.getFirst()) {
                        case "room" -> new Scope.OfRoom(new RoomId(words.get(1)));
                        case "peer" -> new Scope.OfPeer(new Fingerprint(words.get(1)));
                        default -> new Scope.Everything();
                    };
                })
                .collect(Collectors.toSet()));
    }

    String text() {
        return scopes.stream()
                .map(scope -> switch (scope) {
                    case Scope.Everything() -> "everything";
                    case Scope.OfRoom(RoomId room) -> "room " + room.hex();
                    case Scope.OfPeer(Fingerprint peer) -> "peer " + peer.hex();
                })
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    Pauses with(Scope scope, boolean paused) {
        Set<Scope> changed = new HashSet<>(scopes);
        if (paused) {
            changed.add(scope);
        } else {
            changed.remove(scope);
        }
        return new Pauses(changed);
    }

    boolean everything() {
        return scopes.contains(new Scope.Everything());
    }

    boolean room(RoomId room) {
        return scopes.contains(new Scope.OfRoom(room));
    }

    Set<Fingerprint> peers() {
        return scopes.stream()
                .filter(Scope.OfPeer.class::isInstance)
                .map(scope -> ((Scope.OfPeer) scope).peer())
                .collect(Collectors.toSet());
    }
}
