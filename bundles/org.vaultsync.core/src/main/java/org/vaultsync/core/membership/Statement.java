// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.membership;

import java.util.Map;
import org.vaultsync.Fingerprint;

/** What a {@link MembershipRecord} states. Keys are the DER of a SubjectPublicKeyInfo. */
public sealed interface Statement {
    /** The author makes the room, whose id is the beginning of this record's hash, and is its first admin. */
    record Found(String roomName) implements Statement {}

    /**
     * The author lets a device in.
     *
     * @param secret the room's secret for it
     */
    record Admit(byte[] publicKey, String name, Grant secret) implements Statement {}

    /** The author's device is called so. */
    record Name(String name) implements Statement {}

    /** The room is called so. */
    record RenameRoom(String name) implements Statement {}

    /** The device belongs to the room no more. */
    record Remove(byte[] publicKey) implements Statement {}

    /** The founder makes a device an admin, or a plain member again. */
    record Role(byte[] publicKey, boolean admin) implements Statement {}

    /**
     * The room has a new secret.
     *
     * @param sealed the secret for each member, by {@link RoomSecret}
     */
    record Epoch(Map<Fingerprint, byte[]> sealed) implements Statement {
        public Epoch {
            sealed = Map.copyOf(sealed);
        }
    }

    /** A device that an epoch does not name gets its secret. */
    record Share(byte[] publicKey, Grant secret) implements Statement {}

    /** Of a later version: kept, passed on, and without effect here. */
    record Unknown() implements Statement {}

    /**
     * The secret of an epoch, for one device.
     *
     * @param epoch hash of the record; empty where the author had none
     * @param sealed by {@link RoomSecret}
     */
    record Grant(String epoch, byte[] sealed) {
        /** Where the author has no secret to give. */
        public static final Grant NONE = new Grant("", new byte[0]);
    }
}
