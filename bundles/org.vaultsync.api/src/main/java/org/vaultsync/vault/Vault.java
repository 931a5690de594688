// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A host's collection of items. The host registers one as an OSGi service; sync asks it and tells it, and never owns it.
 *
 * <p>Sync calls on threads of its own, never on the UI thread, and methods may block: they read and write files, or hop to the
 * thread that the host keeps its items on. Items are asked for and put by one thread, one call at a time, and attachments by
 * another one, so that a large file holds up no edit. Beside them, windows of sync call {@link #get}, for the name of an
 * item, on a thread each: like what the host itself does meanwhile, that must not see half of a {@link #put}. An exception stops
 * sync of the item in question alone, and its message is shown.
 *
 * <p>The rule that keeps edits from being lost: the vault stores the {@link Revision} beside each item, and an editor's
 * save is stored under {@code revisionTheEditorStartedFrom.edited()}, then told to the {@link VaultListener}s.
 */
public interface Vault {
    /** The ids of all items. */
    List<String> ids();

    /** An item and the revision stored beside it ({@link Revision#NONE} if there is none), or empty if there is no such item. */
    Optional<Stored> get(String id);

    /**
     * Stores an item under a revision, if what the vault holds under the item's id is still the revision
     * {@code replaces}; empty means that there must be no such item.
     */
    Put put(Item item, Revision revision, Optional<Revision> replaces);

    /**
     * Removes an item, if it is still held at this revision. Nothing is told to listeners.
     *
     * @return whether the vault does not hold it any more
     */
    boolean remove(String id, Revision revision);

    /**
     * Which texts of a type people write as prose, such as notes. Two who write in one of them at the same time both keep
     * what they wrote, letter by letter; of other texts the last one stands, and the other is shown as a conflict. Holds
     * for texts that are written from then on; what is shared already stays as it is. Unlike the other methods called from
     * any thread, answers at once, and does not throw.
     *
     * @return JSON Pointers into the content, such as {@code /notes}; a step {@code *} is every element of an array
     */
    default Set<String> textFields(String type) {
        return Set.of();
    }

    /**
     * Why nothing can be stored now, such as a folder that cannot be written; as a sentence for people, in their language.
     * Unlike the other methods called from any thread, answers at once, and does not throw.
     */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /**
     * The bytes of an attachment that some item of the vault has.
     *
     * @param sha256 64 lower-case hexadecimal digits
     * @return empty if the vault does not have it; the caller closes the stream
     * @throws IOException if it has it and cannot read it
     */
    Optional<InputStream> openAttachment(String sha256) throws IOException;

    /**
     * Stores the bytes of an attachment that an item names, or is about to name.
     *
     * @param bytes verified to have this hash; closed by the caller
     * @throws IOException if they cannot be stored
     */
    void putAttachment(String sha256, InputStream bytes) throws IOException;

    /**
     * Tells the listener, from now until it is removed, what people change in the vault. Called, as is {@link #removeListener},
     * on whatever thread the service comes or goes, and answers at once.
     */
    void addListener(VaultListener listener);

    /** The listener is told nothing more. */
    void removeListener(VaultListener listener);
}
