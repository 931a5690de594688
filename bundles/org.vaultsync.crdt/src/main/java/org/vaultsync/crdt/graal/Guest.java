// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

/** One JavaScript context with the script in it. Used by one thread at a time. */
public interface Guest extends AutoCloseable {
    /**
     * Calls a function of the script. Arguments are texts, integers, doubles, booleans and byte arrays; results are
     * texts, doubles, byte arrays and null.
     *
     * @throws GuestException if it threw, or if a limit was hit
     */
    Object[] call(String function, Object... arguments) throws GuestException;

    @Override
    void close();
}
