// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.vaultsync.Conflict;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.OpenRoomTable;
import org.vaultsync.core.store.Store;

/**
 * The conflicts of an open room that nobody has looked at on this device. They are kept here alone: the room's document is
 * that of everybody, and browsers know nothing of conflicts. Belongs to the room's thread.
 */
final class OpenConflicts {
    private final RoomId room;
    private final Store store;
    private final Clock clock;
    private final Map<String, Conflict> open = new LinkedHashMap<>(); // by id
    private final Set<String> looked = new HashSet<>(); // in this run: what is found again is not told again

    OpenConflicts(RoomId room, Store store, Clock clock) {
        this.room = room;
        this.store = store;
        this.clock = clock;
        store.read(database -> OpenRoomTable.conflicts(database, room))
                .forEach(conflict -> open.put(conflict.id(), conflict));
    }

    boolean hasOpen(String item) {
        return open.values().stream().anyMatch(conflict -> conflict.itemId().equals(item));
    }

    /** Those of an item, the oldest first, with what stands now. */
    List<Conflict> open(String item, String present) {
        JsonNode json = ItemJson.parse(present);
        List<Conflict> all = new ArrayList<>();
        for (Conflict conflict : open.values()) {
            if (conflict.itemId().equals(item)) {
                all.add(with(conflict, Conflicts.standing(json, conflict.field(), conflict.standing())));
            }
        }
        return all;
    }

    private static Conflict with(Conflict conflict, String standing) {
        return new Conflict(
                conflict.id(),
                conflict.itemId(),
                conflict.field(),
                standing,
                conflict.lost(),
                conflict.standingWriter(),
                conflict.lostWriter(),
                conflict.found());
    }

    /** Keeps a value that somebody wrote over without having seen it. */
    void report(
            String id,
            String item,
            String field,
            String standing,
            String lost,
            String standingWriter,
            String lostWriter) {
        if (!standing.equals(lost) && !looked.contains(id)) {
            put(new Conflict(id, item, field, standing, lost, standingWriter, lostWriter, clock.instant()));
        }
    }

    /** Keeps everything in which an item lost against another that took its place. */
    void reportDifferences(String id, String item, String standing, String lost, String writer, String loser) {
        Conflicts.differences("", ItemJson.parse(standing), ItemJson.parse(lost), (path, values) -> {
            if (!path.startsWith("/attachments") && !path.startsWith("/refs")) {
                report(Conflicts.id(id + path), item, path, text(values[0]), text(values[1]), writer, loser);
            }
        });
    }

    /**
     * Keeps what an edit wrote over without its author having seen it.
     *
     * @param base what its author had seen
     * @param before what stood before the edit
     * @param after what stands now
     */
    void reportUnseen(String item, String base, String before, String after, String writer) {
        Conflicts.unseen(
                "",
                ItemJson.parse(base),
                ItemJson.parse(before),
                ItemJson.parse(after),
                (path, values) -> report(
                        Conflicts.id(item + path + values[1] + values[0]),
                        item,
                        path,
                        text(values[0]),
                        text(values[1]),
                        writer,
                        ""));
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() ? "" : value.toString();
    }

    private CompletionStage<Void> put(Conflict conflict) {
        open.put(conflict.id(), conflict);
        return store.write(OpenRoomTable.putConflict(room, conflict));
    }

    /** A person has looked. */
    CompletionStage<Void> looked(Conflict conflict) {
        looked.add(conflict.id());
        open.remove(conflict.id());
        return store.write(OpenRoomTable.removeConflict(room, conflict.id()));
    }

    CompletionStage<Void> reopen(Conflict conflict) {
        looked.remove(conflict.id());
        return put(conflict);
    }

    /** The item is not synced any more. */
    void forget(String item) {
        for (Conflict conflict : List.copyOf(open.values())) {
            if (conflict.itemId().equals(item)) {
                open.remove(conflict.id());
                store.write(OpenRoomTable.removeConflict(room, conflict.id()));
            }
        }
    }
}
