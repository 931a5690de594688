// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * Two devices that are about to be paired. If both show the same code, nobody is between them, and the other one's
 * fingerprint is the one that is shown.
 *
 * @param id names this encounter
 * @param name as the other device calls itself
 * @param fingerprint of the other device
 * @param code six digits in two groups
 * @param began whether this device began it
 * @param confirmedThere whether the person at the other device has said that the codes are the same
 */
public record Encounter(
        String id, String name, Fingerprint fingerprint, String code, boolean began, boolean confirmedThere) {
    public Encounter {
        if (!code.matches("[0-9]{3} [0-9]{3}")) {
            throw new IllegalArgumentException("not a code: " + code);
        }
    }
}
