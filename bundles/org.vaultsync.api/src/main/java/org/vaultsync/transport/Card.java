// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

/**
 * What a device shows to everybody nearby while it is discoverable.
 *
 * @param name 1 to 64 characters
 * @param token 16 random bytes, new for each time: the secret of the knock that lets anybody in for a pairing
 */
public record Card(String name, byte[] token) {
    public Card {
        if (name.isEmpty() || name.codePointCount(0, name.length()) > 64) {
            throw new IllegalArgumentException("a name has 1 to 64 characters: " + name);
        }
        if (token.length != 16) {
            throw new IllegalArgumentException("a token has 16 bytes, not " + token.length);
        }
    }
}
