// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.Trouble;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;

/**
 * The database of this device: SQLite in WAL mode with {@code synchronous=FULL}, so what was committed survives a kill
 * and a power cut. Writes are queued and committed in groups, in their order, by a thread of the store's own; reads see
 * what is committed and may come from any thread.
 */
public final class Store implements AutoCloseable {
    /** Writes something, as part of a larger transaction. */
    @FunctionalInterface
    public interface Write {
        void to(Connection database) throws SQLException;
    }

    /** Reads something. */
    @FunctionalInterface
    public interface Read<T> {
        T from(Connection database) throws SQLException;
    }

    private record Queued(Write write, CompletableFuture<Void> durable) {}

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final int LARGEST_GROUP = 1000;
    private static final int LARGEST_JOURNAL = 16 << 20;
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final SQLiteDataSource source;
    private final Connection writing; // store thread only
    private final Connection reading; // guarded by itself
    private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean(); // whether the thread knows that something is queued
    private final AtomicBoolean soon = new AtomicBoolean(); // whether the thread looks at the queue after a while
    private final Consumer<Optional<Trouble>> trouble;
    private final Worker thread;
    private boolean told; // store thread only; whether somebody was told of trouble with the disk
    private Optional<Trouble> damage = Optional.empty(); // store thread only; as it was told
    private Future<?> retry = CompletableFuture.completedFuture(null); // store thread only
    private int alone; // store thread only; so many are written one by one, because one of them has a fault
    private volatile boolean closing;

