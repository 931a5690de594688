// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates made by hand, as nobody's Yjs would make them. */
class GateTest {
    private static final long US = 77;

    /** Client 5 has written clocks 0 to 9, and we ours 0 to 3. */
    private static final Knowledge HELD = new Knowledge(new StateVector(Map.of(5L, 10L, US, 4L)), DeleteSet.EMPTY);

    /** Writes an update byte by byte. */
    private static final class Hand {
        private final ByteWriter out = new ByteWriter();

        Hand numbers(long... values) {
            for (long value : values) {
                out.varUint(value);
            }
            return this;
        }

        Hand bytes(int... values) {
            for (int value : values) {
                out.uint8(value);
            }
            return this;
        }

        /** A write with an origin, a text of one letter. */
        Hand letterAfter(long client, long clock) {
            return bytes(0x84).numbers(client, clock, 1).bytes('x');
        }

        /** A write at the root "a", a text of one letter. */
        Hand letterAtRoot() {
            return bytes(0x04).numbers(1, 1).bytes('a').numbers(1).bytes('x');
        }

        byte[] done() {
            return out.toByteArray();
        }
    }

    /** Of this thread: the machine may be busy with other things. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static Verdict check(Hand update) {
        return Gate.check(HELD, update.done(), Set.of(US));
    }

    private static void assertPart(byte[] expected, Verdict verdict) {
        assertArrayEquals(
                expected, assertInstanceOf(Verdict.Partly.class, verdict).update());
    }

    @Test
    void seventeenBytesCannotDeleteWhatWasNotWrittenYet() {
        Hand wipe = new Hand().numbers(0, 1, US, 1, 0, StructId.MAX);
        byte[] bytes = wipe.done();
        assertEquals(
                "0001" + "4d" + "01" + "00" + "ffffffffffffff0f", HexFormat.of().formatHex(bytes));
        byte[] cut = new Hand().numbers(0, 1, US, 1, 0, 4).done();
        assertPart(cut, Gate.check(HELD, bytes, Set.of(US)));
        assertPart(new byte[0], check(new Hand().numbers(0, 1, 123, 1, 0, 100)));
        assertPart(new byte[0], check(new Hand().numbers(0, 1, 5, 1, 10, 1)));
    }

    @Test
    void anUpdateThatFitsIsTakenAsItIs() {
        byte[] update = new Hand()
                .numbers(1, 1, 5, 10)
                .letterAfter(US, 3)
                .numbers(1, 5, 1, 9, 2)
                .done();
        assertArrayEquals(
                update,
                assertInstanceOf(Verdict.Accepted.class, Gate.check(HELD, update, Set.of(US)))
                        .update());
        assertInstanceOf(
                Verdict.NothingNew.class,
                Gate.check(
                        HELD.join(new Knowledge(
                                new StateVector(Map.of(5L, 11L)),
                                new DeleteSet(Map.of(5L, List.of(new DeleteSet.Range(9, 11)))))),
                        update,
                        Set.of()));
    }

    @Test
    void whatCanBeSaidWithLessIs() {
        byte[] joined = new Hand()
                .numbers(1, 2, 5, 10, 0, 5)
                .letterAfter(5, 3)
                .numbers(1, 5, 1, 2, 4)
                .done();
        Verdict garbage = check(
                new Hand().numbers(1, 3, 5, 10, 0, 2, 0, 3).letterAfter(5, 3).numbers(1, 5, 1, 2, 4));
        assertArrayEquals(
                joined, assertInstanceOf(Verdict.Accepted.class, garbage).update());
        Verdict deletes =
                check(new Hand().numbers(1, 2, 5, 10, 0, 5).letterAfter(5, 3).numbers(1, 5, 4, 5, 1, 2, 2, 2, 3, 7, 0));
        assertArrayEquals(
                joined, assertInstanceOf(Verdict.Accepted.class, deletes).update());
    }

    @Test
    void whatIsHeldIsLeftOut() {
        Verdict verdict = check(
                new Hand().numbers(1, 2, 5, 9).letterAtRoot().letterAfter(5, 9).numbers(0));
        byte[] rest =
                new Hand().numbers(1, 1, 5, 10).letterAfter(5, 9).numbers(0).done();
        assertArrayEquals(
                rest, assertInstanceOf(Verdict.Accepted.class, verdict).update());
        assertInstanceOf(
                Verdict.NothingNew.class,
                check(new Hand().numbers(1, 1, 5, 9).letterAtRoot().numbers(0)));
        assertInstanceOf(Verdict.NothingNew.class, check(new Hand().numbers(0, 0)));
    }

    @Test
    void aGapCutsOffWhatFollows() {
        assertPart(
                new byte[0],
                check(new Hand().numbers(1, 1, 5, 11).letterAtRoot().numbers(0)));
        Hand skipped = new Hand()
                .numbers(1, 3, 5, 10)
                .letterAfter(5, 9)
                .bytes(10)
                .numbers(3)
                .letterAtRoot()
                .numbers(0);
        assertPart(new Hand().numbers(1, 1, 5, 10).letterAfter(5, 9).numbers(0).done(), check(skipped));
    }

    @Test
    void deletesWaitForTheWritesThatTheyCameWith() {
        Hand update = new Hand()
                .numbers(2, 1, 6, 0)
                .letterAfter(5, 10)
                .numbers(1, 4, 0)
                .letterAtRoot();
        update.numbers(1, 5, 1, 3, 1);
        assertPart(new Hand().numbers(1, 1, 4, 0).letterAtRoot().numbers(0).done(), check(update));
    }

    @Test
    void whatRestsOnTheUnknownWaits() {
        assertPart(
                new byte[0],
                check(new Hand().numbers(1, 1, 6, 0).letterAfter(5, 10).numbers(0)));
        assertPart(
                new byte[0],
                check(new Hand().numbers(1, 1, 6, 0).letterAfter(9, 0).numbers(0)));
        Hand right = new Hand()
                .numbers(1, 1, 6, 0)
                .bytes(0x44)
                .numbers(9, 0, 1)
                .bytes('x')
                .numbers(0);
        assertPart(new byte[0], check(right));
        Hand parent = new Hand()
                .numbers(1, 1, 6, 0)
                .bytes(0x04)
                .numbers(0, 9, 0, 1)
                .bytes('x')
                .numbers(0);
        assertPart(new byte[0], check(parent));
    }

    @Test
    void clientsMayRestOnEachOther() {
        Hand update = new Hand().numbers(2);
        update.numbers(2, 8, 0).letterAfter(6, 0).letterAfter(6, 1);
        update.numbers(2, 6, 0).letterAtRoot().letterAfter(8, 0).numbers(0);
        assertInstanceOf(Verdict.Accepted.class, check(update));
    }

    @Test
    void aCircleOfOriginsIsNotTaken() {
        Hand update = new Hand().numbers(2);
        update.numbers(1, 8, 0).letterAfter(6, 0);
        update.numbers(1, 6, 0).letterAfter(8, 0).numbers(0);
        assertPart(new byte[0], check(update));
    }

    @Test
    void aWriteThatRestsOnItselfIsRefused() {
        assertInstanceOf(
                Verdict.Refused.class,
                check(new Hand().numbers(1, 1, 5, 10).letterAfter(5, 10).numbers(0)));
        assertInstanceOf(
                Verdict.Refused.class,
                check(new Hand().numbers(1, 1, 5, 10).letterAfter(5, 12).numbers(0)));
    }

    @Test
    void nobodyElseWritesUnderOurClientId() {
        assertInstanceOf(
                Verdict.Refused.class,
                check(new Hand().numbers(1, 1, US, 4).letterAtRoot().numbers(0)));
        assertInstanceOf(
                Verdict.Refused.class,
                check(new Hand().numbers(1, 1, US, 99).letterAtRoot().numbers(0)));
        assertInstanceOf(
                Verdict.NothingNew.class,
                check(new Hand().numbers(1, 1, US, 3).letterAtRoot().numbers(0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000ff",
                "01",
                "010100",
                "01010000",
                "ffffffffffffffffff7f00",
                "0101050a0400000000",
                // lengths that are not there
                "0101050a04010161ffffffff0f7800",
                "0101050a0801ffffffff0f00",
                "0101050a08ffffffff0f7e00",
                // kinds that are not
                "0101050a1f010161017800",
                "0101050a0701016107ff00",
                "0101050a080101610180ff00",
                // no length
                "0101050a000000",
                "0101050a0a0000",
                // a text that is not UTF-8, by an overlong zero and by half a pair
                "0101050a0401016102c08000",
                "0101050a0401016103eda08000",
                // a client twice
                "02010500000101050000010000",
                // clocks beyond their end
                "010105ffffffffffffff0f000500"
            })
    void whatIsMalformedIsRefused(String hex) {
        if (hex.isEmpty()) {
            assertInstanceOf(Verdict.NothingNew.class, Gate.check(HELD, new byte[0], Set.of()));
            return;
        }
        assertInstanceOf(Verdict.Refused.class, Gate.check(HELD, HexFormat.of().parseHex(hex), Set.of()), hex);
    }

    @Test
    void valuesNestedWithoutEndAreRefused() {
        Hand bomb = new Hand()
                .numbers(1, 1, 5, 10)
                .bytes(0x08)
                .numbers(1, 1)
                .bytes('a')
                .numbers(1);
        for (int i = 0; i < 1_000_000; i++) {
            bomb.bytes(117, 1);
        }
        assertInstanceOf(Verdict.Refused.class, check(bomb));
    }

    @Test
    void garbageOfAMegabyteIsJudgedAtOnce() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            byte[] garbage = new byte[1 << 20];
            random.nextBytes(garbage);
            long start = cpuTime();
            assertInstanceOf(Verdict.Refused.class, Gate.check(HELD, garbage, Set.of(US)));
            assertTrue(cpuTime() - start < 1_000_000_000L);
        }
    }

    @Test
    void aFloodOfWaitingWritesStaysLinear() {
        int clients = 50_000;
        Hand update = new Hand().numbers(clients);
        for (int i = 0; i < clients; i++) {
            // each waits for the next, the last for nobody: the worst order
            update.numbers(1, 100 + i, 0);
            if (i == clients - 1) {
                update.letterAtRoot();
            } else {
                update.letterAfter(100 + i + 1, 0);
            }
        }
        long start = cpuTime();
        assertInstanceOf(Verdict.Accepted.class, check(update.numbers(0)));
        assertTrue(cpuTime() - start < 1_000_000_000L, "took " + (cpuTime() - start) / 1_000_000);
    }
}
