// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.contract;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** What a machine lacks for a test: the test is skipped there, and fails in CI, where nothing is to be missing. */
public final class Lack {
    private Lack() {}

    /** Ends the test that calls; throws in any case. */
    public static IllegalStateException of(String why) {
        return System.getenv("CI") != null ? Assertions.fail(why) : Assumptions.abort(why);
    }
}
