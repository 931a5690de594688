// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What somebody holds of a document: the writes and the deletes, without their content. A value that never changes.
 *
 * @param writes how far each client was followed, without a gap
 * @param deletes what of it was deleted
 */
public record Knowledge(StateVector writes, DeleteSet deletes) {
    public static final Knowledge NOTHING = new Knowledge(StateVector.EMPTY, DeleteSet.EMPTY);

    /** In whatever order the updates are: one may come before those that it rests on. */
    public static Knowledge of(List<byte[]> updates) throws MalformedUpdateException {
        List<Update> left = new ArrayList<>();
        for (byte[] update : updates) {
            left.add(Update.decode(update));
        }
        Knowledge knowledge = NOTHING;
        Knowledge before;
        do {
            before = knowledge;
            for (Update update : left) {
                knowledge = knowledge.plus(update);
            }
            StateVector writes = knowledge.writes();
            left.removeIf(update -> writes.covers(update.reach()));
        } while (!left.isEmpty() && !knowledge.equals(before));
        return knowledge;
    }

    /** With an update that passed the gate. Writes that do not continue a client's clock do not count. */
    public Knowledge plus(byte[] update) throws MalformedUpdateException {
        return plus(Update.decode(update));
    }

    public Knowledge plus(Update update) {
        return new Knowledge(update.continued(writes), deletes.plus(update.allDeletes()));
    }

    public Knowledge join(Knowledge other) {
        return new Knowledge(writes.join(other.writes), deletes.plus(other.deletes));
    }

    /** Whether this one has all that the other has. */
    public boolean covers(Knowledge other) {
        return writes.covers(other.writes) && deletes.covers(other.deletes);
    }

    /**
     * 16 bytes, equal where the knowledge is equal: the first of SHA-256 over the canonical form, which is the state
     * vector and then the delete set as Yjs encodes them, but with clients ascending.
     */
    public byte[] digest() {
        ByteWriter out = new ByteWriter();
        out.varUint(writes.clocks().size());
        writes.clocks().forEach((client, clock) -> {
            out.varUint(client);
            out.varUint(clock);
        });
        out.varUint(deletes.ranges().size());
        deletes.ranges().forEach((client, list) -> {
            out.varUint(client);
            out.varUint(list.size());
            for (DeleteSet.Range range : list) {
                out.varUint(range.start());
                out.varUint(range.end() - range.start());
            }
        });
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(out.toByteArray()), 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** State vector, then delete set. */
    public byte[] encode() {
        byte[] first = writes.encode();
        byte[] second = deletes.encode();
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    public static Knowledge decode(byte[] bytes) throws MalformedUpdateException {
        ByteReader in = ByteReader.fromOutside(bytes);
        Knowledge decoded = new Knowledge(StateVector.read(in), DeleteSet.read(in));
        in.expectEnd();
        return decoded;
    }
}
