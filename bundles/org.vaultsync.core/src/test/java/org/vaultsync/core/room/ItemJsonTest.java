// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.graal.GraalReplicaFactory;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

class ItemJsonTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    private static ReplicaEngine engine;

    @BeforeAll
    static void open() throws Exception {
        engine = GraalReplicaFactory.from(Path.of("../org.vaultsync.crdt/lib")).openEngine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** What a document comes to hold when an item with a content is written into it. */
    private static String document(Item item) throws Exception {
        try (Replica replica = engine.open(DocumentKind.ITEM, 1, List.of())) {
            replica.edit(replica.json(), ItemJson.write(item));
            return replica.json();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"armor\":5,\"name\":\"A \\\"quoted\\\" one\",\"list\":[1,null,{\"deep\":{}}]}",
                "{\"text\":\"\\u0000\\u001f\\u2028 \\ud83d\\ude00 /\\\\\",\"\":1.50,\"big\":123456789012345678,\"e\":1e300}"
            })
    void anItemIsReadAsItWasWritten(String content) throws Exception {
        Item item = new Item(
                "a",
                "unit",
                "Wren \"WR\" \u2028",
                content,
                List.of(new Attachment("picture", "wren.png", HASH, 17, "image/png")),
                List.of("pilot \"one\""));

        String json = document(item);
        Item read = ItemJson.read("a", json);

        assertTrue(Jsons.same(content, read.content()), read.content());
        assertEquals(item.name(), read.name());
        assertEquals(item.type(), read.type());
        assertEquals(item.attachments(), read.attachments());
        assertEquals(item.references(), read.references());
        assertTrue(ItemJson.isWhole(read, json), json);
        assertTrue(Jsons.same(json, ItemJson.write(read)), json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"attachments\":{\"a\":{\"sha256\":\"none\"}},\"content\":{},\"meta\":{\"name\":\"\",\"type\":\"\"},\"refs\":{}}",
                "{\"attachments\":{},\"content\":{},\"meta\":{\"name\":\"\",\"shape\":2,\"type\":\"\"},\"refs\":{}}",
                "{\"attachments\":{},\"content\":{},\"meta\":{\"name\":7,\"type\":\"\"},\"refs\":{}}",
                "{\"attachments\":{},\"content\":{},\"meta\":{},\"refs\":{\"b\":false}}"
            })
    void ofAStrangeDocumentAnItemIsNotAll(String document) {
        assertFalse(ItemJson.isWhole(ItemJson.read("a", document), document));
    }

    @Test
    void whatAStrangeDocumentLacksIsEmpty() {
        assertEquals(new Item("a", "", "", "{}"), ItemJson.read("a", "{}"));
        assertEquals(
                new Item("a", "", "b", "{}"),
                ItemJson.read("a", "{\"content\":[1,{}],\"meta\":{\"name\":\"b\"},\"other\":{\"content\":{\"c\":1}}}"));
    }
}
