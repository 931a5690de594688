// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Devices in a room, on a network that has no default route, no name server and no internet, and that changes under them.
 * Two devices are shared by all tests, which come one after the other; each finds the network as it was. How long something
 * takes is printed, and has its limit where nothing else runs: with {@code -Dsoak=true}. {@link DialOrderTest} holds the limits
 * in a time of its own.
 */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("the two devices")
class NetworkTest {
    /** In seconds, for machines that are busy. */
    private static final long PATIENCE = 90;

    private static final boolean QUIET = Boolean.getBoolean("soak");

    @TempDir
    private static Path folder;

    private Lab lab;
    private Lab.Device ann;
    private Lab.Device ben;
    private String room;
    private int edits;

    @BeforeAll
    void twoInARoom() throws Exception {
        lab = Lab.open();
        ann = device("ann", "10.9.0.1");
        ben = device("ben", "10.9.0.2");
        room = founded(ann, "u1");
        join(ben, ann, room, "u1");
    }

    @AfterAll
    void close() throws IOException, InterruptedException {
        if (lab != null) {
            lab.remove();
        }
    }

    @BeforeEach
    void asItWas() throws Exception {
        lab.run("bridge link set dev ann mcast_flood on && bridge link set dev ben mcast_flood on");
        plugIn(ann, "10.9.0.1");
        plugIn(ben, "10.9.0.2");
        ben.tell("redial");
        ann.untilLinked("ben", PATIENCE);
        ben.untilLinked("ann", PATIENCE);
        travels(ann, ben);
        travels(ben, ann);
        ann.forget();
        ben.forget();
    }

    private Lab.Device device(String name, String address, String... properties) throws Exception {
        return lab.device(folder, name, address, properties);
    }

    /** A room with one item. */
    private static String founded(Lab.Device founder, String item) throws InterruptedException {
        String made = founder.ask("found", "room ");
        founder.tell("create " + item + " {\"edit\":0}");
        founder.ask("share " + made + " " + item, "shared");
        return made;
    }

    /** Joins, and waits until the item of the room is there. */
    private static void join(Lab.Device joiner, Lab.Device inviter, String room, String item) throws Exception {
        joiner.ask("join " + inviter.ask("invite " + room, "invite "), "joined ");
        joiner.untilItSaid("content " + item + " ", PATIENCE);
        joiner.untilLinked(inviter.name, PATIENCE);
    }

    private void travels(Lab.Device writer, Lab.Device reader) throws InterruptedException {
        travels(writer, reader, "u1", PATIENCE);
    }

    /** An edit of the one arrives at the other; gives the milliseconds that it took. */
    private long travels(Lab.Device writer, Lab.Device reader, String item, long seconds) throws InterruptedException {
        long began = System.nanoTime();
        edits++;
        writer.tell("edit " + item + " {\"edit\":" + edits + "}");
        reader.mustSay("content " + item + " {\"edit\":" + edits + "}", seconds);
        return (System.nanoTime() - began) / 1_000_000;
    }

