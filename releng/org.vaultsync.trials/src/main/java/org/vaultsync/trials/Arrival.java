// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.vaultsync.robot.driver.HostDriver;

/** Measures what happens when a fresh peer joins a room that holds many real units. */
final class Arrival {
    private static final String UNIT = "Anvil AV-3";
    private static final String CRDT = "org.vaultsync.crdt";
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Path project;
    private final Path folder;
    private final Path units;

    Arrival(Path project, Path folder) {
        this.project = project.toAbsolutePath().normalize();
        this.folder = folder.toAbsolutePath();
        units = this.project.resolve("../shared/data/units.ndjson.gz").normalize();
    }

    /** Once with the units, and once with each of them ten times. */
    void measure() throws IOException {
        if (!Files.isReadable(units)) {
            say("a room of 1,000 units: skipped, there is no " + units);
            return;
        }
        Installation hangar = Installation.copy(Built.in(project), folder.resolve("room"));
        hangar.installSync();
        measure(hangar, units, folder.resolve("arrival"));
        measure(hangar, times(10), folder.resolve("arrival-of-ten-times-as-many"));
    }

    private void measure(Installation hangar, Path units, Path folder) throws IOException {
        try (Pair pair = Pair.start(hangar, folder)) {
            importUnits(pair.a, units);
            pair.a.waitRow(UNIT, LONG);
            pair.a.open(UNIT);
            pair.a.waitText("Not shared", LONG);
            long before = classesOfJavaScript(pair.a);
            String invite = pair.share(UNIT, "Bench");
            say("GraalJS: %d of its classes in use with a window and an editor open, %d after an item was shared"
                    .formatted(before, classesOfJavaScript(pair.a)));
            pair.a.send("share-all");
            Set<String> sent = new TreeSet<>(pair.a.send("vault-digests"));
            pair.b.view("org.vaultsync.ui.peers");
            pair.b.watch();
            TimeUnit.SECONDS.sleep(5);
            HostDriver.Responsiveness idle = pair.b.watched();
            pair.b.watch();

            Instant begin = Instant.now();
            pair.join(invite);
            Duration joined = Duration.between(begin, Instant.now());
            pair.b.watch(); // the dialog that the person opened and closed is not what is measured
            int there = 0;
            while (there < sent.size() && Duration.between(begin, Instant.now()).compareTo(LONG) < 0) {
                TimeUnit.MILLISECONDS.sleep(100);
                there = pair.b.send("vault-ids").size();
            }
            Duration took = Duration.between(begin, Instant.now());
            HostDriver.Responsiveness busy = pair.b.watched();
            Set<String> arrived = new TreeSet<>(pair.b.send("vault-digests"));
            arrived.retainAll(sent);
            say(
                    "A fresh peer joins a room of %,d items: %,d there and deep-equal after %.1f s (of 1,000 wanted < 10), %.1f s of them for joining"
                            .formatted(
                                    sent.size(), arrived.size(), took.toMillis() / 1000.0, joined.toMillis() / 1000.0));
            say("the same items in Yjs on Node, applied and read as JSON: " + node(units));
            say(
                    "UI thread of B meanwhile: in code of sync for %d ms at most (wanted < 50); longest wait %d ms, over 50 ms %d times; idle before: %d ms, %d times"
                            .formatted(
                                    busy.ofSync().toMillis(),
                                    busy.longest().toMillis(),
                                    busy.slow().size(),
                                    idle.longest().toMillis(),
                                    idle.slow().size()));
            explain(busy, folder);
            pair.quit();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Where the UI thread was in the waits that were too long; everything that was seen goes into a file. */
    private static void explain(HostDriver.Responsiveness busy, Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        for (HostDriver.Wait wait : busy.slow()) {
            all.append("%n%n---- waited %d ms%n%n".formatted(wait.took().toMillis()))
                    .append(String.join("\n\n", wait.stacks()));
            Map<String, Long> ours = wait.stacks().stream()
                    .map(Arrival::ours)
                    .collect(Collectors.groupingBy(frame -> frame, LinkedHashMap::new, Collectors.counting()));
            say("  %d ms at %s".formatted(wait.took().toMillis(), ours));
        }
        Files.writeString(folder.resolve("ui-waits.txt"), all);
    }

    /** The innermost frame of our code. */
    private static String ours(String stack) {
        return stack.lines()
                .filter(frame -> frame.startsWith("org.vaultsync"))
                .findFirst()
                .orElseGet(() -> "code of others");
    }

    /** The units with as many copies of each, under ids of their own. */
    private Path times(int copies) throws IOException {
        Path many = folder.resolve("units-" + copies + ".ndjson.gz");
        try (BufferedReader one = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(units)), StandardCharsets.UTF_8));
                Writer all = new OutputStreamWriter(
                        new GZIPOutputStream(Files.newOutputStream(many)), StandardCharsets.UTF_8)) {
            for (String line = one.readLine(); line != null; line = one.readLine()) {
                all.append(line).append('\n');
                for (int copy = 2; copy <= copies; copy++) {
                    all.append(line.replaceFirst("\"id\":\"", "$0" + copy + "-"))
                            .append('\n');
                }
            }
        }
        return many;
    }

    private static void importUnits(HostDriver host, Path units) {
        host.command("org.vaultsync.hangar.import");
        host.waitDialog("Import Items", LONG);
        host.type("File", units.toString());
        host.choose("Type", "Units");
        host.click("Finish");
        host.waitDialog("Import Report", LONG);
        host.click("Close");
    }

    private String node(Path units) throws IOException {
        Path modules = project.resolve("bundles").resolve(CRDT).resolve("node_modules");
        return output(
                        "node",
                        project.resolve("releng/org.vaultsync.trials/node/units.mjs")
                                .toString(),
                        modules.toAbsolutePath().toString(),
                        units.toString())
                .findFirst()
                .map(line -> line.split(" "))
                .map(words -> words[0] + " in " + words[1] + " ms")
                .orElse("could not be measured");
    }

    private static Stream<String> output(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines();
    }

    /** How many classes of the JavaScript engine have instances in the host. */
    private static long classesOfJavaScript(HostDriver host) throws IOException {
        return output(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(host.process().pid()),
                        "GC.class_histogram")
                .filter(line -> line.contains(" com.oracle.truffle") || line.contains(" org.graalvm.polyglot"))
                .count();
    }

    private static void say(String what) {
        System.out.println(what);
    }
}
