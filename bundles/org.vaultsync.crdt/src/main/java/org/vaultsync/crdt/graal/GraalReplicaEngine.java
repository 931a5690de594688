// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.List;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.DeleteSet;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;

/** One context, opened with the first replica. When a limit was hit it is lost, and the next replica opens another. */
final class GraalReplicaEngine implements ReplicaEngine {
    private final GraalReplicaFactory factory;
    private Guest guest; // engine's thread only
    private boolean closed; // engine's thread only

    GraalReplicaEngine(GraalReplicaFactory factory) {
        this.factory = factory;
    }

    @Override
    public Replica open(DocumentKind kind, long clientId, List<byte[]> updates) throws ReplicaException {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        if (guest == null) {
            guest = factory.openGuest();
        }
        try {
            byte[] whole = updates.isEmpty() ? new byte[0] : Updates.merge(updates);
            DeleteSet known = DeleteSet.EMPTY;
            for (byte[] update : updates) {
                known = known.plus(Update.decode(update).allDeletes());
            }
            Guest home = guest;
            Object[] opened =
                    call(home, "open", String.join(" ", kind.roots()), kind.nested(), (double) clientId, whole);
            int handle = ((Double) opened[0]).intValue();
            byte[] implied = GraalReplica.implied((byte[]) opened[1], known);
            return new GraalReplica(this, home, handle, kind, clientId, implied);
        } catch (MalformedUpdateException e) {
            throw new ReplicaException("a stored update is " + e.getMessage(), e);
        }
    }

    Object[] call(Guest home, String function, Object... arguments) throws ReplicaException {
        try {
            return home.call(function, arguments);
        } catch (GuestException e) {
            if (e.contextLost() && home == guest) {
                guest = null;
                home.close();
            }
            throw new ReplicaException("Yjs failed in " + function + ": " + e.getMessage(), e);
        }
    }

    boolean lives(Guest home) {
        return home == guest;
    }

    @Override
    public void close() {
        closed = true;
        if (guest != null) {
            guest.close();
            guest = null;
        }
    }
}