    private static void sees(Lab.Device device, String shown) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
                device.tell("nearby")
                        .await("nearby " + shown, Duration.ofSeconds(1))
                        .isEmpty(); ) {
            assertTrue(System.nanoTime() < end, () -> device.name + " does not see " + shown);
        }
    }

    private static void unplug(Lab.Device device) throws Exception {
        device.run("ip link set eth0 down");
    }

    /** With this address alone; nothing happens if that is how it is. */
    private static void plugIn(Lab.Device device, String address) throws Exception {
        device.run("[ \"$(ip -4 -o addr show dev eth0 | awk '{print $4}')\" = " + address + "/24 ]"
                + " || { ip -4 addr flush dev eth0 && ip addr add " + address + "/24 dev eth0; }; ip link set eth0 up");
    }

    private void withoutMulticast() throws Exception {
        lab.run("bridge link set dev ann mcast_flood off && bridge link set dev ben mcast_flood off");
    }

    @Test
    void devicesWhoseAddressesAllChangedFindEachOther() throws Exception {
        unplug(ann);
        unplug(ben);
        ann.mustSay("away ben", PATIENCE);
        ben.mustSay("away ann", PATIENCE);
        plugIn(ann, "10.9.0.101");
        plugIn(ben, "10.9.0.102");
        ben.mustSay("linked ann", PATIENCE);
        travels(ann, ben);
        travels(ben, ann);
    }

    @Test
    void threeDevicesSyncWithoutTheOneThatBroughtThemTogether() throws Exception {
        Lab.Device cat = device("cat", "10.9.0.3");
        join(cat, ann, room, "u1");
        cat.untilLinked("ben", PATIENCE);
        unplug(ann);
        travels(cat, ben);
        travels(ben, cat);
        ann.tell("edit u1 {\"other\":3}");
        plugIn(ann, "10.9.0.1");
        String both = "content u1 {\"edit\":" + edits + ",\"other\":3}";
        ann.mustSay(both, PATIENCE);
        cat.mustSay(both, PATIENCE);
        cat.stop();
    }

    @Test
    void aStoredAddressWorksWhereMulticastDoesNot() throws Exception {
        withoutMulticast();
        unplug(ben);
        ben.mustSay("away ann", PATIENCE);
        ann.mustSay("away ben", PATIENCE);
        plugIn(ben, "10.9.0.2");
        assertTrue(ben.mustSay("linked ann ", PATIENCE).startsWith("10.9.0.1:"));
        travels(ben, ann);
    }

    @Test
    void whereDiscoveryIsOffAStoredAddressWorksAndNobodyIsSeen() throws Exception {
        Lab.Device dan = device("dan", "10.9.0.4", "vaultsync.lan.discovery=off");
        Lab.Device eve = device("eve", "10.9.0.5", "vaultsync.lan.discovery=off");
        String theirs = founded(dan, "u2");
        join(eve, dan, theirs, "u2");
        unplug(eve);
        eve.mustSay("away dan", PATIENCE);
        plugIn(eve, "10.9.0.5");
        assertTrue(eve.mustSay("linked dan ", PATIENCE).startsWith("10.9.0.4:"));
        travels(eve, dan, "u2", PATIENCE);
        // Ann looks out for those who show themselves; Dan would, were discovery not off.
        dan.tell("discoverable");
        ann.tell("discoverable");
        sees(ben, "ann");
        assertTrue(ben.told().stream().noneMatch(line -> line.contains("nearby dan")));
        dan.stop();
        eve.stop();
    }

    @Test
    void aDeviceWithANewAddressIsFoundAgainWithinTenSeconds() throws Exception {
        ben.run("ip -4 addr flush dev eth0 && ip addr add 10.9.0.77/24 dev eth0");
        System.out.printf("new address: in sync again after %d ms%n", travels(ann, ben, "u1", QUIET ? 10 : PATIENCE));
        travels(ben, ann);
    }

    @Test
    void aCutIsNoticedWithinTenSecondsAndHealedWithinThree() throws Exception {
        for (int outage : QUIET ? new int[] {0, 45} : new int[] {0}) {
            // State 0 drops everything, and the carrier stays: a cut behind the next switch.
            lab.run("bridge link set dev ben state 0");
            ann.tell("edit u1 {\"ann\":" + outage + "}");
            ann.mustSay("away ben", QUIET ? 10 : PATIENCE);
            ben.mustSay("away ann", QUIET ? 10 : PATIENCE);
            ben.tell("edit u1 {\"ann\":" + outage + ",\"ben\":" + outage + "}");
            TimeUnit.SECONDS.sleep(outage);
            ann.forget();
            ben.forget();
            lab.run("bridge link set dev ben state 3");
            long began = System.nanoTime();
            ann.mustSay("content u1 {\"ann\":" + outage + ",\"ben\":" + outage + "}", QUIET ? 1 : PATIENCE);
            System.out.printf(
                    "cut for %d s more than it took to notice: in sync %d ms after it was healed%n",
                    outage, (System.nanoTime() - began) / 1_000_000);
        }
    }

    @Test
    void devicesWithLinkLocalAddressesAloneStayInTouch() throws Exception {
        for (Lab.Device device : new Lab.Device[] {ann, ben}) {
            device.run("ip -4 addr flush dev eth0");
        }
        travels(ann, ben);
        travels(ben, ann);
    }

    @Test
    void aDeviceThatListensElsewhereIsFoundOnceItsAddressIsThere() throws Exception {
        Lab.Device fay = device("fay", "10.9.0.7", "vaultsync.lan.bind=127.0.0.1,10.9.0.33");
        join(fay, ann, room, "u1");
        assertEquals("[127.0.0.1:8765]", fay.ask("addresses", "addresses "));
        fay.run("ip addr add 10.9.0.33/24 dev eth0");
        String addresses = "";
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
                !addresses.contains("10.9.0.33") && System.nanoTime() < end; ) {
            addresses = fay.ask("addresses", "addresses ");
        }
        assertEquals("[127.0.0.1:8765, 10.9.0.33:8765]", addresses);
        travels(fay, ann);
        fay.stop();
    }

    @Test
    void twoWhoSeeEachOtherArePairedByACodeWithoutAnyAddress() throws Exception {
        Lab.Device gil = device("gil", "10.9.0.8");
        ann.tell("discoverable");
        sees(gil, "ann");
        gil.tell("meet ann");
        String atGil = gil.mustSay("code ", PATIENCE);
        String atAnn = ann.mustSay("code ", PATIENCE);
        assertEquals(atGil.replace(" of ann", ""), atAnn.replace(" of gil", ""));
        gil.tell("confirm");
        ann.tell("confirm " + room);
        gil.mustSay("paired " + room, PATIENCE);
        gil.untilItSaid("content u1 ", PATIENCE);
        gil.untilLinked("ann", PATIENCE);
        travels(gil, ann);
        gil.stop();
    }

    @Test
    void badAddressesBeforeTheGoodOneCostAtMostASecond() throws Exception {
        withoutMulticast();
        // One that nobody has, one that refuses, one that drops everything, one that no route leads to; then the good
        // one.
        ben.ask(
                "type " + ann.fingerprint + " 10.9.0.5:8765 10.9.0.6:1 10.9.0.7:8765 172.16.0.9:8765 10.9.0.88",
                "typed");
        ann.run("nft add table ip hole && nft 'add chain ip hole in { type filter hook input priority 0 ; }'"
                + " && nft add rule ip hole in ip daddr 10.9.0.7 drop");
        try {
            unplug(ben);
            ben.mustSay("away ann", PATIENCE);
            ann.mustSay("away ben", PATIENCE);
            // Neither is where the other knows it to be.
            plugIn(ann, "10.9.0.88");
            ann.run("ip addr add 10.9.0.7/24 dev eth0");
            ben.run("ip -4 addr flush dev eth0 && ip addr add 10.9.0.89/24 dev eth0 && ip addr add 10.9.0.6/24 dev eth0"
                    + " && ip -6 addr flush dev eth0");
            ann.run("ip -6 addr flush dev eth0");
            long began = System.nanoTime();
            ben.run("ip link set eth0 up && ip -6 addr flush dev eth0");
            assertEquals("10.9.0.88:8765", ben.mustSay("linked ann ", QUIET ? 3 : PATIENCE));
            System.out.printf(
                    "with all addresses stale but the last one: linked %d ms after the network came%n",
                    (System.nanoTime() - began) / 1_000_000);
            travels(ben, ann);
        } finally {
            ann.run("nft delete table ip hole && ip addr del 10.9.0.7/24 dev eth0");
            ben.ask("type " + ann.fingerprint + " 10.9.0.1", "typed");
            for (Lab.Device device : new Lab.Device[] {ann, ben}) {
                // It gets its link-local address again.
                device.run("ip link set eth0 down && ip link set eth0 up");
            }
        }
    }

    @Test
    void thereIsNoWayOut() throws Exception {
        ann.run("test -z \"$(ip route show default)\"; test -z \"$(ip -6 route show default)\"");
        ann.run("! getent hosts example.org");
    }
}
