// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices in a room that cannot dial each other, and have a signaling server in common. */
@Timeout(900)
class OtherNetworkTest extends LabTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 120;

    private static final String SERVER = "ws://10.10.0.9:4444";

    @Test
    void whoeverIsOnAnotherNetworkJoinsAndSyncsByWebRtcAlone() throws Exception {
        startSignaling("10.10.0.9", 4444);
        ann = withTwoCables("ann", "10.9.0.1", "10.10.0.1", "vaultsync.signaling=" + SERVER);
        ben = withTwoCables("ben", "10.11.0.2", "10.10.0.2");
        String room = foundedWithAnItem();
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
}
