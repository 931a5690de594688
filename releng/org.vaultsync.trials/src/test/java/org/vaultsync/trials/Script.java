// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.vaultsync.robot.driver.HostDriver;

/**
 * What happens between hosts, and browsers, in a network of its own, because WebRTC does not use the loopback. Runs in a
 * process of its own, prints a line for each thing that was seen to work, and ends with an error where something did not. What
 * it has started and not closed ends with it ({@link BrowsersIT#inOwnNetwork}).
 */
abstract class Script implements AutoCloseable {
    /** Of hosts that meet by their signaling server alone. */
    static final String NO_DISCOVERY = "-Dvaultsync.lan.discovery=off";

    final Scene scene;
    private final String name;

    /** @param name what the names of its pictures begin with */
    Script(Scene scene, String name) {
        this.scene = scene;
        this.name = name;
    }

    /**
     * Where it happens.
     *
     * @param root the folder of the project
     * @param host most often Hangar with sync and WebRTC
     * @param folder to work in
     * @param pictures the folder for pictures
     * @param more what only one script asks for
     */
    record Scene(Path root, Installation host, Path folder, Path pictures, List<String> more) {
        Scene {
            more = List.copyOf(more);
        }

        HostDriver start(String name, String... vmArguments) throws IOException {
            return host.start(folder.resolve(name), vmArguments);
        }
    }

    /** Makes what there is before anything happens. */
    @FunctionalInterface
    interface Opening {
        Script open(Scene scene) throws IOException;
    }

    /** Plays it. The arguments: the folder of the project, an empty folder to work in, a folder for pictures, and more. */
    static void run(String[] arguments, Opening opening) throws Exception {
        Path hangar = Path.of(arguments[1], "hangar");
        run(arguments, Installation.withSync(Built.in(Path.of(arguments[0])), hangar, Installation.WEBRTC), opening);
    }

    /** Plays it with a host of its own. */
    static void run(String[] arguments, Installation host, Opening opening) throws Exception {
        List<String> more = List.of(arguments).subList(3, arguments.length);
        try (Script script = opening.open(
                new Scene(Path.of(arguments[0]), host, Path.of(arguments[1]), Path.of(arguments[2]), more))) {
            try {
                script.play();
            } catch (IllegalStateException wrong) {
                script.report(wrong);
                throw wrong;
            }
        }
    }

    /** Throws an {@link IllegalStateException} that says what is not as it should be. */
    abstract void play() throws IOException, InterruptedException;

    @Override
    public abstract void close() throws IOException;

    /** Those that are running. */
    abstract List<HostDriver> hosts();

    private void report(IllegalStateException wrong) {
        System.out.println(wrong.getMessage());
        char host = 'a';
        for (HostDriver each : hosts()) {
            try {
                picture("wrong-" + host, each);
                System.out.println("Host " + host + " shows " + each.texts() + ", log " + each.log());
            } catch (RuntimeException gone) {
                System.out.println("Host " + host + ": " + gone.getMessage());
            }
            host++;
        }
    }

    final void picture(String what, HostDriver host) {
        host.screenshot(scene.pictures().resolve(name + "-" + what + ".png"));
    }

    static void seen(String what) {
        System.out.println("seen " + what);
    }

    static void until(String what, Duration most, Supplier<Boolean> seen) {
        for (long end = System.nanoTime() + most.toNanos(); !seen.get(); Browsers.pause()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not seen: " + what);
            }
        }
    }
}
