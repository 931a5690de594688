// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Measures what scenarios.js does, one line "row, milliseconds, bytes" each: CPU time of the thread, the middle one of
 * three turns. Arguments: a folder with the jars of GraalJS and a replica.js that the scenarios are appended to, the
 * size of the scenarios.
 */
public final class Scenarios {
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        try (Guest guest = GraalReplicaFactory.from(Path.of(arguments[0])).openGuest()) {
            for (String name : ((String) guest.call("scenario", "", count)[0]).split("\n")) {
                double[] times = new double[3];
                int bytes = 0;
                for (int turn = 0; turn < times.length; turn++) {
                    long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    bytes = ((byte[]) guest.call("scenario", name, count)[0]).length;
                    times[turn] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun) / 1e6;
                }
                java.util.Arrays.sort(times);
                System.out.printf(Locale.ROOT, "%-70s %12.3f %9d%n", name, times[1], bytes);
            }
        }
        System.exit(0);
    }
}
