// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

/** A JSON that a document cannot keep. The message is a sentence for the person whose item it is. */
public class InvalidContentException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidContentException(String message) {
        super(message);
    }

    public InvalidContentException(String message, Throwable cause) {
        super(message, cause);
    }
}
