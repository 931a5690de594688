// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.vaultsync.transport.contract.Lack;

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
        throw Lack.of(
                "this machine does not let tests make network namespaces: neither as root nor by unshare -rn, or ip"
                        + " (iproute2) and nsenter (util-linux) are missing");
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

    private static String run(List<String> inside, String commands) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(join(inside, List.of("sh", "-ec", commands)))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor() == 0, () -> commands + ": " + said);
        return said;
    }

    /** Plugs in a device, with one address or none of its own. */
    Device device(Path home, String name, String address, String... properties)
            throws IOException, InterruptedException {
        String setUp = address.isEmpty() ? "true" : "ip addr add " + address + "/24 dev eth0";
        return device(home, name, inside, "switch", setUp, properties);
    }

    private Device device(Path home, String name, List<String> at, String bridge, String setUp, String... properties)
            throws IOException, InterruptedException {
        run("ip netns add " + name);
        List<String> there = namespace(name);
        cable(at, bridge, name, name, "eth0");
        run(there, "ip link set lo up && ip link set eth0 up && " + setUp);
        Device device = new Device(home.resolve(name), name, there, properties);
        devices.add(device);
        return device;
    }

    private List<String> namespace(String name) {
        return join(inside, List.of("nsenter", "--net=/run/netns/" + name));
    }

    /** A cable from a bridge, where the end of it has a name, to a namespace. */
    private static void cable(List<String> at, String bridge, String name, String namespace, String end)
            throws IOException, InterruptedException {
        run(
                at,
                "ip link add " + name + " type veth peer name " + end + " netns " + namespace + " && ip link set "
                        + name + " master " + bridge + " up");
    }

    /** Which port a router sends from. */
    enum Nat {
        /** The one that the device behind it sends from, whoever it speaks to: others can be told of it. */
        SAME_PORT("masquerade"),
        /** Another one for each that the device speaks to. */
        OTHER_PORTS("masquerade fully-random");

        private final String rule;

        Nat(String rule) {
            this.rule = rule;
        }
    }

    /**
     * Plugs in a router, with a network of its own behind it that nobody at the switch knows a way to, and that nothing
     * comes into but answers.
     *
     * @param network the first three numbers of its addresses
     */
    Router router(String name, String address, String network, Nat nat) throws IOException, InterruptedException {
        run("ip netns add " + name);
        Router router = new Router(network, namespace(name));
        cable(inside, "switch", name, name, "wan");
        router.run("ip link set lo up && ip link set wan up && ip addr add " + address + "/24 dev wan"
                + " && ip link add lan type bridge mcast_snooping 0 && ip link set lan up && ip addr add " + network
                + ".1/24 dev lan && echo 1 > /proc/sys/net/ipv4/ip_forward");
        router.run("nft add table ip guard"
                + " && nft 'add chain ip guard out { type nat hook postrouting priority 100 ; }'"
                + " && nft 'add chain ip guard in { type filter hook input priority 0 ; }'"
                + " && nft 'add chain ip guard through { type filter hook forward priority 0 ; }'"
                + " && nft add rule ip guard out oifname wan " + nat.rule
                + " && nft add rule ip guard in iifname wan ct state new drop"
                + " && nft add rule ip guard through iifname wan ct state new drop");
        return router;
    }

    /** A router. */
    final class Router {
        private final String network;
        private final List<String> there;

        private Router(String network, List<String> there) {
            this.network = network;
            this.there = there;
        }

        /** Plugs in a device behind it. */
        Device device(Path home, String name, String... properties) throws IOException, InterruptedException {
            return Lab.this.device(home, name, there, "lan", address("eth0"), properties);
        }

        /** Gives a device a second cable, which leads here, and by which it reaches everything from now on. */
        void secondCable(Device device) throws IOException, InterruptedException {
            cable(there, "lan", device.name + "-2", device.name, "eth1");
            device.run("ip link set eth1 up && " + address("eth1"));
        }

        private String address(String cable) {
            return "ip addr add " + network + ".2/24 dev " + cable + " && ip route replace default via " + network
                    + ".1";
        }

        void run(String commands) throws IOException, InterruptedException {
            Lab.run(there, commands);
        }
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

    /** Starts a STUN and TURN server at the switch, or skips the test where there is none; in CI that is a failure. */
    void startTurnServer(Path folder, String address, int port, String user, String password)
            throws IOException, InterruptedException {
        if (Stream.of(System.getenv("PATH").split(":"))
                .noneMatch(place -> Files.isExecutable(Path.of(place, "turnserver")))) {
            throw Lack.of("turnserver (Debian: coturn) is missing");
        }
        // On the internet what goes to a private address vanishes. Where it is refused, this server gives up a relay
        // for it.
        run(
                "ip link add nowhere type veth peer name vanished && ip link set nowhere arp off up && ip link set vanished up"
                        + " && ip route add default dev nowhere");
        String command = "exec turnserver -n -L " + address + " -p " + port + " --lt-cred-mech -u " + user + ":"
                + password
                + " -r example.org --no-tls --no-dtls --no-cli --log-file stdout --pidfile " + folder.resolve("pid")
                + " --userdb " + folder.resolve("users");
        Process server = new ProcessBuilder(join(inside, List.of("sh", "-c", command)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        programs.add(server);
    }

    /** Gives a device a second cable, to a network of its own on the same switch. */
    void secondCable(Device device, String address) throws IOException, InterruptedException {
        cable(inside, "switch", device.name + "-2", device.name, "eth1");
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
                    "-Djava.io.tmpdir=" + home.getParent(),
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

        /** All that came over its cables since they were plugged in. */
        long receivedBytes() throws IOException, InterruptedException {
            return Long.parseLong(
                    Lab.run(there, "awk '/eth/ { all += $2 } END { printf \"%.0f\", all }' /proc/net/dev"));
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

        /** Waits until the last that it said of the way to a member is this. */
        void untilPath(String member, String path, long seconds) throws InterruptedException {
            String beginning = "path " + member + " ";
            until(
                    "have the path “" + path + "” to " + member,
                    () -> told().reversed().stream()
                            .filter(line -> line.startsWith(beginning))
                            .findFirst()
                            .filter((beginning + path)::equals)
                            .isPresent(),
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
