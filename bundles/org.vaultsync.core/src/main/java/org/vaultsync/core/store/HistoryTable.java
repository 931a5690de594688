// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store.Write;

/**
 * What happened to items, a row for each change. A row holds what the document was <em>before</em> the change; what it
 * was after it is in the next row of the same document, or is the document as it stands. So a change writes one row, and
 * nothing is read or merged for it.
 */
public final class HistoryTable {
    /** What happened to a document. */
    public enum Kind {
        BEGUN,
        EDITED,
        RESTORED,
        DELETED
    }

    /**
     * A change of a document.
     *
     * @param number ascends with time; 0 for one that is not stored yet
     * @param time as in {@link Tables.Piece}
     * @param author the fingerprint, in hexadecimal digits, of the device that the change says it is of
     * @param clients that wrote it, by which their devices can be told
     * @param merged whether it came merged from several, or from before
     * @param before the document as JSON; empty if there was none
     */
    public record HistoryRow(
            long number,
            String document,
            Kind kind,
            Instant time,
            Optional<String> author,
            List<Long> clients,
            boolean merged,
            String before) {}

    private static final int MOST_ROWS = 200;
    private static final int MOST_BYTES = 2 << 20;

    private HistoryTable() {}

    /** Adds a row, and lets go of the oldest of the item beyond the newest 200 and beyond 2 MB. */
    public static Write add(RoomId room, String item, HistoryRow row) {
        return database -> {
            Tables.sql(
                            "INSERT INTO history (room, item, document, kind, at, author, clients, merged, before)"
                                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            room.hex(),
                            item,
                            row.document(),
                            row.kind().name(),
                            row.time().toEpochMilli(),
                            row.author().orElse(null),
                            row.clients().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                            row.merged() ? 1 : 0,
                            deflate(row.before()))
                    .to(database);
            Tables.sql(
                            "DELETE FROM history WHERE number IN (SELECT number FROM (SELECT number,"
                                    + " row_number() OVER (ORDER BY number DESC) AS place,"
                                    + " sum(length(before)) OVER (ORDER BY number DESC) AS bytes"
                                    + " FROM history WHERE room = ? AND item = ?)"
                                    + " WHERE place > ? OR place > 2 AND bytes > ?)",
                            room.hex(),
                            item,
                            MOST_ROWS,
                            MOST_BYTES)
                    .to(database);
        };
    }

    /** The rows of an item, the oldest first. */
    public static List<HistoryRow> of(Connection database, RoomId room, String item) throws SQLException {
        return Tables.rows(
                database,
                row -> new HistoryRow(
                        row.getLong(1),
                        row.getString(2),
                        Kind.valueOf(row.getString(3)),
                        Instant.ofEpochMilli(row.getLong(4)),
                        Optional.ofNullable(row.getString(5)),
                        Arrays.stream(row.getString(6).split(" "))
                                .filter(client -> !client.isEmpty())
                                .map(Long::valueOf)
                                .toList(),
                        row.getInt(7) != 0,
                        inflate(row.getBytes(8))),
                "SELECT number, document, kind, at, author, clients, merged, before FROM history"
                        + " WHERE room = ? AND item = ? ORDER BY number",
                room.hex(),
                item);
    }

    /**
     * The rows of an item that are queued to be written by now or were before, the oldest first. Completes on the thread
     * that is to read them.
     */
    public static CompletionStage<List<HistoryRow>> untilNow(Store store, Executor thread, RoomId room, String item) {
        AtomicLong last = new AtomicLong();
        return store.write(database -> last.set(last(database, room, item)))
                .thenApplyAsync(
                        written -> store.read(database -> of(database, room, item)).stream()
                                .filter(row -> row.number() <= last.get())
                                .toList(),
                        thread);
    }

    private static long last(Connection database, RoomId room, String item) throws SQLException {
        return Tables.rows(
                        database,
                        row -> row.getLong(1),
                        "SELECT ifnull(max(number), 0) FROM history WHERE room = ? AND item = ?",
                        room.hex(),
                        item)
                .getFirst();
    }

    /** The items whose last row is their deletion, the last deleted first. */
    public static List<String> deleted(Connection database, RoomId room, int most) throws SQLException {
        return Tables.rows(
                database,
                row -> row.getString(1),
                "SELECT item FROM history JOIN (SELECT max(number) AS last FROM history WHERE room = ? GROUP BY item)"
                        + " ON number = last WHERE kind = 'DELETED' ORDER BY number DESC LIMIT ?",
                room.hex(),
                most);
    }

    private static byte[] deflate(String json) {
        if (json.isEmpty()) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException neverInMemory) {
            throw new UncheckedIOException(neverInMemory);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static String inflate(byte[] bytes) throws SQLException {
        if (bytes.length == 0) {
            return "";
        }
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException damaged) {
            throw new SQLException("a row of the history is damaged", damaged);
        }
    }
}
