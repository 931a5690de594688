// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.List;
import java.util.Optional;
import org.vaultsync.Conflict;
import org.vaultsync.FieldChange;
import org.vaultsync.Version;

/** Finds in the history of an item what a field was before two people wrote it. */
final class Before {
    private Before() {}

    /**
     * The value as JSON, or empty text if there was no such field; empty if the history does not tell.
     *
     * @param versions the newest first
     */
    static Optional<String> of(Conflict conflict, List<Version> versions) {
        List<String> contested = List.of(conflict.standing(), conflict.lost());
        Optional<String> found = Optional.empty();
        for (Version version : versions) {
            Optional<FieldChange> change = version.changes().stream()
                    .filter(each -> each.field().equals(conflict.field()))
                    .findFirst();
            if (change.isEmpty()) {
                continue;
            }
            if (contested.contains(change.get().after())) {
                // Older than it is what the one wrote who was overwritten, or what both started from.
                found = Optional.of(change.get().before()).filter(value -> !contested.contains(value));
            } else if (found.isPresent()) {
                break;
            }
        }
        return found;
    }
}
