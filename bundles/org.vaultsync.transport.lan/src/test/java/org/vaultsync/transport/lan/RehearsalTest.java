// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.transport.contract.Identities;

/** A device that shakes hands with itself does it as with others. */
@Timeout(60)
class RehearsalTest {
    @Test
    void handsAreShaken() throws Exception {
        Rehearsal.shakeHands(Identities.make());
    }

    @Test
    void notWithAKeyThatNobodyWouldTake() {
        assertThrows(IOException.class, () -> Rehearsal.shakeHands(Identities.makeP384()));
    }

    @Test
    void itIsDoneInTheBackgroundAndOnceInAProcess() throws Exception {
        CompletableFuture<Thread> asked = new CompletableFuture<>();
        new LanTransport(name -> null).warmUp(() -> {
            asked.complete(Thread.currentThread());
            return Identities.make();
        });
        new LanTransport(name -> null).warmUp(() -> {
            asked.completeExceptionally(new AssertionError("twice"));
            return Identities.make();
        });
        Thread thread = asked.get(30, TimeUnit.SECONDS);
        assertEquals("lan warm-up", thread.getName());
        assertTrue(thread.isDaemon());
    }
}
