// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.io.IOException;

/** Somebody answered who has another key than the one that was expected; the message is a sentence for people. */
public final class OtherKeyException extends IOException {
    private static final long serialVersionUID = 1;

    public OtherKeyException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
