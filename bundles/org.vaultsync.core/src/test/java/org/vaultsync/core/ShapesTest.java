// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Badge;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Message;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Stored;

/** How items are laid into documents, between devices that do not all think alike of it. */
class ShapesTest {
    private static final String DOCUMENT = "ab".repeat(16);
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    @TempDir
    private Path folder;

    private TestDevice anna;
    private TestDevice ben;
    private RoomId room;

    @BeforeEach
    void twoDevicesInARoom() throws Exception {
        anna = new TestDevice(folder.resolve("anna"), "Anna", new MemoryVault());
        ben = new TestDevice(folder.resolve("ben"), "Ben", new MemoryVault());
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
    void bothKeepWhatTheyWriteInATextFieldOfTheVault() throws Exception {
        anna.vault.textFields(Set.of("/notes"));
        anna.create("u1", "{\"notes\":\"It stands.\"}");
        anna.share(room, "u1");
        TestDevice.until("arrived", () -> ben.vault.get("u1").isPresent());
        Stored opened = ben.vault.get("u1").orElseThrow();
        anna.vault.save("u1", content -> content.replace("It stands.", "It stands. Anna was here."));
        ben.untilContent("u1", "{\"notes\":\"It stands. Anna was here.\"}");
        ben.vault.save(new Item("u1", "note", "Note u1", "{\"notes\":\"Ben: It stands.\"}"), opened.revision());
        anna.untilContent("u1", "{\"notes\":\"Ben: It stands. Anna was here.\"}");
        ben.untilContent("u1", "{\"notes\":\"Ben: It stands. Anna was here.\"}");
        assertEquals(List.of(), anna.sync.conflicts("u1"));
        assertEquals(List.of(), ben.sync.conflicts("u1"));
    }

    /** JavaScript walks through what is nested, and needs a stack for that. */
    @Test
    void whatIsNestedAsDeepAsCanBeIsEdited() throws Exception {
        String begin = "{\"a\":" + "[".repeat(60);
        String end = "]".repeat(60) + "}";
        anna.create("u1", "{\"a\":0}");
        anna.share(room, "u1");
        TestDevice.until("arrived", () -> ben.vault.get("u1").isPresent());
        anna.vault.save("u1", content -> begin + 1 + end);
        ben.untilContent("u1", begin + 1 + end);
        ben.vault.save("u1", content -> begin + 2 + end);
        anna.untilContent("u1", begin + 2 + end);
        anna.untilBadge("u1", Badge.SYNCED);
    }

    @Test
    void anItemOfANewerVersionIsShownAndPassedOnAndNotWritten() throws Exception {
        withAnotherMember(
                "{\"content\":{\"a\":1},\"meta\":{\"name\":\"Note u1\",\"shape\":2,\"type\":\"note\"}}",
                (other, item) -> {
                    TestDevice.until("read only", () -> anna.sync.status("u1").readOnly());
                    anna.create("u2", "{\"shape\":2}");
                    anna.share(room, "u2");
                    ben.untilContent("u2", "{\"shape\":2}");
                    anna.untilBadge("u2", Badge.SYNCED);
                    assertFalse(anna.sync.status("u2").readOnly());

                    anna.vault.save("u1", content -> "{\"a\":2}");
                    anna.untilBadge("u1", Badge.ERROR);
                    String problem = anna.sync.status("u1").problem().orElseThrow();
                    assertTrue(problem.contains("newer version"), problem);
                    assertEquals("{\"a\":2}", anna.vault.content("u1"), "it stays in the vault");
                    assertEquals("{\"a\":1}", ben.vault.content("u1"));
                });
    }

    @Test
    void whatAnItemCannotHoldOfADocumentStaysThereWhenTheItemIsEdited() throws Exception {
        String made = "{\"attachments\":{\"voice\":{\"seconds\":7}},\"content\":{\"a\":1},"
                + "\"meta\":{\"name\":\"Note u1\",\"type\":\"note\"},\"refs\":{}}";
        withAnotherMember(made, (other, item) -> {
            anna.vault.save("u1", content -> "{\"a\":2}");
            ben.untilContent("u1", "{\"a\":2}");
            while (!item.json().contains("{\"a\":2}")) {
                Message.Envelope edit = other.await(Message.Envelope.class);
                if (edit.document().equals(new DocumentName(room, DOCUMENT))) {
                    item.apply(edit.update());
                }
            }
            assertTrue(item.json().contains("\"voice\":{\"seconds\":7}"), item.json());
        });
    }

    /** What happens after another member has shared an item whose document is this, and both vaults hold it. */
    @FunctionalInterface
    private interface Story {
        void happen(Rogue.Talk other, Replica item) throws Exception;
    }

    private void withAnotherMember(String document, Story story) throws Exception {
        Rogue member = new Rogue(folder.resolve("other.key"));
        byte[] annaKey = member.join(anna.invite(room));
        try (Rogue.Talk talk = member.talk(
                        Rogue.port(anna.invite(room)), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3");
                ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
                Replica index = engine.open(DocumentKind.INDEX, 7, List.of());
                Replica item = engine.open(DocumentKind.ITEM, 7, List.of())) {
            talk.send(new Message.Hello(1, "other", "Other", List.of()));
            talk.await(Message.OpenRoom.class);
            talk.send(new Message.OpenRoom(room, List.of()));
            talk.send(envelope(member, new DocumentName(room, DOCUMENT), item.edit("{}", document)));
            talk.send(envelope(
                    member,
                    new DocumentName(room, DocumentName.INDEX),
                    index.edit(
                            "{}",
                            "{\"index\":{\"i/u1/" + DOCUMENT + "\":{\"creator\":\""
                                    + member.fingerprint().hex() + "\",\"type\":\"note\"}}}")));
            anna.untilContent("u1", "{\"a\":1}");
            ben.untilContent("u1", "{\"a\":1}");
            story.happen(talk, item);
        }
    }

    private static Message envelope(Rogue from, DocumentName document, byte[] update) {
        return new Message.Envelope(document, from.fingerprint(), NOW, update);
    }
}
