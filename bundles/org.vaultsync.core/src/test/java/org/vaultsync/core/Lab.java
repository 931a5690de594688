// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A local network of its own: devices in network namespaces, each plugged into one switch by a cable. Nothing of it shows
 * outside, and it is gone with the process that holds it, which ends when this one does.
 */
final class Lab {
    private static final List<List<String>> WAYS_IN = List.of(List.of("unshare", "-nm"), List.of("unshare", "-rnm"));

    private final Process holder;
    private final List<String> inside;
    private final List<Device> devices = new ArrayList<>();
    private final List<Process> programs = new ArrayList<>();

    private Lab(Process holder, List<String> inside) {
        this.holder = holder;
        this.inside = inside;
    }

    /** Makes one, or skips the test where this machine does not allow it; in CI that is a failure. */
    static Lab open() throws IOException, InterruptedException {
        for (List<String> way : WAYS_IN) {
            if (works(join(
                    way, List.of("sh", "-c", "mount -t tmpfs tmpfs /run && ip link set lo up && ip netns add x")))) {
                Process holder = new ProcessBuilder(join(way, List.of("sh", "-c", "echo ready; exec cat"))).start();
                holder.inputReader().readLine();
                boolean mapped = way.contains("-rnm");
                List<String> inside = new ArrayList<>(List.of("nsenter", "-t", "" + holder.pid(), "-m", "-n"));
                if (mapped) {
                    inside.addAll(List.of("-U", "--preserve-credentials"));
                }
                Lab lab = new Lab(holder, inside);
                lab.run("mount -t tmpfs tmpfs /run");
                lab.run("ip link add switch type bridge mcast_snooping 0 && ip link set switch up");
                return lab;
            }
        }
        String why =
                "this machine does not let tests make network namespaces: neither as root nor by unshare -rn, or ip"
                        + " (iproute2) and nsenter (util-linux) are missing";
        if (System.getenv("CI") != null) {
            fail(why);
        }
        Assumptions.abort(why);
        throw new IllegalStateException();
    }

