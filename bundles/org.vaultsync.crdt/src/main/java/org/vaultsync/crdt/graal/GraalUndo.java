// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.Optional;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.Undo;

/** The undo manager of Yjs, for one replica. */
final class GraalUndo implements Undo {
    private final GraalReplica replica;

    GraalUndo(GraalReplica replica) {
        this.replica = replica;
    }

    @Override
    public void endStep() throws ReplicaException {
        replica.call("endStep");
    }

    @Override
    public boolean canUndo() throws ReplicaException {
        return (Double) replica.call("canUndo")[0] != 0;
    }

    @Override
    public boolean canRedo() throws ReplicaException {
        return (Double) replica.call("canRedo")[0] != 0;
    }

    @Override
    public Optional<Step> undo() throws ReplicaException {
        return replica.step("undo");
    }

    @Override
    public Optional<Step> redo() throws ReplicaException {
        return replica.step("redo");
    }
}
