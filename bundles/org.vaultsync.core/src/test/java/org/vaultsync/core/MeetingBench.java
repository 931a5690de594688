// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.signaling.Main;

/** Measures devices that are linked by WebRTC alone; not run with the tests. Prints one line a figure. */
class MeetingBench {
    private static final int ROUNDS = Integer.getInteger("rounds", 100);
    private static final String SERVER = "ws://10.9.0.9:4444";

    @TempDir
    private Path folder;

    private static void print(String figure, String value, String note) {
        System.out.printf(Locale.ROOT, "webrtc: %-55s %12s   (%s)%n", figure, value, note);
    }

    @Test
    void editsAndAFreshPeer() throws Exception {
        Lab lab = Lab.open();
        try {
            lab.run("ip addr add 10.9.0.9/24 dev switch");
            lab.start(Main.class.getName(), "--bind", "10.9.0.9", "--port", "4444");
            // The LAN transport listens where nobody else is.
            String[] properties = {"webrtc=true", "vaultsync.lan.bind=127.0.0.1", "vaultsync.signaling=" + SERVER};
            Lab.Device ann = lab.device(folder, "ann", "10.9.0.1", properties);
            Lab.Device ben = lab.device(folder, "ben", "10.9.0.2", properties);
            String room = ann.ask("found", "room ");
            ann.tell("create u1 {\"edit\":0}");
            ann.ask("share " + room + " u1", "shared");
            ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
            ben.mustSay("content u1", 60);
            List<Long> took = new ArrayList<>();
            for (int i = 1; i <= ROUNDS + 20; i++) {
                long began = System.nanoTime();
                ann.tell("edit u1 {\"edit\":" + i + "}");
                ben.mustSay("content u1 {\"edit\":" + i + "}", 60);
                if (i > 20) {
                    took.add(System.nanoTime() - began);
                }
            }
            Collections.sort(took);
            print(
                    "edit to shown, two processes",
                    String.format(
                            Locale.ROOT,
                            "%.0f / %.0f ms",
                            took.get(ROUNDS / 2) / 1e6,
                            took.get(ROUNDS * 95 / 100) / 1e6),
                    "p50 / p95 of " + ROUNDS + "; target p50 30 ms");
            Lab.Device cat = lab.device(folder, "cat", "10.9.0.3", properties);
            ann.ask("units " + room + " 1000", "shared 1000");
            String invite = ann.ask("invite " + room, "invite ");
            cat.tell("quiet 1001");
            long began = System.nanoTime();
            cat.tell("join " + invite);
            cat.mustSay("has 1001", 120);
            print(
                    "1,000 units to a fresh peer, joining included",
                    Math.round((System.nanoTime() - began) / 1e6) + " ms",
                    "target 3 s");
        } finally {
            lab.remove();
        }
    }
}
