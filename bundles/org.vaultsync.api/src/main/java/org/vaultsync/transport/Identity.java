// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * What a device proves itself with.
 *
 * @param key ECDSA P-256
 * @param certificate self-signed by that key; only the key in it counts, not its names or dates
 */
public record Identity(PrivateKey key, X509Certificate certificate) {
    @Override
    public String toString() {
        return "Identity of " + certificate.getSubjectX500Principal();
    }
}
