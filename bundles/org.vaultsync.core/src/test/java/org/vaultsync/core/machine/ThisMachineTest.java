// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThisMachineTest {
    private final Machine machine = new ThisMachine(Clock.systemUTC());

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void aWorkerGoesOnAfterAnErrorOfATask() throws Exception {
        CountDownLatch after = new CountDownLatch(1);
        Worker worker = machine.worker("test");
        worker.execute(() -> {
            throw new StackOverflowError();
        });
        worker.execute(after::countDown);
        assertTrue(after.await(20, TimeUnit.SECONDS));
        worker.close();
    }

    /** It may fail for ever, and would keep a processor busy and fill the log. */
    @Test
    void workInTheBackgroundThatFailsIsTriedAgainAfterTheNextTaskOnly() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch ranOn = new CountDownLatch(3);
        Worker worker = machine.worker("test", () -> {
            failed.countDown();
            ranOn.countDown();
            tries.incrementAndGet();
            throw new IllegalStateException("as it always does");
        });
        worker.execute(() -> {});
        assertTrue(failed.await(20, TimeUnit.SECONDS));
        // Nothing is waited for where all is well but this.
        ranOn.await(200, TimeUnit.MILLISECONDS);
        assertEquals(1, tries.get());
        worker.close();
    }
}
