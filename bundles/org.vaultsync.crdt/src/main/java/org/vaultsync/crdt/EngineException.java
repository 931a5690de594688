// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

/**
 * Not the document and not the update is at fault: JavaScript could not be loaded, or something else took its context
 * down. The replica is dead all the same and has to be opened anew; what it was given can be given again.
 */
public class EngineException extends ReplicaException {
    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