    /**
     * Opens the database, and makes it where there is none. A file that is no database is set aside and told as trouble.
     *
     * @param trouble is told when writing fails, and again with nothing when it goes on
     * @throws IOException with a sentence for people if it can be neither opened nor made, or is of a newer version
     */
    public static Store open(Path file, Machine machine, Consumer<Optional<Trouble>> trouble) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try {
            return new Store(file, machine, trouble);
        } catch (SQLException first) {
            if (!Schema.isCorruption(first)) {
                throw new IOException(sentence(file, first), first);
            }
            Path aside = file.resolveSibling(
                    file.getFileName() + ".damaged-" + machine.clock().millis());
            // The file itself last: SQLite deletes a log that it finds beside a new one.
            for (String suffix : List.of("-wal", "-shm", "")) {
                Path part = file.resolveSibling(file.getFileName() + suffix);
                if (Files.exists(part)) {
                    Files.move(part, aside.resolveSibling(aside.getFileName() + suffix));
                }
            }
            LOG.error("store {}: damaged, kept as {}: {}", file, aside, first.getMessage());
            try {
                Store fresh = new Store(file, machine, trouble);
                String kept = aside.getFileName().toString();
                trouble.accept(Optional.of(new Trouble(
                        Trouble.Kind.STORE_SET_ASIDE,
                        List.of(kept),
                        "The sync database was damaged and is kept as " + kept
                                + ". Your items are unharmed. Join your rooms again with a new invite.")));
                return fresh;
            } catch (SQLException second) {
                throw new IOException(sentence(file, second), second);
            }
        }
    }

    private Store(Path file, Machine machine, Consumer<Optional<Trouble>> trouble) throws SQLException, IOException {
        this.trouble = trouble;
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(5000);
        config.setJournalSizeLimit(LARGEST_JOURNAL);
        // Else each insert leaves a query behind that nobody asks for.
        config.setGetGeneratedKeys(false);
        source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        writing = new PreparedOnce(file, config);
        try {
            Schema.migrate(writing, file.toAbsolutePath());
            reading = new PreparedOnce(file, config);
        } catch (SQLException | IOException unusable) {
            writing.close();
            throw unusable;
        }
        thread = machine.worker("vaultsync store");
    }

    private static String sentence(Path file, SQLException why) {
        return "The sync database " + file + " cannot be opened: " + Schema.reason(why);
    }

    /** Queues a write. The stage completes on the store's thread once it is safely on disk. */
    public CompletionStage<Void> write(Write write) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        if (closing) {
            durable.completeExceptionally(new IllegalStateException("the store is closed"));
        } else {
            queue.add(new Queued(write, durable));
            if (called.compareAndSet(false, true)) {
                thread.execute(this::writeQueued);
            }
        }
        return durable;
    }

    /** Queues a write that may be lost in a crash: it goes to the disk with the next that may not, or after a while. */
    public void writeSoon(Write write) {
        if (closing) {
            return;
        }
        queue.add(new Queued(write, new CompletableFuture<>()));
        if (soon.compareAndSet(false, true)) {
            thread.after(SOON, () -> {
                soon.set(false);
                if (called.compareAndSet(false, true)) {
                    writeQueued();
                }
            });
        }
    }

    /** Completes on the store's thread once all that was queued so far is on disk. */
    public CompletionStage<Void> written() {
        return write(database -> {});
    }

    /** Reads what is committed. Blocks for as long as the disk takes. */
    public <T> T read(Read<T> read) {
        synchronized (reading) {
            try {
                return read.from(reading);
            } catch (SQLException e) {
                throw new IllegalStateException("cannot read the sync database: " + Schema.reason(e), e);
            }
        }
    }

    private void writeQueued() {
        called.set(false);
        while (!queue.isEmpty()) {
            List<Queued> group =
                    queue.stream().limit(alone > 0 ? 1 : LARGEST_GROUP).toList();
            try {
                commit(group);
                diskWorks();
            } catch (SQLException | RuntimeException failed) {
                rollBack();
                if (failed instanceof SQLException sql && Schema.isDiskTrouble(sql)) {
                    waitForTheDisk(sql);
                    return;
                }
                if (group.size() > 1) {
                    alone = group.size();
                    continue;
                }
                LOG.error("store: a write failed", failed);
                if (failed instanceof SQLException sql && !Schema.isOfItsCaller(sql)) {
                    tellOfDamage(sql);
                }
                group.getFirst().durable().completeExceptionally(failed);
            }
            alone = Math.max(0, alone - group.size());
            group.forEach(written -> {
                queue.remove();
                written.durable().complete(null);
            });
        }
    }

    private void commit(List<Queued> group) throws SQLException {
        // By hand: SQLite ends a transaction by itself when the disk is full, which the driver does not notice.
        execute("BEGIN IMMEDIATE");
        for (Queued queued : group) {
            queued.write().to(writing);
        }
        execute("COMMIT");
    }

    private void diskWorks() {
        if (told) {
            told = false;
            trouble.accept(damage);
        }
    }

    /** A write failed for good: that others go on does not bring it back. */
    private void tellOfDamage(SQLException why) {
        if (damage.isEmpty()) {
            damage = Optional.of(new Trouble(
                    Trouble.Kind.STORE_DAMAGED,
                    List.of(Schema.reason(why)),
                    "The database is damaged: " + Schema.reason(why)));
            trouble.accept(damage);
        }
    }

    private void waitForTheDisk(SQLException why) {
        if (!told) {
            told = true;
            LOG.error("store: cannot write, {}; trying again", why.getMessage());
            boolean full = Schema.isFull(why);
            trouble.accept(Optional.of(new Trouble(
                    full ? Trouble.Kind.STORE_FULL : Trouble.Kind.STORE_UNWRITABLE,
                    full || Schema.isReadOnly(why) ? List.of() : List.of(Schema.reason(why)),
                    "Changes cannot be stored for sync: " + Schema.reason(why)
                            + ". They are in your vault and will be synced once this is put right.")));
        }
        // Until then nothing that is queued makes it try.
        called.set(true);
        retry.cancel(false);
        retry = thread.after(RETRY, this::writeQueued);
    }

    private void rollBack() {
        try {
            execute("ROLLBACK");
        } catch (SQLException alreadyEnded) {
            LOG.debug("store: nothing to roll back: {}", alreadyEnded.getMessage());
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = writing.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether nothing waits to be written. */
    boolean isIdle() {
        return queue.isEmpty();
    }

    /** A write that changes nothing of what is kept, and yet goes to the disk. */
    public static Write touch() {
        return Tables.sql("INSERT OR REPLACE INTO setting (name, value) VALUES ('touched', hex(randomblob(8)))");
    }

    /** What is wrong with the file, if anything is. Reads all of it over a connection of its own; blocks. */
    public Optional<String> damage() {
        try (Connection checking = source.getConnection();
                Statement statement = checking.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            return Optional.of(row.getString(1)).filter(said -> !said.equals("ok"));
        } catch (SQLException e) {
            return Optional.of(Schema.reason(e));
        }
    }

    /** Commits what is queued and closes. */
    @Override
    public void close() {
        closing = true;
        thread.execute(this::writeQueued);
        thread.close();
        Exception closed = new IllegalStateException("the store is closed");
        queue.forEach(queued -> queued.durable().completeExceptionally(closed));
        try {
            synchronized (reading) {
                reading.close();
            }
            writing.close();
        } catch (SQLException e) {
            LOG.warn("store: closing: {}", e.getMessage());
        }
    }
}
