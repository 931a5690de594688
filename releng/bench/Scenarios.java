// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Measures what scenarios.js does, and what is done with many items where all of it is left to Yjs; one line "row,
 * milliseconds, bytes" each: CPU time of the thread. Scenarios: the middle one of three turns. Arguments: a folder with the
 * jars of GraalJS and a replica.js that the scenarios are appended to, a file of items (one JSON object a line, gzipped), how
 * many items, the size of the scenarios.
 */
public final class Scenarios {
    public static void main(String[] arguments) throws Exception {
        try (Guest guest = GraalReplicaFactory.from(Path.of(arguments[0])).openGuest()) {
            int count = Integer.parseInt(arguments[2]);
            List<String> real = new ArrayList<>();
            try (BufferedReader in = new BufferedReader(new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(Path.of(arguments[1]))), StandardCharsets.UTF_8))) {
                in.lines().filter(line -> !line.isBlank()).forEach(real::add);
            }
            items(guest, real, count);
            items(guest, real, 10 * count);
            scenarios(guest, Integer.parseInt(arguments[3]));
        }
        System.exit(0);
    }

    private static void items(Guest guest, List<String> real, int count) throws GuestException {
        String size = String.format(Locale.ROOT, "%,d items by Yjs: ", count);
        List<byte[]> states = new ArrayList<>();
        long begun = cpu();
        for (int i = 0; i < count; i++) {
            states.add((byte[]) guest.call("createItem", 10.0 + i, real.get(i % real.size()))[0]);
        }
        row(size + "create", cpu() - begun, states.stream().mapToInt(state -> state.length).sum());
        for (String step : List.of("read", "apply")) {
            begun = cpu();
            long units = 0;
            for (byte[] state : states) {
                units += ((Double) guest.call(step + "Item", state)[0]).longValue();
            }
            row(size + step, cpu() - begun, units);
        }
        long encoding = 0;
        long bytes = 0;
        for (byte[] state : states) {
            Object handle = guest.call("openItem", 1.0, state)[0];
            begun = cpu();
            bytes += ((byte[]) guest.call("state", handle)[0]).length;
            encoding += cpu() - begun;
            guest.call("close", handle);
        }
        row(size + "encode", encoding, bytes);
    }

    private static void scenarios(Guest guest, int count) throws GuestException {
        for (String name : ((String) guest.call("scenario", "", count)[0]).split("\n")) {
            long[] times = new long[3];
            int bytes = 0;
            for (int turn = 0; turn < times.length; turn++) {
                long begun = cpu();
                bytes = ((byte[]) guest.call("scenario", name, count)[0]).length;
                times[turn] = cpu() - begun;
            }
            java.util.Arrays.sort(times);
            row(name, times[1], bytes);
        }
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void row(String name, long nanoseconds, long bytes) {
        System.out.printf(Locale.ROOT, "%-70s %12.3f %9d%n", name, nanoseconds / 1e6, bytes);
    }
}
