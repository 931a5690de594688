// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.vaultsync.signaling.Main;

/**
 * What the tests of Ann's and Ben's devices have in common: each in a {@link Lab} of its own, and beside others, because it
 * mostly waits.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class LabTest {
    @TempDir
    Path folder;

    Lab lab;
    Lab.Device ann;
    Lab.Device ben;

    @BeforeEach
    void openLab() throws IOException, InterruptedException {
        lab = Lab.open();
    }

    @AfterEach
    void removeLab() throws IOException, InterruptedException {
        if (lab != null) {
            lab.remove();
        }
    }

    /** Starts a signaling server at the switch. */
    void startSignaling(String address, int port) throws IOException, InterruptedException {
        lab.run("ip addr add " + address + "/24 dev switch");
        lab.start(Main.class.getName(), "--bind", address, "--port", Integer.toString(port));
    }

    /** A device with WebRTC, on the LAN by the first cable, on nothing but a network by the second one. */
    Lab.Device withTwoCables(String name, String lan, String wan, String... more)
            throws IOException, InterruptedException {
        Lab.Device device =
                lab.device(folder, name, lan, with(new String[] {"webrtc=true", "vaultsync.lan.bind=" + lan}, more));
        lab.secondCable(device, wan);
        return device;
    }

    static String[] with(String[] properties, String... more) {
        return Stream.concat(Stream.of(properties), Stream.of(more)).toArray(String[]::new);
    }

    /** Ann's room, with one item. */
    String foundedWithAnItem() throws InterruptedException {
        String room = ann.ask("found", "room ");
        ann.tell("create u1 {\"ann\":0,\"ben\":0}");
        ann.ask("share " + room + " u1", "shared");
        return room;
    }

    /** Ben joins Ann's room, and has the item. */
    void joined(String room, long patience) throws InterruptedException {
        ben.ask("join " + ann.ask("invite " + room, "invite "), "joined ");
        ben.mustSay("content u1", patience);
    }
}
