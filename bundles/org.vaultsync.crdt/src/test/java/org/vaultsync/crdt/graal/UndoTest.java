// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.vaultsync.crdt.graal.Lab.content;
import static org.vaultsync.crdt.graal.Lab.document;
import static org.vaultsync.crdt.graal.Lab.edit;
import static org.vaultsync.crdt.graal.Lab.item;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.Undo;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Verdict;

class UndoTest {
    private static ReplicaEngine engine;

    @BeforeAll
    static void open() {
        engine = Lab.engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void anOwnEditIsTakenBackAndThatOfAnotherStays() throws Exception {
        String text = "a line of a long text\\n".repeat(20);
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(edit(mine, "{\"a\":1,\"b\":1,\"l\":[1,2,3],\"t\":\"" + text + "\"}"));
            Undo undo = mine.undo();
            assertFalse(undo.canUndo());
            assertEquals(Optional.empty(), undo.undo());
            theirs.apply(edit(mine, "{\"a\":2,\"b\":1,\"l\":[0,1,2,3],\"t\":\"my " + text + "\",\"new\":{\"x\":[]}}"));
            mine.apply(edit(
                    theirs, "{\"a\":2,\"b\":2,\"l\":[0,1,2,3,4],\"t\":\"my " + text + "end\",\"new\":{\"x\":[]}}"));

            Undo.Step step = undo.undo().orElseThrow();
            assertEquals("{\"a\":1,\"b\":2,\"l\":[1,2,3,4],\"t\":\"" + text + "end\"}", content(mine));
            assertEquals(Set.of("/content/a", "/content/l", "/content/t", "/content/new"), step.members());
            assertEquals(List.of(), theirs.apply(step.update()).overwrites());
            assertEquals(mine.json(), theirs.json());
            assertFalse(undo.canUndo());

            Undo.Step again = undo.redo().orElseThrow();
            theirs.apply(again.update());
            assertEquals(
                    "{\"a\":2,\"b\":2,\"l\":[0,1,2,3,4],\"new\":{\"x\":[]},\"t\":\"my " + text + "end\"}",
                    content(mine));
            assertEquals(mine.json(), theirs.json());
            assertEquals(Optional.empty(), undo.redo());
        }
    }

    @Test
    void whatAnotherHasOverwrittenSinceStays() throws Exception {
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(edit(mine, "{\"a\":1,\"b\":1}"));
            Undo undo = mine.undo();
            theirs.apply(edit(mine, "{\"a\":2,\"b\":2}"));
            mine.apply(edit(theirs, "{\"a\":3,\"b\":2}"));
            theirs.apply(undo.undo().orElseThrow().update());
            assertEquals("{\"a\":3,\"b\":1}", content(mine));
            assertEquals(mine.json(), theirs.json());
        }
    }

    @Test
    void theCallerSaysWhereAStepEnds() throws Exception {
        try (Replica replica = item(engine, 1)) {
            Undo undo = replica.undo();
            edit(replica, "{\"a\":1}");
            edit(replica, "{\"a\":2}");
            undo.endStep();
            edit(replica, "{\"a\":3}");
            edit(replica, "{\"a\":4}");
            undo.undo();
            assertEquals("{\"a\":2}", content(replica));
            undo.redo();
            assertEquals("{\"a\":4}", content(replica));
            undo.undo();
            edit(replica, "{\"a\":5}");
            assertFalse(undo.canRedo());
            undo.undo();
            assertEquals("{\"a\":2}", content(replica));
            undo.undo();
            assertEquals("{}", content(replica));
            assertEquals(Optional.empty(), undo.undo());
        }
    }

    @Test
    void anOwnEditThatWasMadeOnAForkIsTakenBack() throws Exception {
        try (Replica live = item(engine, 1)) {
            edit(live, "{\"a\":1,\"b\":1}");
            byte[] revision = live.state();
            String base = live.json();
            Undo undo = live.undo();
            try (Replica other = item(engine, 2, live.state())) {
                live.apply(edit(other, "{\"a\":1,\"b\":2}"));
            }
            try (Replica fork = item(engine, 3, revision)) {
                live.applyOwn(fork.edit(base, document("{\"a\":2,\"b\":1}")));
            }
            assertEquals("{\"a\":2,\"b\":2}", content(live));
            undo.undo();
            assertEquals("{\"a\":1,\"b\":2}", content(live));
        }
    }

    static IntStream seeds() {
        return Lab.seeds(12, 300);
    }

    /** Two people write next to each other at random; one takes everything back, and makes it all again. */
    @ParameterizedTest
    @MethodSource("seeds")
    void allOwnStepsGoAndComeBackAmongThoseOfAnother(int seed) throws Exception {
        Random random = new Random(seed);
        try (Replica mine = item(engine, 1);
                Replica theirs = item(engine, 2)) {
            theirs.apply(edit(mine, together(new Half("m", 0, List.of()), new Half("t", 0, List.of()))));
            Undo undo = mine.undo();
            Half my = new Half("m", 0, List.of());
            Half their = new Half("t", 0, List.of());
            Knowledge held = Knowledge.of(List.of(mine.state()));
            int steps = 0;
            for (int i = 0; i < 20; i++) {
                if (random.nextBoolean()) {
                    my = my.next(random);
                    theirs.apply(edit(mine, together(my, their)));
                    undo.endStep();
                    steps++;
                } else {
                    their = their.next(random);
                    mine.apply(edit(theirs, together(my, their)));
                }
            }
            held = held.plus(theirs.state());
            for (int i = 0; i < steps; i++) {
                byte[] update = undo.undo().orElseThrow().update();
                assertInstanceOf(Verdict.Accepted.class, Gate.check(held, update, Set.of(2L)));
                held = held.plus(update);
                theirs.apply(update);
            }
            assertEquals(Optional.empty(), undo.undo());
            assertEquals(Json.parse(together(new Half("m", 0, List.of()), their)), Json.parse(content(mine)));
            assertEquals(mine.json(), theirs.json());
            for (int i = 0; i < steps; i++) {
                theirs.apply(undo.redo().orElseThrow().update());
            }
            assertEquals(Json.parse(together(my, their)), Json.parse(content(mine)));
            assertEquals(mine.json(), theirs.json());
            try (Replica again = item(engine, 9, mine.state())) {
                assertEquals(mine.json(), again.json());
            }
            assertTrue(steps > 0);
        }
    }

    private static String together(Half one, Half other) {
        return "{" + one.json() + "," + other.json() + "}";
    }

    /** The members of the content that one person writes. */
    private record Half(String name, int value, List<Integer> list) {
        Half next(Random random) {
            List<Integer> next = new ArrayList<>(list);
            if (next.isEmpty() || random.nextInt(3) > 0) {
                next.add(random.nextInt(next.size() + 1), value);
            } else {
                next.remove(random.nextInt(next.size()));
            }
            return new Half(name, value + 1, next);
        }

        String json() {
            return "\"" + name + "\":" + value + ",\"" + name + "l\":" + list + ",\"" + name + "o\":{\"deep\":"
                    + value / 2 + (value % 3 == 0 ? "" : ",\"sometimes\":{}") + "}";
        }
    }
}
