// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.keyring;

import java.io.IOException;
import java.util.Optional;

/**
 * Keeps secrets where the operating system keeps passwords. Registered as an OSGi service where there is such a place;
 * a service that would keep them in an ordinary file must not be registered.
 *
 * <p>Called on threads of sync, never on the UI thread; may block while the system asks a person.
 */
public interface Keyring {
    /** What people know it by, such as “GNOME Keyring”. */
    String name();

    /**
     * What was kept under this name.
     *
     * @return empty if nothing was
     * @throws IOException if the keyring is locked or fails, with a sentence for people
     */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * Keeps a secret, in place of what was kept under this name.
     *
     * @throws IOException if the keyring is locked or fails, with a sentence for people
     */
    void keep(String name, byte[] secret) throws IOException;
}
