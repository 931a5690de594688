// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Two real hosts and real browsers with the real y-webrtc in one open room. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class OpenRoomIT {
    @TempDir
    private Path folder;

    /** While there is a network that leads to packages. */
    @BeforeAll
    static void fetchThePackages() throws Exception {
        BrowsersIT.fetchThePackages();
    }

    @Test
    void hostsAndABrowserShareARoomByItsCode() throws Exception {
        play(folder, 14, OpenTable.class);
    }

    @Test
    void aHostAndAPageThatWorksAsTheMekStationWebAppDoesShareARoom() throws Exception {
        play(folder, 12, VaultAppTable.class);
    }

    /** As many edits as they make in a minute; with {@code -Dsoak=true} in an hour. */
    @Test
    void twoHostsAndThreeBrowsersAreAlwaysEqualInTheEnd() throws Exception {
        play(
                folder,
                9,
                OpenCrowd.class,
                Boolean.getBoolean("soak") ? "60" : "1",
                System.getProperty("seed", "20261127"));
    }

    /** Within ten seconds; the limit is held with {@code -Dsoak=true}, where nothing else runs. */
    @Test
    void aHostAndABrowserStayLinkedWhenTheOneOrTheOtherMoves() throws Exception {
        play(folder, 3, MovingPage.class, Boolean.getBoolean("soak") ? "10" : "90");
    }

    /** Runs a script in a network and on a screen of its own, and counts what it saw. */
    static void play(Path folder, int things, Class<? extends Script> script, String... more) throws Exception {
        Path pictures = Path.of("target", "pictures").toAbsolutePath();
        Files.createDirectories(pictures);
        List<String> command = BrowsersIT.inOwnNetwork(
                "xvfb-run",
                "-a",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                script.getName(),
                System.getProperty("root"),
                folder.toString(),
                pictures.toString());
        command.addAll(List.of(more));
        List<String> said =
                BrowsersIT.run(command, Boolean.getBoolean("soak") ? Duration.ofHours(2) : BrowsersIT.LIMIT);
        said.forEach(System.out::println);
        assertEquals(
                things, said.stream().filter(line -> line.startsWith("seen ")).count(), String.join("\n", said));
    }
}
