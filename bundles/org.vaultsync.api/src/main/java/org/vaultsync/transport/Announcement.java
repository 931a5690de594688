// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import java.util.List;

/**
 * What a device says aloud on the local network, so that the devices it is meant for find it and nobody else learns
 * anything: a fresh random number, and a token for each of these devices. A transport carries it and does not look
 * inside; the number of tokens is not shown.
 *
 * <p>A token must say who made it, too, not only for which pair it is: else a device would take its own announcement,
 * played back to it, for the other's.
 *
 * @param nonce 16 random bytes, never used twice
 * @param tokens of 8 bytes each, at most {@link #MOST_TOKENS}, in any order: the beginning of a keyed hash of the nonce
 */
public record Announcement(byte[] nonce, List<byte[]> tokens) {
    /** As many as one packet holds. */
    public static final int MOST_TOKENS = 120;

    public Announcement {
        tokens = List.copyOf(tokens);
        if (nonce.length != 16) {
            throw new IllegalArgumentException("a nonce has 16 bytes, not " + nonce.length);
        }
        if (tokens.size() > MOST_TOKENS) {
            throw new IllegalArgumentException(tokens.size() + " tokens, limit " + MOST_TOKENS);
        }
        for (byte[] token : tokens) {
            if (token.length != 8) {
                throw new IllegalArgumentException("a token has 8 bytes, not " + token.length);
            }
        }
    }
}
