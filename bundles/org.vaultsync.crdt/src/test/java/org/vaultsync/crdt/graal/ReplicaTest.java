// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.document;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.exchange;
import static org.vaultsync.crdt.graal.Lab.item;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.TextFields;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;

class ReplicaTest {
    private static ReplicaEngine engine;
    private static Guest yjs;

    @BeforeAll
    static void open() throws Exception {
        engine = Lab.engine();
        yjs = Lab.guest();
    }

    @AfterAll
    static void close() {
        yjs.close();
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":null,\"b\":true,\"c\":false,\"d\":\"x\",\"e\":[],\"f\":{}}",
                "{\"n\":[0,-0,1,-1,0.1,1.5,-2.5e-7,1e+300,2147483648,4294967296,9007199254740991,9007199254740993,"
                        + "12345678901234567890,-9223372036854775809,0.12345678901234567890123]}",
                "{\"\":1,\"$\":2,\"$$\":3,\"$num\":\"5\",\"$utf16\":\"x\",\"__proto__\":{\"a\":1},"
                        + "\"constructor\":{\"prototype\":1},\"hasOwnProperty\":0,\"toString\":[]}",
                "{\"nulls\":[null,null,{\"id\":\"a\"},{\"id\":\"a\"},null,[[],[null]]]}",
                "{\"text\":\"Grüße 漢字 😀 \\\\ \\\" \\n \\u0000 \\u001f \u2028\"}",
                "{\"half\":\"a\\ud800b\",\"\\udc00key\":1,\"$~\":2,\"list\":[\"\\udfff\"]}",
                "{\"big\":{\"$num\":\"1\"},\"also\":{\"$num\":\"x\",\"y\":1}}"
            })
    void contentComesBackAsItWas(String content) throws Exception {
        try (Replica replica = item(engine, 1)) {
            byte[] update = edit(replica, content);
            Json expected = Json.parse(content);
            assertEquals(expected, Json.parse(content(replica)));
            try (Replica other = item(engine, 2)) {
                other.apply(update);
                assertEquals(expected, Json.parse(content(other)));
                assertEquals(replica.json(), other.json());
            }
            try (Replica again = item(engine, 3, replica.state())) {
                assertEquals(replica.json(), again.json());
                assertArrayEquals(replica.state(), again.state());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":null,\"b\":true,\"c\":false,\"d\":\"x\",\"e\":[],\"f\":{}}",
                "{\"n\":[0,-0,1,-1,63,64,-64,8191,8192,0.1,0.5,-2.5e-7,1e+300,2147483647,2147483648,-2147483648,"
                        + "9007199254740993,1e400]}",
                "{\"\":1,\"$\":2,\"__proto__\":{\"a\":[1,{\"b\":[[]]},2,3,null,{},\"x\"]}}",
                "{\"half\":\"a\\ud800b\",\"\\udc00key\":1,\"list\":[\"\\udfff\",[\"😀\"]]}"
            })
    void theFirstContentIsWrittenAsYjsWritesIt(String content) throws Exception {
        assertFirstWriteIsThatOfYjs(content);
        assertFirstWriteIsThatOfYjs("{\"text\":\"" + "a line 😀\\n".repeat(50) + "\",\"after\":" + content + "}");
        assertFirstWriteIsThatOfYjs(
                "{\"notes\":\"short\",\"z\":{\"notes\":\"\"},\"crew\":[{\"bio\":\"born\"},{\"bio\":\"\"}," + content
                        + "],\"$text\":\"x\",\"b\":\"\\ud800\"}");
    }

    @Test
    void realItemsAreWrittenAsYjsWritesThem() throws Exception {
        for (String item : Lab.items(Lab.SOAK ? 1000 : 20)) {
            assertFirstWriteIsThatOfYjs(item);
        }
    }

    private static void assertFirstWriteIsThatOfYjs(String content) throws Exception {
        Json.JsonObject edited =
                Json.parseObject(document(content).replace("\"meta\":{}", "\"meta\":{\"type\":\"unit\"}"));
        for (DocumentKind kind : DocumentKind.values()) {
            Json.JsonObject laid = kind == DocumentKind.ITEM
                    ? edited
                    : new Json.JsonObject(Map.of(kind.roots().getFirst(), edited.get("content")));
            byte[] expected = new byte[0];
            String changes = new Changes(kind, Shape.of(kind, laid, TEXT_FIELDS))
                    .between(Json.JsonObject.EMPTY, laid, Json.JsonObject.EMPTY);
            if (!changes.isEmpty()) {
                Object handle = yjs.call("open", String.join(" ", kind.roots()), kind.nested(), 4711.0, new byte[0])[0];
                expected = (byte[]) yjs.call("write", handle, changes)[0];
                yjs.call("close", handle);
            }
            try (ReplicaEngine laying = Lab.engine(TEXT_FIELDS);
                    Replica replica = laying.open(kind, 4711, List.of())) {
                byte[] update = replica.edit(
                        "{}",
                        kind == DocumentKind.ITEM
                                ? Lab.text(edited)
                                : "{\"" + kind.roots().getFirst() + "\":" + content + "}");
                assertArrayEquals(expected, update);
                assertEquals(
                        Json.parse(content),
                        ((Json.JsonObject) Json.parse(replica.json()))
                                .get(
                                        kind == DocumentKind.ITEM
                                                ? "content"
                                                : kind.roots().getFirst()));
            }
        }
    }

    @Test
    void numbersKeepTheirTextWhereADoubleWouldChangeIt() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"a\":9007199254740993,\"b\":-0,\"c\":1e400,\"d\":1.0}");
            assertEquals("{\"a\":9007199254740993,\"b\":-0,\"c\":1E+400,\"d\":1}", content(replica));
        }
    }

    @Test
    void equalContentWritesNothing() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"a\":1,\"b\":[1,2]}");
            byte[] before = replica.state();
            assertEquals(0, edit(replica, "{\"b\":[1.0,2],\"a\":1e0}").length);
            assertArrayEquals(before, replica.state());
        }
    }

    @Test
    void anEditWritesOnlyWhatChanged() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"name\":\"Atlas\",\"armor\":{\"head\":9,\"legs\":41},\"list\":[1,2,3]}");
            byte[] update = edit(replica, "{\"name\":\"Atlas\",\"armor\":{\"head\":8,\"legs\":41},\"list\":[1,2,3]}");
            assertTrue(update.length < 30, update.length + " bytes");
        }
    }

    @Test
    void editsOfDifferentFieldsBothStay() throws Exception {
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"a\":1,\"b\":{\"c\":1,\"d\":1}}"));
            byte[] first = edit(one, "{\"a\":1,\"b\":{\"c\":2,\"d\":1}}");
            byte[] second = edit(other, "{\"a\":2,\"b\":{\"c\":1,\"d\":2}}");
            one.apply(second);
            Applied applied = other.apply(first);
            assertEquals("{\"a\":2,\"b\":{\"c\":2,\"d\":2}}", content(one));
            assertEquals(one.json(), other.json());
            assertEquals(Set.of("/content/b"), applied.members());
            assertEquals(List.of(), applied.overwrites());
        }
    }

    @Test
    void anEditOnAForkDoesNotRevertWhatCameMeanwhile() throws Exception {
        try (Replica live = item(engine, 1)) {
            edit(live, "{\"a\":1,\"b\":1,\"list\":[{\"id\":1},{\"id\":2}]}");
            byte[] revision = live.state();
            String base = live.json();
            edit(live, "{\"a\":2,\"b\":1,\"list\":[{\"id\":0},{\"id\":1},{\"id\":2}]}");
            byte[] update;
            try (Replica fork = item(engine, 3, revision)) {
                update = fork.edit(base, document("{\"a\":1,\"b\":2,\"list\":[{\"id\":1},{\"id\":2,\"x\":true}]}"));
            }
            live.apply(update);
            assertEquals("{\"a\":2,\"b\":2,\"list\":[{\"id\":0},{\"id\":1},{\"id\":2,\"x\":true}]}", content(live));
        }
    }

    @Test
    void whatTheHostAddedByItselfIsNotWrittenUntilSomebodyEditsIt() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"a\":1,\"gone\":1}");
            String normalised = document("{\"a\":1,\"gone\":1,\"new\":{\"deep\":0},\"more\":[1]}");
            replica.edit(normalised, document("{\"a\":2,\"gone\":1,\"new\":{\"deep\":0},\"more\":[1]}"));
            assertEquals("{\"a\":2,\"gone\":1}", content(replica));
            replica.edit(normalised, document("{\"a\":1,\"new\":{\"deep\":5},\"more\":[1]}"));
            assertEquals("{\"a\":2,\"new\":{\"deep\":5}}", content(replica));
        }
    }

    @Test
    void whatTheHostDidToAListByItselfIsNotWrittenEither() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"l\":[3,1,2]}");
            String sorted = document("{\"l\":[1,2,3]}");
            replica.edit(sorted, document("{\"l\":[1,2,4,3]}"));
            assertEquals("{\"l\":[3,1,2,4]}", content(replica));
            replica.edit(sorted, document("{\"l\":[2,3]}"));
            assertEquals("{\"l\":[3,2,4]}", content(replica));
        }
    }

    @Test
    void inAVeryLongListBothChangesStay() throws Exception {
        List<String> list =
                IntStream.range(0, 2_500).mapToObj(Integer::toString).collect(Collectors.toList());
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"l\":" + list + "}"));
            List<String> mine = new ArrayList<>(list);
            mine.remove(2_490);
            mine.add(3, "-1");
            edit(one, "{\"l\":" + mine + "}");
            List<String> theirs = new ArrayList<>(list);
            theirs.add(2_499, "-2");
            theirs.remove(7);
            edit(other, "{\"l\":" + theirs + "}");
            exchange(one, other);
            List<String> both = new ArrayList<>(theirs);
            both.remove("2490");
            both.add(3, "-1");
            assertEquals("{\"l\":" + String.join(",", both.toString().split(", ")) + "}", content(one));
            assertEquals(one.json(), other.json());
        }
    }

    @Test
    void concurrentAdditionsToOneListBothStay() throws Exception {
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(
                    edit(one, "{\"l\":[{\"id\":\"x\",\"n\":1},{\"id\":\"y\",\"n\":1},{\"id\":\"x\",\"n\":1},null]}"));
            edit(
                    one,
                    "{\"l\":[{\"id\":\"w\"},{\"id\":\"x\",\"n\":1},{\"id\":\"y\",\"n\":2},{\"id\":\"x\",\"n\":1},null]}");
            edit(
                    other,
                    "{\"l\":[{\"id\":\"x\",\"n\":1},{\"id\":\"y\",\"n\":1},{\"id\":\"x\",\"n\":1},null,null,{\"id\":\"z\"}]}");
            exchange(one, other);
            assertEquals(
                    "{\"l\":[{\"id\":\"w\"},{\"id\":\"x\",\"n\":1},{\"id\":\"y\",\"n\":2},{\"id\":\"x\",\"n\":1},null,null,{\"id\":\"z\"}]}",
                    content(one));
            assertEquals(one.json(), other.json());
        }
    }

    @Test
    void aMoveLeavesConcurrentEditsOfOtherElementsAlone() throws Exception {
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"l\":[{\"id\":1,\"v\":0},{\"id\":2,\"v\":0},{\"id\":3,\"v\":0}]}"));
            edit(one, "{\"l\":[{\"id\":3,\"v\":0},{\"id\":1,\"v\":0},{\"id\":2,\"v\":0}]}");
            edit(other, "{\"l\":[{\"id\":1,\"v\":1},{\"id\":3,\"v\":0},{\"id\":4,\"v\":0}]}");
            exchange(one, other);
            assertEquals(one.json(), other.json());
            assertEquals("{\"l\":[{\"id\":3,\"v\":0},{\"id\":1,\"v\":1},{\"id\":4,\"v\":0}]}", content(one));
        }
    }

    @Test
    void longTextsMergeWordByWord() throws Exception {
        String line = "the quick brown fox jumps over the lazy dog\\n";
        String text = line.repeat(10);
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"t\":\"" + text + "\"}"));
            edit(one, "{\"t\":\"" + text.replaceFirst("quick", "slow 😀") + "\"}");
            edit(other, "{\"t\":\"" + text.replaceFirst("lazy", "😁 busy") + "end\"}");
            exchange(one, other);
            String merged = text.replaceFirst("quick", "slow 😀").replaceFirst("lazy", "😁 busy") + "end";
            assertEquals("{\"t\":\"" + merged + "\"}", content(one));
            assertEquals(one.json(), other.json());
        }
    }

    @Test
    void aConcurrentOverwriteIsToldOnBothSidesUnderOneId() throws Exception {
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            other.apply(edit(one, "{\"a\":{\"b/c\":0}}"));
            byte[] first = edit(one, "{\"a\":{\"b/c\":1}}");
            byte[] second = edit(other, "{\"a\":{\"b/c\":2}}");
            Applied atOne = one.apply(second);
            Applied atOther = other.apply(first);
            assertEquals(one.json(), other.json());
            assertEquals(1, atOne.overwrites().size());
            assertEquals(atOne.overwrites(), atOther.overwrites());
            var overwrite = atOne.overwrites().getFirst();
            assertEquals("/content/a/b~1c", overwrite.path());
            assertEquals(Optional.of("1"), overwrite.losing());
            assertEquals(Optional.of("2"), overwrite.winning());
            assertEquals(1, overwrite.loser().client());
            assertEquals(2, overwrite.winner().orElseThrow().client());

            one.apply(atOther.impliedDeletes());
            other.apply(atOne.impliedDeletes());
            assertEquals(
                    List.of(), other.apply(edit(one, "{\"a\":{\"b/c\":3}}")).overwrites());
            assertEquals(
                    List.of(), one.apply(edit(other, "{\"a\":{\"b/c\":4}}")).overwrites());
        }
    }

    @Test
    void openAndClosedReplicasKnowTheSameAfterImpliedDeletes() throws Exception {
        try (Replica one = item(engine, 1);
                Replica other = item(engine, 2)) {
            byte[] start = edit(one, "{\"a\":0}");
            other.apply(start);
            byte[] first = edit(one, "{\"a\":{\"x\":1,\"y\":[1,2]}}");
            byte[] second = edit(other, "{\"a\":{\"x\":2,\"z\":{}}}");
            Applied atOne = one.apply(second);
            assertTrue(atOne.impliedDeletes().length > 0);
            Knowledge closed = Knowledge.of(List.of(start, first, second));
            assertFalse(Arrays.equals(
                    closed.digest(), Knowledge.NOTHING.plus(one.state()).digest()));
            closed = closed.plus(atOne.impliedDeletes());
            assertArrayEquals(
                    closed.digest(), Knowledge.NOTHING.plus(one.state()).digest());
            Applied atOther = other.apply(first);
            assertArrayEquals(atOne.impliedDeletes(), atOther.impliedDeletes());
            assertArrayEquals(one.state(), other.state());
            try (Replica opened = item(engine, 9, start, first, second)) {
                assertArrayEquals(atOne.impliedDeletes(), opened.opening().impliedDeletes());
                assertEquals(one.json(), opened.json());
            }
            try (Replica opened =
                    item(engine, 9, Updates.merge(List.of(second, start, first)), atOne.impliedDeletes())) {
                assertEquals(0, opened.opening().impliedDeletes().length);
            }
        }
    }

    @Test
    void whatComesFirstTellsTheMembersThatYjsTells() throws Exception {
        String content =
                "{\"a/b\":1,\"~\":2,\"\":3,\"$\":4,\"$$\":[],\"__proto__\":{},\"\\udc00key\":7,\"plain\":{\"x\":1}}";
        try (Replica writer = item(engine, 1);
                Replica asleep = item(engine, 2);
                Replica awake = item(engine, 3)) {
            byte[] named =
                    writer.edit(writer.json(), document("{}").replace("\"meta\":{}", "\"meta\":{\"name\":\"x\"}"));
            awake.apply(named);
            byte[] filled =
                    writer.edit(writer.json(), writer.json().replace("\"content\":{}", "\"content\":" + content));
            Set<String> byYjs = awake.apply(filled).members();
            assertEquals(8, byYjs.size());
            assertEquals(byYjs, membersBut(asleep.apply(Updates.merge(List.of(named, filled))), "/meta/name"));
        }
    }

    private static Set<String> membersBut(Applied applied, String one) {
        Set<String> members = new TreeSet<>(applied.members());
        assertTrue(members.remove(one));
        return members;
    }

    @Test
    void theIndexKeepsPlainValues() throws Exception {
        try (Replica index = engine.open(DocumentKind.INDEX, 1, List.of())) {
            String full =
                    "{\"index\":{\"i/a/1\":{\"__proto__\":1,\"creator\":\"x\",\"n\":12345678901234567890,\"type\":\"unit\"}}}";
            byte[] update = index.edit(index.json(), full);
            assertEquals(full, index.json());
            try (Replica other = engine.open(DocumentKind.INDEX, 2, List.of(update))) {
                assertEquals(full, other.json());
                assertEquals(Optional.of("\"unit\""), other.json("/index/i~1a~11/type"));
                assertEquals(Optional.empty(), other.json("/index/i~1b"));
            }
        }
    }

    @Test
    void whatCannotBeKeptIsRefusedInASentence() throws Exception {
        try (Replica replica = item(engine, 1)) {
            String deep = "[".repeat(200) + "]".repeat(200);
            for (String content : List.of("[]", "1", "{\"a\":" + deep + "}", "{", "", "{\"a\":01}")) {
                assertThrows(InvalidContentException.class, () -> edit(replica, content), content);
            }
            String huge = "\"" + "x".repeat(10 << 20) + "\"";
            assertThrows(InvalidContentException.class, () -> edit(replica, "{\"a\":" + huge + "}"));
            edit(replica, "{\"still\":\"alive\"}");
            assertEquals("{\"still\":\"alive\"}", content(replica));
        }
    }

    private static Set<Long> writers(Replica replica) throws Exception {
        return Update.decode(replica.state()).stateVector().clocks().keySet();
    }

    @Test
    void aReplicaIsReopenedInTheSameRunUnderItsClientId() throws Exception {
        byte[] state;
        try (Replica replica = item(engine, 7)) {
            edit(replica, "{\"a\":1}");
            state = replica.state();
        }
        try (Replica replica = item(engine, 7, state)) {
            edit(replica, "{\"a\":2}");
            assertEquals(Set.of(7L), writers(replica));
        }
    }

    @Test
    void ownWritesFromBeforeMayComeInLate() throws Exception {
        byte[] first;
        byte[] second;
        try (Replica replica = item(engine, 7)) {
            first = edit(replica, "{\"a\":1}");
            second = edit(replica, "{\"a\":1,\"b\":1}");
        }
        try (Replica replica = item(engine, 7, first)) {
            edit(replica, replica.json("/content").orElseThrow());
            replica.apply(second);
            edit(replica, "{\"a\":1,\"b\":2}");
            assertEquals("{\"a\":1,\"b\":2}", content(replica));
            assertEquals(Set.of(7L), writers(replica));
        }
    }

    private static final TextFields TEXT_FIELDS =
            type -> type.equals("unit") ? Set.of("/notes", "/z/notes", "/crew/*/bio", "/b", "/$text") : Set.of();

    private static String unit(String content) {
        return "{\"content\":" + content + ",\"meta\":{\"type\":\"unit\"}}";
    }

    /** Whether a text merges, as Yjs has it. */
    private static boolean merges(Replica replica, String text) throws Exception {
        List<Object> at = new ArrayList<>(List.of(replica.state()));
        at.addAll(Pointer.steps(text));
        return yjs.call("merges", at.toArray())[0].equals("true");
    }

    @Test
    void aTextFieldOfATypeMergesFromItsFirstLetter() throws Exception {
        try (ReplicaEngine laying = Lab.engine(TEXT_FIELDS);
                Replica mine = item(laying, 1);
                Replica theirs = item(laying, 2)) {
            String begun = unit("{\"crew\":[{\"bio\":\"Born.\",\"id\":1}],\"notes\":\"\",\"plain\":\"p\"}");
            theirs.apply(mine.edit("{}", begun));
            byte[] one = mine.edit(
                    begun,
                    unit("{\"crew\":[{\"bio\":\"Born. Died.\",\"id\":1},{\"bio\":\"x\",\"id\":2}],\"notes\":\"Mine.\","
                            + "\"plain\":\"p\",\"z\":{\"notes\":\"new\"}}"));
            byte[] other = theirs.edit(
                    begun, unit("{\"crew\":[{\"bio\":\"He. Born.\",\"id\":1}],\"notes\":\"Theirs.\",\"plain\":\"p\"}"));
            assertEquals(List.of(), mine.apply(other).overwrites());
            assertEquals(List.of(), theirs.apply(one).overwrites());
            assertEquals(mine.json(), theirs.json());
            assertEquals("\"He. Born. Died.\"", mine.json("/content/crew/0/bio").orElseThrow());
            String notes = mine.json("/content/notes").orElseThrow();
            assertTrue(notes.contains("Mine.") && notes.contains("Theirs."), notes);
            for (String text :
                    List.of("/content/notes", "/content/z/notes", "/content/crew/0/bio", "/content/crew/1/bio")) {
                assertTrue(merges(mine, text), text);
            }
            assertFalse(merges(mine, "/content/plain"));
        }
        try (ReplicaEngine laying = Lab.engine(TEXT_FIELDS);
                Replica other = item(laying, 1)) {
            other.edit("{}", unit("{\"notes\":\"n\"}").replace("unit", "pilot"));
            assertFalse(merges(other, "/content/notes"));
        }
    }

    @Test
    void whatIsThereKeepsTheShapeThatItHas() throws Exception {
        String begun = unit("{\"notes\":\"a\"}");
        try (ReplicaEngine laying = Lab.engine(TEXT_FIELDS);
                Replica plain = item(engine, 1)) {
            plain.edit("{}", begun);
            try (Replica now = item(laying, 2, plain.state())) {
                now.edit(begun, unit("{\"notes\":\"ab\"}"));
                assertFalse(merges(now, "/content/notes"));
                now.edit(unit("{\"notes\":\"ab\"}"), unit("{}"));
                now.edit(unit("{}"), begun);
                assertTrue(merges(now, "/content/notes"), "it was made anew");
            }
        }
    }

    @Test
    void inAPlainValueATextIsPlain() throws Exception {
        try (ReplicaEngine laying = Lab.engine(TEXT_FIELDS);
                Replica replica = laying.open(DocumentKind.ITEM, 1, List.of())) {
            Object handle = yjs.call("open", "attachments content meta refs", false, 5.0, new byte[0])[0];
            byte[] foreign = (byte[]) yjs.call(
                            "write",
                            handle,
                            "[[\"set\",[\"content\",\"z\"],{\"a\":1}],[\"set\",[\"content\",\"crew\"],[{\"a\":1}]],"
                                    + "[\"set\",[\"meta\",\"type\"],\"unit\"]]")[0];
            yjs.call("close", handle);
            replica.apply(foreign);
            replica.edit(
                    replica.json(),
                    document("{\"crew\":[{\"a\":1},{\"bio\":\"b\"}],\"z\":{\"a\":1,\"notes\":\"n\"}}")
                            .replace("\"meta\":{}", "\"meta\":{\"type\":\"unit\"}"));
            assertEquals("{\"crew\":[{\"a\":1},{\"bio\":\"b\"}],\"z\":{\"a\":1,\"notes\":\"n\"}}", content(replica));
        }
    }

    @Test
    void aShapeOfANewerVersionIsReadAndNotWritten() throws Exception {
        String made = "{\"content\":{\"a\":1},\"meta\":{\"shape\":2,\"type\":\"unit\"}}";
        try (Replica newer = item(engine, 1);
                Replica mine = item(engine, 2)) {
            mine.apply(newer.edit("{}", made));
            assertEquals("1", mine.json("/content/a").orElseThrow());
            for (String edited : List.of(
                    made.replace("\"a\":1", "\"a\":2"),
                    made.replace("\"shape\":2,", ""),
                    made.replace("\"shape\":2", "\"shape\":1"))) {
                assertThrows(InvalidContentException.class, () -> mine.edit(mine.json(), edited), edited);
            }
            assertThrows(InvalidContentException.class, () -> mine.edit("{}", made.replace("\"a\":1", "\"a\":2")));
            assertArrayEquals(newer.state(), mine.state());
        }
    }

    @Test
    void whatIsOnlyReadNeedsNoJavaScript() throws Exception {
        byte[] state;
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"a\":[1,{\"b\":null}],\"t\":\"" + "line\\n".repeat(100) + "\"}");
            state = replica.state();
        }
        GraalReplicaFactory without = new GraalReplicaFactory(GraalJars.in(Lab.LIB, "nowhere"), 1_000L);
        try (ReplicaEngine reader = without.openEngine();
                Replica replica = item(reader, 1, state);
                Replica fresh = item(reader, 1)) {
            assertEquals("[1,{\"b\":null}]", replica.json().replaceAll(".*\"a\":(.*),\"t\".*", "$1"));
            Applied applied = fresh.apply(state);
            assertEquals(Set.of("/content/a", "/content/t"), applied.members());
            assertEquals(replica.json(), fresh.json());
            assertArrayEquals(state, fresh.state());
            assertThrows(ReplicaException.class, () -> edit(fresh, "{}"));
        }
    }

    /** Others may put anything into a text; what is no letter takes a place, which edits have to count. */
    @Test
    void whatIsNoLetterInATextIsReadAlikeBeforeAndAfterTheFirstEdit() throws Exception {
        String line = "a line of a long text\\n".repeat(20);
        byte[] text;
        try (Replica writer = item(engine, 1)) {
            text = edit(writer, "{\"t\":\"" + line + "\"}");
        }
        ByteWriter number = new ByteWriter();
        for (int field : new int[] {1, 1, 9, 0}) { // a write of client 9
            number.varUint(field);
        }
        number.uint8(8); // any value
        for (int field : new int[] {0, 1, 0, 1}) { // in the text, one
            number.varUint(field);
        }
        number.uint8(125); // the number 5
        number.varUint(5);
        number.varUint(0);
        byte[] both = Updates.merge(List.of(text, number.toByteArray()));
        try (Replica asRead = item(engine, 3, both);
                Replica inYjs = item(engine, 4, both)) {
            String expected = "{\"t\":\"" + line + "\ufffc\"}";
            assertEquals(expected, content(inYjs));
            assertEquals(document(expected), asRead.json());
        }
    }
}
