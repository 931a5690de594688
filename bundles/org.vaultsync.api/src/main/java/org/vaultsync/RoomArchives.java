// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Puts a whole room into one file, and back. An OSGi service, there while {@link VaultSync} is. The file holds everything
 * that is shared in the room, unencrypted: members, documents with their history of merging, files of items so far as
 * they are on this device. It holds no device key and no invite.
 *
 * <p>Thread-safe; nothing blocks. Stages complete on a thread of sync and fail with a {@link SyncException}, but where they
 * are cancelled.
 */
@ProviderType
public interface RoomArchives {
    /**
     * What is in a file.
     *
     * @param documents items, also deleted ones, and the room's index
     * @param attachments files of items
     */
    record Contents(RoomId room, String name, int documents, int attachments) {}

    /** Whoever waits for it. Called on a thread of sync; must return at once. */
    @ConsumerType
    interface Course {
        /** Of who waits until it is done. */
        Course TO_THE_END = new Course() {
            @Override
            public void at(int done, int all) {}

            @Override
            public boolean isCancelled() {
                return false;
            }
        };

        /** How much is done, of how many steps in all; each is an item or a file of one, or a look at one. */
        void at(int done, int all);

        /** Whether nobody wants it any more: it ends soon then, and fails with a {@link java.util.concurrent.CancellationException}. */
        boolean isCancelled();
    }

    /**
     * Writes a room into a file. It appears under its name only when it is whole; one that is there is replaced then.
     * Cancelled, it leaves nothing behind.
     */
    CompletionStage<Contents> exportRoom(RoomId room, Path file, Course course);

    /** Writes a room into a file, as the other method does. */
    default CompletionStage<Contents> exportRoom(RoomId room, Path file) {
        return exportRoom(room, file, Course.TO_THE_END);
    }

    /**
     * Merges what a file holds into this device, as if it came from a member: nothing that is here is overwritten or
     * taken back. If this device is not in the room but was a member of it when the file was made, it is in the room
     * again; if it was not, it fails, and has to be invited first. Nothing is changed unless the whole file is sound.
     * Fails with a sentence of its own for a file that is none, is damaged, or is of a newer version. Cancelled, it keeps
     * what it has merged until then, as if a link to a member had broken.
     */
    CompletionStage<Contents> importRoom(Path file, Course course);

    /** Merges what a file holds into this device, as the other method does. */
    default CompletionStage<Contents> importRoom(Path file) {
        return importRoom(file, Course.TO_THE_END);
    }
}
