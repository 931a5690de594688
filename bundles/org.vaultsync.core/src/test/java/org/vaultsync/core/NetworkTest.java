// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices in a room, on a network that has no default route, no name server and no internet, and that changes under them. */
@Timeout(400)
class NetworkTest {
    /** In seconds, for machines that are busy; what has a limit of its own says it. */
    private static final long PATIENCE = 40;

    @TempDir
    private Path folder;

    private Lab lab;
    private Lab.Device ann;
    private Lab.Device ben;
    private String room;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        lab = Lab.open();
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        if (lab != null) {
            lab.remove();
        }
    }

    private Lab.Device device(String name, String address, String... properties) throws Exception {
        return lab.device(folder, name, address, properties);
    }

    /** Ann founds a room with an item, and Ben joins. */
    private void twoInARoom(String... properties) throws Exception {
        ann = device("ann", "10.9.0.1", properties);
        ben = device("ben", "10.9.0.2", properties);
        room = ann.ask("found", "room ");
        ann.tell("create u1 {\"edit\":0}");
        ann.ask("share " + room + " u1", "shared");
        join(ben, ann);
        ben.mustSay("content u1 {\"edit\":0}", PATIENCE);
        linked(ben, ann);
    }

    private void join(Lab.Device joiner, Lab.Device inviter) throws Exception {
        joiner.ask("join " + inviter.ask("invite " + room, "invite "), "joined ");
    }

    private static void linked(Lab.Device one, Lab.Device other) throws InterruptedException {
        if (!one.hasSaid("linked " + other.name)) {
            one.mustSay("linked " + other.name, PATIENCE);
        }
    }

    /** An edit of the one arrives at the other. */
    private static void travels(Lab.Device writer, Lab.Device reader, int edit) throws InterruptedException {
        writer.tell("edit u1 {\"edit\":" + edit + "}");
        reader.mustSay("content u1 {\"edit\":" + edit + "}", PATIENCE);
    }

    private static void unplug(Lab.Device device) throws Exception {
        device.run("ip link set eth0 down");
    }

    private static void plugIn(Lab.Device device, String address) throws Exception {
        device.run("ip addr flush dev eth0 scope global && ip addr add " + address
                + "/24 dev eth0 && ip link set eth0 up");
    }

    @Test
    void devicesWhoseAddressesAllChangedFindEachOther() throws Exception {
        twoInARoom();
        unplug(ann);
        unplug(ben);
        ann.mustSay("away ben", 15);
        ben.mustSay("away ann", 15);
        plugIn(ann, "10.9.0.101");
        plugIn(ben, "10.9.0.102");
        ben.mustSay("linked ann", PATIENCE);
        travels(ann, ben, 1);
        travels(ben, ann, 2);
    }

    @Test
    void threeDevicesSyncWithoutTheOneThatBroughtThemTogether() throws Exception {
        twoInARoom();
        Lab.Device cat = device("cat", "10.9.0.3");
        join(cat, ann);
        cat.mustSay("content u1 {\"edit\":0}", PATIENCE);
        linked(cat, ben);
        unplug(ann);
        travels(cat, ben, 1);
        travels(ben, cat, 2);
        ann.tell("edit u1 {\"other\":3}");
        plugIn(ann, "10.9.0.1");
        ann.mustSay("content u1 {\"edit\":2,\"other\":3}", PATIENCE);
        cat.mustSay("content u1 {\"edit\":2,\"other\":3}", PATIENCE);
    }

    @Test
    void aStoredAddressWorksWhereMulticastDoesNot() throws Exception {
        twoInARoom();
        lab.run("bridge link set dev ann mcast_flood off && bridge link set dev ben mcast_flood off");
        unplug(ben);
        ben.mustSay("away ann", 15);
        plugIn(ben, "10.9.0.2");
        assertTrue(ben.mustSay("linked ann ", PATIENCE).startsWith("10.9.0.1:"));
        travels(ben, ann, 1);
    }

    @Test
    void whereDiscoveryIsOffAStoredAddressWorks() throws Exception {
        twoInARoom("vaultsync.lan.discovery=off");
        unplug(ben);
        ben.mustSay("away ann", 15);
        plugIn(ben, "10.9.0.2");
        ben.mustSay("linked ann ", PATIENCE);
        travels(ben, ann, 1);
    }

    @Test
    void aDeviceWithANewAddressIsFoundAgainWithinTenSeconds() throws Exception {
        twoInARoom();
        travels(ann, ben, 1);
        ann.tell("edit u1 {\"edit\":2}");
        ben.mustSay("content u1 {\"edit\":2}", PATIENCE);
        ben.run("ip addr flush dev eth0 scope global && ip addr add 10.9.0.77/24 dev eth0");
        long began = System.nanoTime();
        ann.tell("edit u1 {\"edit\":3}");
        ben.mustSay("content u1 {\"edit\":3}", 10);
        System.out.printf("new address: in sync again after %d ms%n", (System.nanoTime() - began) / 1_000_000);
        travels(ben, ann, 4);
    }

    @Test
    void aCutIsNoticedWithinTenSecondsAndHealedWithinThree() throws Exception {
        twoInARoom();
        for (int outage : new int[] {0, 45}) {
            ann.forget();
            ben.forget();
            // State 0 drops everything, and the carrier stays: a cut behind the next switch.
            lab.run("bridge link set dev ben state 0");
            ann.tell("edit u1 {\"ann\":" + outage + "}");
            ann.mustSay("away ben", 10);
            ben.mustSay("away ann", 10);
            ben.tell("edit u1 {\"ann\":" + outage + ",\"ben\":" + outage + "}");
            TimeUnit.SECONDS.sleep(outage);
            ann.forget();
            ben.forget();
            lab.run("bridge link set dev ben state 3");
            long began = System.nanoTime();
            String both = "content u1 {\"ann\":" + outage + ",\"ben\":" + outage + "}";
            ann.mustSay(both, 3);
            System.out.printf(
                    "cut for %d s more than it took to notice: in sync %d ms after it was healed%n",
                    outage, (System.nanoTime() - began) / 1_000_000);
        }
    }

    @Test
    void devicesWithLinkLocalAddressesAloneStayInTouch() throws Exception {
        twoInARoom();
        for (Lab.Device device : new Lab.Device[] {ann, ben}) {
            device.run("ip addr flush dev eth0 scope global");
        }
        ann.forget();
        ben.mustSay("linked ann [fe80:", PATIENCE);
        travels(ann, ben, 1);
    }

    @Test
    void aDeviceThatListensElsewhereIsFoundOnceItsAddressIsThere() throws Exception {
        twoInARoom();
        Lab.Device cat = device("cat", "10.9.0.3", "vaultsync.lan.bind=127.0.0.1,10.9.0.33");
        join(cat, ann);
        linked(cat, ann);
        if (!cat.hasSaid("content u1")) {
            cat.mustSay("content u1", PATIENCE);
        }
        assertEquals("[127.0.0.1:8765]", cat.ask("addresses", "addresses "));
        cat.run("ip addr add 10.9.0.33/24 dev eth0");
        cat.forget();
        String addresses = "";
        for (int i = 0; i < 20 && !addresses.contains("10.9.0.33"); i++) {
            TimeUnit.MILLISECONDS.sleep(500);
            addresses = cat.ask("addresses", "addresses ");
        }
        assertEquals("[127.0.0.1:8765, 10.9.0.33:8765]", addresses);
        travels(cat, ann, 1);
    }

    @Test
    void twoWhoSeeEachOtherArePairedByACodeWithoutAnyAddress() throws Exception {
        ann = device("ann", "10.9.0.1");
        ben = device("ben", "10.9.0.2");
        room = ann.ask("found", "room ");
        ann.tell("create u1 {\"edit\":0}");
        ann.ask("share " + room + " u1", "shared");
        ben.tell("nearby");
        ann.tell("discoverable");
        ben.mustSay("nearby ann", PATIENCE);
        ben.tell("meet ann");
        String atBen = ben.mustSay("code ", PATIENCE);
        String atAnn = ann.mustSay("code ", PATIENCE);
        assertEquals(atBen.replace(" of ann", ""), atAnn.replace(" of ben", ""));
        ben.tell("confirm");
        ann.tell("confirm " + room);
        ben.mustSay("paired " + room, PATIENCE);
        ben.mustSay("content u1 {\"edit\":0}", PATIENCE);
        travels(ben, ann, 1);
    }

    @Test
    void badAddressesCostAtMostASecond() throws Exception {
        twoInARoom("vaultsync.lan.discovery=off");
        // One that nobody has, one that refuses, one that drops everything, one that no route leads to.
        ben.run("ip addr add 10.9.0.6/24 dev eth0 && ip route add blackhole 10.9.0.7/32");
        ben.ask("type " + ann.fingerprint + " 10.9.0.5:8765 10.9.0.6:1 10.9.0.7:8765 172.16.0.9:8765", "typed");
        unplug(ben);
        ben.mustSay("away ann", 15);
        ben.forget();
        long began = System.nanoTime();
        plugIn(ben, "10.9.0.2");
        assertTrue(ben.mustSay("linked ann ", 15).startsWith("10.9.0.1:"));
        System.out.printf(
                "with four bad addresses: linked %d ms after the network came%n",
                (System.nanoTime() - began) / 1_000_000);
        travels(ben, ann, 1);
    }

    @Test
    void thereIsNoWayOut() throws Exception {
        ann = device("ann", "10.9.0.1");
        ann.run("test -z \"$(ip route show default)\"; test -z \"$(ip -6 route show default)\"");
        ann.run("! getent hosts example.org");
    }
}
