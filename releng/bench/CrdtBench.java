// SPDX-License-Identifier: EPL-2.0

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.graal.GraalReplicaFactory;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.crdt.update.Verdict;

/**
 * Measures the replicas, one line "row, milliseconds" each; CPU time of the thread, but where wall time is said.
 * Arguments: the folder with GraalJS, a file of items (one JSON object a line, gzipped), how many items, how many
 * edits of one item.
 */
public final class CrdtBench {
    private static ReplicaEngine engine;

    public static void main(String[] arguments) throws Exception {
        long begun = System.nanoTime();
        ReplicaFactory factory = GraalReplicaFactory.from(Path.of(arguments[0]));
        engine = factory.openEngine();
        try (Replica first = item(1)) {
            first.edit(first.json(), document("{\"a\":1}"));
            // the second is the first that needs JavaScript
            first.edit(first.json(), document("{\"a\":2}"));
        }
        row("cold start to the first edit in JavaScript, wall", (System.nanoTime() - begun) / 1e6);
        row("cold start: CPU time of the whole process until then", processTime());

        int count = Integer.parseInt(arguments[2]);
        List<String> items = items(Path.of(arguments[1]), count);
        List<byte[]> states = bulk(items);
        heap(states);
        edits(items, states);
        closed(items, states);
        room();
        growth(Integer.parseInt(arguments[3]));
        bulk(items(Path.of(arguments[1]), 10 * count));
        engine.close();
        factory.openEngine().close();
    }

    /** What is done with many items. */
    private static List<byte[]> bulk(List<String> items) throws Exception {
        String size = String.format(Locale.ROOT, "%,d items", items.size());
        List<byte[]> states = new ArrayList<>();
        int[] bytes = {0};

        double create = cpu(() -> {
            long client = 10;
            for (String item : items) {
                try (Replica replica = item(client++)) {
                    byte[] update = replica.edit(document("{}"), document(item));
                    states.add(update);
                    bytes[0] += update.length;
                }
            }
        });
        row(size + ": create, a document each", create);
        row(size + ": bytes of updates, MB", bytes[0] / 1e6);
        row(size + ": stored bytes to JSON", cpu(() -> {
            for (byte[] state : states) {
                try (Replica replica = item(1, state)) {
                    replica.json();
                }
            }
        }));
        row(size + ": apply to a fresh replica each", cpu(() -> {
            for (byte[] state : states) {
                try (Replica replica = item(1)) {
                    replica.apply(state);
                }
            }
        }));
        row(size + ": encode from an open replica each", encode(states));
        return states;
    }

    private static double encode(List<byte[]> states) throws Exception {
        double all = 0;
        for (byte[] state : states) {
            try (Replica replica = item(1, state)) {
                all += cpu(replica::state);
            }
        }
        return all;
    }

    private static void heap(List<byte[]> states) throws Exception {
        List<Replica> open = new ArrayList<>();
        long before = used();
        for (byte[] state : states.subList(0, Math.min(1000, states.size()))) {
            open.add(item(1, state));
        }
        row("heap of 1,000 open items, only read, MB", (used() - before) / 1e6 * 1000 / open.size());
        for (Replica replica : open) {
            replica.edit(document("{}"), document("{\"bench\":1}"));
        }
        row("heap of 1,000 open items, in Yjs, MB", (used() - before) / 1e6 * 1000 / open.size());
        open.forEach(Replica::close);
    }

    private static void edits(List<String> items, List<byte[]> states) throws Exception {
        int count = Math.min(1000, items.size());
        Times closedEdit = new Times("single-field edit of a closed item: open, diff, write");
        Times openEdit = new Times("single-field edit of an open item");
        Times closedApply = new Times("single-field update into a closed item: open, apply");
        Times openApply = new Times("single-field update into an open item");
        Times toJson = new Times("JSON of an open item after an update");
        for (int i = 0; i < count; i++) {
            byte[] state = states.get(i);
            String base = document(items.get(i));
            String edited = document(items.get(i).replaceFirst("\"tonnage\": ?", "\"tonnage\":1"));
            byte[][] update = new byte[2][];
            int at = i;
            closedEdit.add(() -> {
                Replica replica = item(5_000_000 + at, state);
                update[0] = replica.edit(base, edited);
                replica.close();
            });
            closedApply.add(() -> {
                Replica replica = item(1, state);
                replica.apply(update[0]);
                replica.close();
            });
            try (Replica here = item(6_000_000 + at, state);
                    Replica there = item(7_000_000 + at, state)) {
                // into a context with them: the first edit would do it
                here.json("/meta");
                there.json("/meta");
                here.json();
                openEdit.add(() -> update[1] = here.edit(base, edited));
                openApply.add(() -> there.apply(update[1]));
                toJson.add(there::json);
            }
        }
        closedEdit.print();
        openEdit.print();
        closedApply.print();
        openApply.print();
        toJson.print();
    }

    private static void closed(List<String> items, List<byte[]> states) throws Exception {
        Times times = new Times("update of a closed item: gate, merge, digest");
        for (int i = 0; i < Math.min(1000, states.size()); i++) {
            byte[] state = states.get(i);
            byte[] update;
            if (!items.get(i).contains("tonnage")) {
                continue;
            }
            try (Replica replica = item(9, state)) {
                update = replica.edit(replica.json(), replica.json().replaceFirst("\"tonnage\": ?", "\"tonnage\":2"));
            }
            times.add(() -> {
                Knowledge held = Knowledge.NOTHING.plus(state);
                byte[] accepted = ((Verdict.Accepted) Gate.check(held, update, Set.of(1L))).update();
                Updates.merge(List.of(state, accepted));
                held.plus(accepted).digest();
            });
        }
        times.print();
    }

