// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/** Bytes that are not what they should be. The message says what was wrong where, and holds nothing of the content. */
public class MalformedUpdateException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedUpdateException(String message) {
        super(message);
    }
}
