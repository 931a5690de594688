// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.vaultsync.robot.driver.HostDriver;

/**
 * A Hangar and a browser in an open room, each in a network namespace of its own, and one after the other gets another
 * address. Their channel has to live on. One more argument: within how many seconds.
 */
final class MovingPage extends Script {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String ITEM = "moving";
    /** Of the signaling server, which moves with nobody. */
    private static final String MIDDLE = "10.8.0.9";

    private static final String CODE = "MVNGPG";

    private final Duration limit;
    private final Browsers browsers =
            new Browsers("unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\"");
    private final Browsers.Page page = browsers.page("anna");
    private final HostDriver host;
    private final Process server;
    private int tonnage = 20;

    private MovingPage(Scene scene) throws IOException {
        super(scene, "moving");
        limit = Duration.ofSeconds(Long.parseLong(scene.more().getFirst()));
        run("ip", "link", "set", "web1", "netns", Long.toString(browsers.pid()));
        atThePage("ip addr add " + MIDDLE + "/32 dev lo && ip link set web1 up");
        move("web1", "10.8.0.2", true);
        server = new ProcessBuilder(
                        "nsenter",
                        "-t",
                        Long.toString(browsers.pid()),
                        "-n",
                        scene.root()
                                .resolve("releng/org.vaultsync.signaling.server/target/vault-sync-signaling")
                                .resolve("vault-sync-signaling/vault-sync-signaling")
                                .toString(),
                        "--bind",
                        MIDDLE,
                        "--port",
                        "4444")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        host = scene.start("a", Pair.EMPTY, NO_DISCOVERY);
    }

    public static void main(String[] arguments) throws Exception {
        run(arguments, MovingPage::new);
    }

    @Override
    List<HostDriver> hosts() {
        return List.of(host);
    }

    @Override
    void play() throws IOException {
        page.ask("join", CODE, "ws://" + MIDDLE + ":4444");
        page.ask("make", ITEM, "Moving", "{\"model\":\"M-0\",\"tonnage\":20}");
        OpenCrowd.join(host, CODE + " @ ws://" + MIDDLE + ":4444");
        host.waitRow("Moving", SOON);
        host.open("Moving");
        edit();
        seen("a host and a browser in networks of their own edit an item");
        String met = page.ask("met");

        move("web0", "10.8.0.77", false);
        seen("the host has another address, and after " + edit() + " ms edits arrive again");
        stayed(met);

        move("web1", "10.8.0.3", true);
        seen("the browser has another address, and after " + edit() + " ms edits arrive again");
        stayed(met);
    }

    /** An edit of each arrives at the other; gives the milliseconds that it took. */
    private long edit() throws IOException {
        long began = System.nanoTime();
        tonnage++;
        host.type("Tonnage", Integer.toString(tonnage));
        host.save();
        page.ask("set", ITEM, "model", "\"M-" + tonnage + "\"");
        page.until(Integer.toString(tonnage), "get", ITEM, "tonnage");
        host.waitField("Model", "M-" + tonnage, SOON);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (took.compareTo(limit) > 0) {
            throw new IllegalStateException("it took " + took.toMillis() + " ms");
        }
        return took.toMillis();
    }

    /** The page has met nobody anew. */
    private void stayed(String met) throws IOException {
        if (!page.ask("met").equals(met)) {
            throw new IllegalStateException("the channel did not live on");
        }
    }

    /** With this address alone, on one end of the cable between the two. */
    private void move(String end, String address, boolean ofThePage) throws IOException {
        String commands = "ip -4 addr flush dev " + end + " && ip addr add " + address + "/24 dev " + end
                + " && ip route replace default via 10.8.0.254";
        if (ofThePage) {
            atThePage(commands);
        } else {
            run("sh", "-c", commands);
        }
    }

    private void atThePage(String commands) throws IOException {
        run("nsenter", "-t", Long.toString(browsers.pid()), "-n", "sh", "-c", commands);
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(List.of(command) + ": " + said);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }

    @Override
    public void close() throws IOException {
        server.destroy();
        try (host;
                browsers) {
            // Only to be sure that all processes are gone.
        }
    }
}
