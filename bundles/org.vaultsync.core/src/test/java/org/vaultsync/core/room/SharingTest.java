// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vaultsync.SyncException;
import org.vaultsync.core.MemoryVault;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** Whoever waits until items are shared hears of it in any case. */
class SharingTest {
    private static final List<String> IDS =
            IntStream.range(0, 100).mapToObj(i -> "u" + i).toList();

    private final Machine machine = new ThisMachine(Clock.systemUTC());
    private final Worker thread = machine.worker("room");
    private final HostVault host = new HostVault(machine);
    private final BeingShared beingShared = new BeingShared();

    @BeforeEach
    void aHundredItems() {
        MemoryVault vault = new MemoryVault();
        IDS.forEach(id -> vault.put(new Item(id, "note", id, "{}"), new Revision("r"), Optional.empty()));
        host.bind(vault);
    }

    @AfterEach
    void close() {
        thread.close();
        host.close();
        machine.close();
    }

    /** A room that fails with one item, wherever it meets it. */
    private record Room(String known, String shared) implements Sharing.Items {
        @Override
        public boolean isKnown(String item) {
            return isSound(item, known);
        }

        @Override
        public CompletionStage<Void> share(List<Stored> held, List<String> refused) {
            held.forEach(stored -> isSound(stored.item().id(), shared));
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void saved(Stored stored) {}
    }

    /** Never: it is said whether an item is known, or chosen. */
    private static boolean isSound(String item, String unsound) {
        if (item.equals(unsound)) {
            throw new IllegalStateException("out of order at " + item);
        }
        return false;
    }

    private String failure(boolean onlyNew, LiveRoom.Choice choice, Room room) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread.execute(() -> new Sharing(IDS, onlyNew, choice, beingShared, host, thread, room)
                .begin()
                .whenComplete((shared, failed) -> {
                    assertEquals(null, shared);
                    done.completeExceptionally(failed);
                }));
        Throwable failed = assertThrows(ExecutionException.class, () -> done.get(30, TimeUnit.SECONDS))
                .getCause();
        assertTrue(failed instanceof SyncException, failed.toString());
        CompletableFuture<Boolean> any = new CompletableFuture<>();
        thread.execute(() -> any.complete(IDS.stream().anyMatch(beingShared::has)));
        assertFalse(any.get(30, TimeUnit.SECONDS), "nothing is being shared any more");
        return failed.getMessage();
    }

    @Test
    void anErrorWhereAnItemIsChosenIsSaid() throws Exception {
        String said = failure(false, item -> !isSound(item.id(), "u50"), new Room("", ""));
        assertTrue(said.contains("out of order at u50"), said);
    }

    @Test
    void anErrorWhereTheRoomTakesAnItemIsSaid() throws Exception {
        String said = failure(false, item -> true, new Room("", "u50"));
        assertTrue(said.contains("out of order at u50"), said);
    }

    @Test
    void anErrorBetweenTwoPartsIsSaid() throws Exception {
        String said = failure(true, item -> true, new Room("u50", ""));
        assertTrue(said.contains("out of order at u50"), said);
    }

    @Test
    void anErrorAtTheBeginningIsSaid() throws Exception {
        String said = failure(true, item -> true, new Room("u0", ""));
        assertTrue(said.contains("out of order at u0"), said);
    }
}
