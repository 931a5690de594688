// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Two devices in a room that meet at a signaling server while they cannot dial each other. */
@Timeout(900)
@Isolated("it types as fast as a machine that does nothing else can keep up with")
class MeetingTest extends LabTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 120;

    private static final boolean QUIET = Boolean.getBoolean("soak");
    private static final long SIZE = 64 << 20;
    private static final String SERVER = "ws://10.10.0.9:4444";

    @BeforeEach
    void startServer() throws IOException, InterruptedException {
        startSignaling("10.10.0.9", 4444);
    }

    @Test
    void aPairMovesFromTheLanToWebRtcAndBackInMidEditAndInMidAttachment() throws Exception {
        ann = withTwoCables("ann", "10.9.0.1", "10.10.0.1", "vaultsync.signaling=" + SERVER);
        ben = withTwoCables("ben", "10.9.0.2", "10.10.0.2", "vaultsync.signaling=" + SERVER);
        String room = foundedWithAnItem();
        ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
        ben.mustSay("linked ann 10.9.0.1", PATIENCE);
        // So slow that the file is under way at each move, however fast or busy the machine is.
        ann.run("tc qdisc add dev eth0 root tbf rate 80mbit burst 128kb latency 100ms"
                + " && tc qdisc add dev eth1 root tbf rate 16mbit burst 128kb latency 100ms");
        String sha256 = ann.ask("file u2 64", "filed ");
        ann.ask("share " + room + " u2", "shared");
        ben.mustSay("content u2", PATIENCE);
        long before = ben.receivedBytes();
        ben.tell("fetch " + sha256);

        AtomicBoolean typing = new AtomicBoolean(true);
        AtomicInteger typed = new AtomicInteger();
        Thread typist = Thread.ofVirtual().start(() -> {
            while (typing.get()) {
                ann.tell("edit u1 {\"ann\":" + typed.incrementAndGet() + ",\"ben\":0}");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        });
        long onTheLan = untilHere(sha256, SIZE / 4);
        untilLinks(1, 0);
        ben.forget();
        long began = System.nanoTime();
        ben.run("ip link set eth0 down");
        ben.mustSay("met ann " + SERVER, QUIET ? 10 : PATIENCE);
        System.out.printf("from the LAN to WebRTC: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        ben.mustSay("content u1", PATIENCE);
        untilLinks(0, 1);
        long overWebRtc = untilHere(sha256, onTheLan + SIZE / 8);
        ben.forget();
        began = System.nanoTime();
        ben.run("ip link set eth0 up");
        ben.mustSay("linked ann 10.9.0.1", QUIET ? 10 : PATIENCE);
        System.out.printf("from WebRTC to the LAN: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        ben.mustSay("content u1", PATIENCE);
        long backOnTheLan = untilHere(sha256, overWebRtc);
        assertTrue(backOnTheLan < SIZE, "the file was complete before the pair was back on the LAN");
        untilLinks(1, 0);
        typing.set(false);
        typist.join();
        ben.mustSay("content u1 {\"ann\":" + typed.get() + ",\"ben\":0}", PATIENCE);
        String holds = "";
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
                !holds.equals("true") && System.nanoTime() < end; ) {
            holds = ben.ask("holds " + sha256, "holds ");
            TimeUnit.MILLISECONDS.sleep(200);
        }
        assertTrue(holds.equals("true"), "the file did not arrive");
        // With all headers; what a quarter of the file being sent twice would exceed.
        long came = ben.receivedBytes() - before;
        System.out.printf("a file of %d bytes in %d, headers and edits included%n", SIZE, came);
        assertTrue(came < SIZE / 5 * 6, came + " bytes came");
        List<Integer> shown = ben.told().stream()
                .filter(line -> line.startsWith("content u1 {\"ann\":"))
                .map(line -> Integer.valueOf(line.replaceAll(".*\"ann\":(\\d+),.*", "$1")))
                .filter(number -> number > 0)
                .toList();
        assertEquals(new ArrayList<>(new TreeSet<>(shown)), shown, "each edit is shown once, in order");
        ann.untilItSaid("met ben", PATIENCE);
    }

    /** Waits until Ben has so much of a file, or all of it; gives how much he has then. */
    private long untilHere(String sha256, long bytes) throws InterruptedException {
        long here = 0;
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE); here < bytes; ) {
            assertTrue(System.nanoTime() < end, "only " + here + " bytes are here");
            here = Long.parseLong(ben.ask("progress " + sha256, "progress "));
        }
        return here;
    }

    /** Waits until Ben has so many connections over TCP, and over WebRTC, to other devices. */
    private void untilLinks(int tcp, int webRtc) throws Exception {
        ben.run("for i in $(seq " + PATIENCE * 10 + "); do"
                + " tcp=$(ss -Htn state established '( sport = :8765 or dport = :8765 )' | wc -l);"
                + " udp=$(ss -Huan | grep -v ':5353' | wc -l);"
                + " [ $tcp = " + tcp + " ] && [ $((udp > 0)) = " + webRtc + " ] && exit 0; sleep 0.1; done;"
                + " ss -tuan; exit 1");
    }
}
