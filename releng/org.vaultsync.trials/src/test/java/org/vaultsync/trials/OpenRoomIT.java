// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two real hosts and a real browser with the real y-webrtc in one open room. */
@EnabledOnOs(OS.LINUX)
class OpenRoomIT {
    @TempDir
    private Path folder;

    /** While there is a network that leads to packages. */
    @BeforeAll
    static void fetchThePackages() throws Exception {
        BrowsersIT.run(List.of("node", "src/test/js/packages.mjs"));
    }

    @Test
    void hostsAndABrowserShareARoomByItsCode() throws Exception {
        Path pictures = Path.of("target", "pictures").toAbsolutePath();
        Files.createDirectories(pictures);
        List<String> said = BrowsersIT.run(BrowsersIT.inOwnNetwork(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OpenTable.class.getName(),
                System.getProperty("root"),
                folder.toString(),
                pictures.toString()));
        assertEquals(10, said.stream().filter(line -> line.startsWith("seen ")).count(), String.join("\n", said));
    }
}
