// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.TextFields;
import org.vaultsync.crdt.update.DeleteSet;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StoredDocument;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;

/** One context, opened when a replica first needs it. When a limit was hit it is lost, and the next replica opens another. */
final class GraalReplicaEngine implements ReplicaEngine {
    private final Contexts contexts;
    private final TextFields textFields;
    private Guest guest; // engine's thread only
    private boolean closed; // engine's thread only

    /** Where they come from. */
    @FunctionalInterface
    interface Contexts {
        Guest open() throws ReplicaException;
    }

    GraalReplicaEngine(Contexts contexts, TextFields textFields) {
        this.contexts = contexts;
        this.textFields = textFields;
    }

    @Override
    public Replica open(DocumentKind kind, long clientId, List<byte[]> updates) throws ReplicaException {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        try {
            byte[] whole = updates.isEmpty() ? new byte[0] : Updates.merge(updates);
            DeleteSet known = DeleteSet.EMPTY;
            for (byte[] update : updates) {
                known = known.plus(Update.decode(update).allDeletes());
            }
            GraalReplica replica = new GraalReplica(this, kind, clientId, whole);
            Optional<StoredDocument> read = StoredDocument.read(updates);
            Optional<String> json = read.isPresent() ? read.get().json(kind.roots()) : Optional.empty();
            if (json.isPresent()) {
                replica.asRead(json.get(), read.get().deletes().minus(known), updates.size() == 1);
            } else {
                replica.wake(known);
            }
            return replica;
        } catch (MalformedUpdateException e) {
            throw new ReplicaException("a stored update is " + e.getMessage(), e);
        }
    }

    TextFields textFields() {
        return textFields;
    }

    /** The context that replicas open in now. */
    Guest home() throws ReplicaException {
        if (guest == null) {
            guest = contexts.open();
        }
        return guest;
    }

    Object[] call(Guest home, String function, Object... arguments) throws ReplicaException {
        return run(home, function, () -> home.call(function, arguments));
    }

    Object[] callWithin(Duration most, Guest home, String function, Object... arguments) throws ReplicaException {
        return run(home, function, () -> home.callWithin(most, function, arguments));
    }

    private interface Call {
        Object[] run() throws GuestException;
    }

    private Object[] run(Guest home, String function, Call call) throws ReplicaException {
        try {
            return call.run();
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
