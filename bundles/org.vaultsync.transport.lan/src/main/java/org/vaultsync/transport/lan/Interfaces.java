// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine. */
final class Interfaces {
    private static final Logger log = LoggerFactory.getLogger(Interfaces.class);

    private Interfaces() {}

    /** Those that other devices may dial, likeliest first: IPv4 before IPv6, VPNs later, this machine itself last. */
    static List<InetAddress> addresses() {
        record Found(InetAddress address, boolean tunnel) {}
        List<Found> found = new ArrayList<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                try {
                    if (network.isUp()) {
                        boolean tunnel = network.isPointToPoint();
                        network.inetAddresses()
                                .map(address -> new Found(address, tunnel))
                                .forEach(found::add);
                    }
                } catch (SocketException gone) {
                    log.debug("lan: interface {} went away: {}", network.getName(), gone.getMessage());
                }
            }
        } catch (SocketException noNetwork) {
            log.debug("lan: no interfaces: {}", noNetwork.getMessage());
        }
        Function<Found, Boolean> loopback = one -> one.address().isLoopbackAddress();
        return found.stream()
                .filter(one ->
                        !one.address().isLinkLocalAddress() && !one.address().isMulticastAddress())
                .sorted(Comparator.comparing(loopback)
                        .thenComparing(Found::tunnel)
                        .thenComparing(one -> !(one.address() instanceof Inet4Address)))
                .map(Found::address)
                .toList();
    }
}
