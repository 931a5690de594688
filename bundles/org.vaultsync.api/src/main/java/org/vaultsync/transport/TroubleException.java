// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;
import org.vaultsync.Trouble;

/** What keeps a transport from working, told so that it can be said in any language. */
public final class TroubleException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Trouble trouble;

    public TroubleException(Trouble trouble, Throwable cause) {
        super(trouble.sentence(), cause);
        this.trouble = trouble;
    }

    /** What a failure means: what it says, where it says so, and else its message. */
    public static Trouble of(IOException failure) {
        return failure instanceof TroubleException told ? told.trouble : Trouble.other(failure.getMessage());
    }
}
