// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.PackedUpdate;

/** What is in the database, as statements. A method that reads takes the connection; one that writes gives a {@link Write}. */
public final class Tables {
    /** The most recent revisions of a document that are kept for editors that started from them. */
    private static final int REVISIONS_KEPT = 200;

    /** A document as it is stored, without its content. */
    public record DocumentRow(
            String id,
            Optional<String> item,
            byte[] digest,
            Optional<String> host,
            boolean left,
            Optional<String> author,
            Instant changed) {}

    /**
     * An update that came, or was made here.
     *
     * @param author the fingerprint, in hexadecimal digits, of the device that it says it is of; empty if it came merged
     * @param time when its author made it, by the author's clock; when it came, if it came merged
     * @param integrated whether a replica has integrated it
     */
    public record Piece(byte[] bytes, Optional<String> author, Instant time, boolean integrated) {}

    /** Updates of a document: those that a replica has integrated, and those that none has yet. */
    public record Pieces(List<byte[]> integrated, List<Piece> waiting) {
        /** All of them, in the order in which they came. */
        public List<byte[]> all() {
            List<byte[]> all = new ArrayList<>(integrated);
            waiting.forEach(piece -> all.add(piece.bytes()));
            return all;
        }
    }

    /**
     * A state that a host's content was made from.
     *
     * @param item the item as the host held it, as JSON
     * @param state of the replica, as an update
     */
    public record RevisionRow(String name, String item, byte[] state) {}

    /** An invite that this device gave out. */
    public record InviteRow(String token, RoomId room, Instant expires, Optional<byte[]> bound) {}

    /** What a member has acknowledged of a document. */
    public record HeldRow(String document, Fingerprint device, byte[] digest, Instant at) {}

    private Tables() {}

