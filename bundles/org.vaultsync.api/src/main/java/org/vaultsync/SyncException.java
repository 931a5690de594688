// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/** Why sync did not do what a person asked for; the message is a sentence for that person, with what they can do. */
public final class SyncException extends Exception {
    private static final long serialVersionUID = 1;

    public SyncException(String sentence) {
        super(sentence);
    }

    public SyncException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
