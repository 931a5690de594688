// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot;

/** The robot could not do what it was told; the message says why. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String why) {
        super(why);
    }
}
