// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.RoomId;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Transport;

/** What takes long the first time is done before somebody waits for it, and not while the host starts. */
class WarmUpTest {
    @TempDir
    Path home;

    private static final class Counting implements ReplicaFactory {
        final AtomicInteger warmed = new AtomicInteger();
        final CountDownLatch first = new CountDownLatch(1);
        private final IntSupplier items;
        volatile int thereThen;

        Counting(IntSupplier items) {
            this.items = items;
        }

        @Override
        public ReplicaEngine openEngine(TextFields textFields) {
            return TestDevice.REPLICAS.openEngine(textFields);
        }

        @Override
        public void warmUp() {
            thereThen = items.getAsInt();
            warmed.incrementAndGet();
            first.countDown();
        }

        @Override
        public long freshClientId() {
            return TestDevice.REPLICAS.freshClientId();
        }
    }

    @Test
    void whoCreatesARoomFindsItWarm() throws Exception {
        Counting replicas = new Counting(() -> 0);
        LocalVaultSync sync = new LocalVaultSync(home, replicas, Clock.systemUTC());
        try {
            sync.nameDevice("Anna").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(0, replicas.warmed.get(), "a host that only starts");
            sync.createRoom("Friday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertTrue(replicas.first.await(30, TimeUnit.SECONDS));
        } finally {
            sync.stop();
        }
        Counting again = new Counting(() -> 0);
        LocalVaultSync restarted = new LocalVaultSync(home, again, Clock.systemUTC());
        try {
            restarted.nameDevice("Anna again").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(1, restarted.rooms().size());
            assertEquals(0, again.warmed.get(), "a host that starts with a room");
        } finally {
            restarted.stop();
        }
    }

    /** Nobody is linked while there is no room, and who joins the first one is to be linked at once. */
    @Test
    void aTransportIsMadeReadyBeforeThereIsARoom() throws Exception {
        CompletableFuture<Identity> ready = new CompletableFuture<>();
        CompletableFuture<Identity> opened = new CompletableFuture<>();
        LocalVaultSync sync = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        try {
            sync.addTransport(new Transport() {
                @Override
                public String kind() {
                    return "test";
                }

                @Override
                public void warmUp(Supplier<Identity> self) {
                    ready.complete(self.get());
                }

                @Override
                public Endpoint open(Identity self, Door door) throws IOException {
                    opened.complete(self);
                    throw new IOException("Nobody can be reached here.");
                }
            });
            PublicKey key = ready.get(30, TimeUnit.SECONDS).certificate().getPublicKey();
            assertFalse(opened.isDone(), "a device without a room listens");
            sync.createRoom("Friday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(key, opened.get(30, TimeUnit.SECONDS).certificate().getPublicKey());
        } finally {
            sync.stop();
        }
    }

    /** While items come and are shown the processor is theirs, however long the host takes. */
    @Test
    void whoJoinsFindsItWarmWhenTheItemsAreThere() throws Exception {
        int items = 200;
        int askedAtOnce = 64;
        MemoryVault slow = new MemoryVault(Files.createDirectory(home.resolve("files")));
        slow.afterPut(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(40)));
        Counting replicas = new Counting(() -> slow.ids().size());
        try (TestDevice anna = new TestDevice(home.resolve("anna"), "Anna", new MemoryVault(home));
                TestDevice ben = new TestDevice(home.resolve("ben"), "Ben", slow, Clock.systemUTC(), replicas)) {
            RoomId room = anna.createRoom("Friday");
            String[] ids = IntStream.range(0, items).mapToObj(i -> "u" + i).toArray(String[]::new);
            for (String id : ids) {
                anna.create(id, "{}");
            }
            anna.share(room, ids);
            ben.join(anna.invite(room));
            assertTrue(replicas.first.await(120, TimeUnit.SECONDS));
            assertTrue(replicas.thereThen >= items - askedAtOnce, replicas.thereThen + " of " + items);
        }
    }
}
