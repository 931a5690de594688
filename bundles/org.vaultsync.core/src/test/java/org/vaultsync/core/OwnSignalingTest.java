// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.DeviceSettings;
import org.vaultsync.SyncException;
import org.vaultsync.signaling.OwnServer;
import org.vaultsync.transport.SignalingHost;

/** A device that runs a signaling server, by one preference. */
class OwnSignalingTest {
    private static final String BIND = "vaultsync.signaling.bind";
    private static final String PORT = "vaultsync.signaling.port";

    @TempDir
    Path home;

    private LocalVaultSync device(Map<String, String> properties) {
        LocalVaultSync sync = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        sync.setSignalingHost(new OwnServer(properties::get));
        return sync;
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static void run(DeviceSettings device, Optional<Integer> port) throws Exception {
        device.runSignaling(port).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void untilItRunsAt(DeviceSettings device, int port) throws Exception {
        List<String> expected = List.of("ws://127.0.0.1:" + port);
        TestDevice.until(
                () -> "at " + device.signalingAddresses(),
                () -> device.signalingAddresses().equals(expected));
        assertEquals(
                "okay",
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    @Test
    void itRunsWhereAPersonWantsItAlsoAfterARestart() throws Exception {
        int port = freePort();
        LocalVaultSync first = device(Map.of(BIND, "127.0.0.1"));
        run(first, Optional.of(port));
        untilItRunsAt(first, port);
        first.stop();
        LocalVaultSync second = device(Map.of(BIND, "127.0.0.1"));
        untilItRunsAt(second, port);
        assertEquals(Optional.of(port), second.signalingPort());
        run(second, Optional.empty());
        assertEquals(List.of(), second.signalingAddresses());
        second.stop();
    }

    @Test
    void whatAPersonWantsBeatsTheProperty() throws Exception {
        int usual = freePort();
        Map<String, String> properties = Map.of(BIND, "127.0.0.1", PORT, Integer.toString(usual));
        LocalVaultSync first = device(properties);
        untilItRunsAt(first, usual);
        run(first, Optional.empty());
        first.stop();
        LocalVaultSync second = device(properties);
        int wanted = freePort();
        run(second, Optional.of(wanted)); // what was queued before is done
        untilItRunsAt(second, wanted);
        run(second, Optional.empty());
        assertEquals(Optional.empty(), second.signalingPort());
        second.stop();
    }

    @Test
    void aPortThatIsTakenIsSaidAndWhatRanBeforeGoesOn() throws Exception {
        int port = freePort();
        LocalVaultSync device = device(Map.of(BIND, "127.0.0.1"));
        run(device, Optional.of(port));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Throwable why = assertThrows(ExecutionException.class, () -> run(device, Optional.of(taken.getLocalPort())))
                    .getCause();
            assertInstanceOf(SyncException.class, why);
            assertTrue(why.getMessage().contains("cannot listen at port " + taken.getLocalPort()), why.getMessage());
        }
        untilItRunsAt(device, port);
        assertEquals(Optional.of(port), device.signalingPort());
        device.stop();
    }

    @Test
    void aServerThatFailsInAnUnforeseenWayIsSaidToo() throws Exception {
        LocalVaultSync device = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        device.setSignalingHost(new SignalingHost() {
            @Override
            public Optional<Integer> usualPort() {
                return Optional.empty();
            }

            @Override
            public Hosted open(int port) {
                throw new IllegalArgumentException("not a port: " + port);
            }
        });
        Throwable why = assertThrows(ExecutionException.class, () -> run(device, Optional.of(70_000)))
                .getCause();
        assertInstanceOf(SyncException.class, why);
        assertTrue(why.getMessage().contains("not a port: 70000"), why.getMessage());
        device.stop();
    }

    @Test
    void withoutTheServersBundleThatIsSaid() throws Exception {
        LocalVaultSync device = new LocalVaultSync(home, TestDevice.REPLICAS, Clock.systemUTC());
        Throwable why = assertThrows(ExecutionException.class, () -> run(device, Optional.of(4444)))
                .getCause();
        assertTrue(why.getMessage().contains("not installed"), why.getMessage());
        assertEquals(Optional.empty(), device.signalingPort());
        device.stop();
    }
}
