// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.TroubleException;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;

/** What keeps devices from meeting, brought about. */
class TroublesTest {
    @Test
    void aSignalingServerThatIsNotThereIsToldUntilItIs() throws Exception {
        int port = freePort();
        String address = "ws://127.0.0.1:" + port;
        try (WebRtcTransport transport = transport(address);
                Endpoint endpoint = transport.open(Identities.make(), new Guests())) {
            assertEquals(Optional.empty(), endpoint.trouble());
            endpoint.await(List.of(new Rendezvous(new byte[32], List.of())));
            await("it is told", () -> endpoint.trouble().isPresent());
            Trouble trouble = endpoint.trouble().orElseThrow();
            assertEquals(Kind.SIGNALING_UNREACHABLE, trouble.kind());
            assertEquals(List.of(address), trouble.details());
            try (TestServer server = new TestServer(port, Clock.systemUTC())) {
                assertEquals(address, server.address());
                await("it is reached", () -> endpoint.trouble().isEmpty());
            }
        }
    }

    /** In a JVM whose class path lacks what an update site has for this system. */
    @Test
    void aMachineWithoutItsPartOfWebRtcIsToldSo() throws Exception {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String without = Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !new File(entry).getName().matches("webrtc-java-.*-(linux|windows|macos).*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
        assertFalse(without.equals(all), all);
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java", "-cp", without, WithoutNatives.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(
                said.contains("WEBRTC_PART [" + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                        + "] install the feature"),
                said);
        assertTrue(said.contains("without servers it listens all the same"), said);
    }

    /** Runs in a JVM of its own. */
    static final class WithoutNatives {
        private WithoutNatives() {}

        public static void main(String[] args) throws IOException {
            try (WebRtcTransport transport = transport("ws://127.0.0.1:1")) {
                transport.open(Identities.make(), new Guests()).close();
            } catch (TroubleException told) {
                Trouble trouble = TroubleException.of(told);
                System.out.println(trouble.kind() + " " + trouble.details() + " "
                        + trouble.sentence().replaceFirst(".*: (install the feature).*", "$1"));
            }
            try (WebRtcTransport transport = new WebRtcTransport(name -> null, Clock.systemUTC());
                    Endpoint endpoint = transport.open(Identities.make(), new Guests())) {
                System.out.println("without servers it listens all the same, " + endpoint.trouble());
            }
        }
    }

    private static WebRtcTransport transport(String server) {
        return new WebRtcTransport(name -> name.equals(WebRtcTransport.SIGNALING) ? server : null, Clock.systemUTC());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + 60_000_000_000L; !condition.getAsBoolean(); ) {
            if (System.nanoTime() > end) {
                fail("not within a minute: " + what);
            }
            LockSupport.parkNanos(10_000_000);
        }
    }
}
