// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.signaling.Main;

/** Devices in an open room, over real WebRTC and a real signaling server. */
@Timeout(300)
class OpenRoomNetworkTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 60;

    private static final String ADDRESS = "abc-def@ws://10.10.0.9:4444";

    @TempDir
    private Path folder;

    private Lab lab;

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

    @Test
    void onOneNetworkACodeAloneIsEnoughWhereADeviceIsTheServer() throws Exception {
        Lab.Device ann = lab.device(folder, "ann", "10.10.0.1", "webrtc=true", "vaultsync.signaling.port=4445");
        Lab.Device ben = lab.device(folder, "ben", "10.10.0.2", "webrtc=true");
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
        Lab.Device ann = lab.device(folder, "ann", "10.10.0.1", "webrtc=true", "vaultsync.lan.discovery=off");
        Lab.Device ben = lab.device(folder, "ben", "10.10.0.2", "webrtc=true", "vaultsync.lan.discovery=off");
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
