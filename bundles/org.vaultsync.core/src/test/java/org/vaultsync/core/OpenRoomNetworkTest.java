// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices in an open room, over real WebRTC and a real signaling server. */
@Timeout(300)
class OpenRoomNetworkTest extends LabTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 60;

    private static final String ADDRESS = "abc-def@ws://10.10.0.9:4444";

    @BeforeEach
    void startServer() throws IOException, InterruptedException {
        startSignaling("10.10.0.9", 4444);
    }

    @Test
    void onOneNetworkACodeAloneIsEnoughWhereADeviceIsTheServer() throws Exception {
        ann = lab.device(folder, "ann", "10.10.0.1", "webrtc=true", "vaultsync.signaling.port=4445");
        ben = lab.device(folder, "ben", "10.10.0.2", "webrtc=true");
        String room = ann.ask("enter abc-def", "room ");
        ann.tell("create u1 {\"a\":1}");
        ann.ask("share " + room + " u1", "shared");
        ben.tell("nearby");
        ben.mustSay("server ws://10.10.0.1:4445", PATIENCE);
        ben.ask("enter ABCDEF", "room ");
        ben.mustSay("content u1 {\"a\":1}", PATIENCE);
    }

    @Test
    void anItemGoesToWhoeverTypesTheCodeAndAWrongPasswordIsSaid() throws Exception {
        ann = lab.device(folder, "ann", "10.10.0.1", "webrtc=true", "vaultsync.lan.discovery=off");
        ben = lab.device(folder, "ben", "10.10.0.2", "webrtc=true", "vaultsync.lan.discovery=off");
        Lab.Device cat = lab.device(folder, "cat", "10.10.0.3", "webrtc=true", "vaultsync.lan.discovery=off");
        String room = ann.ask("enter " + ADDRESS + " right", "room ");
        ann.tell("create u1 {\"a\":1}");
        ann.ask("share " + room + " u1", "shared");
        cat.ask("enter " + ADDRESS + " wrong", "room ");
        ben.ask("enter " + ADDRESS + " right", "room ");
        ben.mustSay("content u1 {\"a\":1}", PATIENCE);
        ann.untilItSaid("sent u1", PATIENCE);
        ben.tell("edit u1 {\"a\":2}");
        ann.mustSay("content u1 {\"a\":2}", PATIENCE);
        cat.untilItSaid("peers 0 [OTHER_PASSWORD]", PATIENCE);
        // A cut, after which they meet again by themselves.
        ben.run("ip link set eth0 down");
        ann.tell("edit u1 {\"a\":3}");
        ann.mustSay("peers 0", PATIENCE);
        ben.forget();
        ben.run("ip link set eth0 up");
        ben.mustSay("content u1 {\"a\":3}", PATIENCE);
        ben.tell("delete u1");
        ann.mustSay("gone u1", PATIENCE);
    }
}
