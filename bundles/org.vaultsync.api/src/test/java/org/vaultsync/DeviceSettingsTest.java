// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.168.1.20",
                " 192.168.1.20:8765 ",
                "laptop",
                "bücherei.example:1",
                "laptop.tailnet.ts.net:65535",
                "fd00::20",
                "fe80::1%eth0",
                "[fd00::20]",
                "[fe80::1%eth0]:8765"
            })
    void aDeviceCanBeDialledThere(String typed) {
        assertTrue(DeviceSettings.isAddress(typed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "two words",
                "https://laptop",
                "laptop:",
                "laptop:0",
                "laptop:65536",
                "laptop:99999999",
                "laptop:port",
                "fd00:::20",
                "1:2:3:4:5:6:7:8:9",
                "[192.168.1.20]:8765",
                "[fd00::20",
                "[fd00::20]8765",
                "[]:8765"
            })
    void nobodyCanBeDialledThere(String typed) {
        assertFalse(DeviceSettings.isAddress(typed));
    }
}
