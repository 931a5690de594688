// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far one has followed each client: the clock that is expected next, by client. Clients of which nothing is known
 * are absent.
 */
public record StateVector(Map<Long, Long> clocks) {
    public static final StateVector EMPTY = new StateVector(Map.of());

    public StateVector {
        TreeMap<Long, Long> sorted = new TreeMap<>();
        clocks.forEach((client, clock) -> {
            new StructId(client, clock);
            if (clock > 0) {
                sorted.put(client, clock);
            }
        });
        clocks = Collections.unmodifiableMap(sorted);
    }

    /** The clock that is expected next of this client; 0 where nothing is known. */
    public long clock(long client) {
        return clocks.getOrDefault(client, 0L);
    }

    /** Whether this one has all that the other has. */
    public boolean covers(StateVector other) {
        return other.clocks.entrySet().stream().allMatch(entry -> clock(entry.getKey()) >= entry.getValue());
    }

    /** The larger clock of each client. */
    public StateVector join(StateVector other) {
        Map<Long, Long> joined = new TreeMap<>(clocks);
        other.clocks.forEach((client, clock) -> joined.merge(client, clock, Math::max));
        return new StateVector(joined);
    }

    /** The bytes that Yjs makes of it: clients descending. */
    public byte[] encode() {
        ByteWriter out = new ByteWriter();
        out.varUint(clocks.size());
        clocks.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Long, Long> entry) -> entry.getKey())
                        .reversed())
                .forEach(entry -> {
                    out.varUint(entry.getKey());
                    out.varUint(entry.getValue());
                });
        return out.toByteArray();
    }

    public static StateVector decode(byte[] bytes) throws MalformedUpdateException {
        ByteReader in = ByteReader.fromOutside(bytes);
        StateVector decoded = read(in);
        in.expectEnd();
        return decoded;
    }

    static StateVector read(ByteReader in) throws MalformedUpdateException {
        int size = in.clients(2);
        Map<Long, Long> clocks = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            long client = in.varUint();
            long clock = in.varUint();
            if (clocks.putIfAbsent(client, clock) != null) {
                throw in.malformed("client " + client + " is listed twice in a state vector");
            }
        }
        return new StateVector(clocks);
    }
}
