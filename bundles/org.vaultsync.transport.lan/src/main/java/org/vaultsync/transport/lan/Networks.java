// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine at a moment. */
record Networks(Set<Address> addresses) {
    private static final Logger log = LoggerFactory.getLogger(Networks.class);

    /**
     * One of them.
     *
     * @param network the name of its interface
     * @param tunnel whether that leads to one machine, as VPNs do
     * @param multicast whether many hear what is said there
     */
    record Address(InetAddress address, String network, boolean tunnel, boolean multicast) {
        private boolean fourth() {
            return address instanceof Inet4Address;
        }
    }

    Networks {
        addresses = Set.copyOf(addresses);
    }

    static Networks now() {
        Set<Address> found = new HashSet<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                found.addAll(of(network));
            }
        } catch (SocketException none) {
            log.debug("lan: no networks: {}", none.getMessage());
        }
        return new Networks(found);
    }

    private static List<Address> of(NetworkInterface network) {
        try {
            if (!network.isUp()) {
                return List.of();
            }
            boolean tunnel = network.isPointToPoint();
            boolean multicast = network.supportsMulticast() && !network.isLoopback();
            return network.inetAddresses()
                    .map(address -> new Address(address, network.getName(), tunnel, multicast))
                    .toList();
        } catch (SocketException gone) {
            log.debug("lan: network {} went away: {}", network.getName(), gone.getMessage());
            return List.of();
        }
    }

    boolean has(InetAddress address) {
        return addresses.stream().anyMatch(one -> one.address().equals(address)) || address.isLoopbackAddress();
    }

    /** Whether there is a network besides this machine itself. */
    boolean reachOthers() {
        return addresses.stream().anyMatch(one -> !one.address().isLoopbackAddress());
    }

    /**
     * Those whose coming and going may change whom this device reaches. Link-local ones, which each container and each virtual
     * machine brings, do so only where there is nothing else, as between two that are joined by a cable.
     */
    Set<InetAddress> telling() {
        Set<InetAddress> all = addresses.stream()
                .map(Address::address)
                .filter(one -> !one.isLoopbackAddress())
                .collect(Collectors.toSet());
        Set<InetAddress> routed =
                all.stream().filter(one -> !one.isLinkLocalAddress()).collect(Collectors.toSet());
        return routed.isEmpty() ? all : routed;
    }

    /** Those that other devices may dial, likeliest first: IPv4 before IPv6, VPNs later, this machine itself last. */
    List<InetAddress> dialable() {
        Comparator<Address> loopbackLast =
                Comparator.comparing(one -> one.address().isLoopbackAddress());
        return addresses.stream()
                .filter(one -> !one.address().isLinkLocalAddress())
                .sorted(loopbackLast
                        .thenComparing(Address::tunnel)
                        .thenComparing(one -> !one.fourth())
                        .thenComparing(one -> one.address().getHostAddress()))
                .map(Address::address)
                .toList();
    }

    /**
     * Those to be found on. Over IPv6 that is the link-local one: it is what multicast packets come from, whatever other
     * addresses there are.
     */
    List<Address> findable() {
        List<Address> findable = new ArrayList<>();
        for (Address one : addresses) {
            boolean local = one.address().isLinkLocalAddress();
            if (one.multicast() && (one.fourth() ? !local || !hasRouted(one.network()) : local)) {
                findable.add(one);
            }
        }
        return findable;
    }

    private boolean hasRouted(String network) {
        return addresses.stream()
                .anyMatch(one -> one.network().equals(network)
                        && one.fourth()
                        && !one.address().isLinkLocalAddress());
    }
}
