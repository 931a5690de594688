// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.jdbc4.JDBC4Connection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A connection that keeps the statements that it has prepared, since the store has few of them and preparing one takes
 * longer than running it. A result is read to its end before the same statement is run again. Used by one thread at a time.
 */
final class PreparedOnce extends JDBC4Connection {
    private final Map<String, Kept> prepared = new HashMap<>();

    PreparedOnce(Path file, SQLiteConfig config) throws SQLException {
        super("jdbc:sqlite:" + file.toAbsolutePath(), file.toAbsolutePath().toString(), config.toProperties());
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        Kept known = prepared.get(sql);
        // The driver gives one up by itself when the disk fails it.
        if (known == null || known.pointer.isClosed()) {
            known = new Kept(this, sql);
            prepared.put(sql, known);
        }
        return known;
    }

    /** Stays open until the connection is closed, and forgets only what it was given. */
    private static final class Kept extends JDBC4PreparedStatement {
        Kept(PreparedOnce connection, String sql) throws SQLException {
            super(connection, sql);
        }

        @Override
        public void close() throws SQLException {
            if (!pointer.isClosed()) {
                clearParameters();
            }
        }
    }
}
