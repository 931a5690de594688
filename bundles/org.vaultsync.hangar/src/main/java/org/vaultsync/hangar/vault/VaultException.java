// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import java.io.IOException;

/** The vault could not read or write something; the message is a sentence for people, with what they can do. */
public final class VaultException extends IOException {
    private static final long serialVersionUID = 1;

    public VaultException(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    public VaultException(String sentence) {
        super(sentence);
    }
}
