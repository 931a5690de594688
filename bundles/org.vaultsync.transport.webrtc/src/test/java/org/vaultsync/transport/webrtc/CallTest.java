// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.contract.Identities;

@Timeout(60)
class CallTest {
    /** Native code reads on whether anybody takes it or not. */
    @Test
    void whoHasNotProvedItsKeyFillsNoMemory() throws Exception {
        try (Engine engine = new Engine()) {
            Call call = new Call(
                    engine,
                    Identities.make(),
                    new byte[32],
                    new Guest.Nearby(),
                    true,
                    "ws://127.0.0.1:1",
                    signal -> {},
                    () -> {});
            byte[] message = new byte[64 << 10];
            for (int i = 0; i < WebRtcLink.MOST_UNREAD / message.length; i++) {
                call.received(message);
            }
            CompletableFuture<Void> dealtWith = new CompletableFuture<>();
            engine.execute(() -> dealtWith.complete(null));
            dealtWith.get(20, TimeUnit.SECONDS);
            assertFalse(call.link().isDone(), "what a link may have sent is kept");
            call.received(message);
            call.received(message);
            Throwable why = assertThrows(
                            ExecutionException.class, () -> call.link().get(20, TimeUnit.SECONDS))
                    .getCause();
            assertEquals("The device that answered sent more than it may.", why.getMessage());
        }
    }
}
