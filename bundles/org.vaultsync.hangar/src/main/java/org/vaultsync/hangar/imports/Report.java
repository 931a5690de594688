// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.imports;

import java.util.List;
import java.util.Optional;

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
        StringBuilder summary = new StringBuilder("%,d %s imported".formatted(created, items(created)));
        if (replaced > 0) {
            summary.append(", %,d replaced".formatted(replaced));
        }
        if (skipped > 0) {
            summary.append(", %,d already here and left alone".formatted(skipped));
        }
        if (!refused.isEmpty()) {
            summary.append(", %,d refused".formatted(refused.size()));
        }
        return summary.append(cancelled ? "; then you stopped it." : ".").toString();
    }

    private static String items(int count) {
        return count == 1 ? "item" : "items";
    }
}
