// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vaultsync.DeviceSettings;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "192.168.1.20:9000, 192.168.1.20, 9000",
        "192.168.1.20, 192.168.1.20, 8765",
        "' 10.0.0.5:1 ', 10.0.0.5, 1",
        "[fd00::20]:9000, fd00::20, 9000",
        "[fd00::20], fd00::20, 8765",
        "fd00::20, fd00::20, 8765",
        "[fe80::1%1]:9000, fe80::1%1, 9000",
        "laptop.local:9000, laptop.local, 9000",
        "mein-büro, mein-büro, 8765"
    })
    void whatAPersonTypesIsUnderstood(String typed, String host, int port) {
        assertEquals(Optional.of(new HostPort(host, port)), HostPort.parse(typed));
        assertTrue(DeviceSettings.isAddress(typed), "cannot be typed");
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.20, 192.168.1.20:8765",
        "fd00::20, [fd00::20]:8765",
        "::1, [::1]:8765",
        "2001:db8::1:0:0:1, [2001:db8::1:0:0:1]:8765"
    })
    void anAddressIsWrittenInShortAndReadAgain(String address, String written) throws UnknownHostException {
        HostPort where = HostPort.of(InetAddress.getByName(address), 8765);
        assertEquals(written, where.toString());
        HostPort again = HostPort.parse(written).orElseThrow();
        assertEquals(
                InetAddress.getByName(address), HostPort.numeric(again.host()).orElseThrow());
    }

    @Test
    void addressesOfOneIpv6NetworkCountAsOne() throws UnknownHostException {
        assertEquals(source("2001:db8:1:2::3"), source("2001:db8:1:2:4::5"));
        assertNotEquals(source("2001:db8:1:2::3"), source("2001:db8:1:3::3"));
        assertNotEquals(source("10.0.0.1"), source("10.0.0.2"));
    }

    private static List<String> source(String address) throws UnknownHostException {
        return HostPort.sources(InetAddress.getByName(address));
    }
}
