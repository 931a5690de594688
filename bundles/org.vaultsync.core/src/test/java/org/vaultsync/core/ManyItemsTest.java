// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.RoomId;

/** While many items are on their way, people go on editing, and are not held up. */
class ManyItemsTest {
    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void twoDevicesAndAnItem() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        room = anna.createRoom("All of it");
        anna.create("note", "{\"text\":\"old\"}");
        anna.share(room, "note");
        ben.join(anna.invite(room));
        ben.untilContent("note", "{\"text\":\"old\"}");
    }

    @AfterEach
    void stop() {
        anna.close();
        ben.close();
    }

    private static List<String> items(TestDevice device, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("item-" + i);
            device.create("item-" + i, "{\"number\":" + i + "}");
        }
        return ids;
    }

    @Test
    void anEditMadeWhileAThousandAreSharedIsThereBeforeTheyAll() throws Exception {
        List<String> ids = items(anna, 1000);
        CountDownLatch seen = new CountDownLatch(1);
        anna.vault.beforeGet(id -> {
            if (id.equals("item-500")) {
                hold(seen);
            }
        });
        CompletableFuture<Void> shared = anna.sync.share(room, ids).toCompletableFuture();
        TestDevice.until(
                "the first of them is at Ben",
                () -> !ben.vault.content("item-0").isEmpty());
        anna.vault.save("note", text -> "{\"text\":\"new\"}");
        ben.untilContent("note", "{\"text\":\"new\"}");
        anna.untilBadge("note", Badge.SYNCED);
        assertFalse(shared.isDone());
        seen.countDown();
        shared.get(30, TimeUnit.SECONDS);
        TestDevice.until(
                () -> ben.vault.ids().size() + " of 1001", () -> ben.vault.ids().size() == 1001);
    }

    @Test
    void anEditIsShownBeforeWhatComesInBulk() throws Exception {
        List<String> ids = items(anna, 1000);
        Semaphore pace = new Semaphore(0);
        AtomicInteger shown = new AtomicInteger();
        AtomicInteger shownBefore = new AtomicInteger(Integer.MAX_VALUE);
        ben.vault.beforePut(pace::acquireUninterruptibly);
        ben.vault.afterPut(() -> {
            int before = shown.getAndIncrement();
            if (ben.vault.content("note").contains("new")) {
                shownBefore.accumulateAndGet(before, Math::min);
            }
        });
        anna.share(room, ids.toArray(String[]::new));
        TestDevice.until(
                "Ben has them on disk",
                () -> anna.sync.rooms().getFirst().members().getFirst().items() == 1001);
        Instant saved = Instant.now();
        anna.vault.save("note", text -> "{\"text\":\"new\"}");
        // The badge is that of the change before until core has been told of this one.
        TestDevice.until(
                () -> "Ben has the edit on disk: " + anna.sync.status("note"),
                () -> anna.sync.status("note").badge() == Badge.SYNCED
                        && anna.sync
                                .status("note")
                                .lastSynced()
                                .filter(saved::isBefore)
                                .isPresent());
        pace.release(2000);
        TestDevice.until(
                () -> ben.vault.ids().size() + " of 1001", () -> ben.vault.ids().size() == 1001);
        assertTrue(shownBefore.get() < 100, shownBefore + " were shown before it");
    }

    @Test
    void whatIsSavedWhileTheVaultIsReadIsWhatIsShared() throws Exception {
        items(anna, 2);
        CountDownLatch saved = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        anna.vault.beforeGet(id -> {
            if (id.equals("item-1")) {
                reading.countDown();
                hold(saved);
            }
        });
        CompletableFuture<Void> shared =
                anna.sync.share(room, List.of("item-0", "item-1")).toCompletableFuture();
        assertTrue(reading.await(30, TimeUnit.SECONDS));
        // It was read already, and nobody syncs it yet.
        anna.vault.save("item-0", number -> "{\"number\":\"changed\"}");
        saved.countDown();
        shared.get(30, TimeUnit.SECONDS);
        ben.untilContent("item-0", "{\"number\":\"changed\"}");
        ben.untilContent("item-1", "{\"number\":1}");
    }

    @Test
    void thoseThatCannotBeSharedAreToldAndTheOthersAreShared() throws Exception {
        List<String> ids = new ArrayList<>(items(anna, 100));
        ids.add(10, "gone");
        ids.add(70, "lost");
        ExecutionException told = assertThrows(
                ExecutionException.class,
                () -> anna.sync.share(room, ids).toCompletableFuture().get(30, TimeUnit.SECONDS));
        assertEquals(
                "The item “gone” is not in the vault any more.\nThe item “lost” is not in the vault any more.",
                told.getCause().getMessage());
        TestDevice.until(
                () -> ben.vault.ids().size() + " of 101", () -> ben.vault.ids().size() == 101);
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
