// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.signaling.Main;

/** Measures devices that are linked by WebRTC alone; not run with the tests. Prints one line a figure. */
class MeetingBench {
    private static final int ROUNDS = Integer.getInteger("rounds", 100);
    private static final int OPEN_ROOMS = 12;
    private static final long PATIENCE = 120; // in seconds
    private static final String SERVER = "ws://10.9.0.9:4444";

    @TempDir
    private Path folder;

    private static void print(String figure, String value, String note) {
        System.out.printf(Locale.ROOT, "webrtc: %-55s %12s   (%s)%n", figure, value, note);
    }

    private static String percentiles(List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%.0f / %.0f ms",
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 95 / 100) / 1e6);
    }

    private Lab lab;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        lab = Lab.open();
        lab.run("ip addr add 10.9.0.9/24 dev switch");
        lab.start(Main.class.getName(), "--bind", "10.9.0.9", "--port", "4444");
    }

    @AfterEach
    void remove() throws IOException, InterruptedException {
        lab.remove();
    }

    private Lab.Device device(String name, String address) throws IOException, InterruptedException {
        // The LAN transport listens where nobody else is.
        return lab.device(
                folder, name, address, "webrtc=true", "vaultsync.lan.bind=127.0.0.1", "vaultsync.signaling=" + SERVER);
    }

    @Test
    void edits() throws Exception {
        Lab.Device ann = device("ann", "10.9.0.1");
        Lab.Device ben = device("ben", "10.9.0.2");
        String room = ann.ask("found", "room ");
        ann.tell("create u1 {\"edit\":0}");
        ann.ask("share " + room + " u1", "shared");
        ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
        ben.mustSay("content u1", PATIENCE);
        List<Long> took = new ArrayList<>();
        for (int i = 1; i <= ROUNDS + 20; i++) {
            long began = System.nanoTime();
            ann.tell("edit u1 {\"edit\":" + i + "}");
            ben.mustSay("content u1 {\"edit\":" + i + "}", PATIENCE);
            if (i > 20) {
                took.add(System.nanoTime() - began);
            }
        }
        print("edit to shown, two processes", percentiles(took), "p50 / p95 of " + ROUNDS + "; target p50 30 ms");
    }

    @Test
    void aFreshPeer() throws Exception {
        Lab.Device ann = device("ann", "10.9.0.1");
        Lab.Device ben = device("ben", "10.9.0.2");
        String room = ann.ask("found", "room ");
        ann.ask("units " + room + " 1000", "shared 1000");
        String invite = ann.ask("invite " + room, "invite ");
        ann.tell("await 1000");
        ben.tell("await 1000");
        ben.tell("quiet 1000");
        long began = System.nanoTime();
        ben.ask("join " + invite, "joined ");
        print("joined by an invite", Math.round((System.nanoTime() - began) / 1e6) + " ms", "");
        ann.untilItSaid("held 1000", PATIENCE);
        ben.untilItSaid("held 1000", PATIENCE);
        print(
                "1,000 units durable and acknowledged on both sides, with joining",
                Math.round((System.nanoTime() - began) / 1e6) + " ms",
                "target 3 s");
        ben.untilItSaid("has 1000", PATIENCE);
        print("all of them in the vault", Math.round((System.nanoTime() - began) / 1e6) + " ms", "");
    }

    @Test
    void openRooms() throws Exception {
        Lab.Device ann = device("ann", "10.9.0.1");
        Lab.Device ben = device("ben", "10.9.0.2");
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < OPEN_ROOMS + 1; i++) {
            String code = "abc-de" + "FGHJKLMNPQRST".charAt(i) + "@" + SERVER;
            String room = ann.ask("enter " + code, "room ");
            ann.tell("create u" + i + " {\"room\":" + i + "}");
            ann.ask("share " + room + " u" + i, "shared");
            long began = System.nanoTime();
            ben.tell("enter " + code);
            ben.mustSay("content u" + i, PATIENCE);
            if (i > 0) { // with the first one JavaScript and WebRTC start
                took.add(System.nanoTime() - began);
            } else {
                print(
                        "a code to the first item, the first time",
                        Math.round((System.nanoTime() - began) / 1e6) + " ms",
                        "JavaScript and WebRTC start then");
            }
        }
        print("a code to the first item", percentiles(took), "p50 / p95 of " + OPEN_ROOMS + "; target p50 1.5 s");
    }
}
