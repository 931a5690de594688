// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** What can be done with updates without opening a document. All format V1. */
public final class Updates {
    private Updates() {}

    /** The update in which nothing is. */
    public static byte[] empty() {
        return new byte[] {0, 0};
    }

    /** One update that brings what all of them bring. Where clocks are missing in between it says so, as Yjs does. */
    public static byte[] merge(List<byte[]> updates) throws MalformedUpdateException {
        if (updates.size() == 1) {
            return updates.get(0);
        }
        TreeMap<Long, List<StructReader>> byClient = new TreeMap<>(Comparator.reverseOrder());
        DeleteSet deletes = DeleteSet.EMPTY;
        for (byte[] bytes : updates) {
            Update update = Update.decode(bytes);
            deletes = deletes.plus(update.deletes());
            for (Update.Section section : update.sections()) {
                StructReader structs = update.structs(section);
                if (nextWrite(structs)) {
                    byClient.computeIfAbsent(section.client(), c -> new ArrayList<>())
                            .add(structs);
                }
            }
        }
        UpdateWriter out = new UpdateWriter();
        for (List<StructReader> readers : byClient.values()) {
            mergeClient(readers, out);
        }
        return out.finish(deletes);
    }

    private static void mergeClient(List<StructReader> readers, UpdateWriter out) throws MalformedUpdateException {
        PriorityQueue<Turn> turns = new PriorityQueue<>(readers.size());
        for (int i = 0; i < readers.size(); i++) {
            turns.add(new Turn(readers.get(i), i));
        }
        long written = turns.element().structs.clock;
        while (!turns.isEmpty()) {
            Turn turn = turns.remove();
            StructReader structs = turn.structs;
            boolean more = true;
            boolean joins = true;
            // stay with one reader as long as it continues what is written, as Yjs does
            while (more && structs.clock <= written) {
                if (structs.endClock() > written) {
                    joins = joins && out.join(structs, written - structs.clock);
                    if (!joins) {
                        out.add(structs, written - structs.clock);
                    }
                    written = structs.endClock();
                }
                more = nextWrite(structs);
            }
            if (!more) {
                continue;
            }
            if (turns.isEmpty() || turns.element().structs.clock >= structs.clock) {
                out.skip(structs.client, written, structs.clock - written);
                written = structs.clock;
            }
            turns.add(turn);
        }
    }

    /** A reader and its place among the updates, which decides between equal clocks. */
    private record Turn(StructReader structs, int place) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            int byClock = Long.compare(structs.clock, other.structs.clock);
            return byClock != 0 ? byClock : Integer.compare(place, other.place);
        }
    }

    private static boolean nextWrite(StructReader structs) throws MalformedUpdateException {
        while (structs.next()) {
            if (structs.kind() != StructReader.SKIP) {
                return true;
            }
        }
        return false;
    }

    /** What of the update is new to one who holds the state vector, with all its deletes. */
    public static byte[] diff(byte[] update, StateVector held) throws MalformedUpdateException {
        Update decoded = Update.decode(update);
        UpdateWriter out = new UpdateWriter();
        for (Update.Section section : decoded.sections()) {
            long clock = held.clock(section.client());
            boolean begun = false;
            StructReader structs = decoded.structs(section);
            while (structs.next()) {
                if (begun) {
                    out.add(structs, 0);
                } else if (structs.kind() != StructReader.SKIP && structs.endClock() > clock) {
                    out.add(structs, Math.max(clock - structs.clock, 0));
                    begun = true;
                }
            }
        }
        return out.finish(decoded.deletes());
    }

    /**
     * Several updates that together bring what this one brings, for a receiver that takes no long messages. They come
     * client by client: whoever takes one has to keep it until what it rests on has come, as Yjs does.
     *
     * @param most how many bytes the writes in one have at most, unless it is a single one. All deletes are in the last
     */
    public static List<byte[]> split(byte[] update, int most) throws MalformedUpdateException {
        Update decoded = Update.decode(update);
        List<byte[]> parts = new ArrayList<>();
        UpdateWriter out = new UpdateWriter();
        for (Update.Section section : decoded.sections()) {
            StructReader structs = decoded.structs(section);
            while (structs.next()) {
                UpdateWriter next = new UpdateWriter();
                boolean gap = structs.kind() == StructReader.SKIP;
                if (!gap) {
                    next.add(structs, 0);
                }
                if (out.size() > 0 && (gap || out.size() + next.size() > most)) {
                    parts.add(out.finish(DeleteSet.EMPTY));
                    out = next;
                } else if (!gap) {
                    out.add(structs, 0);
                }
            }
        }
        parts.add(out.finish(decoded.deletes()));
        return parts;
    }
}
