// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.Optional;
import org.vaultsync.crdt.update.StructId;

/**
 * Two people wrote one value without knowing of each other, and one of them lost. Every replica that holds both writes
 * finds it under the same id. It may be found again later with other values, when either goes on writing; the newest
 * counts.
 *
 * @param id 32 hexadecimal digits, derived from the two struct ids
 * @param path JSON Pointer of the value as it stands now; elements of arrays by their position
 * @param winning the JSON that stands in the document; empty if it was deleted since
 * @param losing the JSON that was overwritten; empty if this replica no longer has it or never had
 * @param winner the write that won, by which its client can be told
 * @param loser the write that lost
 */
public record Overwrite(
        String id, String path, Optional<String> winning, Optional<String> losing, StructId winner, StructId loser) {}
