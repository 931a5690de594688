// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Invite;
import org.vaultsync.Room;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.room.Jsons;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

class TwoDevicesTest {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20,\"weapons\":[\"laser\",\"gun\"]}";

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void twoDevicesInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", new MemoryVault());
        room = anna.createRoom("Friday group");
        ben.join(anna.invite(room));
        TestDevice.until("linked", () -> anna.isLinked() && ben.isLinked());
    }

    @AfterEach
    void close() {
        anna.close();
        ben.close();
    }

    @Test
    void eachSeesTheOtherByName() {
        TestDevice.until(
                "names",
                () -> anna.sync.rooms().getFirst().members().getFirst().name().equals("Ben's desktop")
                        && ben.sync
                                .rooms()
                                .getFirst()
                                .members()
                                .getFirst()
                                .name()
                                .equals("Anna's laptop"));
        assertEquals("Friday group", ben.sync.rooms().getFirst().name());
    }

    @Test
    void aSharedItemArrivesAndBothBadgesSaySo() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.untilBadge("u1", Badge.SYNCED);
        ben.untilBadge("u1", Badge.SYNCED);
        assertEquals(1, anna.sync.status("u1").holders().size());
    }

    @Test
    void editsOfBothShowAtTheOther() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.vault.save("u1", content -> content.replace("20", "25"));
        ben.untilContent("u1", UNIT.replace("20", "25"));
        ben.vault.save("u1", content -> content.replace("gun", "flamer"));
        anna.untilContent("u1", UNIT.replace("20", "25").replace("gun", "flamer"));
    }

    @Test
    void anEditorThatWasOpenedBeforeThreeRemoteEditsLosesNoneOfThem() throws Exception {
        anna.create("u1", "{\"a\":1,\"b\":1,\"c\":1,\"mine\":0,\"list\":[\"x\"]}");
        anna.share(room, "u1");
        TestDevice.until("arrived", () -> ben.vault.get("u1").isPresent());
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> content.replace("\"a\":1", "\"a\":2"));
        anna.vault.save("u1", content -> content.replace("\"b\":1", "\"b\":2"));
        anna.vault.save("u1", content -> content.replace("[\"x\"]", "[\"x\",\"y\"]"));
        TestDevice.until("all three", () -> ben.vault.content("u1").contains("\"y\""));
        ben.vault.save(
                new Item(
                        "u1",
                        "note",
                        "Note u1",
                        opened.item()
                                .content()
                                .replace("\"mine\":0", "\"mine\":7")
                                .replace("[\"x\"]", "[\"z\",\"x\"]")),
                opened.revision());
        String all = "{\"a\":2,\"b\":2,\"c\":1,\"mine\":7,\"list\":[\"z\",\"x\",\"y\"]}";
        anna.untilContent("u1", all);
        ben.untilContent("u1", all);
        assertTrue(anna.sync.conflicts("u1").isEmpty());
    }

    @Test
    void concurrentOverwritesBecomeAConflictThatLookingSettlesEverywhere() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> content.replace("20", "30"));
        ben.untilContent("u1", UNIT.replace("20", "30"));
        ben.vault.save(
                new Item("u1", "note", "Note u1", opened.item().content().replace("20", "40")), opened.revision());
        anna.untilBadge("u1", Badge.CONFLICT);
        ben.untilBadge("u1", Badge.CONFLICT);
        Conflict conflict = anna.sync.conflicts("u1").getFirst();
        assertEquals("/content/tonnage", conflict.field());
        assertEquals(
                List.of("30", "40"),
                List.of(conflict.standing(), conflict.lost()).stream().sorted().toList());
        assertEquals(
                List.of("Anna's laptop", "Ben's desktop"),
                List.of(conflict.standingWriter(), conflict.lostWriter()).stream()
                        .sorted()
                        .toList());
        anna.sync
                .settle(conflict, Optional.of(conflict.lost()))
                .toCompletableFuture()
                .get();
        ben.untilContent("u1", UNIT.replace("20", conflict.lost()));
        anna.untilBadge("u1", Badge.SYNCED);
        ben.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void aThirdValueSettlesAConflictAndCanBeTakenBack() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> content.replace("20", "30"));
        ben.untilContent("u1", UNIT.replace("20", "30"));
        ben.vault.save(
                new Item("u1", "note", "Note u1", opened.item().content().replace("20", "40")), opened.revision());
        anna.untilBadge("u1", Badge.CONFLICT);
        ben.untilBadge("u1", Badge.CONFLICT);
        Conflict conflict = anna.sync.conflicts("u1").getFirst();
        anna.sync.settle(conflict, Optional.of("35")).toCompletableFuture().get();
        ben.untilContent("u1", UNIT.replace("20", "35"));
        anna.untilContent("u1", UNIT.replace("20", "35"));
        ben.untilBadge("u1", Badge.SYNCED);
        anna.untilBadge("u1", Badge.SYNCED);
        anna.sync.reopen(conflict, Optional.of("35")).toCompletableFuture().get();
        ben.untilContent("u1", UNIT.replace("20", conflict.standing()));
        ben.untilBadge("u1", Badge.CONFLICT);
        anna.untilBadge("u1", Badge.CONFLICT);
        assertEquals(conflict.lost(), ben.sync.conflicts("u1").getFirst().lost());
    }

    @Test
    void takingASettlementBackLeavesWhatSomebodyWroteSince() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> content.replace("20", "30"));
        ben.untilContent("u1", UNIT.replace("20", "30"));
        ben.vault.save(
                new Item("u1", "note", "Note u1", opened.item().content().replace("20", "40")), opened.revision());
        anna.untilBadge("u1", Badge.CONFLICT);
        Conflict conflict = anna.sync.conflicts("u1").getFirst();
        anna.sync.settle(conflict, Optional.of("35")).toCompletableFuture().get();
        ben.untilContent("u1", UNIT.replace("20", "35"));
        ben.vault.save("u1", content -> content.replace("35", "50"));
        anna.untilContent("u1", UNIT.replace("20", "50"));
        anna.sync.reopen(conflict, Optional.of("35")).toCompletableFuture().get();
        anna.untilBadge("u1", Badge.CONFLICT);
        anna.untilContent("u1", UNIT.replace("20", "50"));
    }

    @Test
    void anEditInsideOfSomethingDeletedBecomesAConflictAndCanBePutBack() throws Exception {
        String mounts = "{\"mounts\":[{\"id\":1,\"ammo\":5},{\"id\":2,\"ammo\":5}]}";
        String edited = mounts.replace("\"id\":1,\"ammo\":5", "\"id\":1,\"ammo\":9");
        anna.create("u1", mounts);
        anna.share(room, "u1");
        ben.untilContent("u1", mounts);
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> "{\"mounts\":[{\"id\":2,\"ammo\":5}]}");
        ben.untilContent("u1", "{\"mounts\":[{\"id\":2,\"ammo\":5}]}");
        ben.vault.save(new Item("u1", "note", "Note u1", edited), opened.revision());
        anna.untilBadge("u1", Badge.CONFLICT);
        Conflict conflict = anna.sync.conflicts("u1").getFirst();
        assertEquals("/content/mounts/0", conflict.field());
        assertEquals("{\"ammo\":9,\"id\":1}", conflict.lost());
        assertEquals("", conflict.standing());
        assertEquals("Ben's desktop", conflict.lostWriter());
        anna.sync
                .settle(conflict, Optional.of(conflict.lost()))
                .toCompletableFuture()
                .get();
        ben.untilContent("u1", edited);
    }

    @Test
    void aChosenValueIsPutOnlyWhereItsConflictWasFound() throws Exception {
        String pilots = "{\"pilots\":[{\"id\":1,\"skill\":5},{\"id\":2,\"skill\":6}]}";
        Conflict conflict = twoWrites(
                "u1",
                pilots,
                pilots.replace("\"skill\":6", "\"skill\":7"),
                pilots.replace("\"skill\":6", "\"skill\":8"));
        assertEquals("/content/pilots/1/skill", conflict.field());
        Optional<String> lost = Optional.of(conflict.lost());

        anna.vault.save("u1", content -> content.replace("[", "[{\"id\":3,\"skill\":4},"));
        ben.untilContent("u1", content("u1"));
        String moved = content("u1");
        refused(conflict, lost);
        assertEquals(moved, content("u1"));
        assertEquals(conflict.id(), anna.sync.conflicts("u1").getFirst().id());

        anna.vault.save("u1", content -> pilots.replace("\"skill\":6", "\"skill\":" + conflict.standing()));
        ben.untilContent("u1", pilots.replace("\"skill\":6", "\"skill\":" + conflict.standing()));
        anna.sync.settle(conflict, lost).toCompletableFuture().get();
        ben.untilContent("u1", pilots.replace("\"skill\":6", "\"skill\":" + conflict.lost()));
        anna.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void aChosenValueWithoutAPlaceLeavesItsConflictOpen() throws Exception {
        String engine = "{\"name\":\"Wasp\",\"engine\":{\"rating\":100}}";
        Conflict conflict = twoWrites("u1", engine, engine.replace("100", "120"), engine.replace("100", "140"));
        anna.vault.save("u1", content -> "{\"name\":\"Wasp\"}");
        ben.untilContent("u1", "{\"name\":\"Wasp\"}");
        refused(conflict, Optional.of(conflict.lost()));
        assertTrue(anna.sync.conflicts("u1").stream()
                .anyMatch(open -> open.id().equals(conflict.id()) && open.lost().equals(conflict.lost())));
        anna.sync.settle(conflict, Optional.empty()).toCompletableFuture().get();
        TestDevice.until(
                "settled",
                () -> anna.sync.conflicts("u1").stream()
                        .noneMatch(open -> open.id().equals(conflict.id())));
    }

    /** Two who do not know of each other write the same field. */
    private Conflict twoWrites(String id, String before, String annas, String bens) throws Exception {
        anna.create(id, before);
        anna.share(room, id);
        ben.untilContent(id, before);
        Stored opened = ben.vault.get(id).orElseThrow();
        anna.vault.save(id, content -> annas);
        ben.untilContent(id, annas);
        ben.vault.save(new Item(id, "note", "Note " + id, bens), opened.revision());
        anna.untilBadge(id, Badge.CONFLICT);
        TestDevice.until("both to show what stands", () -> Jsons.same(content(id), ben.vault.content(id)));
        return anna.sync.conflicts(id).getFirst();
    }

    private String content(String id) {
        return anna.vault.content(id);
    }

    private void refused(Conflict conflict, Optional<String> value) {
        ExecutionException said = assertThrows(
                ExecutionException.class,
                () -> anna.sync.settle(conflict, value).toCompletableFuture().get());
        assertTrue(said.getCause() instanceof SyncException, said.toString());
        assertTrue(said.getMessage().contains("What this value belongs to is gone"), said.getMessage());
    }

    @Test
    void renamesAndDeletesTravel() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        Stored held = ben.vault.get("u1").orElseThrow();
        ben.vault.save(new Item("u1", "note", "Wasp", held.item().content()), held.revision());
        TestDevice.until(
                "renamed",
                () -> anna.vault.get("u1").orElseThrow().item().name().equals("Wasp"));
        anna.vault.delete("u1");
        TestDevice.until("deleted", () -> ben.vault.get("u1").isEmpty());
        ben.untilBadge("u1", Badge.NOT_SHARED);
    }

    @Test
    void anEditBeatsADeleteThatDidNotKnowOfIt() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        ben.close();
        anna.vault.delete("u1");
        ben.vault.save("u1", content -> content.replace("20", "35"));
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
        anna.untilContent("u1", UNIT.replace("20", "35"));
        ben.untilContent("u1", UNIT.replace("20", "35"));
    }

    @Test
    void bothRestartAndGoOnWithWhatWasEditedMeanwhile() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        ben.close();
        anna.vault.save("u1", content -> content.replace("20", "45"));
        anna.untilBadge("u1", Badge.PENDING);
        anna.close();
        ben.vault.save("u1", content -> content.replace("gun", "rocket"));
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", anna.vault);
        String both = UNIT.replace("20", "45").replace("gun", "rocket");
        anna.untilContent("u1", both);
        ben.untilContent("u1", both);
        anna.untilBadge("u1", Badge.SYNCED);
        ben.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void anItemThatBothHaveAlikeIsAdopted() throws Exception {
        anna.create("u1", UNIT);
        ben.create("u1", UNIT);
        Revision before = ben.vault.get("u1").orElseThrow().revision();
        anna.share(room, "u1");
        ben.untilBadge("u1", Badge.SYNCED);
        assertEquals(before, ben.vault.get("u1").orElseThrow().revision());
        ben.vault.save("u1", content -> content.replace("20", "55"));
        anna.untilContent("u1", UNIT.replace("20", "55"));
    }

    @Test
    void anItemThatBothHaveDifferentlyWaitsForAPersonAndLosesNeither() throws Exception {
        anna.create("u1", UNIT);
        ben.create("u1", UNIT.replace("20", "65"));
        anna.share(room, "u1");
        ben.untilBadge("u1", Badge.CONFLICT);
        ben.untilContent("u1", UNIT.replace("20", "65"));
        Conflict conflict = ben.sync.conflicts("u1").getFirst();
        assertTrue(conflict.lost().contains("65") && conflict.standing().contains("20"));
        ben.sync
                .settle(conflict, Optional.of(conflict.lost()))
                .toCompletableFuture()
                .get();
        anna.untilContent("u1", UNIT.replace("20", "65"));
        ben.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void choosingBetweenTwoItemsOfOneIdCanBeTakenBack() throws Exception {
        for (boolean mine : List.of(true, false)) {
            String id = mine ? "u1" : "u2";
            anna.create(id, UNIT);
            ben.create(id, UNIT.replace("20", "65"));
            anna.share(room, id);
            ben.untilBadge(id, Badge.CONFLICT);
            Conflict conflict = ben.sync.conflicts(id).getFirst();
            Optional<String> chosen = mine ? Optional.of(conflict.lost()) : Optional.empty();
            ben.sync.settle(conflict, chosen).toCompletableFuture().get();
            anna.untilContent(id, mine ? UNIT.replace("20", "65") : UNIT);
            ben.untilContent(id, mine ? UNIT.replace("20", "65") : UNIT);
            ben.untilBadge(id, Badge.SYNCED);
            ben.sync.reopen(conflict, chosen).toCompletableFuture().get();
            ben.untilBadge(id, Badge.CONFLICT);
            ben.untilContent(id, UNIT.replace("20", "65"));
            anna.untilContent(id, UNIT);
            Conflict again = ben.sync.conflicts(id).getFirst();
            ben.sync
                    .settle(again, Optional.of(again.lost().replace("65", "70")))
                    .toCompletableFuture()
                    .get();
            anna.untilContent(id, UNIT.replace("20", "70"));
            ben.untilContent(id, UNIT.replace("20", "70"));
        }
    }

    @Test
    void anItemThatBothSharedWhileApartIsUnitedAndNoListElementIsDoubled() throws Exception {
        ben.close();
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        MemoryVault his = ben.vault;
        ben = null;
        anna.close();
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", his);
        ben.create("u1", UNIT.replace("20", "75"));
        ben.share(room, "u1");
        anna = new TestDevice(folder.resolve("anna"), "Anna's laptop", anna.vault);
        TestDevice.until(
                "united",
                () -> anna.sync.status("u1").badge() == Badge.CONFLICT
                        && ben.sync.status("u1").badge() == Badge.CONFLICT
                        && Jsons.same(anna.vault.content("u1"), ben.vault.content("u1")));
        assertEquals(1, anna.vault.content("u1").split("laser", -1).length - 1);
        Conflict conflict = anna.sync.conflicts("u1").getFirst();
        assertEquals(
                List.of("20", "75"),
                List.of(conflict.standing(), conflict.lost()).stream().sorted().toList());
    }

    @Test
    void stoppingLeavesBothWithTheirCopies() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        anna.sync.stop(List.of("u1")).toCompletableFuture().get();
        anna.untilBadge("u1", Badge.NOT_SHARED);
        ben.vault.save("u1", content -> content.replace("20", "85"));
        ben.create("u2", "{}");
        ben.share(room, "u2");
        anna.untilContent("u2", "{}");
        anna.untilContent("u1", UNIT);
        anna.share(room, "u1");
        anna.untilContent("u1", UNIT.replace("20", "85"));
    }

    @Test
    void aHostThatNormalisesMakesNoEcho() throws Exception {
        ben.vault.normalise(item -> new Item(
                item.id(),
                item.type(),
                item.name(),
                item.content().replace("20", "20.5"),
                item.attachments(),
                item.references()));
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        TestDevice.until("arrived", () -> ben.vault.content("u1").contains("20.5"));
        ben.vault.save("u1", content -> content.replace("gun", "claw"));
        anna.untilContent("u1", UNIT.replace("gun", "claw"));
    }

    @Test
    void aSaveBeforeSyncHasHeardOfTheNormalisedItemMakesNoEcho() throws Exception {
        ben.vault.normalise(item -> new Item(
                item.id(),
                item.type(),
                item.name(),
                item.content().replace("20", "20.5"),
                item.attachments(),
                item.references()));
        ben.vault.afterPut(() -> {
            ben.vault.afterPut(() -> {});
            ben.vault.save("u1", content -> content.replace("gun", "claw"));
        });
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        TestDevice.until("the edit", () -> anna.vault.content("u1").contains("claw"));
        assertTrue(Jsons.same(UNIT.replace("gun", "claw"), anna.vault.content("u1")), anna.vault.content("u1"));
    }

    @Test
    void anItemThatTheHostRefusesStopsAloneAndSaysWhy() throws Exception {
        ben.vault.refuse("This application has no room for it.");
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilBadge("u1", Badge.ERROR);
        assertEquals(
                "This application has no room for it.",
                ben.sync.status("u1").problem().orElseThrow());
        ben.vault.refuse(null);
        anna.vault.save("u1", content -> content.replace("20", "95"));
        ben.untilContent("u1", UNIT.replace("20", "95"));
        ben.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void whatCannotBeSharedIsSaidAndTheRestIsShared() throws Exception {
        anna.create("list", "[1,2]");
        anna.create("large", "{\"a\":\"" + "x".repeat(10 << 20) + "\"}");
        anna.create("good", UNIT);
        SyncException why = failure(() -> anna.share(room, "list", "large", "good"));
        assertTrue(why.getMessage().contains("only objects"), why.getMessage());
        assertTrue(why.getMessage().contains("too large"), why.getMessage());
        ben.untilContent("good", UNIT);
        assertEquals(Badge.NOT_SHARED, anna.sync.status("list").badge());
    }

    /** Of which the object is one. */
    @ParameterizedTest
    @ValueSource(ints = {65, 200})
    void whatIsNestedTooDeepIsToldTheLimitThatHolds(int levels) throws Exception {
        anna.create("deepest", nested(64));
        anna.share(room, "deepest");
        anna.create("deep", nested(levels));
        SyncException why = failure(() -> anna.share(room, "deep"));
        assertTrue(why.getMessage().contains("more than 64 levels"), why.getMessage());
    }

    private static String nested(int levels) {
        return "{\"a\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
    }

    @Test
    void aPictureArrivesWithTheItemThatNamesIt() throws Exception {
        byte[] picture = new byte[700_000];
        new Random(5).nextBytes(picture);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(picture));
        anna.vault.putAttachment(hash, new ByteArrayInputStream(picture));
        anna.vault.save(
                new Item(
                        "u1",
                        "unit",
                        "Locust",
                        UNIT,
                        List.of(new Attachment("k1", "locust.png", hash, picture.length, "image/png")),
                        List.of("p1")),
                Revision.NONE);
        anna.share(room, "u1");
        TestDevice.until(
                "the picture",
                () -> ben.vault.openAttachment(hash).isPresent()
                        && ben.vault.get("u1").isPresent());
        assertArrayEquals(picture, ben.vault.openAttachment(hash).orElseThrow().readAllBytes());
        Item arrived = ben.vault.get("u1").orElseThrow().item();
        assertEquals(List.of("p1"), arrived.references());
        assertEquals("locust.png", arrived.attachments().getFirst().name());
    }

    @Test
    void whatWasSavedWhileTheVaultWasAskedSurvivesAStop() throws Exception {
        anna.create("u1", "{\"log\":[],\"a\":1}");
        anna.share(room, "u1");
        ben.untilContent("u1", "{\"log\":[],\"a\":1}");
        Stored opened = ben.vault.get("u1").orElseThrow();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        ben.vault.beforePut(() -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        anna.vault.save("u1", content -> content.replace("1", "2"));
        asked.await();
        // Two editors that were opened before save one after the other; the vault holds the second.
        ben.vault.save(new Item("u1", "note", "Note u1", "{\"log\":[\"x\"],\"a\":1}"), opened.revision());
        ben.vault.save(new Item("u1", "note", "Note u1", "{\"log\":[\"y\"],\"a\":1}"), opened.revision());
        Thread stopping = Thread.ofPlatform().start(ben::close);
        TimeUnit.MILLISECONDS.sleep(200);
        answer.countDown();
        stopping.join();
        ben.vault.beforePut(() -> {});
        ben = new TestDevice(folder.resolve("ben"), "Ben's desktop", ben.vault);
        TestDevice.until(
                () -> "both, not " + anna.vault.content("u1"),
                () -> anna.vault.content("u1").contains("\"x\"")
                        && anna.vault.content("u1").contains("\"y\"")
                        && Jsons.same(anna.vault.content("u1"), ben.vault.content("u1")));
        assertTrue(
                Jsons.same("{\"log\":[\"x\",\"y\"],\"a\":2}", anna.vault.content("u1"))
                        || Jsons.same("{\"log\":[\"y\",\"x\"],\"a\":2}", anna.vault.content("u1")),
                anna.vault.content("u1"));
    }

    @Test
    void anInviteWorksForOneDeviceOnly() throws Exception {
        Invite invite = anna.invite(room);
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault());
                TestDevice dora = new TestDevice(folder.resolve("dora"), "Dora", new MemoryVault())) {
            carla.join(invite);
            SyncException used = failure(() -> dora.join(invite));
            assertTrue(used.getMessage().contains("used by another device"), used.getMessage());
            anna.create("u1", UNIT);
            anna.share(room, "u1");
            carla.untilContent("u1", UNIT);
            TestDevice.until(
                    "three know each other",
                    () -> ben.sync.rooms().getFirst().members().size() == 2);
        }
    }

    @Test
    void whatOneMemberDoesReachesAnotherThroughAThird() throws Exception {
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            // Anna invited Ben, and Anna invites Carla: those two do not know where the other is.
            carla.join(anna.invite(room));
            ben.create("u1", UNIT);
            ben.share(room, "u1");
            carla.untilContent("u1", UNIT);
            for (String tonnage : List.of("25", "30", "35")) {
                ben.vault.save("u1", content -> content.replaceFirst("\"tonnage\":\\d+", "\"tonnage\":" + tonnage));
                carla.untilContent("u1", UNIT.replace("20", tonnage));
            }
            carla.untilBadge("u1", Badge.SYNCED);
            anna.untilBadge("u1", Badge.SYNCED);
        }
    }

    @Test
    void anExpiredInviteIsSaid() throws Exception {
        Clock aWeekAgo = Clock.offset(Clock.systemUTC(), Duration.ofDays(-8));
        Invite old;
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault(), aWeekAgo)) {
            old = carla.invite(carla.createRoom("Old"));
        }
        try (TestDevice carla = new TestDevice(folder.resolve("carla"), "Carla", new MemoryVault())) {
            TestDevice.until(
                    "listening",
                    () -> !carla.sync.self().orElseThrow().addresses().isEmpty());
            SyncException expired = failure(() -> anna.join(old));
            assertTrue(expired.getMessage().contains("expired"), expired.getMessage());
            assertEquals(List.of(room), anna.sync.rooms().stream().map(Room::id).toList());
            RoomId joined = anna.join(carla.invite(old.room()));
            assertEquals(old.room(), joined, "a new one is as good as ever");
        }
    }

    @Test
    void aNameWithControlCharactersIsRefused() {
        SyncException refused = failure(() -> anna.createRoom("Fri\u0007day"));
        assertTrue(refused.getMessage().contains("control characters"), refused.getMessage());
    }

    @Test
    void aSecondProcessOnTheSameFolderIsSaid() {
        LocalVaultSync second = new LocalVaultSync(folder.resolve("anna"), TestDevice.REPLICAS, Clock.systemUTC());
        TestDevice.until("said", () -> second.problem().isPresent());
        assertTrue(
                second.problem().orElseThrow().contains("already"),
                second.problem().orElseThrow());
        second.stop();
    }

    @Test
    void onesOwnInviteAndARoomThatOneIsInAreSaid() throws Exception {
        Invite own = anna.invite(room);
        assertTrue(failure(() -> anna.join(own)).getMessage().contains("made by this device"));
        Invite again = anna.invite(room);
        assertTrue(failure(() -> ben.join(again)).getMessage().contains("already in that room"));
    }

    @Test
    void leavingTellsTheOthersAndKeepsTheItems() throws Exception {
        anna.create("u1", UNIT);
        anna.share(room, "u1");
        ben.untilContent("u1", UNIT);
        ben.sync.leave(room).toCompletableFuture().get();
        TestDevice.until("gone", () -> anna.sync.rooms().getFirst().members().isEmpty());
        assertTrue(ben.sync.rooms().isEmpty());
        ben.untilContent("u1", UNIT);
        ben.untilBadge("u1", Badge.NOT_SHARED);
    }

    /** The host does not answer: nobody waits for ever for what is not shared any more. */
    @Test
    void whoLeavesWhileItemsAreBeingSharedHearsThatTheyAreNot() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        anna.create("u1", UNIT);
        anna.vault.beforeGet(item -> {
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            CompletableFuture<Void> shared =
                    anna.sync.share(room, List.of("u1")).toCompletableFuture();
            anna.sync.leave(room).toCompletableFuture().get(60, TimeUnit.SECONDS);
            SyncException left = failure(() -> shared.get(30, TimeUnit.SECONDS));
            assertTrue(left.getMessage().contains("has left the room"), left.getMessage());
        } finally {
            answer.countDown();
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static SyncException failure(Action action) {
        Throwable thrown = assertThrows(ExecutionException.class, action::run).getCause();
        return (SyncException) thrown;
    }
}
