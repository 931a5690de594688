// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An update of format V1 that was read through and found whole. It keeps the bytes and where each client's writes
 * begin; the writes themselves are read again when they are needed.
 */
public final class Update {
    /** Longer ones are refused unread. */
    public static final int LONGEST = 64 << 20;

    private final byte[] bytes;
    private final List<Section> sections;
    private final DeleteSet deletes;
    private final DeleteSet comingDeleted;
    private final int deletesPosition;
    private final int parts;
    private final boolean compact;

    /**
     * The writes of one client.
     *
     * @param unbroken the clock after the last write before a gap
     * @param reach the clock after the last write; 0 if there is none
     */
    record Section(long client, long firstClock, int count, int position, long unbroken, long reach) {}

    private Update(
            ByteReader in, List<Section> sections, DeleteSet deletes, DeleteSet comingDeleted, int deletesPosition) {
        this.bytes = in.bytes();
        this.sections = sections;
        this.deletes = deletes;
        this.comingDeleted = comingDeleted;
        this.deletesPosition = deletesPosition;
        this.parts = in.parts();
        this.compact = !in.hasJoined();
    }

    /**
     * Reads an update through, in time and memory linear in its length.
     *
     * @param bytes are not changed by anybody afterwards; an empty array is an update in which nothing is
     */
    public static Update decode(byte[] bytes) throws MalformedUpdateException {
        return read(new ByteReader(bytes));
    }

    /** The same with what nobody has read before, and somebody may have made so that it takes much memory. */
    static Update decodeFromOutside(byte[] bytes) throws MalformedUpdateException {
        return read(ByteReader.fromOutside(bytes));
    }

    private static Update read(ByteReader in) throws MalformedUpdateException {
        int length = in.remaining();
        if (length == 0) {
            return new Update(in, List.of(), DeleteSet.EMPTY, DeleteSet.EMPTY, 0);
        }
        if (length > LONGEST) {
            throw new MalformedUpdateException("an update of " + length + " bytes, limit " + LONGEST);
        }
        int clients = in.clients(3);
        List<Section> sections = new ArrayList<>(Math.min(clients, 1024));
        Set<Long> seen = new HashSet<>();
        Map<Long, Ranges> comingDeleted = new TreeMap<>();
        for (int i = 0; i < clients; i++) {
            int count = in.count(2);
            long client = in.varUint();
            long clock = in.varUint();
            if (!seen.add(client)) {
                throw in.malformed("client " + client + " is listed twice");
            }
            int position = in.position();
            long unbroken = clock;
            long reach = 0;
            StructReader structs = new StructReader(in, client, clock, count);
            boolean behindGarbage = false;
            while (structs.next()) {
                boolean garbage = structs.kind() == StructReader.GC;
                in.part(garbage && behindGarbage);
                behindGarbage = garbage;
                if (structs.kind() != StructReader.SKIP) {
                    unbroken = structs.clock == unbroken ? structs.endClock() : unbroken;
                    reach = structs.endClock();
                }
                if (structs.comesDeleted()) {
                    comingDeleted.computeIfAbsent(client, c -> new Ranges()).add(structs.clock, structs.endClock());
                }
            }
            sections.add(new Section(client, clock, count, position, unbroken, reach));
        }
        int deletesPosition = in.position();
        DeleteSet deletes = DeleteSet.read(in);
        in.expectEnd();
        return new Update(in, sections, deletes, DeleteSet.of(comingDeleted), deletesPosition);
    }

    /** What was read; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many writes and ranges of deletes it has, neighbours in one. */
    public int parts() {
        return parts;
    }

    /** Whether none of its neighbours can be joined. */
    boolean isCompact() {
        return compact;
    }

    /** Where the delete set begins in the bytes. */
    int deletesPosition() {
        return deletesPosition;
    }

    List<Section> sections() {
        return sections;
    }

    StructReader structs(Section section) {
        return new StructReader(
                new ByteReader(bytes, section.position(), bytes.length),
                section.client(),
                section.firstClock(),
                section.count());
    }

    /** The deletes that it names. */
    public DeleteSet deletes() {
        return deletes;
    }

    /** The deletes that it names, and the writes in it that come deleted. */
    public DeleteSet allDeletes() {
        return deletes.plus(comingDeleted);
    }

    /** The writes that start at clock 0 and have no gap; what Yjs calls the state vector of an update. */
    public StateVector stateVector() {
        return continued(StateVector.EMPTY);
    }

    /** Whether it brings neither writes nor deletes. */
    public boolean isEmpty() {
        return sections.stream().allMatch(section -> section.count() == 0) && deletes.isEmpty();
    }

    /**
     * How far the writes in it reach, whether or not something is missing before them. Whoever holds the update as its
     * sender does, holds everything up to there, since nobody takes writes with a gap.
     */
    public StateVector reach() {
        Map<Long, Long> clocks = new HashMap<>();
        for (Section section : sections) {
            if (section.reach() > 0) {
                clocks.put(section.client(), section.reach());
            }
        }
        return new StateVector(clocks);
    }

    /** The names of the roots that something in it hangs on at once. */
    public Set<String> roots() {
        Set<String> roots = new HashSet<>();
        for (Section section : sections) {
            StructReader structs = structs(section);
            try {
                while (structs.next()) {
                    boolean item = structs.kind() != StructReader.GC && structs.kind() != StructReader.SKIP;
                    if (item && !structs.hasOrigin() && !structs.hasRightOrigin() && !structs.hasParentId()) {
                        roots.add(structs.rootName());
                    }
                }
            } catch (MalformedUpdateException e) {
                throw new IllegalStateException("the bytes of an update were changed", e);
            }
        }
        return roots;
    }

    /** The state vector after the writes in it that continue the given one. */
    StateVector continued(StateVector held) {
        Map<Long, Long> clocks = new HashMap<>(held.clocks());
        for (Section section : sections) {
            long clock = held.clock(section.client());
            if (section.firstClock() <= clock && section.unbroken() > clock) {
                clocks.put(section.client(), section.unbroken());
            }
        }
        return new StateVector(clocks);
    }
}
