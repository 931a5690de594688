// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.protocol;

import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;

/** A message of the sync protocol. The updates in it are as they came: nothing of them passed a gate. */
public sealed interface SyncMessage {
    /** What the sender holds. It is answered with {@link Step2}. */
    record Step1(StateVector held) implements SyncMessage {}

    /**
     * All that the receiver lacks, and all deletes.
     *
     * @param update format V1, read by nobody yet
     */
    record Step2(byte[] update) implements SyncMessage {}

    /**
     * Something new.
     *
     * @param update format V1, read by nobody yet
     */
    record Changed(byte[] update) implements SyncMessage {}

    default byte[] encode() {
        ByteWriter out = new ByteWriter();
        switch (this) {
            case Step1(StateVector held) -> {
                out.varUint(0);
                out.varBytes(held.encode());
            }
            case Step2(byte[] update) -> {
                out.varUint(1);
                out.varBytes(update);
            }
            case Changed(byte[] update) -> {
                out.varUint(2);
                out.varBytes(update);
            }
        }
        return out.toByteArray();
    }

    static SyncMessage decode(byte[] message) throws MalformedUpdateException {
        return read(new ByteReader(message));
    }

    /** Reads the rest of something, which is one. */
    static SyncMessage read(ByteReader in) throws MalformedUpdateException {
        long type = in.varUint();
        if (type > 2) {
            throw new MalformedUpdateException("a sync message of unknown type " + type);
        }
        byte[] content = in.varBytes();
        in.expectEnd();
        return type == 0
                ? new Step1(StateVector.decode(content))
                : type == 1 ? new Step2(content) : new Changed(content);
    }
}
