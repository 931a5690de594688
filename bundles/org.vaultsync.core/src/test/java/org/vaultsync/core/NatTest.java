// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.core.Lab.Nat;
import org.vaultsync.signaling.Main;

/**
 * Devices behind routers that change addresses, with a signaling, a STUN and a TURN server in the middle, and no other way
 * from one to the other.
 */
@Timeout(900)
class NatTest extends LabTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 120;

    private static final String MIDDLE = "203.0.113.9";
    private static final String STUN = "stun:" + MIDDLE + ":3478";
    private static final String TURN = "turn:" + MIDDLE + ":3478 ann secret";
    private static final String TURN_OVER_TCP = "turn:" + MIDDLE + ":3478?transport=tcp ann secret";

    @BeforeEach
    void startServers() throws IOException, InterruptedException {
        startSignaling(MIDDLE, 4444);
        lab.startTurnServer(folder, MIDDLE, 3478, "ann", "secret");
    }

    private Lab.Router router(String name, int number, Nat nat) throws IOException, InterruptedException {
        return lab.router(name, "203.0.113." + number, "192.168." + number, nat);
    }

    private Lab.Device behind(Lab.Router router, String name, String... more) throws Exception {
        String[] properties = {
            "webrtc=true",
            "vaultsync.signaling=ws://" + MIDDLE + ":4444",
            "vaultsync.ice=" + String.join(",", STUN, TURN, TURN_OVER_TCP)
        };
        return router.device(folder, name, with(properties, more));
    }

    private void inOneRoom() throws Exception {
        joined(foundedWithAnItem(), PATIENCE);
        ben.tell("edit u1 {\"ann\":0,\"ben\":1}");
        ann.mustSay("content u1 {\"ann\":0,\"ben\":1}", PATIENCE);
    }

    private void bothSay(String path) throws InterruptedException {
        ann.untilPath("ben", path, PATIENCE);
        ben.untilPath("ann", path, PATIENCE);
    }

    @Test
    void routersThatKeepPortsLetADirectLinkThrough() throws Exception {
        ann = behind(router("left", 1, Nat.SAME_PORT), "ann");
        ben = behind(router("right", 2, Nat.SAME_PORT), "ben");
        assertEquals("[HOST, SERVER_REFLEXIVE]", ann.ask("gather " + STUN, "gathered "));
        inOneRoom();
        bothSay("webrtc, direct");
    }

    @Test
    void routersThatTakeAnotherPortForEachMakeItRelayed() throws Exception {
        ann = behind(router("left", 1, Nat.OTHER_PORTS), "ann");
        ben = behind(router("right", 2, Nat.OTHER_PORTS), "ben");
        inOneRoom();
        bothSay("webrtc, relayed");
    }

    @Test
    void whereNoDatagramsPassItIsRelayedOverTcp() throws Exception {
        Lab.Router left = router("left", 1, Nat.SAME_PORT);
        left.run("nft add rule ip guard through meta l4proto udp drop");
        ann = behind(left, "ann");
        ben = behind(router("right", 2, Nat.SAME_PORT), "ben");
        assertEquals("[HOST] NO_ANSWER", ann.ask("gather " + STUN, "gathered "));
        assertEquals("[HOST] NO_ANSWER", ann.ask("gather " + TURN, "gathered "));
        assertEquals("[HOST, RELAYED]", ann.ask("gather " + TURN_OVER_TCP, "gathered "));
        inOneRoom();
        bothSay("webrtc, relayed");
    }

    @Test
    void whoeverHidesBehindARelayIsLinkedOverIt() throws Exception {
        ann = behind(router("left", 1, Nat.SAME_PORT), "ann");
        ben = behind(router("right", 2, Nat.SAME_PORT), "ben", "vaultsync.relay=only");
        inOneRoom();
        bothSay("webrtc, relayed");
    }

    @Test
    void aDeviceThatMovesToAnotherNetworkIsLinkedAgain() throws Exception {
        Lab.Router left = router("left", 1, Nat.SAME_PORT);
        Lab.Router mobile = router("mobile", 3, Nat.OTHER_PORTS);
        ann = behind(left, "ann");
        ben = behind(router("right", 2, Nat.SAME_PORT), "ben");
        inOneRoom();
        bothSay("webrtc, direct");
        ann.forget();
        ben.forget();
        long began = System.nanoTime();
        ann.run("ip link set eth0 down");
        mobile.secondCable(ann);
        ann.tell("edit u1 {\"ann\":1,\"ben\":1}");
        ben.mustSay("content u1 {\"ann\":1,\"ben\":1}", PATIENCE);
        System.out.printf("from one network to another: %d ms%n", (System.nanoTime() - began) / 1_000_000);
        bothSay("webrtc, relayed");
        ben.tell("edit u1 {\"ann\":1,\"ben\":2}");
        ann.mustSay("content u1 {\"ann\":1,\"ben\":2}", PATIENCE);
    }

    @Test
    void anOpenRoomStaysWithADeviceThatMovesToAnotherNetwork() throws Exception {
        Lab.Router mobile = router("mobile", 3, Nat.OTHER_PORTS);
        ann = behind(router("left", 1, Nat.SAME_PORT), "ann");
        ben = behind(router("right", 2, Nat.SAME_PORT), "ben");
        String code = "abc-def@ws://" + MIDDLE + ":4444";
        String room = ann.ask("enter " + code, "room ");
        ann.tell("create u1 {\"ann\":0}");
        ann.ask("share " + room + " u1", "shared");
        ben.ask("enter " + code, "room ");
        ben.mustSay("content u1 {\"ann\":0}", PATIENCE);
        ann.forget();
        ben.forget();
        long began = System.nanoTime();
        ann.run("ip link set eth0 down");
        mobile.secondCable(ann);
        ann.tell("edit u1 {\"ann\":1}");
        ben.mustSay("content u1 {\"ann\":1}", PATIENCE);
        System.out.printf(
                "an open room from one network to another: %d ms, ben said %s%n",
                (System.nanoTime() - began) / 1_000_000,
                ben.told().stream().filter(line -> line.startsWith("peers")).toList());
        ben.tell("edit u1 {\"ann\":2}");
        ann.mustSay("content u1 {\"ann\":2}", PATIENCE);
    }

    @Test
    void withoutARouterAStunServerThatWorksAddsNothing() throws Exception {
        ann = lab.device(folder, "ann", "203.0.113.50", "webrtc=true");
        ann.run("ip addr add fd00::50/64 dev eth0 nodad");
        assertEquals("[HOST]", ann.ask("gather " + STUN, "gathered "));
    }

    @Test
    void whereThereIsIpv6AloneTheyAreLinkedOverIt() throws Exception {
        lab.run("ip addr add fd00::9/64 dev switch nodad");
        lab.start(Main.class.getName(), "--bind", "fd00::9", "--port", "4444");
        // The LAN transport listens where nobody else is.
        String[] properties = {"webrtc=true", "vaultsync.lan.bind=127.0.0.1", "vaultsync.signaling=ws://[fd00::9]:4444"
        };
        ann = lab.device(folder, "ann", "", properties);
        ben = lab.device(folder, "ben", "", properties);
        ann.run("ip addr add fd00::1/64 dev eth0 nodad");
        ben.run("ip addr add fd00::2/64 dev eth0 nodad");
        inOneRoom();
        bothSay("webrtc, direct");
    }
}
