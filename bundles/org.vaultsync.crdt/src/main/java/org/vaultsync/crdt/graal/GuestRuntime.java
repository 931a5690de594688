// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

/** A loaded GraalJS, with the script parsed once for all its contexts. Used from any thread. */
public interface GuestRuntime extends AutoCloseable {
    Guest open();

    @Override
    void close();
}
