// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/** The state of one item in one glance. */
public enum Badge {
    /** It is in no room. */
    NOT_SHARED,
    /** No other member has its last change yet, and nobody is linked who could take it. */
    PENDING,
    /** Its last change is on the way to a member that is linked. */
    SYNCING,
    /** At least one other member, and every linked one, has its last change on disk. */
    SYNCED,
    /**
     * In an open room: its last change was sent to everybody who is there, or was there last. Whether they keep it is not
     * known, because a browser does not say so.
     */
    SENT,
    /** Two people changed the same thing at once, or two items met under one id: a person has to look. */
    CONFLICT,
    /** It has stopped syncing on this device; {@link ItemStatus#problem()} says why. */
    ERROR
}
