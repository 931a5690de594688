// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.crdt.graal.Guest;
import org.vaultsync.crdt.graal.GuestException;
import org.vaultsync.crdt.graal.Lab;

/** Whatever the Java code does with bytes, Yjs would have done too. */
class UpdatesAgainstYjsTest {
    private static final int PEERS = 4;
    private static Guest yjs;

    @BeforeAll
    static void open() throws Exception {
        yjs = Lab.guest();
    }

    @AfterAll
    static void close() {
        yjs.close();
    }

    static IntStream seeds() {
        return Lab.seeds(14, 1_000);
    }

    /** The updates of a random history, as they were made, and what all peers ended with. */
    private record History(List<byte[]> updates, List<byte[]> states) {
        static History of(int seed) throws GuestException {
            Object[] all = yjs.call("history", seed, PEERS, 20 + seed % 7 * 30, seed % 3 == 0);
            List<byte[]> bytes = new ArrayList<>();
            for (Object each : Arrays.asList(all).subList(1, all.length)) {
                bytes.add((byte[]) each);
            }
            int made = ((Double) all[0]).intValue();
            return new History(bytes.subList(0, made), bytes.subList(made, bytes.size()));
        }
    }

    private static byte[] bytes(String function, Object... arguments) throws GuestException {
        return (byte[]) yjs.call(function, arguments)[0];
    }

    /** The same JSON and the same knowledge. How Yjs cuts a document into structs depends on what came when. */
    private static void assertSameDocument(List<byte[]> expected, List<byte[]> actual) throws Exception {
        Object[] one = yjs.call("applied", expected.toArray());
        Object[] other = yjs.call("applied", actual.toArray());
        assertEquals(Knowledge.NOTHING.plus((byte[]) one[0]), Knowledge.NOTHING.plus((byte[]) other[0]));
        assertEquals(one[2], other[2]);
        assertEquals(one[3], other[3]);
    }

