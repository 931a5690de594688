// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.RoomId;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Updates;

/**
 * Keeps the database small, in the background and while nothing else is written: the updates of a document become one,
 * old revisions and set-aside updates go, and room that is not used is given back to the disk. Each step is a transaction
 * of its own, so that a kill in the middle leaves a step done or not begun.
 */
public final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final Duration BUSY = Duration.ofSeconds(10);
    private static final int FEWEST_PIECES = 8;
    private static final int DOCUMENTS_A_ROUND = 500;
    private static final int REVISIONS_KEPT = 20;
    private static final int REVISION_BYTES = 4 << 20;
    private static final int QUARANTINE_KEPT = 100;
    private static final int PAGES_A_STEP = 256;
    private static final int FREE_PAGES_KEPT = 1024;

    /** Many updates of one document. */
    private record Heap(RoomId room, String document) {}

    private final Store store;
    private final Worker worker;

    public Housekeeping(Store store, Machine machine) {
        this.store = store;
        this.worker = machine.worker("vaultsync housekeeping");
    }

    /** Goes on until it is closed. */
    public void start() {
        // Where a round cannot even begin, its stage fails, and the next one comes all the same.
        worker.after(
                EVERY,
                () -> CompletableFuture.completedFuture(null)
                        .thenCompose(now -> round())
                        .whenCompleteAsync(
                                (done, failed) -> {
                                    if (failed != null) {
                                        LOG.warn("housekeeping: put off", failed);
                                    }
                                    start();
                                },
                                worker));
    }

    /** Does all that is to be done now. */
    CompletionStage<Void> round() {
        List<Write> steps = new ArrayList<>();
        store.read(Housekeeping::heaps).forEach(heap -> steps.add(database -> compact(database, heap)));
        steps.add(Housekeeping::trimRevisions);
        steps.add(Housekeeping::trimQuarantine);
        long free = store.read(database -> number(database, "PRAGMA freelist_count"));
        for (long pages = FREE_PAGES_KEPT; pages < free; pages += PAGES_A_STEP) {
            steps.add(Housekeeping::giveBackPages);
        }
        return inTurn(steps, 0);
    }

    /** One step after the other, each only when nothing more important is to be written. */
    private CompletionStage<Void> inTurn(List<Write> steps, int next) {
        if (next == steps.size()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!store.isIdle()) {
            CompletableFuture<Void> later = new CompletableFuture<>();
            worker.after(BUSY, () -> later.complete(null));
            return later.thenComposeAsync(waited -> inTurn(steps, next), worker);
        }
        return store.write(steps.get(next)).thenComposeAsync(done -> inTurn(steps, next + 1), worker);
    }

    private static List<Heap> heaps(Connection database) throws SQLException {
        return Tables.rows(
                database,
                row -> new Heap(new RoomId(row.getString(1)), row.getString(2)),
                "SELECT room, document FROM piece WHERE integrated = 1 GROUP BY room, document HAVING count(*) >= ?"
                        + " ORDER BY count(*) DESC LIMIT ?",
                FEWEST_PIECES,
                DOCUMENTS_A_ROUND);
    }

    /** Merges what replicas have integrated; what waits stays by itself, because it may yet have to be set aside. */
    private static void compact(Connection database, Heap heap) throws SQLException {
        List<byte[]> integrated =
                Tables.pieces(database, heap.room(), heap.document()).integrated();
        if (integrated.size() < FEWEST_PIECES) {
            return;
        }
        byte[] merged;
        try {
            merged = Updates.merge(integrated);
        } catch (MalformedUpdateException neverPastTheGate) {
            LOG.error("room {}: a document cannot be compacted: {}", heap.room(), neverPastTheGate.getMessage());
            return;
        }
        Tables.compact(heap.room(), heap.document(), merged).to(database);
    }

    /** Beyond the newest 20 of a document, revisions go that take more than 4 MB with the newer ones, but for that in the vault. */
    private static void trimRevisions(Connection database) throws SQLException {
        Tables.sql(
                        "DELETE FROM revision WHERE number IN (SELECT number FROM (SELECT number, room, document, name,"
                                + " row_number() OVER newer AS place,"
                                + " sum(octet_length(item) + octet_length(state)) OVER newer AS bytes FROM revision"
                                + " WINDOW newer AS (PARTITION BY room, document ORDER BY number DESC)) AS row"
                                + " WHERE place > ? AND bytes > ? AND NOT EXISTS (SELECT 1 FROM document"
                                + " WHERE document.room = row.room AND document.id = row.document"
                                + " AND instr(document.host, row.name) > 0))",
                        REVISIONS_KEPT,
                        REVISION_BYTES)
                .to(database);
    }

    /** Of updates that were set aside long ago, the hash is enough: they are not taken again. */
    private static void trimQuarantine(Connection database) throws SQLException {
        Tables.sql(
                        "UPDATE quarantine SET bytes = x'' WHERE octet_length(bytes) > 0 AND rowid NOT IN"
                                + " (SELECT rowid FROM quarantine ORDER BY rowid DESC LIMIT ?)",
                        QUARANTINE_KEPT)
                .to(database);
    }

    private static void giveBackPages(Connection database) throws SQLException {
        // Each page is a step of the statement, and the driver takes one at a time.
        try (Statement statement = database.createStatement()) {
            for (int page = 0; page < PAGES_A_STEP; page++) {
                statement.execute("PRAGMA incremental_vacuum(1)");
            }
        }
    }

    static long number(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    /** Ends after the step that is under way. */
    @Override
    public void close() {
        worker.close();
    }
}
