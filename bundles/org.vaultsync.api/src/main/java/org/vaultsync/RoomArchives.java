// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Puts a whole room into one file, and back. An OSGi service, there while {@link VaultSync} is. The file holds everything
 * that is shared in the room, unencrypted: members, documents with their history of merging, files of items so far as
 * they are on this device. It holds no device key and no invite.
 *
 * <p>Thread-safe; nothing blocks. Stages complete on a thread of sync and fail with a {@link SyncException}.
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

    /**
     * Writes a room into a file. It appears under its name only when it is whole; one that is there is replaced then.
     */
    CompletionStage<Contents> exportRoom(RoomId room, Path file);

    /**
     * Merges what a file holds into this device, as if it came from a member: nothing that is here is overwritten or
     * taken back. If this device is not in the room but was a member of it when the file was made, it is in the room
     * again; if it was not, it fails, and has to be invited first. Nothing is changed unless the whole file is sound.
     * Fails with a sentence of its own for a file that is none, is damaged, or is of a newer version.
     */
    CompletionStage<Contents> importRoom(Path file);
}