    private static List<byte[]> shuffled(List<byte[]> list, Random random) {
        List<byte[]> shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void mergesAsYjsDoes(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        List<byte[]> updates = history.updates();
        assertArrayEquals(bytes("merge", updates.toArray()), Updates.merge(updates));

        List<byte[]> all = new ArrayList<>(updates);
        all.addAll(history.states());
        for (int i = 0; i < 5; i++) {
            List<byte[]> some = shuffled(all, random).subList(0, 1 + random.nextInt(all.size()));
            byte[] merged = Updates.merge(some);
            byte[] theirs = bytes("merge", some.toArray());
            if (!Arrays.equals(theirs, merged)) {
                assertSameDocument(List.of(theirs), List.of(merged));
            }
            assertSameDocument(some, List.of(merged));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void cutsAsYjsDoes(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        byte[] whole = Updates.merge(history.updates());
        for (int i = 0; i < 5; i++) {
            List<byte[]> part = history.updates()
                    .subList(0, random.nextInt(history.updates().size() + 1));
            StateVector held = Knowledge.of(part).writes();
            assertArrayEquals(bytes("diff", whole, held.encode()), Updates.diff(whole, held));
            byte[] state = history.states().get(0);
            assertArrayEquals(bytes("diff", state, held.encode()), Updates.diff(state, held));
        }
    }

    /** What our own edits do not write, and others may: several values at once, JSON of old versions, and garbage. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void cutsWhatOthersWriteAsYjsDoes(int held) throws Exception {
        StateVector some = held == 0 ? StateVector.EMPTY : new StateVector(Map.of(7L, (long) held));
        for (byte[] update : List.of(
                update(
                        8,
                        list -> List.of(1, 2, 3).forEach(value -> {
                            list.uint8(125);
                            list.uint8(value);
                        })),
                update(2, list -> List.of("1", "{}", "\"a\"").forEach(list::varString)),
                update(0, garbage -> {}))) {
            assertArrayEquals(bytes("diff", update, some.encode()), Updates.diff(update, some));
            assertEquals(Map.of(7L, 3L), Update.decode(update).reach().clocks());
        }
    }

    /** Three writes of client 7 in one. */
    private static byte[] update(int info, Consumer<ByteWriter> content) {
        ByteWriter out = new ByteWriter();
        out.varUint(1);
        out.varUint(1);
        out.varUint(7);
        out.varUint(0);
        out.uint8(info);
        if (info != 0) {
            out.varUint(1);
            out.varString("list");
        }
        out.varUint(3);
        content.accept(out);
        out.varUint(0);
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void knowsWhatYjsKnows(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        byte[] state = history.states().get(0);
        Object[] applied = yjs.call("applied", state);
        assertArrayEquals(
                (byte[]) applied[1], Update.decode(state).stateVector().encode());
        assertArrayEquals(
                (byte[]) applied[1], StateVector.decode((byte[]) applied[1]).encode());
        for (byte[] update : history.updates()) {
            assertEquals(
                    StateVector.decode(bytes("stateVectorOf", update)),
                    Update.decode(update).stateVector());
        }
        Knowledge open = Knowledge.NOTHING.plus(state);
        for (byte[] other : history.states()) {
            assertArrayEquals(open.digest(), Knowledge.NOTHING.plus(other).digest());
        }
        Knowledge closed = Knowledge.of(history.updates());
        assertEquals(open.writes(), closed.writes());
        assertTrue(open.covers(closed));
        assertEquals(open, Knowledge.decode(open.encode()));
        byte[] implied = open.deletes().minus(closed.deletes()).asUpdate();
        assertArrayEquals(open.digest(), closed.plus(implied).digest());
        assertEquals(closed, closed.plus(Updates.merge(shuffled(history.updates(), random))));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void readsWhatYjsReads(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        List<List<byte[]>> ways = List.of(
                history.updates(),
                shuffled(history.updates(), random),
                List.of(history.states().get(0)),
                history.states());
        for (List<byte[]> updates : ways) {
            Optional<StoredDocument> read = StoredDocument.read(updates);
            // formatted texts are left to Yjs
            assertTrue(read.isPresent() || seed % 3 == 0);
            if (read.isPresent()) {
                Object[] applied = yjs.call("applied", updates.toArray());
                assertEquals(
                        applied[2], read.get().json(List.of("content", "meta")).orElse("left to Yjs"));
                assertEquals(
                        Knowledge.NOTHING.plus((byte[]) applied[0]).deletes(),
                        read.get().deletes());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0,
                -0.0,
                1,
                -1,
                0.1,
                1e21,
                1e20,
                123456789012345680000.0,
                1.5e300,
                5e-324,
                1e-6,
                1e-7,
                1.23e-5,
                4e-7,
                2e23,
                9007199254740993.0,
                0.1f,
                1e15,
                1e16,
                123456.789,
                1.7976931348623157e308,
                2.2250738585072014e-308,
                1e23
            })
    void writesNumbersAsJavaScriptDoes(double value) throws Exception {
        Object written = yjs.call("numberText", value)[0];
        assertEquals(written, AnyJson.number(value));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theGateLetsEveryHonestHistoryThroughWhateverTheOrder(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        Knowledge held = Knowledge.NOTHING;
        List<byte[]> taken = new ArrayList<>();
        List<byte[]> coming = shuffled(history.updates(), random);
        coming.addAll(
                shuffled(history.updates(), random).subList(0, history.updates().size() / 2));
        int rounds = 0;
        while (!coming.isEmpty()) {
            assertTrue(rounds++ < 10_000, "it does not end");
            byte[] update = coming.remove(0);
            switch (Gate.check(held, update, Set.of(0L))) {
                case Verdict.Accepted(byte[] accepted) -> {
                    held = held.plus(accepted);
                    taken.add(accepted);
                }
                case Verdict.Partly(byte[] part, String missing) -> {
                    assertFalse(missing.isEmpty());
                    if (part.length > 0) {
                        held = held.plus(part);
                        taken.add(part);
                    }
                    coming.add(update);
                }
                case Verdict.NothingNew() -> {}
                case Verdict.Refused(String why) -> throw new AssertionError(why);
            }
        }
        assertEquals("whole", yjs.call("applied", taken.toArray())[3]);
        assertSameDocument(List.of(history.states().get(0)), taken);
        for (byte[] update : history.updates()) {
            assertEquals(new Verdict.NothingNew(), Gate.check(held, update, Set.of()));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatTheGateTakesNeverWaitsInYjs(int seed) throws Exception {
        Random random = new Random(seed);
        History history = History.of(seed);
        List<byte[]> some =
                shuffled(history.updates(), random).subList(0, history.updates().size() / 2);
        Knowledge held = Knowledge.NOTHING;
        List<byte[]> taken = new ArrayList<>();
        for (byte[] update : List.of(Updates.merge(some), history.states().get(1))) {
            Verdict verdict = Gate.check(held, update, Set.of());
            byte[] part = switch (verdict) {
                case Verdict.Accepted(byte[] accepted) -> accepted;
                case Verdict.Partly(byte[] accepted, String missing) -> accepted;
                case Verdict.NothingNew() -> new byte[0];
                case Verdict.Refused(String why) -> throw new AssertionError(why);
            };
            if (part.length > 0) {
                taken.add(part);
                held = held.plus(part);
                assertEquals("whole", yjs.call("applied", taken.toArray())[3]);
            }
        }
        assertSameDocument(List.of(history.states().get(0)), taken);
        assertInstanceOf(
                Verdict.NothingNew.class, Gate.check(held, history.states().get(2), Set.of()));
    }
}
