// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vaultsync.hangar.look.Words;

/**
 * What became of an import.
 *
 * @param skipped items that were there already and were left as they were
 * @param cancelled whether a person stopped it; what came before stays
 * @param broken why it stopped before the end, as a sentence for people
 */
public record Report(
        int created, int replaced, int skipped, List<Refusal> refused, boolean cancelled, Optional<String> broken) {
    /**
     * A line, or an element of a list, that is no item.
     *
     * @param line from 1
     * @param why a sentence for people
     */
    public record Refusal(long line, String why) {}

    public Report {
        refused = List.copyOf(refused);
    }

    /** In one sentence. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        parts.add(created == 1 ? Words.of("1 item imported") : Words.of("%,d items imported", created));
        if (replaced > 0) {
            parts.add(Words.of("%,d replaced", replaced));
        }
        if (skipped > 0) {
            parts.add(Words.of("%,d already here and left alone", skipped));
        }
        if (!refused.isEmpty()) {
            parts.add(Words.of("%,d refused", refused.size()));
        }
        String all = String.join(", ", parts);
        return cancelled ? Words.of("%s; then you stopped it.", all) : all + ".";
    }
}
