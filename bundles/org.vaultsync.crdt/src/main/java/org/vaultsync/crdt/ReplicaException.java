// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

/** A replica broke: Yjs threw, or a limit of time or memory was hit. It is dead and has to be opened anew. */
public class ReplicaException extends Exception {
    private static final long serialVersionUID = 1L;

    public ReplicaException(String message) {
        super(message);
    }

    public ReplicaException(String message, Throwable cause) {
        super(message, cause);
    }
}
