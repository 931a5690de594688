// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Optional;

/** Why sync did not do what a person asked for; the message is a sentence for that person, with what they can do. */
public final class SyncException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Optional<Trouble> trouble;

    public SyncException(String sentence) {
        super(sentence);
        trouble = Optional.empty();
    }

    public SyncException(String sentence, Throwable cause) {
        super(sentence, cause);
        trouble = Optional.empty();
    }

    /** Something on this device is in the way. */
    public SyncException(Trouble trouble) {
        super(trouble.sentence());
        this.trouble = Optional.of(trouble);
    }

    /** What is in the way on this device, where that can be said in other words. */
    public Optional<Trouble> trouble() {
        return trouble == null ? Optional.empty() : trouble; // it does not travel with a serialised one
    }
}
