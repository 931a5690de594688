// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/** An update, taken apart. */
public final class Update {
    public static Update decode(byte[] bytes) throws MalformedUpdateException {
        throw new UnsupportedOperationException();
    }

    /** The clocks that follow when the writes in it that continue the state vector are added. */
    StateVector continued(StateVector held) {
        throw new UnsupportedOperationException();
    }

    /** The deletes that it names, and the writes in it that come deleted. */
    public DeleteSet allDeletes() {
        throw new UnsupportedOperationException();
    }
}
