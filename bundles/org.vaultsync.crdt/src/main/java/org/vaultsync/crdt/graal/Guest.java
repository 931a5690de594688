// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.time.Duration;

/** One JavaScript context with the script in it. Used by one thread at a time. */
public interface Guest extends AutoCloseable {
    /**
     * Calls a function of the script. Arguments are texts, integers, doubles, booleans and byte arrays; results are
     * texts, doubles, byte arrays and null.
     *
     * @throws GuestException if it threw, or if a limit was hit
     */
    Object[] call(String function, Object... arguments) throws GuestException;

    /**
     * Calls a function that meets what others have written. It is stopped when it has taken more of the processor than
     * it may; the context goes on, what the call was working on may be in pieces.
     *
     * @param most CPU time; more is given while the script is not warm yet
     */
    Object[] callWithin(Duration most, String function, Object... arguments) throws GuestException;

    @Override
    void close();
}
