// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.List;

/**
 * What keeps sync, or a part of it, from working on this device. The rest goes on.
 *
 * @param details what is put into a sentence about it, as the kind says
 * @param sentence the same in English, for logs and reports
 */
public record Trouble(Kind kind, List<String> details, String sentence) {
    public Trouble {
        details = List.copyOf(details);
    }

    /** A trouble whose sentence says it all. */
    public static Trouble other(String sentence) {
        return new Trouble(Kind.OTHER, List.of(), sentence);
    }

    /** What there is to be said, each in a sentence of its own. */
    public enum Kind {
        /** This machine is in no network. */
        NO_NETWORK,
        /** Another program has the port: the one that is wanted, the one that is used instead. */
        PORT_TAKEN,
        /** The signaling server of this device cannot have its port: which one, and why. */
        SIGNALING_PORT,
        /** None of the signaling servers that are set is reached: their addresses. */
        SIGNALING_UNREACHABLE,
        /** WebRTC lacks a library: its name, and the package that brings it, or empty text. */
        WEBRTC_LIBRARY,
        /** WebRTC may not run from the temporary folder: which one. */
        WEBRTC_FOLDER,
        /** The part of WebRTC for this machine is not installed: system, processor. */
        WEBRTC_PART,
        /** WebRTC cannot be loaded: what was said about it. */
        WEBRTC_BROKEN,
        /** The clock of another device is behind this one's: by how many seconds. */
        CLOCK_BEHIND,
        /** The clock of another device is ahead of this one's: by how many seconds. */
        CLOCK_AHEAD,
        /** The database was damaged at the start; sync began anew: the name of the file that was set aside. */
        STORE_SET_ASIDE,
        /** The database is damaged: what was said about it. */
        STORE_DAMAGED,
        /** The disk is full, so that what changes waits. */
        STORE_FULL,
        /** The database cannot be written, so that what changes waits: why. */
        STORE_UNWRITABLE,
        /** Sync cannot write into its folder, and does not start: the folder. */
        FOLDER_UNWRITABLE,
        /** Another application syncs the same workspace, and this one does not. */
        WORKSPACE_IN_USE,
        /** The host's vault cannot be written, so that nothing can be taken into it: what the host says. */
        VAULT_UNWRITABLE,
        /** Anything else: the sentence says what. */
        OTHER
    }
}
