// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.List;

/**
 * Runs replicas. An engine and its replicas are used by one thread at a time; it may be handed from one thread to the
 * next. Every call blocks until it is done; none waits for another thread.
 */
public interface ReplicaEngine extends AutoCloseable {
    /**
     * Opens a replica from stored updates. They must have passed the gate, may overlap, and may come in any order.
     *
     * @param clientId the id under which this replica will write, see {@link ReplicaFactory#freshClientId()}
     * @param updates format V1; not changed, not kept
     * @throws ReplicaException if the updates do not make a document
     */
    Replica open(DocumentKind kind, long clientId, List<byte[]> updates) throws ReplicaException;

    /** Closes all its replicas. A closed engine opens no more. */
    @Override
    void close();
}
