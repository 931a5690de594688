// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.Optional;
import org.vaultsync.crdt.update.StructId;

/**
 * Two people wrote one value without knowing of each other, and one of them lost; or somebody deleted a value, or wrote
 * another in its place, while somebody else wrote inside of it. None is told of writes that knew of each other.
 *
 * <p>Two writes of one value are found by every replica that holds both, under the same id. A write inside of something
 * deleted is found only where it was before the delete came, and under the same id by all of those. Either may be found
 * again later with other values, when somebody goes on writing; the newest counts.
 *
 * @param id 32 hexadecimal digits, derived from struct ids
 * @param path JSON Pointer of the value as it stands now; elements of arrays by their position, a deleted one by the
 *     position that it had
 * @param winning the JSON that stands in the document; empty if it was deleted
 * @param losing the JSON that was overwritten or deleted; empty if this replica no longer has it or never had
 * @param winner the write that won, by which its client can be told; empty if it was a delete, which nobody signs
 * @param loser the write that lost
 */
public record Overwrite(
        String id,
        String path,
        Optional<String> winning,
        Optional<String> losing,
        Optional<StructId> winner,
        StructId loser) {}
