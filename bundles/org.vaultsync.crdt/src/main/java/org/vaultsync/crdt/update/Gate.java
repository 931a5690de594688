// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** What every update from outside passes before it is stored or touches a document. */
public final class Gate {
    private final Knowledge held;
    private final Update update;
    private final Map<Long, Writes> byClient = new HashMap<>();
    private String missing;
    private boolean writesCut;

    /** How far the writes of one client in the update can be taken, and who waits for them. */
    private static final class Writes {
        final Update.Section section;
        final StructReader structs;
        final PriorityQueue<Waiting> waiting = new PriorityQueue<>(1, Comparator.comparingLong(Waiting::clock));
        long taken;
        boolean more;

        Writes(Update.Section section, StructReader structs, long taken) {
            this.section = section;
            this.structs = structs;
            this.taken = taken;
        }
    }

    /** Somebody's next write needs this clock of another client. */
    private record Waiting(long clock, Writes who) {}

    private Gate(Knowledge held, Update update) {
        this.held = held;
        this.update = update;
    }

    /**
     * Takes from an update what continues what the receiver holds: each client's writes without a gap, origins,
     * parents and deletes within what is held and what is taken. Where writes are cut off, the deletes are cut off too.
     * What the receiver holds already is left out, and garbage in a row made one piece. Linear in the size of the
     * update, but for a logarithm.
     *
     * @param held what the receiver holds of the document
     * @param own client ids under which nobody else may write, those of this run; new writes under them refuse the
     *     whole update
     */
    public static Verdict check(Knowledge held, byte[] update, Set<Long> own) {
        try {
            Update decoded = Update.decodeFromOutside(update);
            return new Gate(held, decoded).check(own);
        } catch (MalformedUpdateException e) {
            return new Verdict.Refused(e.getMessage());
        }
    }

    private Verdict check(Set<Long> own) throws MalformedUpdateException {
        Deque<Writes> ready = new ArrayDeque<>();
        for (Update.Section section : update.sections()) {
            Writes writes =
                    new Writes(section, update.structs(section), held.writes().clock(section.client()));
            writes.more = writes.structs.next();
            byClient.put(section.client(), writes);
            ready.add(writes);
        }
        while (!ready.isEmpty()) {
            take(ready.remove(), ready);
        }
        for (Writes writes : byClient.values()) {
            if (own.contains(writes.section.client()) && (writes.more || isNew(writes))) {
                return new Verdict.Refused("it writes under our own client id " + writes.section.client());
            }
            if (writes.more) {
                writesCut = true;
                note("writes of client " + writes.section.client() + " from clock " + writes.taken);
            }
        }
        return verdict();
    }

    private boolean isNew(Writes writes) {
        return writes.taken > held.writes().clock(writes.section.client());
    }

    /** Takes writes until one needs what is not there yet. */
    private void take(Writes writes, Deque<Writes> ready) throws MalformedUpdateException {
        StructReader structs = writes.structs;
        while (writes.more) {
            if (structs.endClock() > writes.taken) {
                if (structs.kind() == StructReader.SKIP || structs.clock > writes.taken) {
                    return;
                }
                if (structs.hasOrigin() && !reaches(writes, structs.originClient, structs.originClock)
                        || structs.hasRightOrigin() && !reaches(writes, structs.rightClient, structs.rightClock)
                        || structs.hasParentId() && !reaches(writes, structs.parentClient, structs.parentClock)) {
                    return;
                }
                writes.taken = structs.endClock();
                while (!writes.waiting.isEmpty() && writes.waiting.element().clock() < writes.taken) {
                    ready.add(writes.waiting.remove().who());
                }
            }
            writes.more = structs.next();
        }
    }

    /** Whether what a write refers to is there; where it may still come, the writer is woken then. */
    private boolean reaches(Writes who, long client, long clock) throws MalformedUpdateException {
        if (client == who.section.client()) {
            if (clock >= who.structs.clock) {
                throw new MalformedUpdateException("client " + client + " refers to what it has not written");
            }
            return true;
        }
        Writes needed = byClient.get(client);
        long there = needed == null ? held.writes().clock(client) : needed.taken;
        if (clock < there) {
            return true;
        }
        if (needed == null) {
            note("clock " + clock + " of client " + client);
        } else {
            needed.waiting.add(new Waiting(clock, who));
        }
        return false;
    }

    private void note(String what) {
        if (missing == null) {
            missing = what;
        }
    }

    private Verdict verdict() throws MalformedUpdateException {
        Map<Long, Long> clocks = new HashMap<>(held.writes().clocks());
        List<Writes> inOrder = new ArrayList<>();
        boolean allNew = true;
        for (Update.Section section : update.sections()) {
            Writes writes = byClient.get(section.client());
            if (isNew(writes)) {
                inOrder.add(writes);
                clocks.put(section.client(), writes.taken);
            }
            allNew &=
                    section.count() > 0 && section.firstClock() == held.writes().clock(section.client());
        }
        // What was cut off may have replaced what is deleted here: the one without the other would show people an item
        // with holes.
        DeleteSet reachable = writesCut ? DeleteSet.EMPTY : update.deletes().within(new StateVector(clocks));
        if (!reachable.equals(update.deletes())) {
            note("deletes of writes that are not here");
        }
        DeleteSet fresh = reachable.minus(held.deletes());
        if (missing == null && allNew && update.isCompact() && fresh.equals(update.deletes()) && !update.isEmpty()) {
            return new Verdict.Accepted(update.bytes());
        }
        boolean nothing = inOrder.isEmpty() && fresh.isEmpty();
        if (nothing) {
            return missing == null ? new Verdict.NothingNew() : new Verdict.Partly(new byte[0], missing);
        }
        byte[] part = cut(inOrder, fresh);
        return missing == null ? new Verdict.Accepted(part) : new Verdict.Partly(part, missing);
    }

    private byte[] cut(List<Writes> inOrder, DeleteSet deletes) throws MalformedUpdateException {
        UpdateWriter out = new UpdateWriter();
        for (Writes writes : inOrder) {
            long from = held.writes().clock(writes.section.client());
            StructReader structs = update.structs(writes.section);
            while (structs.next() && structs.clock < writes.taken) {
                long offset = Math.max(0, from - structs.clock);
                if (structs.endClock() > from && !out.join(structs, offset)) {
                    out.add(structs, offset);
                }
            }
        }
        return out.finish(deletes);
    }
}
