// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.vaultsync.RoomId;
import org.vaultsync.SyncPolicy.Incoming;
import org.vaultsync.SyncPolicy.Sharing;
import org.vaultsync.SyncPolicy.Taking;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;

/**
 * What a person has set about types and rooms. In the store as settings: {@code sharing <type>} is {@code never} or
 * {@code always <room>}; {@code taking <room>} is a word for what is incoming, then the types, a line each; {@code fetched at once} is a size. Thread-safe.
 */
final class Policies {
    private static final String SHARING = "sharing ";
    private static final String TAKING = "taking ";
    private static final String FETCHED_AT_ONCE = "fetched at once";
    private static final long USUALLY_FETCHED = 20_000_000;

    private final Store store;
    private final Map<String, Sharing> sharing = new ConcurrentHashMap<>();
    private final Map<RoomId, Taking> taking = new ConcurrentHashMap<>();
    private volatile long fetchedAtOnce;

    Policies(Store store) {
        this.store = store;
        store.read(database -> Tables.settings(database, SHARING)).forEach((name, value) -> {
            Sharing set = value.startsWith("always ")
                    ? new Sharing.Always(new RoomId(value.substring("always ".length())))
                    : new Sharing.Never();
            sharing.put(name.substring(SHARING.length()), set);
        });
        fetchedAtOnce = store.read(database -> Tables.setting(database, FETCHED_AT_ONCE))
                .map(Long::valueOf)
                .orElse(USUALLY_FETCHED);
        store.read(database -> Tables.settings(database, TAKING))
                .forEach((name, value) -> taking.put(new RoomId(name.substring(TAKING.length())), parse(value)));
    }

    private static Taking parse(String value) {
        String[] lines = value.split("\n", -1);
        return new Taking(
                Incoming.valueOf(lines[0]),
                lines.length == 1
                        ? Optional.empty()
                        : Optional.of(Arrays.stream(lines)
                                .skip(1)
                                .filter(type -> !type.isEmpty())
                                .collect(Collectors.toSet())));
    }

    private static String text(Taking taking) {
        return taking.incoming()
                + taking.types()
                        .map(types -> "\n" + types.stream().sorted().collect(Collectors.joining("\n")))
                        .orElse("");
    }

    Map<String, Sharing> sharing() {
        return new HashMap<>(sharing);
    }

    Sharing sharing(String type) {
        return sharing.getOrDefault(type, new Sharing.OnRequest());
    }

    CompletionStage<Void> setSharing(String type, Sharing set) {
        return switch (set) {
            case Sharing.OnRequest() -> {
                sharing.remove(type);
                yield store.write(Tables.removeSetting(SHARING + type));
            }
            case Sharing.Always(RoomId room) -> {
                sharing.put(type, set);
                yield store.write(Tables.putSetting(SHARING + type, "always " + room.hex()));
            }
            case Sharing.Never() -> {
                sharing.put(type, set);
                yield store.write(Tables.putSetting(SHARING + type, "never"));
            }
        };
    }

    Taking taking(RoomId room) {
        return taking.getOrDefault(room, Taking.ALL);
    }

    CompletionStage<Void> setTaking(RoomId room, Taking set) {
        taking.put(room, set);
        return store.write(Tables.putSetting(TAKING + room.hex(), text(set)));
    }

    /** Files up to this size, in bytes, are fetched at once. */
    long fetchedAtOnce() {
        return fetchedAtOnce;
    }

    CompletionStage<Void> setFetchedAtOnce(long bytes) {
        fetchedAtOnce = bytes;
        return store.write(Tables.putSetting(FETCHED_AT_ONCE, Long.toString(bytes)));
    }

    /** A room that this device left is forgotten. */
    void forget(RoomId room) {
        taking.remove(room);
        store.write(Tables.removeSetting(TAKING + room.hex()));
        Set.copyOf(sharing.keySet()).stream()
                .filter(type -> sharing(type).equals(new Sharing.Always(room)))
                .forEach(type -> setSharing(type, new Sharing.OnRequest()));
    }
}
