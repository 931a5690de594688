// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.RoomId;

/** A way to others that a person has switched off. */
class TransportsOffTest {
    @TempDir
    Path folder;

    @Test
    void overATransportThatIsOffNobodyIsReachedUntilItIsOnAgain() throws Exception {
        try (TestDevice ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault())) {
            RoomId room;
            try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
                room = anna.createRoom("Friday");
                ben.join(anna.invite(room));
                TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
                assertEquals(Set.of("lan"), anna.sync.transports());
                switchOff(anna, Set.of("lan"));
                TestDevice.until("apart", () -> !anna.isLinked() && !ben.isLinked());
                assertEquals(List.of(), anna.sync.self().orElseThrow().addresses());
                assertEquals(Optional.empty(), anna.sync.problem());
                assertTrue(assertThrows(ExecutionException.class, () -> anna.invite(room))
                        .getMessage()
                        .contains("this device cannot be reached"));
                anna.create("u1", "{}");
                anna.share(room, "u1");
                anna.untilBadge("u1", Badge.PENDING);
            }
            try (TestDevice anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault())) {
                assertEquals(Set.of("lan"), anna.sync.transportsOff());
                assertEquals(List.of(), anna.sync.self().orElseThrow().addresses());
                ben.sync.syncNow();
                switchOff(anna, Set.of());
                TestDevice.until("linked again", () -> anna.isLinked() && ben.isLinked());
                TestDevice.until("has come", () -> ben.sync.status("u1").badge() == Badge.SYNCED);
            }
        }
    }

    private static void switchOff(TestDevice device, Set<String> transports) throws Exception {
        device.sync.switchOff(transports).toCompletableFuture().get(300, TimeUnit.SECONDS);
    }
}
