// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a server runs.
 *
 * @param bind the address of this machine to listen at; empty for all
 * @param port 0 for any free one
 * @param tls with what the server proves itself; empty for connections in clear
 * @param behindProxy whether every connection comes from a proxy of one's own that says in {@code X-Forwarded-For}, last,
 *     whom it stands for
 */
public record ServerSettings(
        Optional<InetAddress> bind, int port, Optional<Tls> tls, boolean behindProxy, Limits limits) {
    /** The port of y-webrtc's own server. */
    public static final int USUAL_PORT = 4444;

    /**
     * Files that are read again within a minute of a change.
     *
     * @param certificates in PEM, the server's own first
     * @param key in PEM, PKCS#8, without a password
     */
    public record Tls(Path certificates, Path key) {}

    public ServerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("The port is " + port + "; it must be 0 to 65535.");
        }
    }

    /** In clear, at all addresses, with the usual limits. */
    public static ServerSettings at(int port) {
        return new ServerSettings(Optional.empty(), port, Optional.empty(), false, Limits.USUAL);
    }
}