    /** Reads one row of a result. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    static Write sql(String sql, Object... values) {
        return database -> {
            try (PreparedStatement statement = prepare(database, sql, values)) {
                statement.executeUpdate();
            }
        };
    }

    static <T> List<T> rows(Connection database, Row<T> row, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(database, sql, values);
                ResultSet result = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row.read(result));
            }
            return rows;
        }
    }

    private static PreparedStatement prepare(Connection database, String sql, Object... values) throws SQLException {
        PreparedStatement statement = database.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    public static Optional<String> setting(Connection database, String name) throws SQLException {
        return rows(database, row -> row.getString(1), "SELECT value FROM setting WHERE name = ?", name).stream()
                .findFirst();
    }

    /** The settings whose names begin so, by name. */
    public static Map<String, String> settings(Connection database, String beginning) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        rows(
                        database,
                        row -> List.of(row.getString(1), row.getString(2)),
                        "SELECT name, value FROM setting WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
                        beginning)
                .forEach(row -> settings.put(row.getFirst(), row.getLast()));
        return settings;
    }

    public static Write removeSetting(String name) {
        return sql("DELETE FROM setting WHERE name = ?", name);
    }

    public static Write putSetting(String name, String value) {
        return sql("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value);
    }

    /** The beginning of the names of the settings that are about files of copies from a room. */
    public static String copied(RoomId room) {
        return "copied " + room.hex() + " ";
    }

    /** Whether a knock was answered, in whatever run of this device. */
    public static boolean wasAnswered(Connection database, String knock) throws SQLException {
        return !rows(database, row -> true, "SELECT 1 FROM knock WHERE text = ?", knock)
                .isEmpty();
    }

    /** Remembers a knock that was answered; beyond so many the oldest are forgotten. */
    public static Write putAnswered(String knock, int most) {
        return database -> {
            sql("INSERT OR IGNORE INTO knock (text) VALUES (?)", knock).to(database);
            sql("DELETE FROM knock WHERE number <= (SELECT max(number) FROM knock) - ?", most)
                    .to(database);
        };
    }

    public static List<RoomId> rooms(Connection database) throws SQLException {
        return rows(database, row -> new RoomId(row.getString(1)), "SELECT id FROM room ORDER BY joined");
    }

    public static Write putRoom(RoomId room, Instant joined) {
        return sql("INSERT OR REPLACE INTO room (id, joined) VALUES (?, ?)", room.hex(), joined.toEpochMilli());
    }

    public static Write removeRoom(RoomId room) {
        return database -> {
            sql("DELETE FROM room WHERE id = ?", room.hex()).to(database);
            sql("DELETE FROM open_room WHERE id = ?", room.hex()).to(database);
            for (String table : List.of(
                    "record", "invite", "document", "piece", "revision", "quarantine", "held", "history", "conflict")) {
                sql("DELETE FROM " + table + " WHERE room = ?", room.hex()).to(database);
            }
            sql("DELETE FROM setting WHERE substr(name, 1, length(?1)) = ?1", copied(room))
                    .to(database);
        };
    }

    public static List<byte[]> records(Connection database, RoomId room) throws SQLException {
        return rows(database, row -> row.getBytes(1), "SELECT bytes FROM record WHERE room = ?", room.hex());
    }

    public static Write putRecord(RoomId room, String hash, byte[] bytes) {
        return sql("INSERT OR IGNORE INTO record (room, hash, bytes) VALUES (?, ?, ?)", room.hex(), hash, bytes);
    }

    public static List<InviteRow> invites(Connection database) throws SQLException {
        return rows(
                database,
                row -> new InviteRow(
                        row.getString(1),
                        new RoomId(row.getString(2)),
                        Instant.ofEpochMilli(row.getLong(3)),
                        Optional.ofNullable(row.getBytes(4))),
                "SELECT token, room, expires, bound FROM invite");
    }

    public static Write putInvite(InviteRow invite) {
        return sql(
                "INSERT OR REPLACE INTO invite (token, room, expires, bound) VALUES (?, ?, ?, ?)",
                invite.token(),
                invite.room().hex(),
                invite.expires().toEpochMilli(),
                invite.bound().orElse(null));
    }

    public static Write removeInvite(String token) {
        return sql("DELETE FROM invite WHERE token = ?", token);
    }

    /** The addresses of a device: the one that worked last comes first, and those that a person typed last. */
    public static List<String> addresses(Connection database, Fingerprint device) throws SQLException {
        return rows(
                database,
                row -> row.getString(1),
                "SELECT address FROM address WHERE device = ? ORDER BY used DESC, source = 'typed', rowid",
                device.hex());
    }

    /** The addresses that a person typed for a device, in their order. */
    public static List<String> typedAddresses(Connection database, Fingerprint device) throws SQLException {
        return rows(
                database,
                row -> row.getString(1),
                "SELECT address FROM address WHERE device = ? AND source = 'typed' ORDER BY rowid",
                device.hex());
    }

    /** Notes where a device may be dialled; what worked before is kept in mind. */
    public static Write putAddresses(Fingerprint device, List<String> addresses) {
        return database -> {
            sql("DELETE FROM address WHERE device = ? AND used = 0 AND source <> 'typed'", device.hex())
                    .to(database);
            for (String address : addresses) {
                sql(
                                "INSERT OR IGNORE INTO address (device, address, source, used) VALUES (?, ?, 'told',"
                                        + " 0)",
                                device.hex(),
                                address)
                        .to(database);
            }
        };
    }

    /**
     * Notes where a device may be dialled, as others say, unless it has said so itself. Of what never worked the newest eight
     * are kept: whoever tells of ever more keeps nobody busy with dialling them.
     */
    public static Write hearAddresses(Fingerprint device, List<String> addresses) {
        return database -> {
            for (String address : addresses) {
                sql(
                                "INSERT OR IGNORE INTO address (device, address, source, used) SELECT ?1, ?2, 'heard',"
                                        + " 0 WHERE NOT EXISTS (SELECT 1 FROM address WHERE device = ?1 AND source ="
                                        + " 'told')",
                                device.hex(),
                                address)
                        .to(database);
            }
            sql(
                            "DELETE FROM address WHERE device = ?1 AND source = 'heard' AND used = 0 AND rowid NOT IN"
                                    + " (SELECT rowid FROM address WHERE device = ?1 AND source = 'heard' AND used = 0"
                                    + " ORDER BY rowid DESC LIMIT 8)",
                            device.hex())
                    .to(database);
        };
    }

    /** Sets the addresses that a person typed, which stay. Each row is made anew: their order is that of the rows. */
    public static Write putTypedAddresses(Fingerprint device, List<String> addresses) {
        return database -> {
            Map<String, Long> worked = new HashMap<>();
            for (Map.Entry<String, Long> known : rows(
                    database,
                    row -> Map.entry(row.getString(1), row.getLong(2)),
                    "SELECT address, used FROM address WHERE device = ?",
                    device.hex())) {
                worked.put(known.getKey(), known.getValue());
            }
            sql("DELETE FROM address WHERE device = ? AND source = 'typed'", device.hex())
                    .to(database);
            for (String address : addresses) {
                sql("DELETE FROM address WHERE device = ? AND address = ?", device.hex(), address)
                        .to(database);
                sql(
                                "INSERT INTO address (device, address, source, used) VALUES (?, ?, 'typed', ?)",
                                device.hex(),
                                address,
                                worked.getOrDefault(address, 0L))
                        .to(database);
            }
        };
    }

    /** Notes that an address worked. Of those that worked, the last four are kept. */
    public static Write addressWorked(Fingerprint device, String address, Instant now) {
        return database -> {
            sql(
                            "INSERT INTO address (device, address, source, used) VALUES (?, ?, 'dialled', ?)"
                                    + " ON CONFLICT (device, address) DO UPDATE SET used = excluded.used",
                            device.hex(),
                            address,
                            now.toEpochMilli())
                    .to(database);
            sql(
                            "DELETE FROM address WHERE device = ?1 AND used > 0 AND source <> 'typed' AND address NOT"
                                    + " IN (SELECT address FROM address WHERE device = ?1 ORDER BY used DESC LIMIT 4)",
                            device.hex())
                    .to(database);
        };
    }

    public static Optional<Instant> lastSeen(Connection database, Fingerprint device) throws SQLException {
        return rows(
                        database,
                        row -> Instant.ofEpochMilli(row.getLong(1)),
                        "SELECT at FROM seen WHERE device = ?",
                        device.hex())
                .stream()
                .findFirst();
    }

    public static Write putSeen(Fingerprint device, Instant at) {
        return sql("INSERT OR REPLACE INTO seen (device, at) VALUES (?, ?)", device.hex(), at.toEpochMilli());
    }

    public static List<DocumentRow> documents(Connection database, RoomId room) throws SQLException {
        return rows(
                database,
                row -> new DocumentRow(
                        row.getString(1),
                        Optional.ofNullable(row.getString(2)),
                        row.getBytes(3),
                        Optional.ofNullable(row.getString(4)),
                        row.getInt(5) != 0,
                        Optional.ofNullable(row.getString(6)),
                        Instant.ofEpochMilli(row.getLong(7))),
                "SELECT id, item, digest, host, left, author, changed FROM document WHERE room = ?",
                room.hex());
    }

    public static Write putDocument(RoomId room, DocumentRow document) {
        return sql(
                "INSERT OR REPLACE INTO document (room, id, item, digest, host, left, author, changed)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                room.hex(),
                document.id(),
                document.item().orElse(null),
                document.digest(),
                document.host().orElse(null),
                document.left() ? 1 : 0,
                document.author().orElse(null),
                document.changed().toEpochMilli());
    }

    /** The items that this device syncs, and the room of each, as far as it is known without looking into the documents. */
    public static Map<String, RoomId> syncedItems(Connection database) throws SQLException {
        Map<String, RoomId> items = new HashMap<>();
        rows(
                        database,
                        row -> Map.entry(row.getString(1), new RoomId(row.getString(2))),
                        "SELECT item, room FROM document WHERE item IS NOT NULL AND left = 0 AND host IS NOT NULL")
                .forEach(row -> items.put(row.getKey(), row.getValue()));
        return items;
    }

    private static byte[] unpacked(byte[] bytes, int packed) throws SQLException {
        try {
            return packed == 0 ? bytes : PackedUpdate.unpack(bytes);
        } catch (MalformedUpdateException e) {
            throw new SQLException("a snapshot is damaged", e);
        }
    }

    public static Pieces pieces(Connection database, RoomId room, String document) throws SQLException {
        // In one statement: what is integrated meanwhile must not be missed by both of two.
        List<Piece> all = rows(
                database,
                row -> new Piece(
                        unpacked(row.getBytes(1), row.getInt(5)),
                        Optional.ofNullable(row.getString(2)),
                        Instant.ofEpochMilli(row.getLong(3)),
                        row.getInt(4) != 0),
                "SELECT bytes, author, made, integrated, packed FROM piece WHERE room = ? AND document = ?"
                        + " ORDER BY number",
                room.hex(),
                document);
        return new Pieces(
                all.stream().filter(Piece::integrated).map(Piece::bytes).toList(),
                all.stream().filter(piece -> !piece.integrated()).toList());
    }

    /** The documents that have updates which no replica has integrated yet. */
    public static List<String> waitingDocuments(Connection database, RoomId room) throws SQLException {
        return rows(
                database,
                row -> row.getString(1),
                "SELECT DISTINCT document FROM piece WHERE room = ? AND integrated = 0",
                room.hex());
    }

    public static int pieceCount(Connection database, RoomId room, String document) throws SQLException {
        return rows(
                        database,
                        row -> row.getInt(1),
                        "SELECT count(*) FROM piece WHERE room = ? AND document = ?",
                        room.hex(),
                        document)
                .getFirst();
    }

    public static Write addPiece(RoomId room, String document, Piece piece) {
        return sql(
                "INSERT INTO piece (room, document, bytes, integrated, author, made) VALUES (?, ?, ?, ?, ?, ?)",
                room.hex(),
                document,
                piece.bytes(),
                piece.integrated() ? 1 : 0,
                piece.author().orElse(null),
                piece.time().toEpochMilli());
    }

    /** A replica that was opened from all updates of the document has integrated them. */
    public static Write integrated(RoomId room, String document) {
        return sql(
                "UPDATE piece SET integrated = 1 WHERE room = ? AND document = ? AND integrated = 0",
                room.hex(),
                document);
    }

    /** Puts one update in the place of all that were integrated. */
    public static Write compact(RoomId room, String document, byte[] state) {
        return database -> {
            sql("DELETE FROM piece WHERE room = ? AND document = ? AND integrated = 1", room.hex(), document)
                    .to(database);
            Optional<byte[]> packed = PackedUpdate.pack(state);
            sql(
                            "INSERT INTO piece (room, document, bytes, integrated, packed) VALUES (?, ?, ?, 1, ?)",
                            room.hex(),
                            document,
                            packed.orElse(state),
                            packed.isPresent() ? 1 : 0)
                    .to(database);
        };
    }

    public static Optional<RevisionRow> revision(Connection database, RoomId room, String document, String name)
            throws SQLException {
        return rows(
                        database,
                        row -> new RevisionRow(
                                row.getString(1), row.getString(2), unpacked(row.getBytes(3), row.getInt(4))),
                        "SELECT name, item, state, packed FROM revision WHERE room = ? AND document = ? AND name = ?",
                        room.hex(),
                        document,
                        name)
                .stream()
                .findFirst();
    }

    public static Write putRevision(RoomId room, String document, RevisionRow revision) {
        return database -> {
            Optional<byte[]> packed = PackedUpdate.pack(revision.state());
            sql(
                            "INSERT OR REPLACE INTO revision (room, document, name, item, state, packed) VALUES (?, ?,"
                                    + " ?, ?, ?, ?)",
                            room.hex(),
                            document,
                            revision.name(),
                            revision.item(),
                            packed.orElse(revision.state()),
                            packed.isPresent() ? 1 : 0)
                    .to(database);
            sql(
                            "DELETE FROM revision WHERE room = ?1 AND document = ?2 AND number <= (SELECT number FROM"
                                    + " revision WHERE room = ?1 AND document = ?2 ORDER BY number DESC LIMIT 1 OFFSET "
                                    + REVISIONS_KEPT + ")",
                            room.hex(),
                            document)
                    .to(database);
        };
    }

    /** Sets an update aside that could not be integrated. */
    public static Write quarantine(RoomId room, String document, String hash, byte[] bytes) {
        return database -> {
            sql(
                            "INSERT OR REPLACE INTO quarantine (room, document, hash, bytes) VALUES (?, ?, ?, ?)",
                            room.hex(),
                            document,
                            hash,
                            bytes)
                    .to(database);
            sql("DELETE FROM piece WHERE room = ? AND document = ? AND bytes = ?", room.hex(), document, bytes)
                    .to(database);
        };
    }

    public static List<String> quarantined(Connection database, RoomId room) throws SQLException {
        return rows(database, row -> row.getString(1), "SELECT hash FROM quarantine WHERE room = ?", room.hex());
    }

    /** The documents of which an update was set aside. */
    public static List<String> documentsWithQuarantined(Connection database, RoomId room) throws SQLException {
        return rows(
                database,
                row -> row.getString(1),
                "SELECT DISTINCT document FROM quarantine WHERE room = ?",
                room.hex());
    }

    public static List<HeldRow> held(Connection database, RoomId room) throws SQLException {
        return rows(
                database,
                row -> new HeldRow(
                        row.getString(1),
                        new Fingerprint(row.getString(2)),
                        row.getBytes(3),
                        Instant.ofEpochMilli(row.getLong(4))),
                "SELECT document, device, digest, at FROM held WHERE room = ?",
                room.hex());
    }

    /** Nothing is known any more of what a device has of a room. */
    public static Write removeHeld(RoomId room, Fingerprint device) {
        return sql("DELETE FROM held WHERE room = ? AND device = ?", room.hex(), device.hex());
    }

    public static Write putHeld(RoomId room, HeldRow held) {
        return sql(
                "INSERT OR REPLACE INTO held (room, document, device, digest, at) VALUES (?, ?, ?, ?, ?)",
                room.hex(),
                held.document(),
                held.device().hex(),
                held.digest(),
                held.at().toEpochMilli());
    }
}
