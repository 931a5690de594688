// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Member;
import org.vaultsync.Room;
import org.vaultsync.Room.Standing;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.SyncPolicy;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;

/** Who is in a room, and what becomes of those who are taken out of it: three devices. */
class MembersTest {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20}";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private TestDevice carla;
    private RoomId room;
    private Invite bensInvite;

    @BeforeEach
    void annaLetsBenInAndBenCarla() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault());
        carla = new TestDevice(folder.resolve("carla"), "Carla's phone", new MemoryVault());
        room = anna.createRoom("Friday group");
        bensInvite = anna.invite(room);
        ben.join(bensInvite);
        carla.join(ben.invite(room));
        TestDevice.until("three", () -> members(anna) == 2 && members(ben) == 2 && members(carla) == 2);
        // Anna and Carla hear from Ben where the other one is.
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked() && carla.isLinked());
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
        carla.close();
    }

    private static int members(TestDevice device) {
        return room(device).members().size();
    }

    private static Room room(TestDevice device) {
        return device.sync.rooms().getFirst();
    }

    private static Fingerprint fingerprint(TestDevice device) {
        return device.sync.self().orElseThrow().fingerprint();
    }

    private static Member member(TestDevice asked, TestDevice about) {
        return room(asked).members().stream()
                .filter(member -> member.fingerprint().equals(fingerprint(about)))
                .findFirst()
                .orElseThrow();
    }

    private static String failure(CompletionStage<?> stage) {
        ExecutionException failed = assertThrows(
                ExecutionException.class, () -> stage.toCompletableFuture().get());
        assertTrue(failed.getCause() instanceof SyncException, failed.toString());
        return failed.getCause().getMessage();
    }

    @Test
    void eachSeesWhoLetWhomIn() {
        assertEquals(Standing.FOUNDER, room(anna).standing());
        assertEquals(Standing.MEMBER, room(carla).standing());
        TestDevice.until(
                "Ben's name",
                () -> member(anna, carla).admission().orElseThrow().by().equals("Ben's desktop"));
        assertTrue(member(carla, anna).admission().isEmpty());
        assertTrue(member(carla, anna).admin());
    }

    @Test
    void aRoomIsRenamedForEverybody() throws Exception {
        ben.sync.renameRoom(room, "Saturday").toCompletableFuture().get();
        TestDevice.until(
                "renamed",
                () -> List.of(anna, ben, carla).stream()
                        .allMatch(device -> room(device).name().equals("Saturday")));
    }

    @Test
    void whoIsRemovedGetsNothingMoreAndKeepsWhatItHas() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        carla.untilContent("u1", UNIT);
        assertTrue(failure(ben.sync.removeMember(room, fingerprint(carla))).startsWith("Only the one who made"));
        anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        TestDevice.until("Carla knows", () -> members(carla) == 1 && members(anna) == 1);
        ben.untilBadge("u1", Badge.NOT_SHARED);
        ben.vault.save("u1", content -> content.replace("20", "99"));
        anna.vault.save("u1", content -> content.replace("20", "30"));
        // Carla was let in by Ben: she stays.
        TestDevice.until("linked", () -> anna.isLinked() && carla.isLinked());
        carla.untilContent("u1", UNIT.replace("20", "30"));
        anna.untilBadge("u1", Badge.SYNCED);
        assertEquals(UNIT.replace("20", "99"), ben.vault.content("u1"));
        assertEquals(1, anna.sync.status("u1").others());
    }

    @Test
    void whoIsRemovedIsShutOutAlsoWhileTheDiskTakesNothing() throws Exception {
        byte[] picture = "a picture".getBytes(StandardCharsets.US_ASCII);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(picture));
        ben.sync.setFetchedAtOnce(0).toCompletableFuture().get();
        carla.sync.setFetchedAtOnce(0).toCompletableFuture().get(); // who would give it to Ben, for all that she knows
        anna.vault.putAttachment(hash, new ByteArrayInputStream(picture));
        Attachment attachment = new Attachment("k1", "locust.png", hash, picture.length, "image/png");
        anna.vault.save(new Item("u1", "unit", "Locust", UNIT, List.of(attachment), List.of()), Revision.NONE);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.untilBadge("u1", Badge.SYNCED);
        ben.sync.open("u1", "/name");
        TestDevice.until("Anna sees it", () -> !anna.sync.at("u1").isEmpty());
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("anna/sync.db"));
        CompletableFuture<Void> removed;
        try (Connection database = source.getConnection();
                Statement statement = database.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("BEGIN IMMEDIATE");
            removed = anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture();
            TestDevice.until("Ben is out", () -> anna.sync.at("u1").isEmpty());
            assertFalse(removed.isDone());
            ben.sync.fetch(hash);
            statement.execute("ROLLBACK");
        }
        removed.get(60, TimeUnit.SECONDS);
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        assertTrue(ben.vault.openAttachment(hash).isEmpty());
    }

    @Test
    void whoIsRemovedSharesAndInvitesNoMore() throws Exception {
        ben.create("u1", UNIT);
        anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        String why = "This device is not in that room any more.";
        assertEquals(why, failure(ben.sync.share(room, List.of("u1"))));
        assertEquals(why, failure(ben.sync.invite(room)));
        assertEquals(why, failure(ben.sync.take(room, List.of("u1"))));
        assertEquals(why, failure(ben.sync.setSharing("note", new SyncPolicy.Sharing.Always(room))));
        // It can be shared elsewhere, as what is in no room.
        RoomId home = ben.createRoom("Home");
        ben.share(home, "u1");
        TestDevice.until("it is there", () -> ben.sync.status("u1").room().equals(Optional.of(home)));
    }

    @Test
    void anInviteDoesNotBringBackWhoWasRemoved() throws Exception {
        anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        ben.sync.leave(room).toCompletableFuture().get();
        assertTrue(failure(ben.sync.join(bensInvite)).contains("was removed"));
        assertEquals(1, members(anna));
        ben.join(anna.invite(room));
        TestDevice.until("back", () -> members(anna) == 2 && members(carla) == 2);
    }

    @Test
    void whoWasRemovedComesBackIntoTheRoomThatItKept() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.vault.save("u1", content -> content.replace("20", "25"));
        ben.untilContent("u1", UNIT.replace("20", "25"));
        int known = versions(ben, "u1");
        anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        assertEquals(room, ben.join(anna.invite(room)));
        TestDevice.until("back", () -> members(anna) == 2 && members(carla) == 2 && members(ben) == 2);
        assertEquals(Standing.MEMBER, room(ben).standing());
        assertEquals(1, ben.sync.rooms().size());
        TestDevice.until("its history is there", () -> versions(ben, "u1") >= known);
        anna.vault.save("u1", content -> content.replace("25", "30"));
        ben.untilContent("u1", UNIT.replace("20", "30"));
        ben.vault.save("u1", content -> content.replace("30", "40"));
        anna.untilContent("u1", UNIT.replace("20", "40"));
        carla.untilContent("u1", UNIT.replace("20", "40"));
        ben.untilBadge("u1", Badge.SYNCED);
        assertEquals("This device is already in that room.", failure(ben.sync.join(anna.invite(room))));
    }

    private static int versions(TestDevice device, String item) {
        return new LocalItemHistory(device.sync)
                .versions(item)
                .toCompletableFuture()
                .join()
                .size();
    }

    @Test
    void aRemovalHoldsAlsoWhereItWasHeardLate() throws Exception {
        carla.close();
        anna.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("Ben knows", () -> room(ben).standing() == Standing.REMOVED);
        carla = new TestDevice(folder.resolve("carla"), "Carla's phone", new MemoryVault());
        TestDevice.until("Carla knows", () -> members(carla) == 1);
        carla.create("u2", UNIT);
        carla.share(room, "u2");
        anna.untilContent("u2", UNIT);
        assertFalse(ben.vault.get("u2").isPresent());
    }

    @Test
    void anAdminWhomTheFounderNamedRemovesOthers() throws Exception {
        assertTrue(failure(ben.sync.appoint(room, fingerprint(carla), true)).startsWith("Only the one who made"));
        anna.sync.appoint(room, fingerprint(carla), true).toCompletableFuture().get();
        TestDevice.until(
                "admin",
                () -> room(carla).standing() == Standing.ADMIN
                        && member(ben, carla).admin());
        assertTrue(failure(carla.sync.removeMember(room, fingerprint(anna))).startsWith("Only the one who made"));
        carla.sync.removeMember(room, fingerprint(ben)).toCompletableFuture().get();
        TestDevice.until("gone", () -> members(anna) == 1 && room(ben).standing() == Standing.REMOVED);
    }
}
