// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vaultsync.transport.contract.Lack;

/** A disk of some megabytes in memory. Only an administrator of Linux can have one; elsewhere the test cannot run. */
final class SmallDisk implements AutoCloseable {
    private static final String SIZE = "size=24m";

    private final Path folder;
    private final Path filler;

    private SmallDisk(Path folder) {
        this.folder = folder;
        filler = folder.resolve("filler");
    }

    /** Mounts one on a folder. */
    static SmallDisk at(Path folder) throws IOException {
        Files.createDirectories(folder);
        String refusal = run("mount", "-t", "tmpfs", "-o", SIZE, "vault-sync-test", folder.toString());
        if (!refusal.isEmpty()) {
            throw Lack.of("no small disk can be mounted here: " + refusal);
        }
        return new SmallDisk(folder);
    }

    /** Leaves no room on it. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] zeros = new byte[4096];
            while (true) {
                out.write(zeros);
            }
        } catch (IOException full) {
            assertEquals(0, folder.toFile().getUsableSpace(), full.getMessage());
        }
    }

    void makeRoom() throws IOException {
        Files.delete(filler);
    }

    void forbidWriting() throws IOException {
        assertEquals("", run("mount", "-o", "remount,ro," + SIZE, folder.toString()));
    }

    void allowWriting() throws IOException {
        assertEquals("", run("mount", "-o", "remount,rw," + SIZE, folder.toString()));
    }

    /** What a command had to complain about. */
    private static String run(String... command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? "" : said.isEmpty() ? "it failed" : said;
        } catch (IOException noSuchCommand) {
            return noSuchCommand.getMessage();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() throws IOException {
        // Lazily: a host that was killed may take a moment to let go of its files.
        run("umount", "-l", folder.toString());
    }
}
