// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.time.Instant;
import java.util.List;

/**
 * How it stands with sync on this device.
 *
 * @param report all of it as text to give to somebody else, with the versions of what runs and the newest of the log.
 *     Other devices are named by the beginning of their fingerprints, rooms by that of their ids. No key, no token,
 *     nothing of what is shared is in it; addresses are
 */
public record Diagnosis(Instant time, List<Finding> findings, String report) {
    public Diagnosis {
        findings = List.copyOf(findings);
    }
}
