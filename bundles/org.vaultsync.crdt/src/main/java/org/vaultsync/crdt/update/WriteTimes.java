// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When the writes of a document were made, to the second, for whoever wants to tell a person. A document does not say
 * so; the envelopes in which updates travel do. This remembers it beside the document, in some five bytes a write that
 * still stands. A value that never changes.
 *
 * @param runs by client, ascending, without overlap. Clocks in no run are those of which nobody knows when
 */
public record WriteTimes(Map<Long, List<Run>> runs) {
    public static final WriteTimes NONE = new WriteTimes(Map.of());

    private static final long EARLIEST = Instant.parse("1970-01-01T00:00:00Z").getEpochSecond();
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    /**
     * Clocks in a row that were written at one time.
     *
     * @param start the first clock
     * @param end the clock after the last
     * @param second since 1970
     */
    public record Run(long start, long end, long second) {
        public Run {
            new DeleteSet.Range(start, end);
            if (second < EARLIEST || second > LATEST) {
                throw new IllegalArgumentException("not a time: " + second);
            }
        }
    }

    public WriteTimes {
        TreeMap<Long, List<Run>> canonical = new TreeMap<>();
        runs.forEach((client, list) -> {
            if (!list.isEmpty()) {
                canonical.put(client, joined(list));
            }
        });
        runs = Collections.unmodifiableMap(canonical);
    }

    private static List<Run> joined(List<Run> list) {
        List<Run> joined = new ArrayList<>(list.size());
        Run last = null;
        for (Run run : list) {
            if (last != null && run.start() < last.end()) {
                throw new IllegalArgumentException("not in order: " + last + " and " + run);
            }
            if (last != null && run.start() == last.end() && run.second() == last.second()) {
                last = new Run(last.start(), run.end(), last.second());
                joined.set(joined.size() - 1, last);
            } else {
                last = run;
                joined.add(run);
            }
        }
        return List.copyOf(joined);
    }

    /**
     * With the writes of an update that were made at a time. What is known already stays: updates come again, and later.
     *
     * @param time as its author's clock had it; a time that no clock shows is taken for the nearest that one does
     */
    public WriteTimes plus(Update update, Instant time) {
        long second = Math.clamp(time.getEpochSecond(), EARLIEST, LATEST);
        Map<Long, List<Run>> sum = new TreeMap<>(runs);
        for (Update.Section section : update.sections()) {
            for (DeleteSet.Range written : update.written(section)) {
                sum.merge(
                        section.client(), List.of(new Run(written.start(), written.end(), second)), WriteTimes::filled);
            }
        }
        return new WriteTimes(sum);
    }

    /** The runs, and in their gaps what the other one run covers. */
    private static List<Run> filled(List<Run> known, List<Run> added) {
        Run more = added.getFirst();
        if (known.getLast().end() <= more.start()) {
            List<Run> longer = new ArrayList<>(known);
            longer.add(more);
            return longer;
        }
        List<Run> filled = new ArrayList<>();
        long from = more.start();
        for (Run run : known) {
            if (from < Math.min(run.start(), more.end())) {
                filled.add(new Run(from, Math.min(run.start(), more.end()), more.second()));
            }
            filled.add(run);
            from = Math.max(from, run.end());
        }
        if (from < more.end()) {
            filled.add(new Run(from, more.end(), more.second()));
        }
        return filled;
    }

    /** When a write was made; empty where nobody said. */
    public Optional<Instant> at(StructId write) {
        List<Run> list = runs.getOrDefault(write.client(), List.of());
        int low = 0;
        int high = list.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (list.get(middle).end() <= write.clock()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < list.size() && list.get(low).start() <= write.clock()
                ? Optional.of(Instant.ofEpochSecond(list.get(low).second()))
                : Optional.empty();
    }

    /** Without the times of what does not stand any more, so that they do not grow with every edit. */
    public WriteTimes of(Collection<StructId> standing) {
        Map<Long, List<Run>> kept = new TreeMap<>();
        for (StructId write : new TreeSet<>(standing)) {
            at(write)
                    .ifPresent(time -> kept.computeIfAbsent(write.client(), client -> new ArrayList<>())
                            .add(new Run(write.clock(), write.clock() + 1, time.getEpochSecond())));
        }
        return new WriteTimes(kept);
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.varUint(runs.size());
        runs.forEach((client, list) -> {
            out.varUint(client);
            out.varUint(list.size());
            long clock = 0;
            long second = 0;
            for (Run run : list) {
                out.varUint(run.start() - clock);
                out.varUint(run.end() - run.start());
                // clocks of a person's device can be set back
                long later = run.second() - second;
                out.varUint(later >= 0 ? later << 1 : -later << 1 | 1);
                clock = run.end();
                second = run.second();
            }
        });
        return out.toByteArray();
    }

    public static WriteTimes decode(byte[] bytes) throws MalformedUpdateException {
        ByteReader in = new ByteReader(bytes);
        int clients = in.count(5);
        Map<Long, List<Run>> runs = new TreeMap<>();
        for (int i = 0; i < clients; i++) {
            long client = in.varUint();
            int size = in.count(3);
            List<Run> list = new ArrayList<>(size);
            long clock = 0;
            long second = 0;
            for (int j = 0; j < size; j++) {
                long start = clock + in.varUint();
                long end = start + in.varUint();
                long later = in.varUint();
                second += (later & 1) == 0 ? later >>> 1 : -(later >>> 1);
                try {
                    list.add(new Run(start, end, second));
                } catch (IllegalArgumentException e) {
                    throw in.malformed(e.getMessage());
                }
                clock = end;
            }
            runs.put(client, list);
        }
        in.expectEnd();
        return new WriteTimes(runs);
    }
}
