// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.vaultsync.Conflict;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store.Write;

/** The open rooms that this device is in, and the conflicts in them, which no document holds. */
public final class OpenRoomTable {
    /**
     * An open room.
     *
     * @param servers addresses, with spaces between
     * @param password sealed
     * @param profile the name of the kind of its document, once that is known
     */
    public record OpenRoomRow(
            RoomId id,
            Instant entered,
            String name,
            String code,
            String servers,
            Optional<byte[]> password,
            Optional<String> profile) {
        public OpenRoomRow named(String other) {
            return new OpenRoomRow(id, entered, other, code, servers, password, profile);
        }

        public OpenRoomRow of(String kind) {
            return new OpenRoomRow(id, entered, name, code, servers, password, Optional.of(kind));
        }
    }

    private OpenRoomTable() {}

    public static List<OpenRoomRow> all(Connection database) throws SQLException {
        return Tables.rows(
                database,
                row -> new OpenRoomRow(
                        new RoomId(row.getString(1)),
                        Instant.ofEpochMilli(row.getLong(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        Optional.ofNullable(row.getBytes(6)),
                        Optional.ofNullable(row.getString(7))),
                "SELECT id, entered, name, code, servers, password, profile FROM open_room ORDER BY entered");
    }

    public static Write put(OpenRoomRow room) {
        return Tables.sql(
                "INSERT OR REPLACE INTO open_room (id, entered, name, code, servers, password, profile)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                room.id().hex(),
                room.entered().toEpochMilli(),
                room.name(),
                room.code(),
                room.servers(),
                room.password().orElse(null),
                room.profile().orElse(null));
    }

    /** The conflicts that nobody has looked at, the oldest first. */
    public static List<Conflict> conflicts(Connection database, RoomId room) throws SQLException {
        return Tables.rows(
                database,
                row -> new Conflict(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        Instant.ofEpochMilli(row.getLong(8))),
                "SELECT id, item, field, standing, lost, standing_writer, lost_writer, found FROM conflict"
                        + " WHERE room = ? ORDER BY found, id",
                room.hex());
    }

    public static Write putConflict(RoomId room, Conflict conflict) {
        return Tables.sql(
                "INSERT OR REPLACE INTO conflict (room, id, item, field, standing, lost, standing_writer, lost_writer,"
                        + " found) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                room.hex(),
                conflict.id(),
                conflict.itemId(),
                conflict.field(),
                conflict.standing(),
                conflict.lost(),
                conflict.standingWriter(),
                conflict.lostWriter(),
                conflict.found().toEpochMilli());
    }

    public static Write removeConflict(RoomId room, String id) {
        return Tables.sql("DELETE FROM conflict WHERE room = ? AND id = ?", room.hex(), id);
    }
}
