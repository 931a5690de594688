// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Real browsers with the real y-webrtc, at its own signaling server, and at ours as it is delivered. */
@EnabledOnOs(OS.LINUX)
@Execution(ExecutionMode.CONCURRENT)
class BrowsersIT {
    static final String ADDRESS = "10.8.0.1";
    /** Less than a test may take, so that what was said until then is told. */
    static final Duration LIMIT = Duration.ofMinutes(8);

    /**
     * WebRTC does not use the loopback, and a browser none that leads nowhere. The command is not the first process there:
     * that one is not told by a screen that it is ready.
     */
    private static final String OWN_NETWORK = "ip link set lo up && ip link add web0 type veth peer name web1"
            + " && ip addr add " + ADDRESS + "/24 dev web0 && ip link set web0 up && ip link set web1 up"
            + " && ip route add default via 10.8.0.254 && { \"$0\" \"$@\"; exit $?; }";

    /** While there is a network that leads to packages. */
    @BeforeAll
    static synchronized void fetchThePackages() throws Exception {
        run(List.of("node", "../../bundles/org.vaultsync.signaling/src/test/js/packages.mjs"));
    }

    @Test
    void browsersMeetAtTheServerOfYWebrtc() throws Exception {
        meet("node", "node_modules/y-webrtc/bin/server.js");
    }

    @Test
    void browsersMeetAtOurs() throws Exception {
        meet(
                Path.of(System.getProperty("root"))
                        .resolve("releng/org.vaultsync.signaling.server/target/vault-sync-signaling")
                        .resolve("vault-sync-signaling/vault-sync-signaling")
                        .toString(),
                "--port",
                "PORT");
    }

    private static void meet(String... server) throws IOException, InterruptedException {
        List<String> command = inOwnNetwork("node", "src/test/js/browsers.mjs", ADDRESS);
        command.addAll(List.of(server));
        List<String> said = run(command);
        assertEquals(5, said.stream().filter(line -> line.startsWith("seen ")).count(), String.join("\n", said));
    }

    /**
     * A command, with whatever it starts, in a network with one address that leads nowhere. What it leaves behind ends with
     * it: it would keep its output open, and who reads that would wait for ever.
     */
    static List<String> inOwnNetwork(String... command) {
        List<String> all = new ArrayList<>(List.of("unshare", isRoot() ? "-n" : "-rn"));
        all.addAll(List.of("--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", OWN_NETWORK));
        all.addAll(List.of(command));
        return all;
    }

    static List<String> run(List<String> command) throws IOException, InterruptedException {
        return run(command, LIMIT);
    }

    /** What it says. Ends it when it has taken too long. */
    static List<String> run(List<String> command, Duration most) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process script = builder.start();
        List<String> said = new ArrayList<>();
        Future<?> end = CompletableFuture.runAsync(
                script::destroyForcibly, CompletableFuture.delayedExecutor(most.toSeconds(), TimeUnit.SECONDS));
        try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(said::add);
        }
        boolean ended = end.cancel(false);
        assertEquals(0, script.waitFor(), String.join("\n", said) + (ended ? "" : "\nended after " + most));
        return said;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
