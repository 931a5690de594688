// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.List;
import java.util.Set;

/**
 * What an update did to an open replica.
 *
 * @param changed whether the JSON of the document may have changed
 * @param members the members of roots that may have changed, as JSON Pointers such as {@code /content/armor}
 * @param overwrites concurrent writes of one value that this update brought together or that it changed
 * @param buried whether it wrote inside of something that is long deleted here, so that nothing can be told of it. Who
 *     still has what it wrote in, such as the fork that it was made on, finds the {@link Overwrite} by applying what
 *     this replica held before
 * @param impliedDeletes an update that holds the deletes which Yjs added by itself; empty if it added none. Others
 *     cannot derive them from bytes: they are to be stored and sent like an update
 */
public record Applied(
        boolean changed, Set<String> members, List<Overwrite> overwrites, boolean buried, byte[] impliedDeletes) {
    public Applied {
        members = Set.copyOf(members);
        overwrites = List.copyOf(overwrites);
    }
}
