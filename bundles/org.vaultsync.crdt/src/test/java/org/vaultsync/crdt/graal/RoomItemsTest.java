// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.RoomItems;
import org.vaultsync.crdt.RoomItems.RoomItem;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;

/** Many items in one document, in both profiles. */
class RoomItemsTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static ReplicaEngine engine;

    @BeforeAll
    static void open() {
        engine = Lab.engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** What a replica has under an id, as an item. */
    private static Optional<RoomItem> item(Replica replica, String id) throws Exception {
        boolean whole = replica.kind() == DocumentKind.VAULT_ITEMS;
        String at = Pointer.of(List.of(replica.kind().roots().getFirst(), id));
        Optional<String> content = replica.json(at + (whole ? "/data" : "/content"));
        String meta = whole ? at : at + "/meta";
        return content.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new RoomItem(id, text(replica, meta + "/type"), text(replica, meta + "/name"), content.get()));
    }

    private static String text(Replica replica, String pointer) throws Exception {
        return ((Json.Text) Json.parse(replica.json(pointer).orElseThrow())).value();
    }

    private static Set<String> ids(Replica replica) throws Exception {
        Json items = Json.parseObject(replica.json()).get(replica.kind().roots().getFirst());
        return ((Json.JsonObject) items).members().keySet();
    }

    @ParameterizedTest
    @EnumSource(
            value = DocumentKind.class,
            names = {"ITEMS", "VAULT_ITEMS"})
    void itemsArePutChangedAndRemoved(DocumentKind kind) throws Exception {
        try (Replica one = engine.open(kind, 1, List.of());
                Replica other = engine.open(kind, 2, List.of())) {
            RoomItems mine = new RoomItems(one);
            RoomItems theirs = new RoomItems(other);
            String root = "/" + kind.roots().getFirst();
            RoomItem atlas = new RoomItem(
                    "a/~1", "unit", "Atlas \"II\"", "{\"$x\":[null,12345678901234567890],\"__proto__\":1,\"armor\":9}");
            RoomItem wasp = new RoomItem("$wasp", "unit", "Wasp", "{\"armor\":1}");
            Applied first = other.apply(mine.put(Optional.empty(), atlas, NOON));
            assertEquals(Set.of(root + "/a~1~01"), first.members());
            assertEquals(
                    Set.of(root + "/$wasp"),
                    other.apply(mine.put(Optional.empty(), wasp, NOON)).members());
            assertEquals(Set.of("$wasp", "a/~1"), ids(other));
            assertEquals(Optional.of(atlas), item(other, "a/~1"));
            assertEquals(Optional.of(wasp), item(other, "$wasp"));
            assertEquals(Optional.empty(), item(other, "nobody"));
            assertEquals(0, mine.put(Optional.of(atlas), atlas, NOON.plusSeconds(9)).length);

            RoomItem renamed = new RoomItem("$wasp", "unit", "Wasp", "{\"armor\":2}");
            Applied changed = other.apply(mine.put(Optional.of(wasp), renamed, NOON));
            assertEquals(Set.of(root + "/$wasp"), changed.members());
            assertEquals(Optional.of(renamed), item(other, "$wasp"));
            assertEquals(Optional.of(atlas), item(other, "a/~1"));

            assertEquals(
                    Set.of(root + "/a~1~01"), one.apply(theirs.remove("a/~1")).members());
            assertEquals(Set.of("$wasp"), ids(one));
            assertEquals(0, mine.remove("a/~1").length);
            assertEquals(one.json(), other.json());
            assertEquals(Optional.of(kind), DocumentKind.ofRoom(Update.decode(one.state())));
        }
    }

    @Test
    void inOurProfileConcurrentEditsOfOneItemBothStay() throws Exception {
        try (Replica one = engine.open(DocumentKind.ITEMS, 1, List.of());
                Replica other = engine.open(DocumentKind.ITEMS, 2, List.of())) {
            RoomItem base = new RoomItem("u", "unit", "Atlas", "{\"a\":1,\"b\":1}");
            other.apply(new RoomItems(one).put(Optional.empty(), base, NOON));
            byte[] first = new RoomItems(one)
                    .put(Optional.of(base), new RoomItem("u", "unit", "Atlas", "{\"a\":2,\"b\":1}"), NOON);
            byte[] second = new RoomItems(other)
                    .put(Optional.of(base), new RoomItem("u", "unit", "Atlas II", "{\"a\":1,\"b\":2}"), NOON);
            one.apply(second);
            other.apply(first);
            RoomItem both = new RoomItem("u", "unit", "Atlas II", "{\"a\":2,\"b\":2}");
            assertEquals(Optional.of(both), item(one, "u"));
            assertEquals(one.json(), other.json());
        }
    }

    /** However much is in the room: the bounds for one item are not those of all together. */
    @Test
    void anItemOfALargeRoomIsEditedAsSoonAsTheRoomIsOpen() throws Exception {
        String many = "{\"list\":[0" + ",1".repeat(Json.MOST_VALUES / 2) + "]}";
        List<byte[]> room = new ArrayList<>();
        RoomItem small = new RoomItem("small", "unit", "Locust", "{}");
        for (RoomItem item :
                List.of(new RoomItem("a", "unit", "Atlas", many), new RoomItem("b", "unit", "Banshee", many), small)) {
            try (Replica writer = engine.open(DocumentKind.ITEMS, room.size() + 1, List.of())) {
                room.add(new RoomItems(writer).put(Optional.empty(), item, NOON));
            }
        }
        try (Replica opened = engine.open(DocumentKind.ITEMS, 9, List.of(Updates.merge(room)))) {
            RoomItem renamed = new RoomItem("small", "unit", "Locust II", "{}");
            new RoomItems(opened).put(Optional.of(small), renamed, NOON);
            assertEquals(Optional.of(renamed), item(opened, "small"));
        }
    }

    /** A browser takes no message of more than 256 KB. What comes too early it keeps by itself, here merging does. */
    @Test
    void aRoomInPartsComesTogetherInAnyOrder() throws Exception {
        Random random = new Random(42);
        try (Replica one = engine.open(DocumentKind.ITEMS, 1, List.of());
                Replica other = engine.open(DocumentKind.ITEMS, 2, List.of());
                Replica page = engine.open(DocumentKind.ITEMS, 3, List.of())) {
            for (int i = 0; i < 60; i++) {
                // Each rests on what the other wrote before.
                Replica writer = i % 2 == 0 ? one : other;
                RoomItems items = new RoomItems(writer);
                String id = "u" + random.nextInt(20);
                Optional<RoomItem> base = item(writer, id);
                byte[] update = random.nextInt(5) == 0
                        ? items.remove(id)
                        : items.put(
                                base,
                                new RoomItem(id, "unit", "Unit", "{\"text\":\"" + "x".repeat(300) + i + "\"}"),
                                NOON);
                if (update.length > 0) {
                    (writer == one ? other : one).apply(update);
                }
            }
            List<byte[]> parts = new ArrayList<>(Updates.split(one.state(), 800));
            assertTrue(parts.size() > 5, parts.size() + " parts");
            assertTrue(parts.stream().allMatch(part -> part.length < 1500));
            assertEquals(Knowledge.of(List.of(one.state())), Knowledge.of(List.of(Updates.merge(parts))));
            Collections.shuffle(parts, random);
            page.apply(Updates.merge(parts));
            assertEquals(one.json(), page.json());
            assertEquals(1, Updates.split(one.state(), 1 << 20).size());
        }
    }

    @Test
    void theWebAppReadsWhatItWouldHaveWritten() throws Exception {
        try (Replica replica = engine.open(DocumentKind.VAULT_ITEMS, 7, List.of())) {
            new RoomItems(replica).put(Optional.empty(), new RoomItem("u", "unit", "Atlas", "{\"tonnage\":100}"), NOON);
            assertEquals(
                    "{\"vault-items\":{\"u\":{\"data\":{\"tonnage\":100},\"id\":\"u\",\"lastModified\":1795262400000,"
                            + "\"lastModifiedBy\":\"7\",\"name\":\"Atlas\",\"syncEnabled\":true,\"syncState\":\"pending\","
                            + "\"type\":\"unit\"}}}",
                    replica.json());
        }
        assertEquals(Optional.empty(), DocumentKind.ofRoom(Update.decode(Updates.empty())));
        try (Replica item = Lab.item(engine, 1)) {
            assertThrows(IllegalArgumentException.class, () -> new RoomItems(item));
        }
    }

    @Test
    void whatElseTheWebAppHasWrittenStays() throws Exception {
        try (Replica replica = engine.open(DocumentKind.VAULT_ITEMS, 7, List.of())) {
            RoomItem atlas = new RoomItem("u/1", "unit", "Atlas", "{\"tonnage\":100}");
            replica.edit(
                    "{\"vault-items\":{}}",
                    "{\"vault-items\":{\"u/1\":{\"id\":\"u/1\",\"type\":\"unit\",\"name\":\"Atlas\",\"data\":{\"tonnage\":100},"
                            + "\"syncEnabled\":true,\"syncState\":\"synced\",\"lastModified\":1,\"lastModifiedBy\":\"9\","
                            + "\"lastSynced\":5,\"$new/~\":[null,{\"a\":12345678901234567890}]}}}");
            RoomItem heavier = new RoomItem("u/1", "unit", "Atlas", "{\"tonnage\":105}");
            new RoomItems(replica).put(Optional.of(atlas), heavier, NOON);
            assertEquals(
                    "{\"vault-items\":{\"u/1\":{\"$new/~\":[null,{\"a\":12345678901234567890}],\"data\":{\"tonnage\":105},"
                            + "\"id\":\"u/1\",\"lastModified\":1795262400000,\"lastModifiedBy\":\"7\",\"lastSynced\":5,"
                            + "\"name\":\"Atlas\",\"syncEnabled\":true,\"syncState\":\"pending\",\"type\":\"unit\"}}}",
                    replica.json());
        }
    }
}
