// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.OpenText;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.TextEdit;
import org.vaultsync.crdt.Undo;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Verdict;

class OpenTextTest {
    private static final String LONG = "A line of a long text.\n".repeat(12);
    private static final int RUNS = Lab.SOAK ? 1_000 : 25;
    private static final int STEPS = 80;
    private static ReplicaEngine engine;

    @BeforeAll
    static void open() {
        engine = Lab.engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static String text(Replica replica) throws Exception {
        return ((Json.Text) Json.parse(replica.json("/content/text").orElseThrow())).value();
    }

    private static byte[] withText(Replica replica, String text) throws Exception {
        return edit(replica, "{\"text\":" + new JsonText().text(text) + "}");
    }

    private static OpenText openIn(Replica replica) throws ReplicaException {
        return replica.openText("/content/text", () -> {}).orElseThrow();
    }

    @Test
    void anOffsetMeansTheTextAsTheEditorHasIt() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(withText(mine, LONG));
            try (OpenText open = openIn(mine)) {
                assertEquals(LONG, open.text());
                mine.apply(withText(theirs, "Theirs. " + LONG));
                open.edit(new TextEdit(2, 4, "word"));
                assertEquals(
                        "A word of a long text.",
                        open.text().lines().findFirst().orElseThrow());
                theirs.apply(open.write());
                assertEquals(
                        "Theirs. A word of a long text.",
                        text(mine).lines().findFirst().orElseThrow());
                assertEquals(text(mine), text(theirs));
                assertEquals(List.of(new TextEdit(0, 0, "Theirs. ")), open.pull());
                assertEquals(text(mine), open.text());
                assertEquals(List.of(), open.pull());
                assertEquals(0, open.write().length);
            }
        }
    }

    @Test
    void whatWasQueuedBeforeAPullStaysWhereItWasPut() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(withText(mine, LONG));
            try (OpenText open = openIn(mine)) {
                open.edit(new TextEdit(0, 0, "Mine. "));
                mine.apply(withText(theirs, "Theirs. " + LONG.substring(0, LONG.length() - 5)));
                assertEquals(
                        List.of(new TextEdit(0, 0, "Theirs. "), new TextEdit(14 + LONG.length() - 5, 5, "")),
                        open.pull());
                open.edit(new TextEdit(14, 1, "a"));
                theirs.apply(open.write());
                assertTrue(text(mine).startsWith("Theirs. Mine. a line"), text(mine));
                assertEquals(text(mine), text(theirs));
                assertEquals(text(mine), open.text());
            }
        }
    }

    @Test
    void theEditorIsToldThatThereIsSomethingToPull() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(withText(mine, LONG));
            int[] told = {0};
            OpenText open = mine.openText("/content/text", () -> told[0]++).orElseThrow();
            open.edit(new TextEdit(0, 0, "Mine. "));
            open.write();
            assertEquals(0, told[0], "its own edits are no news");
            mine.apply(withText(theirs, LONG + "More.\n"));
            assertEquals(1, told[0]);
            edit(mine, "{\"other\":1,\"text\":" + new JsonText().text(text(mine)) + "}");
            assertEquals(1, told[0], "another field is no news");
            mine.close();
            assertEquals(2, told[0]);
            assertFalse(open.stands());
            open.close();
        }
    }

    @Test
    void anEditorThatThrowsHarmsNoUpdate() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(withText(mine, LONG));
            OpenText open = mine.openText("/content/text", () -> {
                        throw new IllegalStateException("an editor that is disposed");
                    })
                    .orElseThrow();
            mine.apply(withText(theirs, LONG + "More.\n"));
            assertEquals(text(theirs), text(mine));
            assertEquals(1, open.pull().size());
            open.close();
        }
    }

    @Test
    void whereTheTextIsGoneNothingIsWritten() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(withText(mine, LONG));
            OpenText open = openIn(mine);
            open.edit(new TextEdit(0, 0, "Mine. "));
            mine.apply(edit(theirs, "{\"text\":null}"));
            assertFalse(open.stands());
            assertEquals(0, open.write().length);
            assertEquals("{\"text\":null}", content(mine));
            assertEquals("Mine. " + LONG, open.text(), "it can still be saved");
            open.close();
        }
    }

    @Test
    void onlyATextThatMergesIsOpened() throws Exception {
        try (Replica replica = item(engine, 1)) {
            edit(replica, "{\"plain\":\"short\",\"text\":" + new JsonText().text(LONG) + ",\"list\":[\"x\"]}");
            for (String path :
                    List.of("/content/plain", "/content/list", "/content/list/0", "/content/no", "/no/text")) {
                assertEquals(Optional.empty(), replica.openText(path, () -> {}), path);
            }
        }
    }

    @Test
    void anEditThatTheTextCannotHaveIsRefused() throws Exception {
        try (Replica replica = item(engine, 1)) {
            withText(replica, "\ud83d\ude00" + LONG);
            try (OpenText open = openIn(replica)) {
                int length = open.text().length();
                for (TextEdit edit : List.of(
                        new TextEdit(length, 1, ""),
                        new TextEdit(length + 1, 0, "x"),
                        new TextEdit(1, 0, "x"),
                        new TextEdit(0, 1, ""),
                        new TextEdit(1, 1, ""),
                        new TextEdit(5, 0, "\ud83d"))) {
                    assertThrows(IllegalArgumentException.class, () -> open.edit(edit), edit.toString());
                }
                open.edit(new TextEdit(0, 2, "\ud83d\ude01"));
                open.write();
                assertEquals("\ud83d\ude01" + LONG, text(replica));
            }
        }
    }

    @Test
    void aSurrogatePairThatSomebodyTearsApartIsGivenUpByTheEditorToo() throws Exception {
        try (Guest yjs = Lab.guest();
                Replica replica = item(engine, 1)) {
            withText(replica, LONG + "\ud83d\ude00 end");
            try (OpenText open = openIn(replica)) {
                open.edit(new TextEdit(0, 0, "Mine. "));
                replica.apply((byte[]) yjs.call("putIntoText", replica.state(), LONG.length() + 1, "x")[0]);
                open.write();
                open.pull();
                assertEquals("Mine. " + LONG + "\ufffdx\ufffd end", text(replica));
                assertEquals(text(replica), open.text());
            }
        }
    }

    @Test
    void aPictureInATextTakesOnePlace() throws Exception {
        try (Guest yjs = Lab.guest();
                Replica replica = item(engine, 1)) {
            withText(replica, LONG);
            try (OpenText open = openIn(replica)) {
                replica.apply((byte[]) yjs.call("putIntoText", replica.state(), 2, true)[0]);
                assertEquals(List.of(new TextEdit(2, 0, "\ufffc")), open.pull());
                open.edit(new TextEdit(3, 4, "word"));
                open.write();
                withText(replica, open.text().replace("word", "words"));
                assertEquals("A \ufffcwords of", text(replica).substring(0, 11));
            }
        }
    }

    @Test
    void twoEditorsOfOneTextHearOfEachOther() throws Exception {
        try (Replica replica = item(engine, 1)) {
            withText(replica, LONG);
            try (OpenText one = openIn(replica);
                    OpenText other = openIn(replica)) {
                one.edit(new TextEdit(0, 0, "One. "));
                other.edit(new TextEdit(LONG.length(), 0, "Other."));
                one.write();
                other.write();
                one.pull();
                other.pull();
                assertEquals("One. " + LONG + "Other.", one.text());
                assertEquals(one.text(), other.text());
                assertEquals(one.text(), text(replica));
            }
        }
    }

    // At random

    /** A person with an editor, whose widget has a text of its own. */
    private static final class Person {
        final OpenText open;
        String widget;

        Person(OpenText open) {
            this.open = open;
            this.widget = open.text();
        }

        void type(Random random) {
            TextEdit edit = anyEdit(widget, random);
            widget = edit.in(widget);
            open.edit(edit);
        }

        void pull() {
            for (TextEdit edit : open.pull()) {
                widget = edit.in(widget);
            }
            assertEquals(widget, open.text());
        }
    }

    private static TextEdit anyEdit(String text, Random random) {
        int at = random.nextInt(3) == 0 ? Math.min(3, text.length()) : random.nextInt(text.length() + 1);
        int count = random.nextInt(2) == 0 ? 0 : Math.min(random.nextInt(9), text.length() - at);
        if (cuts(text, at)) {
            at--;
            count = Math.min(count, text.length() - at);
        }
        if (cuts(text, at + count)) {
            count++;
        }
        String word = new String[] {"", "a", "word ", "\n", "\ud83d\ude00", "\u00e4\u5b57"}[random.nextInt(6)];
        return new TextEdit(at, count, word);
    }

    private static boolean cuts(String text, int at) {
        return at > 0
                && at < text.length()
                && Character.isHighSurrogate(text.charAt(at - 1))
                && Character.isLowSurrogate(text.charAt(at));
    }

    /** A device: a replica, editors on it, and what is on the way to it. */
    private static final class Machine {
        final Replica replica;
        final List<Person> people = new ArrayList<>();
        final Deque<byte[]> coming = new ArrayDeque<>();
        final List<Machine> others = new ArrayList<>();
        final Undo undo;
        Knowledge held;

        Machine(long client, byte[] first, int editors, boolean undoes) throws Exception {
            replica = item(engine, client, first);
            undo = undoes ? replica.undo() : null;
            held = Knowledge.of(List.of(first));
            for (int i = 0; i < editors; i++) {
                people.add(new Person(openIn(replica)));
            }
        }

        void made(byte[] update) throws Exception {
            if (update.length > 0) {
                held = held.plus(update);
                others.forEach(other -> other.coming.add(update));
            }
        }

        void hear() throws Exception {
            byte[] update = coming.remove();
            switch (Gate.check(held, update, Set.of())) {
                case Verdict.Accepted(byte[] fresh) -> {
                    held = held.plus(fresh);
                    made(replica.apply(fresh).impliedDeletes());
                }
                // it rests on what another sends: later
                case Verdict.Partly partly -> coming.add(update);
                case Verdict.NothingNew nothing -> {}
                case Verdict.Refused(String why) -> throw new AssertionError(why);
            }
        }

        void step(Random random) throws Exception {
            Person person = people.isEmpty() ? null : people.get(random.nextInt(people.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    if (person != null) {
                        person.type(random);
                    }
                }
                case 4, 5 -> {
                    if (person != null) {
                        made(person.open.write());
                    }
                }
                case 6 -> {
                    if (person != null) {
                        person.pull();
                    }
                }
                case 7 -> saveWhole(random);
                case 8 -> {
                    if (undo != null) {
                        undo.endStep();
                        Optional<Undo.Step> step = random.nextInt(4) > 0 ? undo.undo() : undo.redo();
                        if (step.isPresent()) {
                            made(step.get().update());
                        }
                    }
                }
                default -> {
                    if (!coming.isEmpty()) {
                        hear();
                    }
                }
            }
        }

        private void saveWhole(Random random) throws Exception {
            String present = text(replica);
            made(withText(replica, anyEdit(present, random).in(present)));
        }
    }

    @Test
    void noEditorEverDiverges() throws Exception {
        int typed = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            typed += run(seed);
        }
        System.out.println("texts: " + RUNS + " runs of " + STEPS + " steps a device, " + typed
                + " letters in the end, no divergence");
    }

    private static int run(int seed) throws Exception {
        Random random = new Random(seed);
        List<Machine> machines = new ArrayList<>();
        byte[] first;
        try (Replica founder = item(engine, 99)) {
            first = withText(founder, "\ud83d\ude00 " + LONG);
        }
        int count = 2 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            machines.add(new Machine(random.nextInt(1_000_000) * 10L + i, first, random.nextInt(3), seed % 3 == 0));
        }
        for (Machine machine : machines) {
            machine.others.addAll(machines);
            machine.others.remove(machine);
        }
        for (int i = 0; i < STEPS * count; i++) {
            machines.get(random.nextInt(count)).step(random);
        }
        settle(machines);
        String end = text(machines.getFirst().replica);
        for (Machine machine : machines) {
            assertEquals(machines.getFirst().replica.json(), machine.replica.json(), "seed " + seed);
            assertArrayEquals(machines.getFirst().held.digest(), machine.held.digest(), "seed " + seed);
            for (Person person : machine.people) {
                assertTrue(person.open.stands());
                assertEquals(end, person.widget, "seed " + seed);
                assertEquals(end, person.open.text(), "seed " + seed);
            }
        }
        for (Machine machine : machines) {
            machine.people.forEach(person -> person.open.close());
            machine.replica.close();
        }
        return end.length();
    }

    private static void settle(List<Machine> machines) throws Exception {
        boolean more = true;
        while (more) {
            more = false;
            for (Machine machine : machines) {
                for (Person person : machine.people) {
                    byte[] update = person.open.write();
                    machine.made(update);
                    more |= update.length > 0;
                }
                for (int waiting = machine.coming.size(); waiting > 0; waiting--) {
                    machine.hear();
                    more = true;
                }
            }
        }
        machines.forEach(machine -> machine.people.forEach(Person::pull));
    }

    /** The editor and the engine each on a thread of its own, at full speed. */
    @Test
    void theEditorsThreadAndTheEnginesNeedNoTurns() throws Exception {
        int edits = Lab.SOAK ? 20_000 : 400;
        try (Replica replica = item(engine, 1)) {
            withText(replica, LONG);
            OpenText open = openIn(replica);
            LinkedBlockingQueue<Boolean> toWrite = new LinkedBlockingQueue<>();
            AtomicReference<Throwable> failed = new AtomicReference<>();
            Person person = new Person(open);
            Thread editor = Thread.ofPlatform().name("editor").start(() -> {
                Random random = new Random(1);
                try {
                    for (int i = 0; i < edits; i++) {
                        person.type(random);
                        toWrite.add(true);
                        if (random.nextInt(3) == 0) {
                            person.pull();
                        }
                    }
                } catch (Throwable e) {
                    failed.set(e);
                } finally {
                    toWrite.add(false);
                }
            });
            Random random = new Random(2);
            while (toWrite.take()) {
                open.write();
                if (random.nextInt(4) == 0) {
                    String present = text(replica);
                    try {
                        withText(replica, anyEdit(present, random).in(present));
                    } catch (InvalidContentException e) {
                        throw new AssertionError(e);
                    }
                }
            }
            editor.join();
            open.write();
            person.pull();
            assertEquals(null, failed.get());
            assertEquals(text(replica), person.widget);
        }
    }
}