    /** Opening a room costs its index, which comes from the disk; writing into it takes it into Yjs. */
    private static void room() throws Exception {
        Path stored = Files.createTempFile("index", ".update");
        Files.write(stored, index());
        long before = used();
        long begun = System.nanoTime();
        try (Replica room = engine.open(DocumentKind.INDEX, 2, List.of(Files.readAllBytes(stored)))) {
            String json = room.json();
            row("room of 10,000 items: open and read the index, wall", (System.nanoTime() - begun) / 1e6);
            row("room of 10,000 items: heap with what was read, MB", (used() - before) / 1e6);
            begun = System.nanoTime();
            room.edit(json, json.replaceFirst("\"type\":\"unit\"", "\"type\":\"pilot\""));
            row("room of 10,000 items: first write into the index, wall", (System.nanoTime() - begun) / 1e6);
            row("room of 10,000 items: heap with the index in Yjs, MB", (used() - before) / 1e6);
            row("room of 10,000 items: bytes of the index", Files.size(stored));
            Reference.reachabilityFence(json);
        } finally {
            Files.delete(stored);
        }
    }

    private static byte[] index() throws Exception {
        StringBuilder index = new StringBuilder("{\"index\":{");
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            index.append(i == 0 ? "" : ",")
                    .append(String.format(
                            "\"i/unit-%d/%016x\":{\"type\":\"unit\",\"creator\":\"%016x\"}",
                            i, random.nextLong(), random.nextLong()));
        }
        try (Replica replica = engine.open(DocumentKind.INDEX, 1, List.of())) {
            return replica.edit("{}", index.append("}}").toString());
        }
    }

    private static void growth(int edits) throws Exception {
        StringBuilder content = new StringBuilder("{");
        for (int field = 0; field < 10; field++) {
            content.append(field == 0 ? "" : ",").append("\"f" + field + "\":0");
        }
        int[] values = new int[10];
        int[] sent = {0};
        try (Replica replica = item(1)) {
            replica.edit(document("{}"), document(content.append("}").toString()));
            double took = cpu(() -> {
                for (int i = 1; i <= edits; i++) {
                    values[i % 10] = i;
                    StringBuilder next = new StringBuilder("{");
                    for (int field = 0; field < 10; field++) {
                        next.append(field == 0 ? "" : ",").append("\"f" + field + "\":" + values[field]);
                    }
                    sent[0] += replica.edit(replica.json(), document(next.append("}").toString())).length;
                }
            });
            byte[] state = replica.state();
            String name = String.format(Locale.ROOT, "%,d edits of 10 fields in turn", edits);
            row(name, took);
            row(name + ": bytes of the updates", sent[0]);
            row(name + ": bytes of the snapshot", state.length);
            row(name + ": bytes of the snapshot, deflated", deflated(state));
            try (Replica again = item(2, state)) {
                row(name + ": bytes when opened again", again.state().length);
            }
        }
    }

    private static int deflated(byte[] bytes) {
        java.util.zip.Deflater deflater = new java.util.zip.Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        return deflater.deflate(new byte[bytes.length + 100]);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** The times of single operations, of which the first twentieth warms up. */
    private static final class Times {
        private final String name;
        private final List<Double> cpu = new ArrayList<>();
        private final List<Double> wall = new ArrayList<>();

        Times(String name) {
            this.name = name;
        }

        void add(Work work) throws Exception {
            long begun = System.nanoTime();
            cpu.add(CrdtBench.cpu(work));
            wall.add((System.nanoTime() - begun) / 1e6);
        }

        void print() {
            row(name + ", p50", part(cpu, 0.5));
            row(name + ", p95", part(cpu, 0.95));
            row(name + ", p99", part(cpu, 0.99));
            row(name + ", p95 wall", part(wall, 0.95));
        }

        private static double part(List<Double> times, double part) {
            double[] sorted = times.subList(times.size() / 20, times.size()).stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
        }
    }

    private static Replica item(long client, byte[]... updates) throws Exception {
        return engine.open(DocumentKind.ITEM, client, Arrays.asList(updates));
    }

    private static String document(String content) {
        return "{\"content\":" + content + "}";
    }

    private static double cpu(Work work) throws Exception {
        long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun) / 1e6;
    }

    private static double processTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
                / 1e6;
    }

    /** The least of some looks: what other threads of the JVM make meanwhile comes and goes. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Real ones; repeated under other names where more are asked for. */
    private static List<String> items(Path file, int count) throws Exception {
        List<String> items = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), "UTF-8"))) {
            in.lines().filter(line -> !line.isBlank()).limit(count).forEach(items::add);
        }
        int real = items.size();
        while (items.size() < count) {
            items.add(items.get(items.size() - real).replaceFirst("\"name\":\"", "\"name\":\"Copy of "));
        }
        return items;
    }

    private static void row(String name, double value) {
        System.out.printf(Locale.ROOT, "%-70s %12.3f%n", name, value);
    }
}
