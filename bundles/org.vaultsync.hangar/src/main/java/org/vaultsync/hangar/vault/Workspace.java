// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.nio.file.Path;
import java.util.List;
import org.vaultsync.vault.Item;

/**
 * The workspace that this process has locked for itself. The application registers it as a service once it has the
 * lock; before that there is no vault.
 *
 * @param vault the folder for the items
 * @param sample the items that a vault begins with if the folder does not exist yet
 */
public record Workspace(Path vault, List<Item> sample) {
    public Workspace {
        sample = List.copyOf(sample);
    }
}