    private static boolean works(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    private static List<String> join(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** Runs shell commands at the switch, where the cable of a device has its name. */
    void run(String commands) throws IOException, InterruptedException {
        run(inside, commands);
    }

    private static void run(List<String> inside, String commands) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(join(inside, List.of("sh", "-ec", commands)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor() == 0, () -> commands + ": " + said);
    }

    /** Plugs in a device, with one address or none of its own. */
    Device device(Path home, String name, String address, String... properties)
            throws IOException, InterruptedException {
        run("ip netns add " + name + " && ip link add " + name + " type veth peer name eth0 netns " + name
                + " && ip link set " + name + " master switch up");
        List<String> there = join(inside, List.of("nsenter", "--net=/run/netns/" + name));
        run(there, "ip link set lo up && ip link set eth0 up");
        if (!address.isEmpty()) {
            run(there, "ip addr add " + address + "/24 dev eth0");
        }
        Device device = new Device(home.resolve(name), name, there, properties);
        devices.add(device);
        return device;
    }

    /** Starts a program of this class path at the switch, until the lab is removed. */
    void start(String... mainAndArguments) throws IOException {
        List<String> java = new ArrayList<>(List.of(
                "sh",
                "-c",
                "cd \"$0\" && exec \"$@\"",
                Path.of("").toAbsolutePath().toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx200m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        java.addAll(List.of(mainAndArguments));
        programs.add(new ProcessBuilder(join(inside, java)).inheritIO().start());
    }

    /** Gives a device a second cable, to a network of its own on the same switch. */
    void secondCable(Device device, String address) throws IOException, InterruptedException {
        run("ip link add " + device.name + "-2 type veth peer name eth1 netns " + device.name + " && ip link set "
                + device.name + "-2 master switch up");
        device.run("ip link set eth1 up && ip addr add " + address + "/24 dev eth1");
    }

    /** Unplugs all devices and takes the network away. */
    void remove() throws IOException, InterruptedException {
        devices.forEach(device -> device.orders.close());
        for (Device device : devices) {
            device.awaitEnd();
        }
        programs.forEach(Process::destroy);
        holder.getOutputStream().close();
        holder.waitFor();
    }

    /** A {@link LabDevice} in its namespace, and what it said. */
    static final class Device {
        final String name;
        private final List<String> there;
        private final Process process;
        private final PrintStream orders;
        private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
        private final List<String> all = new ArrayList<>(); // guarded by itself
        final String fingerprint;

        private Device(Path home, String name, List<String> there, String... properties)
                throws IOException, InterruptedException {
            this.name = name;
            this.there = there;
            // In this folder, which entering a namespace leaves.
            List<String> java = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    "cd \"$0\" && exec \"$@\"",
                    Path.of("").toAbsolutePath().toString(),
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx400m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
            for (String property : properties) {
                java.add("-D" + property);
            }
            java.addAll(List.of(LabDevice.class.getName(), name, home.toString()));
            process = new ProcessBuilder(join(there, java))
                    .redirectErrorStream(true)
                    .start();
            orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            Thread.ofVirtual().start(this::listen);
            fingerprint = await("i am ", Duration.ofSeconds(120)).orElseThrow(() -> new AssertionError(all.toString()));
        }

        private void listen() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line; (line = lines.readLine()) != null; ) {
                    synchronized (all) {
                        all.add(line);
                    }
                    said.add(line);
                }
            } catch (IOException end) {
                said.add("ended");
            }
        }

        Device tell(String order) {
            orders.println(order);
            return this;
        }

        void run(String commands) throws IOException, InterruptedException {
            Lab.run(there, commands);
        }

        /** Waits for a line that begins so, and gives the rest of it; lines before are dropped. */
        Optional<String> await(String beginning, Duration patience) throws InterruptedException {
            long until = System.nanoTime() + patience.toNanos();
            while (true) {
                String line = said.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    return Optional.empty();
                }
                if (line.startsWith(beginning)) {
                    return Optional.of(line.substring(beginning.length()));
                }
            }
        }

        /** Gives an order that is answered by a line that begins so, and gives the rest of it. */
        String ask(String order, String beginning) throws InterruptedException {
            tell(order);
            return mustSay(beginning, 60);
        }

        String mustSay(String beginning, long seconds) throws InterruptedException {
            return await(beginning, Duration.ofSeconds(seconds))
                    .orElseThrow(() -> new AssertionError(name + " did not say “" + beginning + "” but " + told()));
        }

        void forget() {
            said.clear();
        }

        /** Waits until the last that it said of a member is that it is linked. */
        void untilLinked(String member, long seconds) throws InterruptedException {
            until("be linked to " + member, () -> isLinked(member), seconds);
        }

        /** Waits until it has said a line that begins so, at any time. */
        void untilItSaid(String beginning, long seconds) throws InterruptedException {
            until(
                    "say “" + beginning + "”",
                    () -> told().stream().anyMatch(line -> line.startsWith(beginning)),
                    seconds);
        }

        private void until(String what, BooleanSupplier condition, long seconds) throws InterruptedException {
            for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds); !condition.getAsBoolean(); ) {
                assertTrue(System.nanoTime() < end, () -> name + " did not " + what + " but " + told());
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        private boolean isLinked(String member) {
            return told().reversed().stream()
                    .filter(line -> line.matches("(linked|away|refused|paused) \\Q" + member + "\\E( .*)?"))
                    .findFirst()
                    .filter(line -> line.startsWith("linked"))
                    .isPresent();
        }

        /** Ends it in order. */
        void stop() throws InterruptedException {
            orders.close();
            awaitEnd();
        }

        /** All that it has said. */
        List<String> told() {
            synchronized (all) {
                return List.copyOf(all);
            }
        }

        private void awaitEnd() throws InterruptedException {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
