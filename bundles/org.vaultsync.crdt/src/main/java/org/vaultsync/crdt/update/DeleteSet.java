// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was deleted: ranges of clocks by client, in canonical form: ascending, joined where they touch or overlap. */
public record DeleteSet(Map<Long, List<Range>> ranges) {
    public static final DeleteSet EMPTY = new DeleteSet(Map.of());

    /**
     * Clocks in a row.
     *
     * @param start the first clock
     * @param end the clock after the last
     */
    public record Range(long start, long end) {
        public Range {
            if (start < 0 || end <= start || end > StructId.MAX) {
                throw new IllegalArgumentException("not a range: " + start + " to " + end);
            }
        }
    }

    public DeleteSet {
        TreeMap<Long, List<Range>> canonical = new TreeMap<>();
        ranges.forEach((client, list) -> {
            if (!list.isEmpty()) {
                canonical.put(client, joined(list));
            }
        });
        ranges = Collections.unmodifiableMap(canonical);
    }

    private static List<Range> joined(List<Range> list) {
        boolean canonical = true;
        for (int i = 1; i < list.size() && canonical; i++) {
            canonical = list.get(i - 1).end() < list.get(i).start();
        }
        if (canonical) {
            return List.copyOf(list);
        }
        List<Range> sorted = new ArrayList<>(list);
        sorted.sort(Comparator.comparingLong(Range::start));
        List<Range> joined = new ArrayList<>(sorted.size());
        Range last = sorted.get(0);
        for (Range range : sorted.subList(1, sorted.size())) {
            if (range.start() <= last.end()) {
                last = new Range(last.start(), Math.max(last.end(), range.end()));
            } else {
                joined.add(last);
                last = range;
            }
        }
        joined.add(last);
        return List.copyOf(joined);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public DeleteSet plus(DeleteSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        Map<Long, List<Range>> sum = new TreeMap<>(ranges);
        other.ranges.forEach((client, more) -> sum.merge(client, more, (a, b) -> {
            List<Range> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }));
        return new DeleteSet(sum);
    }

    public DeleteSet minus(DeleteSet other) {
        Map<Long, List<Range>> rest = new TreeMap<>();
        ranges.forEach((client, list) -> {
            List<Range> left = without(list, other.ranges.getOrDefault(client, List.of()));
            if (!left.isEmpty()) {
                rest.put(client, left);
            }
        });
        return new DeleteSet(rest);
    }

    private static List<Range> without(List<Range> list, List<Range> cut) {
        List<Range> left = new ArrayList<>();
        int next = 0;
        for (Range range : list) {
            long start = range.start();
            while (next < cut.size() && cut.get(next).end() <= start) {
                next++;
            }
            int at = next;
            while (at < cut.size() && cut.get(at).start() < range.end()) {
                if (cut.get(at).start() > start) {
                    left.add(new Range(start, cut.get(at).start()));
                }
                start = Math.max(start, cut.get(at).end());
                at++;
            }
            if (start < range.end()) {
                left.add(new Range(start, range.end()));
            }
        }
        return left;
    }

    /** The part of it that lies below the clocks of the state vector. */
    public DeleteSet within(StateVector known) {
        Map<Long, List<Range>> inside = new TreeMap<>();
        ranges.forEach((client, list) -> {
            long clock = known.clock(client);
            List<Range> kept = new ArrayList<>();
            for (Range range : list) {
                if (range.start() < clock) {
                    kept.add(range.end() <= clock ? range : new Range(range.start(), clock));
                }
            }
            inside.put(client, kept);
        });
        return new DeleteSet(inside);
    }

    public boolean covers(DeleteSet other) {
        return other.minus(this).isEmpty();
    }

    /** An update that holds these deletes and no writes, format V1. */
    public byte[] asUpdate() {
        ByteWriter out = new ByteWriter();
        out.varUint(0);
        write(out);
        return out.toByteArray();
    }

    /** The bytes that Yjs makes of it: clients descending. */
    public byte[] encode() {
        ByteWriter out = new ByteWriter();
        write(out);
        return out.toByteArray();
    }

    void write(ByteWriter out) {
        out.varUint(ranges.size());
        new TreeMap<>(ranges).descendingMap().forEach((client, list) -> {
            out.varUint(client);
            out.varUint(list.size());
            for (Range range : list) {
                out.varUint(range.start());
                out.varUint(range.end() - range.start());
            }
        });
    }

    public static DeleteSet decode(byte[] bytes) throws MalformedUpdateException {
        ByteReader in = new ByteReader(bytes);
        DeleteSet decoded = read(in);
        in.expectEnd();
        return decoded;
    }

    static DeleteSet read(ByteReader in) throws MalformedUpdateException {
        int clients = in.count(2);
        Map<Long, List<Range>> ranges = new TreeMap<>();
        for (int i = 0; i < clients; i++) {
            long client = in.varUint();
            int size = in.count(2);
            List<Range> list = ranges.computeIfAbsent(client, c -> new ArrayList<>());
            for (int j = 0; j < size; j++) {
                long start = in.varUint();
                long length = in.varUint();
                if (length > StructId.MAX - start) {
                    throw in.malformed("a range of deletes is too long");
                }
                if (length > 0) {
                    list.add(new Range(start, start + length));
                }
            }
        }
        return new DeleteSet(ranges);
    }
}
