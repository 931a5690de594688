// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
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

    private final MemoryVault vault = new MemoryVault();
    private final List<String> shared = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private Runnable beforeAnswered = () -> {};

    @BeforeEach
    void aHundredItems() {
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

        @Override
        public void changed(String item) {}

        @Override
        public CompletionStage<Void> whenAnswered(Collection<String> items) {
            return CompletableFuture.completedStage(null);
        }
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

    /** The other room told the vault of it between the answer and the choice, and let go of it then. */
    @Test
    void whatWasInAnotherRoomWhenItWasReadIsReadAgain() throws Exception {
        share(new ElsewhereUntilChosen(this::mergeLast));
        assertEquals(List.of("u0 {}", "u1 {\"merged\":1}"), shared);
    }

    /** It is kept from other rooms while it is read again, and not any more after that. */
    @Test
    void whatIsNotSharedAfterAllIsTold() throws Exception {
        share(new ElsewhereUntilChosen(() -> thread.execute(() -> beingShared.stopped("u1"))));
        assertEquals(List.of("u0 {}"), shared);
        assertEquals(List.of("u1"), told);
    }

    /** What this room has stopped, or ended, may still be on its way to the vault. */
    @Test
    void theVaultIsReadWhenItHasAnsweredAboutWhatWasThereBefore() throws Exception {
        beforeAnswered = this::mergeLast;
        share(item -> true);
        assertEquals(List.of("u0 {}", "u1 {\"merged\":1}"), shared);
    }

    private void mergeLast() {
        vault.put(new Item("u1", "note", "u1", "{\"merged\":1}"), new Revision("r2"), Optional.of(new Revision("r")));
    }

    /** The item u1 is in another room, until it is to be shared in this one. */
    private static final class ElsewhereUntilChosen implements LiveRoom.Choice {
        private final Runnable chosen;
        private boolean free;

        ElsewhereUntilChosen(Runnable chosen) {
            this.chosen = chosen;
        }

        @Override
        public boolean isFree(String item) {
            return free || item.equals("u0");
        }

        @Override
        public boolean shares(Item item) {
            if (!free && item.id().equals("u1")) {
                free = true;
                chosen.run();
            }
            return true;
        }
    }

    private void share(LiveRoom.Choice choice) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Sharing.Items room = new Sharing.Items() {
            @Override
            public boolean isKnown(String item) {
                return false;
            }

            @Override
            public CompletionStage<Void> share(List<Stored> held, List<String> refused) {
                held.forEach(stored ->
                        shared.add(stored.item().id() + " " + stored.item().content()));
                return CompletableFuture.completedStage(null);
            }

            @Override
            public void saved(Stored stored) {}

            @Override
            public void changed(String item) {
                told.add(item);
            }

            @Override
            public CompletionStage<Void> whenAnswered(Collection<String> items) {
                return CompletableFuture.runAsync(beforeAnswered, thread);
            }
        };
        thread.execute(() -> new Sharing(List.of("u0", "u1"), false, choice, beingShared, host, thread, room)
                .begin()
                .whenComplete((all, failed) -> {
                    if (failed == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(failed);
                    }
                }));
        done.get(30, TimeUnit.SECONDS);
    }
}
