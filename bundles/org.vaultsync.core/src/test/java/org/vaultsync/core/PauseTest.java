// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.Scope;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;

/** Pausing and resuming a peer, a room and everything: three devices in two rooms. */
class PauseTest {
    private static final String ONE = "{\"tonnage\":20}";
    private static final String TWO = "{\"tonnage\":30}";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private TestDevice carla;
    private RoomId friday;
    private RoomId home;

    @BeforeEach
    void annaAndBenInTwoRoomsCarlaInOne() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
        carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault());
        friday = anna.createRoom("Friday");
        home = anna.createRoom("Home");
        ben.join(anna.invite(friday));
        ben.join(anna.invite(home));
        carla.join(anna.invite(friday));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked() && carla.isLinked());
        anna.create("f", ONE);
        anna.create("h", ONE);
        anna.share(friday, "f");
        anna.share(home, "h");
        ben.untilContent("f", ONE);
        ben.untilContent("h", ONE);
        carla.untilContent("f", ONE);
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
        carla.close();
    }

    private static Fingerprint fingerprint(TestDevice device) {
        return device.sync.self().orElseThrow().fingerprint();
    }

    private static Reach reach(TestDevice asked, TestDevice about) {
        return asked.sync.rooms().stream()
                .flatMap(room -> room.members().stream())
                .filter(member -> member.fingerprint().equals(fingerprint(about)))
                .findFirst()
                .orElseThrow()
                .reach();
    }

    private static void pause(TestDevice device, Scope scope) throws Exception {
        device.sync.pause(scope).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void resume(TestDevice device, Scope scope) throws Exception {
        device.sync.resume(scope).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Long enough for an edit to have come, had it been sent. */
    private static void wouldHaveCome() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(400);
    }

    @Test
    void aPausedRoomWaitsAndTheOtherGoesOn() throws Exception {
        Scope scope = new Scope.OfRoom(friday);
        pause(ben, scope);
        anna.vault.save("f", content -> TWO);
        anna.vault.save("h", content -> TWO);
        ben.untilContent("h", TWO);
        carla.untilContent("f", TWO);
        wouldHaveCome();
        assertEquals(ONE, ben.vault.content("f"));
        assertTrue(reach(ben, anna) instanceof Reach.Linked);
        ben.vault.save("f", content -> content.replace("}", ",\"mine\":1}"));
        ben.untilBadge("f", Badge.PENDING);
        resume(ben, scope);
        String both = "{\"tonnage\":30,\"mine\":1}";
        for (TestDevice device : Set.of(anna, ben, carla)) {
            device.untilContent("f", both);
            device.untilBadge("f", Badge.SYNCED);
        }
    }

    @Test
    void aPausedRoomWaitsAlsoAfterARestart() throws Exception {
        Scope scope = new Scope.OfRoom(friday);
        pause(ben, scope);
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        assertEquals(Set.of(scope), ben.sync.paused());
        anna.vault.save("f", content -> TWO);
        anna.vault.save("h", content -> TWO);
        ben.untilContent("h", TWO);
        wouldHaveCome();
        assertEquals(ONE, ben.vault.content("f"));
        resume(ben, scope);
        ben.untilContent("f", TWO);
    }

    @Test
    void aPausedRoomThatIsLeftIsNotPausedAnyMore() throws Exception {
        pause(ben, new Scope.OfRoom(friday));
        pause(ben, new Scope.OfRoom(home));
        ben.sync.leave(friday).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertEquals(Set.of(new Scope.OfRoom(home)), ben.sync.paused());
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        assertEquals(Set.of(new Scope.OfRoom(home)), ben.sync.paused());
        anna.create("new", ONE);
        anna.share(friday, "new");
        ben.join(anna.invite(friday));
        ben.untilContent("new", ONE);
    }

    @Test
    void aPausedPeerWaitsAlsoAfterARestart() throws Exception {
        Scope scope = new Scope.OfPeer(fingerprint(anna));
        pause(ben, scope);
        TestDevice.until("paused", () -> reach(ben, anna) instanceof Reach.Paused);
        TestDevice.until("away", () -> !(reach(anna, ben) instanceof Reach.Linked));
        ben.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        assertEquals(Set.of(scope), ben.sync.paused());
        anna.vault.save("h", content -> TWO);
        anna.sync.syncNow();
        ben.sync.syncNow();
        wouldHaveCome();
        assertEquals(ONE, ben.vault.content("h"));
        assertTrue(reach(ben, anna) instanceof Reach.Paused);
        resume(ben, scope);
        ben.untilContent("h", TWO);
    }

    @Test
    void everythingPausedIsLinkedToNobody() throws Exception {
        pause(anna, new Scope.Everything());
        TestDevice.until(
                "paused", () -> reach(anna, ben) instanceof Reach.Paused && reach(anna, carla) instanceof Reach.Paused);
        anna.vault.save("f", content -> TWO);
        ben.sync.syncNow();
        carla.sync.syncNow();
        wouldHaveCome();
        assertEquals(ONE, carla.vault.content("f"));
        anna.untilBadge("f", Badge.PENDING);
        resume(anna, new Scope.Everything());
        ben.untilContent("f", TWO);
        carla.untilContent("f", TWO);
    }

    private int membersOfFriday() {
        return anna.sync.rooms().stream()
                .filter(room -> room.id().equals(friday))
                .findFirst()
                .orElseThrow()
                .members()
                .size();
    }

    @Test
    void everythingPausedLetsNobodyIn() throws Exception {
        Invite invite = anna.invite(friday);
        int before = membersOfFriday();
        pause(anna, new Scope.Everything());
        try (TestDevice dora = new TestDevice(folder.resolve("dora"), "Dora", new MemoryVault())) {
            ExecutionException refused = assertThrows(ExecutionException.class, () -> dora.join(invite));
            assertTrue(refused.getMessage().contains("cannot be reached"), refused.getMessage());
            assertEquals(before, membersOfFriday());
            resume(anna, new Scope.Everything());
            dora.join(invite);
            dora.untilContent("f", ONE);
        }
    }

    @Test
    void aKnockThatCameWhileEverythingWasPausedIsGoodForLater() throws Exception {
        Invite invite = anna.invite(friday);
        Knock knock = Knocks.under(Knocks.ofToken(invite.token()));
        pause(anna, new Scope.Everything());
        assertEquals(Optional.empty(), anna.lan.recognise(knock));
        resume(anna, new Scope.Everything());
        assertEquals(Optional.of(new Guest.Invited(invite.token())), anna.lan.recognise(knock));
        assertEquals(Optional.empty(), anna.lan.recognise(knock), "it is good once");
    }
}
