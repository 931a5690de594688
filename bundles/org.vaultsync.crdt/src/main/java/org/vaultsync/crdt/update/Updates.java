// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

import java.util.List;

/** What can be done with updates without opening a document. All format V1. */
public final class Updates {
    /** The update in which nothing is. */
    private static final byte[] EMPTY = {0, 0};

    private Updates() {}

    /** One update that brings what all of them bring. */
    public static byte[] merge(List<byte[]> updates) throws MalformedUpdateException {
        throw new UnsupportedOperationException();
    }

    /** What of the update is new to one who holds the state vector, with all its deletes. */
    public static byte[] diff(byte[] update, StateVector held) throws MalformedUpdateException {
        throw new UnsupportedOperationException();
    }

    /** Whether the update brings nothing at all. */
    public static boolean isEmpty(byte[] update) throws MalformedUpdateException {
        return update.length == 0 || update.length == EMPTY.length && update[0] == 0 && update[1] == 0;
    }
}
