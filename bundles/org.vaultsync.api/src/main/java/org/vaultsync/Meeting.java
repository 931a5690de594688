// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * How this device meets others that it cannot dial: where both look for each other, and what helps them through routers.
 *
 * @param signaling addresses of signaling servers, such as {@code wss://example.org:4444}; none: devices are met where
 *     an invite or a member says
 * @param ice STUN and TURN servers
 * @param relayOnly whether others see the address of a TURN server alone, never one of this device
 */
public record Meeting(List<String> signaling, List<IceServer> ice, boolean relayOnly) {
    /** What holds unless somebody sets something else: there is no server of anybody's. */
    public static final Meeting USUAL = new Meeting(List.of(), List.of(), false);

    private static final int MOST = 16;

    public Meeting {
        signaling = List.copyOf(signaling);
        ice = List.copyOf(ice);
        signaling.forEach(Meeting::checked);
        if (signaling.size() > MOST || ice.size() > MOST) {
            throw new IllegalArgumentException("At most " + MOST + " servers of a kind are used.");
        }
        if (relayOnly && ice.stream().noneMatch(server -> server.url().startsWith("turn"))) {
            throw new IllegalArgumentException("To use relays only, name a TURN server.");
        }
    }

    /** Whether this is an address of a signaling server, by its looks. */
    public static boolean isSignaling(String address) {
        return address.startsWith("ws://") || address.startsWith("wss://");
    }

    /**
     * The address of a signaling server.
     *
     * @throws IllegalArgumentException if it is none, with a sentence for people
     */
    public static URI checked(String address) {
        try {
            URI uri = new URI(address);
            if (isSignaling(address)
                    && address.length() <= 512
                    && uri.getHost() != null
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535
                    && uri.getUserInfo() == null
                    && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException none) {
            throw new IllegalArgumentException(noAddress(address), none);
        }
        throw new IllegalArgumentException(noAddress(address));
    }

    private static String noAddress(String address) {
        return "“" + address + "” is not the address of a signaling server; one looks like wss://example.org:4444.";
    }
}
