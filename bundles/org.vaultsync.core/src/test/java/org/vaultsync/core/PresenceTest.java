// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Fingerprint;
import org.vaultsync.Presence.Open;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.SyncListener;

/** Who has which item open: three devices, of which two are in a second room. */
class PresenceTest {
    private static final String ITEM = "{\"tonnage\":20}";

    @TempDir
    private Path folder;

    private final List<TestDevice> devices = new ArrayList<>();
    private TestDevice anna;
    private TestDevice ben;
    private TestDevice carla;
    private RoomId friday;
    private RoomId home;

    @BeforeEach
    void annaAndBenInTwoRoomsCarlaInOne() throws Exception {
        anna = device("Anna");
        ben = device("Ben");
        carla = device("Carla");
        friday = anna.createRoom("Friday");
        home = anna.createRoom("Home");
        ben.join(anna.invite(friday));
        ben.join(anna.invite(home));
        carla.join(anna.invite(friday));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked() && carla.isLinked());
        anna.create("f", ITEM);
        anna.create("h", ITEM);
        anna.create("own", ITEM);
        anna.share(friday, "f");
        anna.share(home, "h");
        ben.untilContent("f", ITEM);
        ben.untilContent("h", ITEM);
        carla.untilContent("f", ITEM);
    }

    private TestDevice device(String name) throws Exception {
        TestDevice device = new TestDevice(folder.resolve(name), name, new MemoryVault());
        devices.add(device);
        return device;
    }

    @AfterEach
    void close() {
        devices.forEach(TestDevice::close);
    }

    private static Fingerprint fingerprint(TestDevice device) {
        return device.sync.self().orElseThrow().fingerprint();
    }

    private Open byAnna(String item, String field) {
        return new Open(fingerprint(anna), "Anna", item, "Note " + item, field);
    }

    @Test
    void theOthersInTheRoomSeeWhatIsOpenAndInWhichField() {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        ben.sync.addListener(new SyncListener() {
            @Override
            public void presenceChanged(Set<String> itemIds) {
                heard.addAll(itemIds);
            }
        });
        anna.sync.open("f", "");
        anna.sync.open("h", "/content/tonnage");
        TestDevice.until(
                "seen",
                () -> ben.sync.at("f").equals(List.of(byAnna("f", "")))
                        && ben.sync.at("h").equals(List.of(byAnna("h", "/content/tonnage")))
                        && carla.sync.at("f").equals(List.of(byAnna("f", ""))));
        TestDevice.until("heard", () -> heard.equals(Set.of("f", "h")));
        assertEquals(List.of(), carla.sync.at("h"), "told somebody who is not in the room");
        assertEquals(List.of(byAnna("f", ""), byAnna("h", "/content/tonnage")), ben.sync.by(fingerprint(anna)));
        assertEquals(List.of(), anna.sync.at("f"), "sees itself");
        anna.sync.open("f", "/content/tonnage");
        TestDevice.until("moved", () -> carla.sync.at("f").equals(List.of(byAnna("f", "/content/tonnage"))));
        anna.sync.close("f");
        TestDevice.until(
                "closed", () -> ben.sync.at("f").isEmpty() && carla.sync.at("f").isEmpty());
        assertEquals(1, ben.sync.at("h").size());
    }

    @Test
    void whatIsNotSharedIsToldToNobodyBeforeItIs() throws Exception {
        anna.sync.open("own", "");
        anna.sync.open("f", "");
        TestDevice.until("seen", () -> !ben.sync.at("f").isEmpty());
        assertEquals(1, ben.sync.by(fingerprint(anna)).size());
        anna.share(friday, "own");
        TestDevice.until(
                "seen once it is shared",
                () -> !ben.sync.at("own").isEmpty()
                        || ben.sync.by(fingerprint(anna)).size() == 2);
    }

    @Test
    void itGoesWithTheLinkAndComesWithIt() throws Exception {
        anna.sync.open("f", "");
        TestDevice.until("seen", () -> !ben.sync.at("f").isEmpty());
        Scope room = new Scope.OfRoom(friday);
        anna.sync.pause(room).toCompletableFuture().get(30, TimeUnit.SECONDS);
        TestDevice.until("gone", () -> ben.sync.at("f").isEmpty());
        anna.sync.resume(room).toCompletableFuture().get(30, TimeUnit.SECONDS);
        TestDevice.until("back", () -> !ben.sync.at("f").isEmpty());
        anna.close();
        devices.remove(anna);
        TestDevice.until(
                "gone with the device",
                () -> ben.sync.at("f").isEmpty() && carla.sync.at("f").isEmpty());
    }
}
