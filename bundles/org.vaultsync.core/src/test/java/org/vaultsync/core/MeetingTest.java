// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.signaling.Main;

/** Devices in a room that meet at a signaling server where they cannot dial each other. */
@Timeout(900)
class MeetingTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 120;

    private static final String SERVER = "ws://10.10.0.9:4444";

    @TempDir
    private Path folder;

    private Lab lab;
    private Lab.Device ann;
    private Lab.Device ben;
    private String room;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        lab = Lab.open();
        lab.run("ip addr add 10.10.0.9/24 dev switch");
        lab.start(Main.class.getName(), "--bind", "10.10.0.9", "--port", "4444");
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        if (lab != null) {
            lab.remove();
        }
    }

    /** On the LAN by the first cable, on the way to the server by the second one. */
    private Lab.Device device(String name, String lan, String wan, String... more) throws Exception {
        String[] properties = new String[more.length + 2];
        properties[0] = "webrtc=true";
        properties[1] = "vaultsync.lan.bind=" + lan;
        System.arraycopy(more, 0, properties, 2, more.length);
        Lab.Device device = lab.device(folder, name, lan, properties);
        lab.secondCable(device, wan);
        return device;
    }

    private void foundWithAnItem() throws Exception {
        room = ann.ask("found", "room ");
        ann.tell("create u1 {\"ann\":0,\"ben\":0}");
        ann.ask("share " + room + " u1", "shared");
    }

    @Test
    void whoeverIsOnAnotherNetworkJoinsAndSyncsByWebRtcAlone() throws Exception {
        ann = device("ann", "10.9.0.1", "10.10.0.1", "vaultsync.signaling=" + SERVER);
        ben = device("ben", "10.11.0.2", "10.10.0.2");
        foundWithAnItem();
        // Ben has no server of his own: he meets Ann where her invite says, and goes on to.
        ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
        ben.mustSay("content u1", PATIENCE);
        ben.untilItSaid("met ann " + SERVER, PATIENCE);
        ben.tell("edit u1 {\"ann\":0,\"ben\":1}");
        ann.mustSay("content u1 {\"ann\":0,\"ben\":1}", PATIENCE);
        ann.tell("edit u1 {\"ann\":1,\"ben\":1}");
        ben.mustSay("content u1 {\"ann\":1,\"ben\":1}", PATIENCE);
        // A cut, after which they meet again by themselves.
        ann.forget();
        ben.run("ip link set eth1 down");
        ann.mustSay("away ben", PATIENCE);
        ann.tell("edit u1 {\"ann\":2,\"ben\":1}");
        ben.forget();
        ben.run("ip link set eth1 up");
        ben.mustSay("content u1 {\"ann\":2,\"ben\":1}", PATIENCE);
    }

    @Test
    void aPairMovesFromTheLanToWebRtcAndBackInMidEditAndInMidAttachment() throws Exception {
        ann = device("ann", "10.9.0.1", "10.10.0.1", "vaultsync.signaling=" + SERVER);
        ben = device("ben", "10.9.0.2", "10.10.0.2", "vaultsync.signaling=" + SERVER);
        foundWithAnItem();
        ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
        ben.mustSay("linked ann 10.9.0.1", PATIENCE);
        String sha256 = ann.ask("file u2 64", "filed ");
        ann.ask("share " + room + " u2", "shared");
        ben.mustSay("content u2", PATIENCE);
        ben.tell("fetch " + sha256);

        AtomicBoolean typing = new AtomicBoolean(true);
        AtomicInteger typed = new AtomicInteger();
        Thread typist = Thread.ofVirtual().start(() -> {
            while (typing.get()) {
                ann.tell("edit u1 {\"ann\":" + typed.incrementAndGet() + ",\"ben\":0}");
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        });
        ben.forget();
        long began = System.nanoTime();
        ben.run("ip link set eth0 down");
        ben.mustSay("met ann " + SERVER, PATIENCE);
        System.out.printf("from the LAN to WebRTC: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        ben.mustSay("content u1", PATIENCE);
        ben.forget();
        began = System.nanoTime();
        ben.run("ip link set eth0 up");
        ben.mustSay("linked ann 10.9.0.1", PATIENCE);
        System.out.printf("from WebRTC to the LAN: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        ben.mustSay("content u1", PATIENCE);
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
        ann.untilItSaid("met ben", PATIENCE);
    }
}
