// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

/** The script threw, or was stopped. */
public final class GuestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean contextLost;

    public GuestException(String message, boolean contextLost, Throwable cause) {
        super(message, cause);
        this.contextLost = contextLost;
    }

    /** Whether everything in the context is lost with it. */
    boolean contextLost() {
        return contextLost;
    }
}
