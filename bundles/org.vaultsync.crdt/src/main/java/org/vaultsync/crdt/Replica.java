// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.Optional;

/**
 * One open document. Used by one thread at a time, the one that uses its engine.
 *
 * <p>When a call throws {@link ReplicaException}, the replica is dead: what the call was given is not to be trusted,
 * and every further call throws too. Close it and open it anew from what is stored.
 *
 * <p>JSON is text of RFC 8259. Numbers come back with the value that they had, whatever their size; members come back
 * sorted by name, so equal documents give equal text.
 */
public interface Replica extends AutoCloseable {
    /** So many values may stand in each other in a root that is written here; of others more is taken. */
    int DEEPEST = 64;

    DocumentKind kind();

    long clientId();

    /** What opening the stored updates brought to light; its implied deletes are to be stored and sent. */
    Applied opening();

    /** The whole document: an object with one member for each of {@link DocumentKind#roots()}. */
    String json() throws ReplicaException;

    /**
     * The value at a path, a JSON Pointer (RFC 6901) of object members such as {@code /content/armor}.
     *
     * @return empty where the document has no such value
     */
    Optional<String> json(String pointer) throws ReplicaException;

    /**
     * Writes into the document, in one transaction, what changed from one JSON to the other, and only that. Both have
     * the shape of {@link #json()}; roots that are missing from both stay as they are. A path that the document no
     * longer has is passed over. Elements of arrays are told apart by a member such as {@code id} where it is unique
     * in the array, else by their content.
     *
     * @param baseJson what the editor started from
     * @param newJson what the editor made of it
     * @return the update, format V1; empty when nothing changed
     * @throws InvalidContentException when either cannot be kept: not an object, too deep, too large; and when a newer
     *     version has laid the document out in a way that is not known here. The replica is as it was, and goes on
     */
    byte[] edit(String baseJson, String newJson) throws ReplicaException, InvalidContentException;

    /**
     * Integrates an update that passed the {@linkplain org.vaultsync.crdt.update.Gate gate}.
     *
     * @param update format V1; not changed, not kept
     */
    Applied apply(byte[] update) throws ReplicaException;

    /** The whole document as one update, format V1. */
    byte[] state() throws ReplicaException;

    /** Frees its memory. Closing twice does nothing. */
    @Override
    void close();
}
