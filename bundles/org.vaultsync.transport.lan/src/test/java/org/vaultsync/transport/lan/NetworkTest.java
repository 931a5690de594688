// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Devices on a network that has no default route, no name server and no internet, and that changes under them. */
@Timeout(400)
@Execution(ExecutionMode.CONCURRENT)
class NetworkTest {
    /** In seconds, for machines that are busy; what has a limit of its own says it. */
    private static final long PATIENCE = 40;

    private Lab lab;

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

    private static void introduce(Lab.Device... devices) {
        for (Lab.Device one : devices) {
            for (Lab.Device other : devices) {
                if (one != other) {
                    one.tell("know " + other.name + " " + other.fingerprint);
                }
            }
        }
    }

    private static void linked(Lab.Device one, Lab.Device other) throws InterruptedException {
        one.mustSay("linked " + other.fingerprint, PATIENCE);
        one.mustSay("received hello from " + other.name, PATIENCE);
    }

    @Test
    void twoDevicesFindEachOtherWithoutAnAddress() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        introduce(ann, ben);
        ann.tell("announce");
        ben.tell("announce");
        linked(ann, ben);
        linked(ben, ann);
    }

    @Test
    void threeDevicesFindEachOther() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        Lab.Device cat = lab.device("cat", "10.9.0.3");
        introduce(ann, ben, cat);
        ann.tell("announce");
        ben.tell("announce");
        cat.tell("announce");
        ann.mustSay("sighted ben", PATIENCE);
        ben.mustSay("sighted cat", PATIENCE);
        cat.mustSay("sighted ann", PATIENCE);
    }

    @Test
    void devicesFindEachOtherWithLinkLocalAddressesAlone() throws Exception {
        Lab.Device ann = lab.device("ann", "");
        Lab.Device ben = lab.device("ben", "");
        introduce(ann, ben);
        ann.tell("announce");
        ben.tell("announce");
        linked(ann, ben);
    }

    @Test
    void whoHidesIsNotFound() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2", "vaultsync.lan.discovery=off");
        Lab.Device cat = lab.device("cat", "10.9.0.3");
        introduce(ann, ben, cat);
        cat.tell("announce");
        linkedOnce(ann, cat);
        ben.tell("announce");
        cat.tell("hide");
        Lab.Device dan = lab.device("dan", "10.9.0.4");
        introduce(ann, ben, cat, dan);
        dan.tell("announce");
        dan.mustSay("sighted ann", PATIENCE);
        assertTrue(dan.await("sighted ben", Duration.ofSeconds(2)).isEmpty());
        assertTrue(dan.await("sighted cat", Duration.ofSeconds(2)).isEmpty());
    }

    private static void linkedOnce(Lab.Device one, Lab.Device other) throws InterruptedException {
        one.tell("announce");
        linked(one, other);
    }

    @Test
    void aStoredAddressWorksWhereMulticastDoesNot() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        lab.run("bridge link set dev ann mcast_flood off && bridge link set dev ben mcast_flood off");
        introduce(ann, ben);
        ann.tell("announce");
        ben.tell("announce");
        assertTrue(ann.await("sighted", Duration.ofSeconds(4)).isEmpty());
        ann.tell("redial 10.9.0.2:8765 ben");
        linked(ann, ben);
    }

    @Test
    void aDeviceWithANewAddressIsFoundAgain() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        introduce(ann, ben);
        ann.tell("announce");
        ben.tell("announce");
        linked(ann, ben);

        ann.forget();
        ben.run("ip addr flush dev eth0 scope global && ip addr add 10.9.0.77/24 dev eth0");
        ben.mustSay("networks changed", PATIENCE);
        Duration limit = Duration.ofSeconds(10);
        long began = System.nanoTime();
        while (!ann.mustSay("sighted ben", PATIENCE).contains("10.9.0.77:8765")) {
            assertTrue(System.nanoTime() - began < limit.toNanos(), "found again too late");
        }
    }

    @Test
    void aDeviceThatComesToTheNetworkLaterIsFound() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "");
        ben.run("ip link set eth0 down");
        introduce(ann, ben);
        ann.tell("announce");
        ben.tell("announce");
        assertTrue(ann.await("sighted", Duration.ofSeconds(3)).isEmpty());
        ben.run("ip link set eth0 up && ip addr add 10.9.0.2/24 dev eth0");
        linked(ann, ben);
    }

    @Test
    void anAddressToListenOnMayComeLater() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2", "vaultsync.lan.bind=127.0.0.1,10.9.0.3");
        introduce(ann, ben);
        ann.tell("dial 10.9.0.2:8765 ben");
        ann.mustSay("failed", PATIENCE);
        ben.run("ip addr add 10.9.0.3/24 dev eth0");
        ben.mustSay("networks changed", PATIENCE);
        ann.tell("redial 10.9.0.3:8765 ben");
        linked(ann, ben);
    }

    @Test
    void aCutIsNoticedAndHealed() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        introduce(ann, ben);
        ann.tell("redial 10.9.0.2:8765 ben");
        linked(ann, ben);
        linked(ben, ann);

        // what is on its way is acknowledged first: a link in the middle of something is for the core to watch
        TimeUnit.MILLISECONDS.sleep(500);
        // state 0 drops everything, and the carrier stays: a cut behind the next switch
        lab.run("bridge link set dev ben state 0");
        ann.mustSay("closed " + ben.fingerprint, 10);
        ben.mustSay("closed " + ann.fingerprint, 10);
        ann.tell("redial 10.9.0.2:8765 ben");
        ann.mustSay("failed", PATIENCE);
        lab.run("bridge link set dev ben state 3");
        linked(ann, ben);
    }

    @Test
    void anAddressThatDropsPacketsCostsLittle() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        Lab.Device ben = lab.device("ben", "10.9.0.2");
        introduce(ann, ben);
        ben.run("ip route add blackhole 10.9.0.1/32");
        ann.tell("dial 10.9.0.2:8765 ben");
        String said = ann.mustSay("failed after ", PATIENCE);
        assertTrue(Long.parseLong(said.replaceFirst(" .*", "")) < 5000, said);
        assertEquals("Nobody answers at 10.9.0.2:8765.", said.replaceFirst("^[^:]*: ", ""));
    }

    @Test
    void anAddressThatNobodyHasIsSaidSo() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        ann.tell("know ben " + ann.fingerprint);
        ann.tell("dial 10.9.0.200:8765 ben");
        assertEquals(
                "There is no way to 10.9.0.200:8765 from this network.",
                ann.mustSay("failed after ", PATIENCE).replaceFirst("^[^:]*: ", ""));
        ann.tell("dial 172.16.0.1:8765 ben");
        assertEquals(
                "There is no way to 172.16.0.1:8765 from this network.",
                ann.mustSay("failed after ", PATIENCE).replaceFirst("^[^:]*: ", ""));
    }

    @Test
    void withoutANameServerANameFailsSoon() throws Exception {
        Lab.Device ann = lab.device("ann", "10.9.0.1");
        ann.tell("know ben " + ann.fingerprint);
        ann.tell("dial laptop.example:8765 ben");
        String said = ann.mustSay("failed after ", PATIENCE);
        assertTrue(Long.parseLong(said.replaceFirst(" .*", "")) < 5000, said);
        assertEquals("No device is known by the name “laptop.example”.", said.replaceFirst("^[^:]*: ", ""));
    }
}
