// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/**
 * Names one write for ever: the client that wrote and the client's clock.
 *
 * @param client 0 to 2^53 - 1
 * @param clock 0 to 2^53 - 1, counted by each client from 0
 */
public record StructId(long client, long clock) implements Comparable<StructId> {
    static final long MAX = (1L << 53) - 1;

    public StructId {
        if (client < 0 || client > MAX || clock < 0 || clock > MAX) {
            throw new IllegalArgumentException("not a struct id: " + client + ":" + clock);
        }
    }

    @Override
    public int compareTo(StructId other) {
        int byClient = Long.compare(client, other.client);
        return byClient != 0 ? byClient : Long.compare(clock, other.clock);
    }

    @Override
    public String toString() {
        return client + ":" + clock;
    }
}
