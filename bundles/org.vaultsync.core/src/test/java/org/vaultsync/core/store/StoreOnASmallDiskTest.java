// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.transport.contract.Lack;

/**
 * A disk that is really full, or cannot be written: a small one in memory, which only a process of its own sees. Linux only;
 * where the machine does not allow it, the tests are skipped, and fail in CI.
 */
class StoreOnASmallDiskTest {
    private static final List<List<String>> WAYS_IN = List.of(List.of("unshare", "-m"), List.of("unshare", "-rm"));
    private static final String MOUNT = "mount -t tmpfs -o size=4m tmpfs \"$0\" && exec \"$@\"";

    @TempDir
    private Path disk;

    private Process process;
    private PrintStream orders;
    private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();

    private void start() throws Exception {
        List<String> command = new ArrayList<>(wayIn());
        command.addAll(List.of("sh", "-c", MOUNT, disk.toString()));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StoreOnASmallDisk.class.getName(),
                disk.toString()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(() -> reader.lines().forEach(said::add));
    }

    private List<String> wayIn() throws InterruptedException {
        for (List<String> way : WAYS_IN) {
            List<String> trial = new ArrayList<>(way);
            trial.addAll(List.of("sh", "-c", MOUNT, disk.toString(), "true"));
            try {
                if (new ProcessBuilder(trial)
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0) {
                    return way;
                }
            } catch (IOException missing) {
                continue;
            }
        }
        throw Lack.of("this machine does not let tests mount a disk in a namespace of their own");
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private String answer(String order) throws InterruptedException {
        orders.println(order);
        return next();
    }

    private String next() throws InterruptedException {
        return Optional.ofNullable(said.poll(60, TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("nothing was said"));
    }

    @Test
    void aFullDiskTakesNothingAwayAndWhatWaitsIsWrittenOnceThereIsRoom() throws Exception {
        start();
        assertEquals("opened", answer("open"));
        assertEquals("durable first", answer("write first"));
        assertEquals("full", answer("fill"));
        String trouble = answer("write second");
        assertTrue(trouble.startsWith("trouble ") && trouble.contains("the disk is full"), trouble);
        assertEquals("true", answer("has first"));
        assertEquals("false", answer("has second"));
        orders.println("free");
        assertEquals(
                List.of("durable second", "well"),
                List.of(next(), next()).stream().sorted().toList());
        assertEquals("closed", answer("close"));
        assertEquals("opened", answer("open"));
        assertEquals("true", answer("has first"));
        assertEquals("true", answer("has second"));
    }

    @Test
    void whereNothingCanBeMadeThatIsSaid() throws Exception {
        start();
        assertEquals("full", answer("fill"));
        String refused = answer("open");
        assertTrue(refused.startsWith("refused ") && refused.contains("the disk is full"), refused);
        orders.println("free");
        assertEquals("opened", answer("open"));
        assertEquals("durable first", answer("write first"));
    }

    @Test
    void aDatabaseThatCannotBeWrittenIsLeftAsItIs() throws Exception {
        start();
        assertEquals("mounted", answer("mount remount,ro"));
        String refused = answer("open");
        assertTrue(refused.startsWith("refused "), refused);
        assertEquals("mounted", answer("mount remount,rw"));
        assertEquals("opened", answer("open"));
        assertEquals("durable first", answer("write first"));
        assertEquals("closed", answer("close"));
        assertEquals("mounted", answer("mount remount,ro"));
        refused = answer("open");
        assertTrue(refused.startsWith("refused ") && refused.contains("cannot be written"), refused);
        assertEquals("mounted", answer("mount remount,rw"));
        assertEquals("opened", answer("open"));
        assertEquals("true", answer("has first"));
    }
}
