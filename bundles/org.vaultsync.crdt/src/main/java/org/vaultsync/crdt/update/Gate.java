// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.Set;

/** What every update from outside passes before it is stored or touches a document. */
public final class Gate {
    private Gate() {}

    /**
     * Takes from an update what continues what the receiver holds: each client's writes without a gap, origins,
     * parents and deletes within what is held and what is taken. Linear in the size of the update.
     *
     * @param held what the receiver holds of the document
     * @param own client ids under which nobody else may write, those of this run; new writes under them refuse the
     *     whole update
     */
    public static Verdict check(Knowledge held, byte[] update, Set<Long> own) {
        throw new UnsupportedOperationException();
    }
}
