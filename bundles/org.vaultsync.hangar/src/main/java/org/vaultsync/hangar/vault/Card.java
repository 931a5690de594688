// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.util.List;
import java.util.Optional;
import org.vaultsync.vault.Revision;

/**
 * What the vault knows of an item without opening its file.
 *
 * @param references ids of the items that it refers to
 * @param problem a sentence for people, if its file cannot be read
 */
public record Card(
        String id, String type, String name, Revision revision, List<String> references, Optional<String> problem) {
    public Card {
        references = List.copyOf(references);
    }
}
