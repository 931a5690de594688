// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vaultsync.transport.SignalingHost.Hosted;

class OwnServerTest {
    private static OwnServer server(Map<String, String> properties) {
        return new OwnServer(properties::get);
    }

    @Test
    void itRunsWhereThePropertySays() {
        assertEquals(Optional.empty(), server(Map.of()).usualPort());
        assertEquals(
                Optional.of(4455),
                server(Map.of("vaultsync.signaling.port", " 4455 ")).usualPort());
        for (String none : List.of("x", "0", "-1", "65536", "99999", "123456")) {
            assertEquals(
                    Optional.empty(),
                    server(Map.of("vaultsync.signaling.port", none)).usualPort(),
                    none);
        }
    }

    @Test
    void itTellsWhereOthersReachIt() throws Exception {
        try (Hosted hosted =
                server(Map.of("vaultsync.signaling.bind", "127.0.0.1")).open(0)) {
            String address = hosted.addresses().getFirst();
            assertTrue(address.startsWith("ws://127.0.0.1:"), address);
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            assertEquals("okay", Servers.page(port, "/").body());
        }
        try (Hosted everywhere = server(Map.of()).open(0)) {
            for (String address : everywhere.addresses()) {
                assertTrue(address.matches("ws://([0-9.]+|\\[[0-9a-f:]+]):[0-9]+"), address);
            }
        }
    }

    @Test
    void whatItCannotDoIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String said = assertThrows(IOException.class, () -> server(Map.of()).open(taken.getLocalPort()))
                    .getMessage();
            assertTrue(said.contains("cannot listen at port " + taken.getLocalPort()), said);
        }
        assertThrows(IOException.class, () -> server(Map.of()).open(70_000));
        assertThrows(
                IOException.class,
                () -> server(Map.of("vaultsync.signaling.key", "b")).open(0));
        assertEquals(
                Optional.of(new ServerSettings.Tls(Path.of("a"), Path.of("b"))),
                server(Map.of("vaultsync.signaling.certificate", "a", "vaultsync.signaling.key", "b"))
                        .settings(1)
                        .tls());
    }

    /** Core may close it while its bundle stops. */
    @Test
    void closingItTwiceAtOnceIsHarmless() throws Exception {
        for (int round = 0; round < 20; round++) {
            OwnServer owner = server(Map.of("vaultsync.signaling.bind", "127.0.0.1"));
            Hosted hosted = owner.open(0);
            CyclicBarrier together = new CyclicBarrier(2);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                await(together);
                owner.stop();
            });
            await(together);
            hosted.close();
            other.get(60, TimeUnit.SECONDS);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception alone) {
            throw new IllegalStateException(alone);
        }
    }
}
