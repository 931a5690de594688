// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;

/** JavaScript is loaded when somebody is about to edit in a room, and not because the host starts. */
class WarmUpTest {
    @TempDir
    Path home;

    private static final class Counting implements ReplicaFactory {
        final AtomicInteger warmed = new AtomicInteger();
        final CountDownLatch first = new CountDownLatch(1);

        @Override
        public ReplicaEngine openEngine(TextFields textFields) {
            return TestDevice.REPLICAS.openEngine(textFields);
        }

        @Override
        public void warmUp() {
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
        Counting replicas = new Counting();
        LocalVaultSync sync = new LocalVaultSync(home, replicas, Clock.systemUTC());
        try {
            sync.nameDevice("Anna").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(0, replicas.warmed.get(), "a host that only starts");
            sync.createRoom("Friday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertTrue(replicas.first.await(30, TimeUnit.SECONDS));
        } finally {
            sync.stop();
        }
        Counting again = new Counting();
        LocalVaultSync restarted = new LocalVaultSync(home, again, Clock.systemUTC());
        try {
            restarted.nameDevice("Anna again").toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(1, restarted.rooms().size());
            assertEquals(0, again.warmed.get(), "a host that starts with a room");
        } finally {
            restarted.stop();
        }
    }
}
