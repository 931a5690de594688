// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;

@Timeout(60)
class LanSettingsTest {
    private final Map<String, String> properties = new HashMap<>();

    private LanSettings read() throws IOException {
        return LanSettings.read(properties::get);
    }

    private Endpoint open() throws IOException {
        return new LanTransport(properties::get).open(Identities.make(), new Guests());
    }

    @Test
    void withoutSettingsItListensEverywhereOnTheUsualPort() throws IOException {
        assertEquals(new LanSettings(8765, List.of(), true), read());
        properties.put(LanSettings.PORT, " ");
        properties.put(LanSettings.BIND, "");
        assertEquals(new LanSettings(8765, List.of(), true), read());
    }

    @Test
    void portAndAddressesAreTaken() throws IOException {
        properties.put(LanSettings.PORT, " 9000 ");
        properties.put(LanSettings.BIND, "127.0.0.1, ::1");
        assertEquals(
                new LanSettings(9000, List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1")), true),
                read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "65536", "99999", "8765x", "1e3", "०"})
    void aBadPortIsExplained(String port) {
        properties.put(LanSettings.PORT, port);
        assertEquals(
                "The setting vaultsync.lan.port is “" + port + "”; it must be a number from 0 to 65535.",
                assertThrows(IOException.class, this::open).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0", "localhost", "127.0.0.1,", "1.2.3", "256.1.1.1", "::g", "127.0.0.1;::1"})
    void badAddressesAreExplained(String bind) {
        properties.put(LanSettings.BIND, bind);
        assertEquals(
                "The setting vaultsync.lan.bind is “" + bind + "”; it must be numeric addresses of this machine with"
                        + " commas between, such as 192.168.1.20, ::1.",
                assertThrows(IOException.class, this::open).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "0"})
    void aBadSwitchIsExplained(String discovery) {
        properties.put(LanSettings.DISCOVERY, discovery);
        assertEquals(
                "The setting vaultsync.lan.discovery is “" + discovery + "”; it must be on or off.",
                assertThrows(IOException.class, this::open).getMessage());
    }

    @Test
    void anAddressThatIsNotOursIsExplained() {
        properties.put(LanSettings.BIND, "203.0.113.7");
        String sentence = assertThrows(IOException.class, this::open).getMessage();
        assertEquals(
                "The setting vaultsync.lan.bind names 203.0.113.7, but this machine has no such address now.",
                sentence);
    }

    @Test
    void aPortThatIsTakenIsReplaced() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            properties.put(LanSettings.PORT, "" + taken.getLocalPort());
            try (Endpoint endpoint = open()) {
                String last = endpoint.addresses().getLast();
                assertNotEquals("" + taken.getLocalPort(), last.substring(last.lastIndexOf(':') + 1));
            }
        }
    }

    @Test
    void severalAddressesShareOnePort() throws IOException {
        properties.put(LanSettings.PORT, "0");
        properties.put(LanSettings.BIND, "127.0.0.1,127.0.0.2");
        try (Endpoint endpoint = open()) {
            List<String> addresses = endpoint.addresses();
            assertEquals(2, addresses.size());
            assertEquals(
                    addresses.get(0).replace("127.0.0.1", ""), addresses.get(1).replace("127.0.0.2", ""));
        }
    }

    @Test
    void addressesEndWithThisMachineItself() throws IOException {
        properties.put(LanSettings.PORT, "0");
        try (Endpoint endpoint = open()) {
            List<String> addresses = endpoint.addresses();
            assertTrue(addresses.stream().anyMatch(address -> address.startsWith("127.0.0.1:")), addresses::toString);
            assertFalse(addresses.stream().anyMatch(address -> address.contains("%")), addresses::toString);
            assertFalse(addresses.stream().anyMatch(address -> address.startsWith("[fe80")), addresses::toString);
            assertTrue(addresses.getLast().startsWith("127.")
                    || addresses.getLast().startsWith("[::1]"));
        }
    }
}
