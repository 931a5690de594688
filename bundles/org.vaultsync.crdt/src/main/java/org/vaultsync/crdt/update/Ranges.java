// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.vaultsync.crdt.update.DeleteSet.Range;

/** Ranges of one client, as numbers and not as objects: a few bytes from outside can stand for many of them. */
final class Ranges extends AbstractList<Range> implements RandomAccess {
    private long[] starts = new long[1];
    private long[] ends = new long[1];
    private int size;
    private boolean ascending = true;

    /** The ranges ascending, joined where they touch or overlap. Not to be added to afterwards. */
    static Ranges canonical(List<Range> list) {
        Ranges ranges = list instanceof Ranges there ? there : new Ranges();
        if (ranges != list) {
            list.forEach(range -> ranges.add(range.start(), range.end()));
        }
        ranges.sort();
        return ranges;
    }

    /** All of both, which are canonical. */
    static Ranges joined(List<Range> one, List<Range> other) {
        Ranges joined = new Ranges();
        int next = 0;
        for (Range range : one) {
            while (next < other.size() && other.get(next).start() < range.start()) {
                joined.add(other.get(next).start(), other.get(next).end());
                next++;
            }
            joined.add(range.start(), range.end());
        }
        for (; next < other.size(); next++) {
            joined.add(other.get(next).start(), other.get(next).end());
        }
        return joined;
    }

    /**
     * Adds a range.
     *
     * @return whether it only makes the last one longer
     */
    boolean add(long start, long end) {
        if (size > 0 && start >= starts[size - 1] && start <= ends[size - 1]) {
            ends[size - 1] = Math.max(ends[size - 1], end);
            return true;
        }
        ascending &= size == 0 || start > starts[size - 1];
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size + size / 2 + 1);
            ends = Arrays.copyOf(ends, starts.length);
        }
        starts[size] = start;
        ends[size++] = end;
        return false;
    }

    private void sort() {
        if (ascending) {
            return;
        }
        // Each by itself: a range ends where as many have ended as have begun.
        Arrays.sort(starts, 0, size);
        Arrays.sort(ends, 0, size);
        int all = size;
        long start = starts[0];
        size = 0;
        ascending = true;
        for (int i = 0; i < all; i++) {
            if (i + 1 == all || starts[i + 1] > ends[i]) {
                long next = i + 1 < all ? starts[i + 1] : 0;
                starts[size] = start;
                ends[size++] = ends[i];
                start = next;
            }
        }
    }

    @Override
    public Range get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return new Range(starts[index], ends[index]);
    }

    @Override
    public int size() {
        return size;
    }
}
