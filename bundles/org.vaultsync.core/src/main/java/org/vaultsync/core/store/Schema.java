// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The tables, version by version, and what SQLite's errors mean. */
final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final int INCREMENTAL = 2;

    /** Each entry brings the database from the version before to the next. Entries are never changed, only added. */
    private static final List<List<String>> VERSIONS =
            List.of(first(), withHistoryAndLog(), withPackedSnapshots(), withOpenRooms(), withKnocks());

    private Schema() {}

    private static List<String> first() {
        return List.of(
                "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
                "CREATE TABLE room (id TEXT PRIMARY KEY, joined INTEGER NOT NULL)",
                "CREATE TABLE record (room TEXT NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (room,"
                        + " hash))",
                "CREATE TABLE invite (token TEXT PRIMARY KEY, room TEXT NOT NULL, expires INTEGER NOT NULL, bound"
                        + " BLOB)",
                "CREATE TABLE address (device TEXT NOT NULL, address TEXT NOT NULL, source TEXT NOT NULL,"
                        + " used INTEGER NOT NULL, PRIMARY KEY (device, address))",
                "CREATE TABLE seen (device TEXT PRIMARY KEY, at INTEGER NOT NULL)",
                "CREATE TABLE document (room TEXT NOT NULL, id TEXT NOT NULL, item TEXT, digest BLOB NOT NULL,"
                        + " host TEXT, left INTEGER NOT NULL DEFAULT 0, author TEXT, changed INTEGER NOT NULL,"
                        + " PRIMARY KEY (room, id))",
                "CREATE TABLE piece (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, document TEXT NOT"
                        + " NULL, bytes BLOB NOT NULL, integrated INTEGER NOT NULL)",
                "CREATE INDEX piece_of_document ON piece (room, document)",
                "CREATE TABLE revision (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, document TEXT"
                        + " NOT NULL, name TEXT NOT NULL, item TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (room, document,"
                        + " name))",
                "CREATE TABLE quarantine (room TEXT NOT NULL, document TEXT NOT NULL, hash TEXT NOT NULL,"
                        + " bytes BLOB NOT NULL, PRIMARY KEY (room, document, hash))",
                "CREATE TABLE held (room TEXT NOT NULL, document TEXT NOT NULL, device TEXT NOT NULL, digest BLOB NOT"
                        + " NULL, at INTEGER NOT NULL, PRIMARY KEY (room, document, device))");
    }

    private static List<String> withHistoryAndLog() {
        return List.of(
                "ALTER TABLE piece ADD COLUMN author TEXT",
                "ALTER TABLE piece ADD COLUMN made INTEGER NOT NULL DEFAULT 0",
                "CREATE TABLE history (number INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL, item TEXT NOT"
                        + " NULL, document TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, author TEXT, clients"
                        + " TEXT NOT NULL, merged INTEGER NOT NULL, before BLOB NOT NULL)",
                "CREATE INDEX history_of_item ON history (room, item)",
                "CREATE TABLE log (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
                        + " until INTEGER NOT NULL, times INTEGER NOT NULL, kind TEXT NOT NULL, room TEXT, peer TEXT,"
                        + " sentence TEXT NOT NULL, messages_sent INTEGER, bytes_sent INTEGER,"
                        + " messages_received INTEGER, bytes_received INTEGER)");
    }

    private static List<String> withPackedSnapshots() {
        return List.of(
                "ALTER TABLE piece ADD COLUMN packed INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE revision ADD COLUMN packed INTEGER NOT NULL DEFAULT 0");
    }

    private static List<String> withOpenRooms() {
        return List.of(
                "CREATE TABLE open_room (id TEXT PRIMARY KEY, entered INTEGER NOT NULL, name TEXT NOT NULL, code TEXT"
                        + " NOT NULL, servers TEXT NOT NULL, password BLOB, profile TEXT)",
                "CREATE TABLE conflict (room TEXT NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL,"
                        + " standing TEXT NOT NULL, lost TEXT NOT NULL, standing_writer TEXT NOT NULL, lost_writer TEXT"
                        + " NOT NULL, found INTEGER NOT NULL, PRIMARY KEY (room, id))");
    }

    private static List<String> withKnocks() {
        return List.of("CREATE TABLE knock (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE)");
    }

    /**
     * Brings the database to the newest version. One of an older version is copied first.
     *
     * @throws IOException with a sentence for people
     */
    static void migrate(Connection database, Path file) throws SQLException, IOException {
        try (Statement statement = database.createStatement()) {
            int version;
            try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
                version = row.getInt(1);
            }
            if (version > VERSIONS.size()) {
                throw new IOException("The sync database was made by a newer version of this application. Update it to"
                        + " sync again; the database is left as it is.");
            }
            try (ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
                if (!row.getString(1).equals("ok")) {
                    throw new SQLiteException(row.getString(1), SQLiteErrorCode.SQLITE_CORRUPT);
                }
            }
            if (version > 0 && version < VERSIONS.size()) {
                copy(statement, copyOf(file, version));
            }
            giveBackRoom(statement);
            database.setAutoCommit(false);
            for (int next = version; next < VERSIONS.size(); next++) {
                for (String change : VERSIONS.get(next)) {
                    statement.execute(change);
                }
                statement.execute("PRAGMA user_version = " + (next + 1));
                database.commit();
            }
            database.setAutoCommit(true);
        }
    }

    /** From now on pages that are not used any more can be given back to the disk, see {@link Housekeeping}. */
    private static void giveBackRoom(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA auto_vacuum")) {
            if (row.getInt(1) == INCREMENTAL) {
                return;
            }
        }
        try {
            statement.execute("PRAGMA auto_vacuum = " + INCREMENTAL);
            statement.execute("VACUUM");
        } catch (SQLException noRoom) {
            LOG.warn("store: cannot be made to give back room: {}", noRoom.getMessage());
        }
    }

    /** Where the database of an older version is kept before it is brought to a newer one. */
    private static Path copyOf(Path file, int version) {
        return file.resolveSibling(file.getFileName() + ".version-" + version);
    }

    private static void copy(Statement statement, Path copy) throws IOException {
        Path unfinished = copy.resolveSibling(copy.getFileName() + ".part");
        try {
            Files.deleteIfExists(unfinished);
            statement.execute("VACUUM INTO '" + unfinished.toString().replace("'", "''") + "'");
            Files.move(unfinished, copy, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | SQLException noCopy) {
            String why = noCopy instanceof SQLException sql ? reason(sql) : noCopy.getMessage();
            throw new IOException(
                    "The sync database has to be brought to a new version, and cannot be copied before that: " + why
                            + ". Make room and start again; it is left as it is.",
                    noCopy);
        }
    }

    static boolean isCorruption(SQLException e) {
        return e instanceof SQLiteException sqlite
                && switch (sqlite.getResultCode()) {
                    case SQLITE_CORRUPT, SQLITE_NOTADB -> true;
                    default -> false;
                };
    }

    static boolean isDiskTrouble(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return false;
        }
        String code = sqlite.getResultCode().name();
        return code.startsWith("SQLITE_FULL")
                || code.startsWith("SQLITE_IOERR")
                || code.startsWith("SQLITE_READONLY")
                || code.startsWith("SQLITE_CANTOPEN")
                || code.startsWith("SQLITE_BUSY");
    }

    /** Whether it was to write what the tables do not allow: that is a fault of ours, and none of the file. */
    static boolean isOfItsCaller(SQLException e) {
        return e instanceof SQLiteException sqlite
                && sqlite.getResultCode().name().startsWith("SQLITE_CONSTRAINT");
    }

    static boolean isFull(SQLException e) {
        return e instanceof SQLiteException sqlite
                && sqlite.getResultCode().name().startsWith("SQLITE_FULL");
    }

    static boolean isReadOnly(SQLException e) {
        return e instanceof SQLiteException sqlite
                && (sqlite.getResultCode().name().startsWith("SQLITE_READONLY")
                        || sqlite.getResultCode().name().startsWith("SQLITE_CANTOPEN"));
    }

    static String reason(SQLException e) {
        if (isFull(e)) {
            return "the disk is full";
        }
        if (isReadOnly(e)) {
            return "the folder or the file cannot be written";
        }
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    }
}
