// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.DeviceSettings;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.OtherKeyException;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;

/** What a person reads when a dial fails, and how long that takes. */
// What is not timed out by the dial takes the system two minutes, or for ever.
@Timeout(60)
class DialTest {
    private final Limits limits = new Limits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            64,
            16,
            64,
            1000);
    private final Identity self = Identities.make();
    private final Identity other = Identities.make();
    private final Fingerprint otherKey = Identities.fingerprint(other);
    private final Guests door = new Guests();
    private LanEndpoint endpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = endpoint(self);
    }

    private LanEndpoint endpoint(Identity who) throws IOException {
        return new LanEndpoint(new LanSettings(0, List.of(InetAddress.getLoopbackAddress()), false), limits, who, door);
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    private String failure(String address) {
        return assertThrows(IOException.class, () -> endpoint.dial(address, otherKey, door.stranger()))
                .getMessage();
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void nothingListensThere() throws IOException {
        ServerSocket closed = listener();
        closed.close();
        String address = "127.0.0.1:" + closed.getLocalPort();
        assertEquals("Nobody answers at " + address + ": nothing listens there.", failure(address));
    }

    @Test
    void packetsAreDropped() throws IOException {
        List<Socket> full = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(deaf, full);
            String address = "127.0.0.1:" + deaf.getLocalPort();
            assertEquals("Nobody answers at " + address + ".", failure(address));
        } finally {
            for (Socket socket : full) {
                socket.close();
            }
        }
    }

    /** A listener with a full backlog drops what comes. */
    private static void fill(ServerSocket deaf, List<Socket> full) throws IOException {
        try {
            while (full.size() < 100) {
                Socket socket = new Socket();
                full.add(socket);
                socket.connect(new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort()), 200);
            }
        } catch (SocketTimeoutException fullNow) {
            return;
        }
        throw new IllegalStateException("the backlog never filled");
    }

    @Test
    void somethingAnswersAndThenSaysNothing() throws IOException {
        try (ServerSocket silent = listener()) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            assertEquals("Something at " + address + " took the call but did not answer in time.", failure(address));
        }
    }

    @Test
    void somethingElseListensThere() throws IOException {
        try (ServerSocket web = listener()) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = web.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                } catch (IOException end) {
                    // the end
                }
            });
            String address = "127.0.0.1:" + web.getLocalPort();
            assertEquals("Something else than sync answers at " + address + ".", failure(address));
        }
    }

    @Test
    void itDoesNotKnowThisDevice() throws IOException {
        LanEndpoint stranger = endpoint(other);
        try {
            String address = stranger.addresses().getFirst();
            assertEquals(
                    "The device at " + address
                            + " hung up: it does not know this device, or something else than sync runs there.",
                    failure(address));
        } finally {
            stranger.close();
        }
    }

    @Test
    void itIsThisDeviceItselfWhichIsNoOtherKey() {
        String address = endpoint.addresses().getFirst();
        IOException itself = assertThrows(
                IOException.class, () -> endpoint.dial(address, otherKey, door.expect(new Guest.Pinned(otherKey))));
        assertEquals("This device itself is at " + address + ".", itself.getMessage());
        assertFalse(itself instanceof OtherKeyException);
    }

    @Test
    void itIsAnotherDevice() throws IOException {
        Identity third = Identities.make();
        LanEndpoint listening = endpoint(third);
        try {
            String address = listening.addresses().getFirst();
            String sentence = assertThrows(
                            OtherKeyException.class,
                            () -> endpoint.dial(
                                    address, otherKey, door.expect(new Guest.Pinned(Identities.fingerprint(self)))))
                    .getMessage();
            assertEquals(
                    "The device at " + address + " is not the one that was expected: its fingerprint is "
                            + Identities.fingerprint(third).grouped() + ".",
                    sentence);
        } finally {
            listening.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "host:99999", "host:0", "[::1", "http://host:80", "1.2.3.4:80:90", "[host]:1"})
    void itIsNoAddress(String address) {
        assertEquals(
                "“" + address + "” is not an address; one looks like 192.168.1.20:8765 or laptop.local:8765.",
                failure(address));
        assertFalse(DeviceSettings.isAddress(address), "can be typed");
    }

    @Test
    void theNameIsUnknown() {
        assertEquals("No device is known by the name “no-such-host.invalid”.", failure("no-such-host.invalid:1"));
    }

    @Test
    void anEndpointThatIsClosedSaysSo() {
        endpoint.close();
        assertEquals("Sync over the local network is switched off.", failure("127.0.0.1:1"));
    }

    @Test
    void aNameWorksAsAnAddress() throws Exception {
        LanEndpoint listening = endpoint(other);
        try {
            endpoint.dial(
                            "localhost:" + listening.port(),
                            otherKey,
                            door.expect(new Guest.Pinned(Identities.fingerprint(self))))
                    .close();
        } finally {
            listening.close();
        }
    }
}
