// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.vaultsync.robot.driver.Folders;

/**
 * A session bus of its own, and on it a gnome-keyring that can be unlocked, locked, gone or hanging. Nothing of the
 * desktop of whoever runs the test is touched.
 */
final class DesktopKeyring implements AutoCloseable {
    private static final String PASSWORD = "a password";
    private static final String BUS = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:tmpdir=%s</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """;

    private final Path home;
    private final Path run;
    private final Process bus;
    private final String address;
    private Optional<Process> daemon = Optional.empty();

    private DesktopKeyring(Path home) throws IOException {
        this.home = Files.createDirectories(home);
        // The path of a socket must be short.
        run = Files.createTempDirectory("bus-");
        Path configuration = Files.writeString(run.resolve("bus.conf"), BUS.formatted(run));
        bus = new ProcessBuilder("dbus-daemon", "--config-file=" + configuration, "--nofork", "--print-address")
                .redirectError(run.resolve("bus.log").toFile())
                .start();
        BufferedReader said = bus.inputReader();
        address = Optional.ofNullable(said.readLine())
                .orElseThrow(() -> new IOException("no session bus; see " + run.resolve("bus.log")));
    }

    /** Opens a bus without a keyring. */
    static DesktopKeyring at(Path home) throws IOException {
        return new DesktopKeyring(home);
    }

    /** Whether this machine has what it takes. */
    static boolean isInstalled() {
        return List.of("dbus-daemon", "dbus-send", "gnome-keyring-daemon").stream()
                .allMatch(program -> List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))));
    }

    /** What a host is given to find this keyring, and no other. */
    List<String> environment() {
        return List.of("DBUS_SESSION_BUS_ADDRESS=" + address, "HOME=" + home, "XDG_RUNTIME_DIR=" + run);
    }

    /** Where the host keeps what belongs to its user. */
    String vmArgument() {
        return "-Duser.home=" + home;
    }

    /** Starts it anew as one that the person has logged in to; the first time it is made. */
    void unlock() throws IOException {
        start("--unlock");
    }

    /** Starts it anew without anybody having logged in. */
    void lock() throws IOException {
        start();
    }

    private void start(String... options) throws IOException {
        remove();
        List<String> command = new ArrayList<>(List.of("gnome-keyring-daemon", "--foreground", "--components=secrets"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(run.resolve("keyring.log").toFile());
        environment()
                .forEach(variable -> builder.environment()
                        .put(
                                variable.substring(0, variable.indexOf('=')),
                                variable.substring(variable.indexOf('=') + 1)));
        Process started = builder.start();
        daemon = Optional.of(started);
        try (OutputStream password = started.getOutputStream()) {
            password.write(PASSWORD.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException notRead) {
            // it asks for none
        }
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); !answers(); ) {
            if (System.nanoTime() > end || !started.isAlive()) {
                throw new IOException("no keyring; see " + run.resolve("keyring.log"));
            }
        }
    }

    private boolean answers() throws IOException {
        Process asked = new ProcessBuilder(
                        "dbus-send",
                        "--bus=" + address,
                        "--print-reply",
                        "--dest=org.freedesktop.secrets",
                        "/org/freedesktop/secrets",
                        "org.freedesktop.DBus.Peer.Ping")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return waited(asked) == 0;
    }

    /** It is there, and answers nothing. */
    void hang() throws IOException {
        unlock();
        waited(new ProcessBuilder("kill", "-STOP", "" + daemon.orElseThrow().pid()).start());
    }

    void remove() throws IOException {
        if (daemon.isPresent()) {
            daemon.get().destroyForcibly();
            waited(daemon.get());
            daemon = Optional.empty();
        }
    }

    private static int waited(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() throws IOException {
        remove();
        bus.destroyForcibly();
        waited(bus);
        Folders.delete(run);
    }
}
