// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.transport.Identity;

/**
 * Measures rooms between real devices, each a process of its own, over TLS on loopback; not run with the tests. Prints
 * one line a figure, with what the machine itself took for the like in the same run.
 */
class CoreBench {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int EDITS = Integer.getInteger("edits", 1000);
    private static final int DEVICES = Integer.getInteger("devices", 20);
    private static final int ITEMS = Integer.getInteger("items", 10_000);
    private static final int MEGABYTES = Integer.getInteger("megabytes", 500);

    @TempDir
    private Path folder;

    private final List<Device> devices = new ArrayList<>();

    private static void print(String figure, String value, String about) {
        System.out.printf(Locale.ROOT, "core: %-66s %14s   (%s)%n", figure, value, about);
    }

    private static String seconds(long micros) {
        return String.format(Locale.ROOT, "%.2f s", micros / 1e6);
    }

    private static String percentiles(List<Long> micros) {
        long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f / %.1f",
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 95 / 100] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }

    /** A {@link BenchDevice} and what it said. */
    private static final class Device {
        final String name;
        private final Process process;
        private final PrintStream orders;
        private final List<String> said = new ArrayList<>(); // guarded by itself

        Device(Path home, String name) throws IOException, InterruptedException {
            this.name = name;
            List<String> java = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
            java.addAll(
                    List.of(System.getenv().getOrDefault("VAULTSYNC_JVM", "").split(" ")));
            java.removeIf(String::isEmpty);
            java.addAll(List.of(
                    BenchDevice.class.getName(), name, home.resolve(name).toString()));
            process = new ProcessBuilder(java)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            Thread.ofVirtual().start(this::listen);
            await("ready");
        }

        private void listen() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line; (line = lines.readLine()) != null; ) {
                    synchronized (said) {
                        said.add(line);
                        said.notifyAll();
                    }
                }
            } catch (IOException end) {
                synchronized (said) {
                    said.add("failed: " + end.getMessage());
                    said.notifyAll();
                }
            }
        }

        void tell(String order) {
            orders.println(order);
        }

        /** Waits for a line that begins so, drops it, and gives the rest of it. */
        String await(String beginning) throws InterruptedException {
            long until = System.nanoTime() + PATIENCE.toNanos();
            synchronized (said) {
                while (true) {
                    for (String line : said) {
                        if (line.startsWith(beginning)) {
                            said.remove(line);
                            return line.substring(beginning.length()).strip();
                        }
                        if (line.startsWith("failed")) {
                            throw new AssertionError(name + ": " + line);
                        }
                    }
                    long left = until - System.nanoTime();
                    if (left <= 0) {
                        throw new AssertionError(name + " did not say " + beginning + " but " + said);
                    }
                    TimeUnit.NANOSECONDS.timedWait(said, left);
                }
            }
        }

        boolean hasSaid(String beginning) {
            synchronized (said) {
                return said.stream().anyMatch(line -> line.startsWith(beginning));
            }
        }

        void forget(String beginning) {
            synchronized (said) {
                said.removeIf(line -> line.startsWith(beginning));
            }
        }

        long awaitTime(String beginning) throws InterruptedException {
            return Long.parseLong(await(beginning));
        }

        String ask(String order, String beginning) throws InterruptedException {
            tell(order);
            return await(beginning);
        }

        long cpu() throws InterruptedException {
            return Long.parseLong(ask("cpu", "cpu "));
        }
    }

    private Device device(String name) throws Exception {
        Device device = new Device(folder, name);
        devices.add(device);
        return device;
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Device device : devices) {
            device.orders.close();
        }
        for (Device device : devices) {
            if (!device.process.waitFor(30, TimeUnit.SECONDS)) {
                device.process.destroyForcibly();
            }
        }
    }

    /** When it was let in. A machine that is too busy to shake hands in time may try again. */
    private static long join(Device joiner, Device inviter, String room) throws InterruptedException {
        while (true) {
            String joined = joiner.ask("join " + inviter.ask("invite " + room, "invite "), "join ");
            if (!joined.equals("not")) {
                return Long.parseLong(joined);
            }
        }
    }

    @Test
    void aFreshPeerOf1000() throws Exception {
        Device anna = device("anna");
        Device ben = device("ben");
        anna.ask("fill 2000", "filled");
        freshPeer(anna, ben, 0, 1000, "", "1.5 s", "4 s; compiled 2 s");
        freshPeer(anna, ben, 1000, 2000, " more, in a second room", "1.5 s", "4 s; compiled 2 s");
    }

    @Test
    void aFreshPeerOf10000() throws Exception {
        Device anna = device("anna");
        Device ben = device("ben");
        anna.ask("fill " + ITEMS, "filled");
        freshPeer(anna, ben, 0, ITEMS, "", "8 s", "30 s; compiled 15 s");
        reconnect();
        for (Device device : devices) {
            print(
                    "heap of " + device.name + ", idle with " + ITEMS + " items",
                    (Long.parseLong(device.ask("heap", "heap ")) >> 20) + " MB",
                    "target 150 MB");
        }
    }

    /** Those of the vault from one to another, in a room of their own. */
    private void freshPeer(Device anna, Device ben, int from, int to, String what, String durable, String shown)
            throws Exception {
        String about = (to - from) + " items" + what + ": ";
        String room = anna.ask("found", "room ");
        long cpuOfAnna = anna.cpu();
        anna.tell("share " + room + " " + from + " " + to);
        long sharing = anna.awaitTime("sharing ");
        print(
                about + "shared, durable here",
                seconds(anna.awaitTime("shared ") - sharing),
                "CPU " + seconds(anna.cpu() - cpuOfAnna));
        rest(anna);
        rest(ben);
        ben.ask("await " + to, "awaiting ");
        anna.tell("await " + to);
        cpuOfAnna = anna.cpu();
        long cpuOfBen = ben.cpu();
        long joined = join(ben, anna, room);
        long heldByTheFreshOne = ben.awaitTime("held ");
        long durableAtBoth = Math.max(anna.awaitTime("held "), heldByTheFreshOne);
        print(about + "joined to durable there", seconds(heldByTheFreshOne - joined), "");
        print(
                about + "joined to durable and acknowledged on both sides",
                seconds(durableAtBoth - joined),
                "target " + durable);
        long allShown = ben.awaitTime("shown ");
        long firstShown = ben.awaitTime("shown-50 ");
        print(
                about + "the first 50 shown, after joining",
                seconds(firstShown - joined),
                "target 1 s after being durable");
        print(about + "all shown, after joining", seconds(allShown - joined), "target " + shown);
        print(
                about + "CPU of the one that has them, of the fresh one",
                seconds(anna.cpu() - cpuOfAnna) + ", " + seconds(ben.cpu() - cpuOfBen),
                "both processes whole, the compiler of the JVM too");
        print(
                about + "the same bytes over a bare TLS socket into a synced file",
                seconds(bareSocket(to - from)),
                "reference");
    }

    /** Until it does nothing any more: the compilers of the JVM and of JavaScript go on for long after what they compile. */
    private static void rest(Device device) throws InterruptedException {
        long before;
        do {
            before = device.cpu();
            TimeUnit.SECONDS.sleep(2);
        } while (device.cpu() - before > 200_000);
    }

    /** Both hold the same. */
    private void reconnect() throws Exception {
        Device anna = devices.get(0);
        Device ben = devices.get(1);
        TimeUnit.SECONDS.sleep(5); // what they still tell each other when it is quiet
        List<Long> took = new ArrayList<>();
        long bytes = 0;
        for (int round = 0; round < 6; round++) {
            ben.tell("pause");
            TimeUnit.SECONDS.sleep(1);
            bytes = Long.parseLong(ben.ask("traffic", "traffic "));
            anna.forget("in-step");
            ben.forget("in-step");
            ben.tell("resume");
            long resumed = ben.awaitTime("resuming ");
            long inStep = Math.max(anna.awaitTime("in-step "), ben.awaitTime("in-step "));
            if (round > 0) {
                took.add(inStep - resumed);
            }
        }
        print(
                "two with the same " + ITEMS + " items linked again: in step",
                percentiles(took),
                "p50 / p95 / most in ms, target 300");
        print("  of that, bytes of messages, both ways, with a second of idling", bytes / 1000 + " KB", "target 20 KB");
    }

    @Test
    void anEditWhileManyAreShared() throws Exception {
        int items = ITEMS;
        Device anna = device("anna");
        Device ben = device("ben");
        anna.ask("fill " + items, "filled");
        String room = anna.ask("found", "room ");
        anna.tell("share " + room + " 0 1");
        anna.await("shared ");
        join(ben, anna, room);
        ben.ask("await 1", "awaiting ");
        ben.await("shown ");
        edits(anna, ben, 20, new ArrayList<>());
        anna.tell("share " + room + " 1 " + items);
        long sharing = anna.awaitTime("sharing ");
        List<Long> took = new ArrayList<>();
        int mark = 1_000_000;
        while (!anna.hasSaid("shared ")) {
            TimeUnit.MILLISECONDS.sleep(100);
            took.add(edit(anna, ben, mark++));
        }
        print(items + " items shared with somebody who is linked", seconds(anna.awaitTime("shared ") - sharing), "");
        print("  an edit meanwhile, shown at the other", percentiles(took), "p50 / p95 / most in ms of " + took.size());
    }

    @Test
    void edits() throws Exception {
        Device anna = device("anna");
        Device ben = device("ben");
        anna.ask("fill 1000", "filled");
        String room = anna.ask("found", "room ");
        anna.tell("share " + room + " 0 1000");
        anna.await("shared ");
        ben.ask("await 1000", "awaiting ");
        join(ben, anna, room);
        ben.await("held ");
        ben.await("shown ");
        edits(anna, ben, 100, new ArrayList<>());
        List<Long> fsync = new ArrayList<>();
        List<Long> took = edits(anna, ben, EDITS, fsync);
        print(
                "an edit, saved here to shown there, 1,000 items in the room",
                percentiles(took),
                "p50 / p95 / most in ms of " + took.size() + ", targets 15 and 50 and two fsync");
        print("  fsync of 4 KB in between", percentiles(fsync), "p50 / p95 / most in ms");
    }

    private List<Long> edits(Device from, Device to, int count, List<Long> fsync) throws Exception {
        List<Long> took = new ArrayList<>();
        try (FileChannel file =
                FileChannel.open(folder.resolve("fsync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < count; i++) {
                took.add(edit(from, to, i));
                TimeUnit.MILLISECONDS.sleep(20);
                long began = System.nanoTime();
                file.write(ByteBuffer.allocate(4096), 4096L * i);
                file.force(false);
                fsync.add((System.nanoTime() - began) / 1000);
            }
        }
        return took;
    }

    private static long edit(Device from, Device to, int mark) throws InterruptedException {
        from.tell("edit item-0 " + mark);
        long edited = from.awaitTime("edited ");
        return to.awaitTime("sees " + mark + " ") - edited;
    }

    @Test
    void anEditBesideALargeFile() throws Exception {
        Device anna = device("anna");
        Device ben = device("ben");
        anna.ask("fill 10", "filled");
        String sha = anna.ask("attach " + MEGABYTES, "attached ");
        String room = anna.ask("found", "room ");
        anna.tell("share " + room + " 0 1");
        anna.await("shared ");
        ben.ask("take-all-files", "taking");
        ben.ask("await 1", "awaiting ");
        join(ben, anna, room);
        ben.await("shown ");
        edits(anna, ben, 100, new ArrayList<>());
        anna.tell("share " + room + " 9 10");
        long begun = Long.parseLong(ben.await("names " + sha));
        List<Long> there = new ArrayList<>();
        List<Long> back = new ArrayList<>();
        int mark = 1_000_000;
        while (!ben.hasSaid("has ")) {
            anna.tell("edit item-0 " + mark);
            long edited = anna.awaitTime("edited ");
            there.add(ben.awaitTime("sees " + mark++ + " ") - edited);
            ben.tell("edit item-0 " + mark);
            edited = ben.awaitTime("edited ");
            back.add(anna.awaitTime("sees " + mark++ + " ") - edited);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long micros = ben.awaitTime("has " + sha) - begun;
        print("a file of " + MEGABYTES + " MB", seconds(micros), ((long) MEGABYTES << 20) / micros + " MB/s");
        print(
                "  an edit meanwhile, the way the file goes",
                percentiles(there),
                "p50 / p95 / most in ms of " + there.size() + ", target 200");
        print(
                "  an edit meanwhile, the other way",
                percentiles(back),
                "p50 / p95 / most in ms of " + back.size() + ", target 200");
    }

    @Test
    void anEditReachesTwenty() throws Exception {
        Device anna = device("anna");
        anna.ask("fill 10", "filled");
        String room = anna.ask("found", "room ");
        anna.tell("share " + room + " 0 10");
        anna.await("shared ");
        for (int i = 1; i < DEVICES; i++) {
            Device other = device("device-" + i);
            other.ask("await 10", "awaiting ");
            join(other, anna, room);
            other.await("shown ");
        }
        for (Device device : devices) {
            device.tell("await 10");
        }
        for (Device device : devices) {
            device.await("held ");
        }
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Device writer = devices.get(i % DEVICES);
            writer.tell("edit item-1 " + i);
            long edited = writer.awaitTime("edited ");
            long last = edited;
            for (Device device : devices) {
                if (device != writer) {
                    last = Math.max(last, device.awaitTime("sees " + i + " "));
                }
            }
            if (i >= DEVICES) {
                took.add(last - edited);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        print(
                "a room of " + DEVICES + " devices: an edit is shown at all",
                percentiles(took),
                "p50 / p95 / most in ms of " + took.size() + ", target 1,000");
    }

    /** Sends the contents as they are to a file that is synced at the end; gives microseconds. */
    private long bareSocket(int items) throws Exception {
        List<byte[]> contents = (Units.realAreHere() ? Units.real() : Units.made(1000, 1))
                .stream().map(unit -> unit.getBytes(StandardCharsets.UTF_8)).toList();
        SSLContext tls = context();
        try (SSLServerSocket server = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Long> done = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try (SSLSocket socket = (SSLSocket) server.accept();
                        FileChannel file =
                                FileChannel.open(Files.createTempFile(folder, "bare", ""), StandardOpenOption.WRITE)) {
                    InputStream in = socket.getInputStream();
                    byte[] buffer = new byte[16 << 10];
                    for (int n; (n = in.read(buffer)) >= 0; ) {
                        file.write(ByteBuffer.wrap(buffer, 0, n));
                    }
                    file.force(true);
                    done.complete(System.nanoTime());
                } catch (IOException broken) {
                    done.completeExceptionally(broken);
                }
            });
            long began = System.nanoTime();
            try (SSLSocket socket =
                    (SSLSocket) tls.getSocketFactory().createSocket(server.getInetAddress(), server.getLocalPort())) {
                OutputStream out = socket.getOutputStream();
                for (int i = 0; i < items; i++) {
                    out.write(contents.get(i % contents.size()));
                }
                socket.shutdownOutput();
                return (done.get(5, TimeUnit.MINUTES) - began) / 1000;
            }
        }
    }

    private SSLContext context() throws Exception {
        Identity identity = DeviceKey.at(folder.resolve("bare.key")).identity();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, new char[0]);
        keys.setKeyEntry("bare", identity.key(), new char[0], new Certificate[] {identity.certificate()});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(factory.getKeyManagers(), new TrustManager[] {new Rogue.Anybody()}, null);
        return context;
    }
}
