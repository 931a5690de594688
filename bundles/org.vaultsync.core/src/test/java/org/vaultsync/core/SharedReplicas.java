// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;

/** Real replicas, all of one engine, so that thousands of devices start at once; their client ids come from the seed. */
final class SharedReplicas implements ReplicaFactory {
    private final ReplicaEngine engine;
    private final Random random;
    private final UnaryOperator<Replica> indexes;

    SharedReplicas(ReplicaEngine engine, Random random) {
        this(engine, random, UnaryOperator.identity());
    }

    /** @param indexes what is to stand in front of the replica of an index */
    SharedReplicas(ReplicaEngine engine, Random random, UnaryOperator<Replica> indexes) {
        this.engine = engine;
        this.random = random;
        this.indexes = indexes;
    }

    @Override
    public ReplicaEngine openEngine(TextFields textFields) {
        return new ReplicaEngine() {
            private final List<Replica> open = new ArrayList<>();

            @Override
            public Replica open(DocumentKind kind, long clientId, List<byte[]> updates) throws ReplicaException {
                Replica replica = engine.open(kind, clientId, updates);
                open.add(replica);
                return kind.equals(DocumentKind.INDEX) ? indexes.apply(replica) : replica;
            }

            @Override
            public void close() {
                open.forEach(Replica::close);
            }
        };
    }

    @Override
    public void warmUp() {}

    @Override
    public long freshClientId() {
        return Integer.toUnsignedLong(random.nextInt());
    }
}
