// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.hangar.edit.Draft.Reception;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.json.Changes;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

class DraftTest {
    private static final JsonPointer TONNAGE = JsonPointer.compile("/content/tonnage");
    private static final JsonPointer NOTES = JsonPointer.compile("/content/notes");
    private static final JsonPointer RATING = JsonPointer.compile("/content/engine/rating");

    private static Stored stored(String content, String revision) {
        return new Stored(new Item("one", "unit", "Wren", content), new Revision(revision));
    }

    @Test
    void anUntouchedFieldShowsTheNewValueAndTheEditedOneStands() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.type(NOTES, TextNode.valueOf("ab"));
        Reception.Shown shown =
                assertInstanceOf(Reception.Shown.class, draft.take(stored("{\"tonnage\":55,\"notes\":\"a\"}", "r2")));
        assertEquals(Set.of(TONNAGE), shown.changed());
        assertEquals("ab", draft.value(NOTES).asText());
        assertEquals(55, draft.value(TONNAGE).asInt());
        assertEquals("r2", draft.startedFrom().text());
        assertTrue(draft.isDirty());
    }

    @Test
    void aFieldChangedByBothKeepsTheViewAndTheOldRevision() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        Reception.Held held =
                assertInstanceOf(Reception.Held.class, draft.take(stored("{\"tonnage\":55,\"notes\":\"b\"}", "r2")));
        assertEquals(Set.of(TONNAGE), held.both());
        assertEquals("a", draft.value(NOTES).asText());
        assertEquals("r1", draft.startedFrom().text());
        assertEquals(
                Json.object("{\"tonnage\":60,\"notes\":\"a\"}"),
                Json.object(draft.item().content()));
        draft.saved(new Stored(draft.item(), draft.startedFrom().edited()));
        assertInstanceOf(Reception.Shown.class, draft.take(stored("{\"tonnage\":60,\"notes\":\"b\"}", "r3")));
        assertEquals("b", draft.value(NOTES).asText());
        assertFalse(draft.isDirty());
    }

    @Test
    void whatTheSamePersonSavedElsewhereIsPutTogetherAtOnce() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        draft.takeOwn(stored("{\"tonnage\":55,\"notes\":\"b\"}", "r2"));
        assertEquals("r2", draft.startedFrom().text());
        assertEquals(
                Json.object("{\"tonnage\":60,\"notes\":\"b\"}"),
                Json.object(draft.item().content()));
    }

    @Test
    void theSameValueTypedByBothIsNoConflict() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        draft.take(stored("{\"tonnage\":60.0}", "r2"));
        assertFalse(draft.isDirty());
        assertEquals("r2", draft.startedFrom().text());
    }

    @Test
    void aHalfTypedNumberIsKeptAndHoldsBackAnotherValueForIt() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.leaveUnfinished(TONNAGE, "5x");
        assertTrue(draft.isDirty());
        assertInstanceOf(Reception.Shown.class, draft.take(stored("{\"tonnage\":50,\"notes\":\"b\"}", "r2")));
        assertInstanceOf(Reception.Held.class, draft.take(stored("{\"tonnage\":70,\"notes\":\"b\"}", "r3")));
        assertEquals("r2", draft.startedFrom().text());
        draft.undo();
        draft.settle();
        assertEquals(70, draft.value(TONNAGE).asInt());
        assertFalse(draft.isDirty());
    }

    @Test
    void undoOfAHalfTypedNumberBringsBackTheNumberThatItWasTypedOver() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50}", "r1"));
        draft.type(TONNAGE, MissingNode.getInstance());
        draft.leaveUnfinished(TONNAGE, "5x");
        draft.undo();
        assertEquals(50, draft.value(TONNAGE).asInt());
        assertFalse(draft.isDirty());
    }

    @Test
    void typingIsOneStepUntilAPause() throws Exception {
        Draft draft = new Draft(stored("{\"notes\":\"\"}", "r1"));
        draft.type(NOTES, TextNode.valueOf("a"));
        draft.type(NOTES, TextNode.valueOf("ab"));
        draft.pause();
        draft.type(NOTES, TextNode.valueOf("abc"));
        draft.undo();
        assertEquals("ab", draft.value(NOTES).asText());
        draft.undo();
        assertEquals("", draft.value(NOTES).asText());
        assertFalse(draft.isDirty());
        draft.redo();
        draft.redo();
        assertEquals("abc", draft.value(NOTES).asText());
    }

    @Test
    void undoLeavesAloneWhatSomebodyElseChangedSince() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        draft.saved(new Stored(draft.item(), new Revision("r1").edited()));
        draft.take(stored("{\"tonnage\":65,\"notes\":\"b\"}", "r2"));
        Draft.Stepped stepped = draft.undo();
        assertEquals(Set.of(TONNAGE), stepped.refused());
        assertEquals(65, draft.value(TONNAGE).asInt());
        assertFalse(draft.isDirty());
    }

    @Test
    void undoOfARawEditTakesBackItsOwnFieldsOnly() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\",\"role\":\"Scout\"}", "r1"));
        Optional<ObjectNode> start = Optional.of(Json.object(draft.item().content()));
        draft.replaceContent(Json.object("{\"tonnage\":51,\"notes\":\"a\",\"role\":\"Scout\"}"), start);
        draft.replaceContent(Json.object("{\"tonnage\":51,\"notes\":\"c\",\"role\":\"Scout\"}"), start);
        draft.take(stored("{\"tonnage\":50,\"notes\":\"a\",\"role\":\"Sniper\"}", "r2"));
        draft.undo();
        assertEquals(
                Json.object("{\"tonnage\":50,\"notes\":\"a\",\"role\":\"Sniper\"}"),
                Json.object(draft.item().content()));
        assertFalse(draft.canUndo());
        assertFalse(draft.isDirty());
    }

    @Test
    void twoPeopleMayEachAddAMemberOfAnObjectThatWasNotThere() throws Exception {
        Draft draft = new Draft(stored("{}", "r1"));
        draft.edit(RATING, IntNode.valueOf(200));
        assertInstanceOf(Reception.Shown.class, draft.take(stored("{\"engine\":{\"type\":\"XL\"}}", "r2")));
        assertEquals(
                Json.object("{\"engine\":{\"type\":\"XL\",\"rating\":200}}"),
                Json.object(draft.item().content()));
    }

    @Test
    void aDeletedItemStaysDirtyAndIsMadeAgainBySaving() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        draft.takeDeletion();
        assertTrue(draft.isDeleted());
        draft.undo();
        assertTrue(draft.isDirty());
        draft.saved(new Stored(draft.item(), draft.startedFrom().edited()));
        assertFalse(draft.isDirty());
    }

    @Test
    void anotherTextOfTheSameNumberIsNoChange() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50}", "r1"));
        draft.edit(TONNAGE, DecimalNode.valueOf(new BigDecimal("50.0")));
        assertFalse(draft.isDirty());
    }

    @Test
    void aTextThatBothEditIsPutTogetherWhileTheEditorIsOpen() throws Exception {
        Draft draft = new Draft(stored("{\"notes\":\"One two three.\"}", "r1"));
        draft.type(NOTES, TextNode.valueOf("One 2 two three."));
        Reception.Shown shown = assertInstanceOf(
                Reception.Shown.class, draft.take(stored("{\"notes\":\"Zero. One two three, four.\"}", "r2")));
        assertEquals(Set.of(NOTES), shown.changed());
        assertEquals("Zero. One 2 two three, four.", draft.value(NOTES).asText());
        assertEquals("r2", draft.startedFrom().text());
        assertTrue(draft.isDirty());
        draft.undo();
        assertEquals("Zero. One two three, four.", draft.value(NOTES).asText());
        assertFalse(draft.isDirty());
        draft.redo();
        assertEquals("Zero. One 2 two three, four.", draft.value(NOTES).asText());
    }

    @Test
    void theSameTextTypedByBothStandsOnce() throws Exception {
        Draft draft = new Draft(stored("{\"notes\":\"a\"}", "r1"));
        draft.type(NOTES, TextNode.valueOf("a b"));
        draft.take(stored("{\"notes\":\"a b\"}", "r2"));
        assertEquals("a b", draft.value(NOTES).asText());
        assertFalse(draft.isDirty());
        draft.undo();
        assertEquals("a", draft.value(NOTES).asText());
    }

    @Test
    void aTextPutTogetherWaitsWhereAnotherFieldIsHeldBack() throws Exception {
        Draft draft = new Draft(stored("{\"tonnage\":50,\"notes\":\"a\"}", "r1"));
        draft.edit(TONNAGE, IntNode.valueOf(60));
        draft.type(NOTES, TextNode.valueOf("a b"));
        Reception.Held held =
                assertInstanceOf(Reception.Held.class, draft.take(stored("{\"tonnage\":55,\"notes\":\"c a\"}", "r2")));
        assertEquals(Set.of(TONNAGE), held.both());
        assertEquals("a b", draft.value(NOTES).asText());
        assertEquals("r1", draft.startedFrom().text());
        draft.edit(TONNAGE, IntNode.valueOf(50));
        draft.settle();
        assertEquals("c a b", draft.value(NOTES).asText());
        assertEquals(55, draft.value(TONNAGE).asInt());
    }

    /**
     * One person edits, saves, undoes and redoes while another changes the same item, in random order. Whatever happens,
     * a save is exactly this person's edits on top of what its revision stands for.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aSaveHoldsThisPersonsEditsAndNothingElse(long seed) throws Exception {
        for (long run = 0; run < 60; run++) {
            randomRun(seed * 1_000_003 + run);
        }
    }

    private static void randomRun(long seed) throws Exception {
        Random random = new Random(seed);
        String trouble = "seed " + seed;
        Map<String, ObjectNode> contents = new HashMap<>();
        ObjectNode vault = Json.object("{\"a\":1,\"b\":\"x\",\"c\":{\"d\":1,\"e\":[1,2]},\"f\":[1]}");
        int revisions = 0;
        String revision = "r0";
        contents.put(revision, vault.deepCopy());
        Draft draft = new Draft(stored(Json.line(vault), revision));
        Set<JsonPointer> touchedSinceBase = new LinkedHashSet<>();
        for (int step = 0; step < 40; step++) {
            String before = draft.startedFrom().text();
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    JsonPointer at = place(random);
                    draft.edit(at, value(random));
                    touchedSinceBase.add(at);
                }
                case 2 -> {
                    JsonPointer at = place(random);
                    draft.type(at, value(random));
                    touchedSinceBase.add(at);
                }
                case 3 -> touchedSinceBase.addAll(draft.undo().changed());
                case 4 -> touchedSinceBase.addAll(draft.redo().changed());
                case 5, 6 -> {
                    ObjectNode document = ItemDocument.of(new Item("one", "unit", "Wren", Json.line(vault)));
                    Changes.set(document, place(random), value(random));
                    vault = (ObjectNode) document.get("content");
                    revision = "r" + ++revisions;
                    contents.put(revision, vault.deepCopy());
                    ObjectNode saw = Json.object(draft.item().content());
                    Reception reception = draft.take(stored(Json.line(vault), revision));
                    ObjectNode sees = Json.object(draft.item().content());
                    switch (reception) {
                        case Reception.Held held -> {
                            assertEquals(before, draft.startedFrom().text(), trouble);
                            assertTrue(Json.same(saw, sees), trouble);
                            assertFalse(held.both().isEmpty(), trouble);
                        }
                        case Reception.Same same -> assertTrue(Json.same(saw, sees), trouble);
                        case Reception.Shown shown -> {
                            Set<JsonPointer> changed = new LinkedHashSet<>();
                            Changes.between(saw, sees)
                                    .fields()
                                    .keySet()
                                    .forEach(at -> changed.add(ItemDocument.CONTENT.append(at)));
                            assertEquals(changed, shown.changed(), trouble);
                            assertEquals(revision, draft.startedFrom().text(), trouble);
                        }
                    }
                }
                case 7 -> {
                    // Saves, and sync puts back what comes of this person's edits on top of what the vault has.
                    ObjectNode started = contents.get(draft.startedFrom().text());
                    ObjectNode mine = Json.object(draft.item().content());
                    Changes edits = Changes.between(started, mine);
                    Revision saved = new Revision("s" + ++revisions);
                    contents.put(saved.text(), mine.deepCopy());
                    draft.saved(new Stored(draft.item(), saved));
                    assertFalse(draft.isDirty(), trouble);
                    vault = vault.deepCopy();
                    edits.applyTo(vault);
                    revision = "r" + ++revisions;
                    contents.put(revision, vault.deepCopy());
                    draft.take(stored(Json.line(vault), revision));
                    assertFalse(draft.isDirty(), trouble);
                    assertTrue(Json.same(vault, Json.object(draft.item().content())), trouble);
                    touchedSinceBase.clear();
                }
                default -> throw new IllegalStateException();
            }
            ObjectNode started = contents.get(draft.startedFrom().text());
            for (JsonPointer at : Changes.between(
                            started, Json.object(draft.item().content()))
                    .fields()
                    .keySet()) {
                JsonPointer edited = ItemDocument.CONTENT.append(at);
                assertTrue(
                        touchedSinceBase.stream().anyMatch(mine -> related(mine, edited)),
                        trouble + ", step " + step + ": would save " + edited + ", edited only " + touchedSinceBase);
            }
        }
    }

    private static boolean related(JsonPointer one, JsonPointer other) {
        return (one + "/").startsWith(other + "/") || (other + "/").startsWith(one + "/");
    }

    private static JsonPointer place(Random random) {
        List<String> places = new ArrayList<>(List.of("/a", "/b", "/c/d", "/c/e", "/c", "/f", "/g/h", "/g/i"));
        return JsonPointer.compile("/content" + places.get(random.nextInt(places.size())));
    }

    private static JsonNode value(Random random) {
        try {
            return switch (random.nextInt(6)) {
                case 0, 1 -> IntNode.valueOf(random.nextInt(4));
                case 2 -> TextNode.valueOf("t" + random.nextInt(3));
                case 3 -> MissingNode.getInstance();
                case 4 -> Json.object("{\"v\":[" + random.nextInt(3) + "]}").get("v");
                default -> Json.object("{\"d\":" + random.nextInt(3) + ",\"z\":{}}");
            };
        } catch (JsonProblem impossible) {
            throw new AssertionError(impossible);
        }
    }
}
