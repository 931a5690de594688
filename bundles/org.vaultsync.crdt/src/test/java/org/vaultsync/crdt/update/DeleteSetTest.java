// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vaultsync.crdt.graal.Lab;
import org.vaultsync.crdt.update.DeleteSet.Range;

/** Ranges against a bit for each clock. */
class DeleteSetTest {
    private static final long CLIENT = 7;
    private static final int CLOCKS = 60;

    static IntStream seeds() {
        return Lab.seeds(500, 100_000);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void saysWhatABitForEachClockSays(int seed) throws Exception {
        Random random = new Random(seed);
        List<Range> one = ranges(random);
        List<Range> other = ranges(random);
        BitSet bits = bits(one);
        BitSet others = bits(other);
        DeleteSet set = set(one);
        DeleteSet otherSet = set(other);
        int clock = random.nextInt(CLOCKS);

        assertEquals(set(bits), set);
        assertEquals(set(bits), DeleteSet.decode(set.encode()));
        assertEquals(set(bits), DeleteSet.decode(encoded(one)));
        BitSet both = (BitSet) bits.clone();
        both.or(others);
        assertEquals(set(both), set.plus(otherSet));
        BitSet rest = (BitSet) bits.clone();
        rest.andNot(others);
        assertEquals(set(rest), set.minus(otherSet));
        assertEquals(rest.isEmpty(), otherSet.covers(set));
        bits.clear(clock, CLOCKS + 1);
        assertEquals(set(bits), set.within(new StateVector(Map.of(CLIENT, (long) clock))));
    }

    private static List<Range> ranges(Random random) {
        List<Range> ranges = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            int start = random.nextInt(CLOCKS);
            ranges.add(new Range(start, start + 1 + random.nextInt(Math.min(9, CLOCKS - start))));
        }
        return ranges;
    }

    private static BitSet bits(List<Range> ranges) {
        BitSet bits = new BitSet();
        ranges.forEach(range -> bits.set((int) range.start(), (int) range.end()));
        return bits;
    }

    private static DeleteSet set(List<Range> ranges) {
        return new DeleteSet(Map.of(CLIENT, ranges));
    }

    private static DeleteSet set(BitSet bits) {
        List<Range> ranges = new ArrayList<>();
        for (int start = bits.nextSetBit(0); start >= 0; start = bits.nextSetBit(bits.nextClearBit(start))) {
            ranges.add(new Range(start, bits.nextClearBit(start)));
        }
        return set(ranges);
    }

    /** As somebody may send them: in any order, and some twice, under a client that is listed twice. */
    private static byte[] encoded(List<Range> ranges) {
        ByteWriter out = new ByteWriter();
        out.varUint(2);
        for (int i = 0; i < 2; i++) {
            out.varUint(CLIENT);
            out.varUint(ranges.size());
            for (Range range : ranges) {
                out.varUint(range.start());
                out.varUint(range.end() - range.start());
            }
        }
        return out.toByteArray();
    }
}
