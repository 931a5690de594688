// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A script that runs in Node, with the real y-webrtc. */
final class Script implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Script(Map<String, String> environment, String... call) throws IOException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(call));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        Thread reader = new Thread(this::read, "script-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException ended) {
            // as it does when it is stopped
        }
    }

    /** Waits for lines that begin like this, in any order with others; the packages may have to be fetched first. */
    void prints(String beginning, int times) throws InterruptedException {
        for (int found = 0; found < times; ) {
            String line = lines.poll(5, TimeUnit.MINUTES);
            assertNotNull(line, "did not print " + beginning);
            found += line.startsWith(beginning) ? 1 : 0;
        }
    }

    void forgetWhatItPrinted() {
        lines.clear();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
