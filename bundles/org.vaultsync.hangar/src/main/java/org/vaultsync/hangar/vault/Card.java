// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.util.Optional;
import org.vaultsync.vault.Revision;

/**
 * What the vault knows of an item without opening its file.
 *
 * @param problem a sentence for people, if its file cannot be read
 */
public record Card(String id, String type, String name, Revision revision, Optional<String> problem) {}
