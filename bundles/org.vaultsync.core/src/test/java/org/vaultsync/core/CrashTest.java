// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.crdt.update.PackedUpdate;

/**
 * Two processes that share while both write are killed with -9 at random moments, one or both, also while they start. What
 * they were promised is on their disks then, and after a restart both have all of it. {@code -Dkills=N -Dseed=N}.
 */
@Isolated("it kills after so many milliseconds")
class CrashTest {
    private static final int KILLS = Integer.getInteger("kills", Boolean.getBoolean("soak") ? 200 : 5);
    private static final Pattern WORD = Pattern.compile("w(anna|ben)[0-9]+x[0-9]+w");

    @TempDir
    private Path folder;

    private final Set<String> durable = ConcurrentHashMap.newKeySet();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final List<Device> devices = new ArrayList<>();
    private final Random random = new Random(Long.getLong("seed", 1));

    /** One device, process after process. */
    private final class Device {
        final String name;
        private final Path home;
        private final int port;
        private Process process;
        private PrintStream orders;
        private LinkedBlockingQueue<String> said;

        Device(String name) throws IOException {
            this.name = name;
            home = folder.resolve(name);
            try (ServerSocket free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
        }

        void start() throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx400m",
                            "-Djava.io.tmpdir=" + folder,
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            KilledDevice.class.getName(),
                            name,
                            home.toString(),
                            "" + port)
                    .redirectError(folder.resolve(name + ".log").toFile())
                    .start();
            orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
            said = lines;
            BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
            Thread.ofPlatform().daemon().start(() -> listen(reader, lines));
        }

        private void listen(BufferedReader reader, LinkedBlockingQueue<String> lines) {
            try {
                for (String line; (line = reader.readLine()) != null; ) {
                    if (line.startsWith("durable ")) {
                        durable.add(line.substring(8));
                    } else if (line.startsWith("held ")) {
                        held.add(line.substring(5));
                    } else {
                        lines.add(line);
                    }
                }
            } catch (IOException killed) {
                // Half a line says nothing.
            }
            lines.add("ended");
        }

