// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.RoomId;

class UnusableRoomTest {
    @TempDir
    private Path folder;

    @Test
    void aRoomThatCannotBeOpenedSaysSoAndHoldsNothingUp() throws Exception {
        MemoryVault vault = new MemoryVault();
        RoomId room;
        try (TestDevice anna = new TestDevice(folder, "Anna", vault)) {
            room = anna.createRoom("Friday");
            anna.create("u1", "{\"a\":1}");
            anna.share(room, "u1");
        }
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("sync.db"));
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            // As no version writes it.
            statement.execute("UPDATE document SET host = 'not a revision'");
        }
        TestDevice anna = new TestDevice(folder, "Anna", vault);
        ExecutionException said = assertThrows(
                ExecutionException.class,
                () -> anna.sync.share(room, List.of("u1")).toCompletableFuture().get(30, TimeUnit.SECONDS));
        assertTrue(said.getMessage().contains("could not be opened"), said.getMessage());
        assertEquals(Set.of("note"), anna.sync.types().toCompletableFuture().get(30, TimeUnit.SECONDS));
        long before = System.nanoTime();
        anna.close();
        assertTrue(System.nanoTime() - before < Duration.ofSeconds(9).toNanos());
    }
}
