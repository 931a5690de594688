// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.update;

/** What the {@link Gate} says of an update. */
public sealed interface Verdict {
    /**
     * All that is new in it can be taken.
     *
     * @param update what to store, apply and pass on
     */
    record Accepted(byte[] update) implements Verdict {}

    /**
     * Something in it rests on what the receiver does not hold. The sender is to be asked for it, by a sync step 1
     * with the receiver's state vector.
     *
     * @param update the part that can be taken; empty if there is none
     * @param missing what it rests on and what was cut off, in words for a log
     */
    record Partly(byte[] update, String missing) implements Verdict {}

    /** The receiver has all of it. */
    record NothingNew() implements Verdict {}

    /**
     * No honest sender makes such an update: nothing of it may be taken.
     *
     * @param why in words for a log and for the peers view; holds nothing of the content
     */
    record Refused(String why) implements Verdict {}
}