        String mustSay(String beginning) throws InterruptedException {
            while (true) {
                String line = said.poll(180, TimeUnit.SECONDS);
                if (line == null || line.equals("ended") || line.startsWith("problem")) {
                    throw new AssertionError(name + " said “" + line + "” and not “" + beginning + "”");
                }
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length());
                }
            }
        }

        /** What the vault holds, by item; the badges are those of all items. */
        Map<String, String> tell(Set<String> badges) throws InterruptedException {
            orders.println("tell");
            Map<String, String> items = new TreeMap<>();
            while (true) {
                String line = mustSay("");
                if (line.equals("told")) {
                    return items;
                }
                String[] words = line.split(" ", 3);
                if (words[0].equals("has")) {
                    items.put(words[1], words[2]);
                } else {
                    badges.add(words[2]);
                }
            }
        }

        void kill() throws InterruptedException {
            process.destroyForcibly(); // SIGKILL
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), name);
            mustEnd();
        }

        private void mustEnd() throws InterruptedException {
            for (String line = ""; !line.equals("ended"); ) {
                line = Optional.ofNullable(said.poll(60, TimeUnit.SECONDS))
                        .orElseThrow(() -> new AssertionError(name + " did not end"));
                if (line.startsWith("problem")) {
                    throw new AssertionError(name + ": " + line);
                }
            }
        }

        /**
         * The words on its disk. Of one that was killed from a copy, so that only the device itself repairs anything; of one
         * that runs without, since what it moves from the journal into the database meanwhile would be in neither copy.
         */
        Set<String> onDisk() throws Exception {
            if (process.isAlive()) {
                return wordsIn(home.resolve("sync.db"));
            }
            Path copy = Files.createTempDirectory(folder, "copy");
            for (String file : List.of("sync.db", "sync.db-wal")) {
                if (Files.exists(home.resolve(file))) {
                    Files.copy(home.resolve(file), copy.resolve(file));
                }
            }
            Set<String> words = wordsIn(copy.resolve("sync.db"));
            try (Stream<Path> files = Files.list(copy)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(copy);
            return words;
        }

        private static Set<String> wordsIn(Path file) throws Exception {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);
            source.getConfig().setBusyTimeout(60_000);
            Set<String> words = new HashSet<>();
            try (Connection database = source.getConnection();
                    PreparedStatement query = database.prepareStatement("SELECT bytes, packed FROM piece");
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    byte[] bytes = row.getInt(2) == 0 ? row.getBytes(1) : PackedUpdate.unpack(row.getBytes(1));
                    words.addAll(words(new String(bytes, StandardCharsets.ISO_8859_1)));
                }
            }
            return words;
        }

        void nothingWasSetAside() throws IOException {
            try (Stream<Path> files = Files.list(home)) {
                assertEquals(
                        List.of(),
                        files.filter(file -> file.toString().contains("damaged"))
                                .toList());
            }
        }
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>();
        for (Matcher word = WORD.matcher(text); word.find(); ) {
            words.add(word.group());
        }
        return words;
    }

    @AfterEach
    void end() {
        devices.forEach(device -> device.process.destroyForcibly());
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
        Device anna = new Device("anna");
        Device ben = new Device("ben");
        devices.addAll(List.of(anna, ben));
        for (Device device : devices) {
            device.start();
            device.mustSay("up");
        }
        anna.orders.println("create");
        ben.orders.println("join " + anna.mustSay("invite "));
        ben.mustSay("joined");
        devices.forEach(device -> device.orders.println("work 0"));
        int both = 0;
        int starting = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            untilMoreIsHeld();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
            List<Device> killed = random.nextInt(4) == 0 ? devices : List.of(devices.get(random.nextInt(2)));
            for (Device device : killed) {
                device.kill();
            }
            both += killed.size() - 1;
            promisesAreKept();
            for (Device device : killed) {
                device.start();
                if (random.nextInt(5) == 0) {
                    // In the midst of starting: reading, migrating, recovering what the first kill left.
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
                    device.kill();
                    starting++;
                    promisesAreKept();
                    device.start();
                }
                device.mustSay("up");
                device.nothingWasSetAside();
                device.orders.println("work " + kill);
            }
            if (kill % 10 == 0 || kill == KILLS) {
                bothHaveEverything();
                devices.forEach(device -> device.orders.println("work " + (100_000 + random.nextInt(100_000))));
                System.out.printf(
                        "crash: %d kills, of these %d of both at once, and %d more while starting: %d words on one disk"
                                + " and %d on both were promised, all are there%n",
                        kill, both, starting, durable.size(), held.size());
            }
        }
    }

    /** So that there is something that a kill could take. */
    private void untilMoreIsHeld() {
        int before = held.size();
        TestDevice.until("something more is held", () -> held.size() > before + 3);
    }

    private void promisesAreKept() throws Exception {
        Set<String> onBoth = Set.copyOf(held);
        Set<String> onOne = Set.copyOf(durable);
        for (Device device : devices) {
            Set<String> missing = new TreeSet<>(onBoth);
            onOne.stream().filter(word -> word.startsWith("w" + device.name)).forEach(missing::add);
            missing.removeAll(device.onDisk());
            assertEquals(
                    Set.of(),
                    missing,
                    () -> "not on the disk of " + device.name + (device.process.isAlive() ? ", which runs" : ""));
        }
    }

    private void bothHaveEverything() throws Exception {
        for (Device device : devices) {
            device.orders.println("rest");
            device.mustSay("rests");
        }
        Set<String> promised = new TreeSet<>(durable);
        promised.addAll(held);
        String lacking = "nobody looked";
        for (long end = System.nanoTime() + 120_000_000_000L; !lacking.isEmpty(); ) {
            assertTrue(System.nanoTime() < end, lacking);
            TimeUnit.MILLISECONDS.sleep(100);
            lacking = whatIsLacking(promised);
        }
    }

    private String whatIsLacking(Set<String> promised) throws Exception {
        Set<String> badges = new TreeSet<>();
        Map<String, String> hers = devices.getFirst().tell(badges);
        Map<String, String> his = devices.getLast().tell(badges);
        for (Map<String, String> items : List.of(hers, his)) {
            Set<String> missing = new TreeSet<>(promised);
            missing.removeAll(words(items.toString()));
            if (!missing.isEmpty()) {
                return "missing: " + missing;
            }
        }
        if (!hers.keySet().equals(his.keySet())
                || !hers.keySet().stream().allMatch(item -> Jsons.same(hers.get(item), his.get(item)))) {
            return "they differ";
        }
        return badges.equals(Set.of("SYNCED")) ? "" : "badges: " + badges;
    }
}
