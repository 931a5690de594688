// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.Collections;
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
                canonical.put(client, Ranges.canonical(list));
            }
        });
        ranges = Collections.unmodifiableMap(canonical);
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
        other.ranges.forEach((client, more) -> sum.merge(client, more, Ranges::joined));
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
        Ranges left = new Ranges();
        int next = 0;
        for (Range range : list) {
            long start = range.start();
            while (next < cut.size() && cut.get(next).end() <= start) {
                next++;
            }
            int at = next;
            while (at < cut.size() && cut.get(at).start() < range.end()) {
                if (cut.get(at).start() > start) {
                    left.add(start, cut.get(at).start());
                }
                start = Math.max(start, cut.get(at).end());
                at++;
            }
            if (start < range.end()) {
                left.add(start, range.end());
            }
        }
        return left;
    }

    /** The part of it that lies below the clocks of the state vector. */
    public DeleteSet within(StateVector known) {
        Map<Long, List<Range>> inside = new TreeMap<>();
        ranges.forEach((client, list) -> {
            long clock = known.clock(client);
            Ranges kept = new Ranges();
            for (Range range : list) {
                if (range.start() < clock) {
                    kept.add(range.start(), Math.min(range.end(), clock));
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
        int clients = in.clients(2);
        Map<Long, Ranges> ranges = new TreeMap<>();
        for (int i = 0; i < clients; i++) {
            long client = in.varUint();
            int size = in.count(2);
            Ranges list = ranges.computeIfAbsent(client, c -> new Ranges());
            for (int j = 0; j < size; j++) {
                long start = in.varUint();
                long length = in.varUint();
                if (length > StructId.MAX - start) {
                    throw in.malformed("a range of deletes is too long");
                }
                in.part(length == 0 || list.add(start, start + length));
            }
        }
        return of(ranges);
    }

    /** The ranges are not changed by anybody afterwards. */
    static DeleteSet of(Map<Long, Ranges> ranges) {
        return new DeleteSet(Collections.unmodifiableMap(ranges));
    }
}
