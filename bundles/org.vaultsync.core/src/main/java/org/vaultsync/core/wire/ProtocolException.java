// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

/** The other side broke a rule of the protocol: its link is closed, and nothing else happens. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    public ProtocolException(String why) {
        super(why);
    }

    public ProtocolException(String why, Throwable cause) {
        super(why, cause);
    }

    /** Of the other side, for people. */
    public String sentence() {
        return "It broke the rules of the protocol: " + getMessage();
    }
}
