// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.vaultsync.Fingerprint;
import org.vaultsync.LogEntry;
import org.vaultsync.LogEntry.Kind;
import org.vaultsync.LogEntry.Traffic;
import org.vaultsync.RoomId;
import org.vaultsync.core.store.Store.Write;

/** The log of sync. What repeats itself counts up; beyond the newest 2,000 entries the oldest go. */
public final class LogTable {
    private static final int MOST = 2000;
    private static final Duration COUNTED_TOGETHER = Duration.ofHours(1);

    private LogTable() {}

    /** Adds an entry, or counts one up where it is what happened last with this device. */
    public static Write add(
            Instant time,
            Kind kind,
            Optional<RoomId> room,
            Optional<Fingerprint> peer,
            String sentence,
            Optional<Traffic> traffic) {
        return database -> {
            if (traffic.isPresent() || !again(database, time, kind, peer, sentence)) {
                insert(database, time, 1, kind, room, peer, sentence, traffic);
            }
        };
    }

    private static void insert(
            Connection database,
            Instant time,
            int times,
            Kind kind,
            Optional<RoomId> room,
            Optional<Fingerprint> peer,
            String sentence,
            Optional<Traffic> traffic)
            throws SQLException {
        Tables.sql(
                        "INSERT INTO log (at, until, times, kind, room, peer, sentence, messages_sent,"
                                + " bytes_sent, messages_received, bytes_received)"
                                + " VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                        time.toEpochMilli(),
                        times,
                        kind.name(),
                        room.map(RoomId::hex).orElse(null),
                        peer.map(Fingerprint::hex).orElse(null),
                        sentence,
                        traffic.map(Traffic::messagesSent).orElse(null),
                        traffic.map(Traffic::bytesSent).orElse(null),
                        traffic.map(Traffic::messagesReceived).orElse(null),
                        traffic.map(Traffic::bytesReceived).orElse(null))
                .to(database);
        Tables.sql("DELETE FROM log WHERE number <= (SELECT max(number) FROM log) - ?", MOST)
                .to(database);
    }

    /**
     * Adds an entry of somebody, or something, that was turned away; or counts up the one that says the same and began less
     * than an hour ago, whatever happened in between: they choose when they come again.
     */
    public static Write refused(
            Instant time, Optional<RoomId> room, Optional<Fingerprint> peer, String sentence, int times) {
        return database -> {
            String sql = "UPDATE log SET times = times + ?, until = ? WHERE number = (SELECT max(number) FROM log"
                    + " WHERE kind = ? AND sentence = ? AND room IS ? AND peer IS ? AND at > ?)";
            try (PreparedStatement update = database.prepareStatement(sql)) {
                update.setInt(1, times);
                update.setLong(2, time.toEpochMilli());
                update.setString(3, Kind.REFUSED.name());
                update.setString(4, sentence);
                update.setString(5, room.map(RoomId::hex).orElse(null));
                update.setString(6, peer.map(Fingerprint::hex).orElse(null));
                update.setLong(7, time.minus(COUNTED_TOGETHER).toEpochMilli());
                if (update.executeUpdate() > 0) {
                    return;
                }
            }
            insert(database, time, times, Kind.REFUSED, room, peer, sentence, Optional.empty());
        };
    }

    private static boolean again(
            Connection database, Instant time, Kind kind, Optional<Fingerprint> peer, String sentence)
            throws SQLException {
        String sql = "UPDATE log SET times = times + 1, until = ? WHERE kind = ? AND sentence = ? AND number ="
                + " (SELECT max(number) FROM log WHERE peer IS ?)";
        try (PreparedStatement update = database.prepareStatement(sql)) {
            update.setLong(1, time.toEpochMilli());
            update.setString(2, kind.name());
            update.setString(3, sentence);
            update.setString(4, peer.map(Fingerprint::hex).orElse(null));
            return update.executeUpdate() > 0;
        }
    }

    /** The newest entries, the newest first. */
    public static List<LogEntry> newest(Connection database, int most) throws SQLException {
        return Tables.rows(
                database,
                row -> new LogEntry(
                        Instant.ofEpochMilli(row.getLong(1)),
                        Instant.ofEpochMilli(row.getLong(2)),
                        row.getInt(3),
                        Kind.valueOf(row.getString(4)),
                        Optional.ofNullable(row.getString(5)).map(RoomId::new),
                        Optional.ofNullable(row.getString(6)).map(Fingerprint::new),
                        row.getString(7),
                        row.getObject(8) == null
                                ? Optional.empty()
                                : Optional.of(
                                        new Traffic(row.getLong(8), row.getLong(9), row.getLong(10), row.getLong(11)))),
                "SELECT at, until, times, kind, room, peer, sentence, messages_sent, bytes_sent, messages_received,"
                        + " bytes_received FROM log ORDER BY number DESC LIMIT ?",
                most);
    }
}
