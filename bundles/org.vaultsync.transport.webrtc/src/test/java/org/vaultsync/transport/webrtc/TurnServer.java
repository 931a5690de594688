// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vaultsync.transport.contract.Lack;

/** A real STUN and TURN server, coturn, on one address of this machine. */
final class TurnServer implements AutoCloseable {
    private final Process process;

    /** Starts it, or skips the test where there is none; in CI that is a failure. */
    TurnServer(Path folder, String address, int port, String user, String password)
            throws IOException, InterruptedException {
        Process started;
        try {
            started = new ProcessBuilder(("turnserver -n -L " + address + " -p " + port + " --lt-cred-mech -u " + user
                                    + ":" + password
                                    + " -r example.org --no-tls --no-dtls --no-cli --log-file stdout --pidfile "
                                    + folder.resolve("pid") + " --userdb " + folder.resolve("users")
                                    + " --min-port 50000 --max-port 50100")
                            .split(" "))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            throw Lack.of("turnserver (Debian: coturn) is missing");
        }
        process = started;
        List<String> said = new ArrayList<>();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = process.inputReader()) {
                for (String line; (line = lines.readLine()) != null; ) {
                    synchronized (said) {
                        said.add(line);
                    }
                    if (line.contains("DB connection success")) {
                        ready.complete(null);
                    }
                }
            } catch (IOException ended) {
                ready.completeExceptionally(ended);
            }
            ready.completeExceptionally(new IOException("it ended"));
        });
        try {
            ready.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            process.destroyForcibly();
            synchronized (said) {
                fail("turnserver does not run: " + said, failed);
            }
        }
        assertTrue(process.isAlive());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
