// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when this machine has other addresses than before, once they stay. It looks only while somebody wants to know.
 * Confined to the engine's thread.
 */
final class NetworkWatch {
    private static final Logger log = LoggerFactory.getLogger(NetworkWatch.class);
    /** As often as native code looks, which does not tell. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Engine engine;
    private final Set<Runnable> told = new LinkedHashSet<>();
    private Optional<ScheduledFuture<?>> looking = Optional.empty();
    private Set<InetAddress> seen = Set.of();
    private boolean changing;

    NetworkWatch(Engine engine) {
        this.engine = engine;
    }

    void add(Runnable listener) {
        if (told.add(listener) && looking.isEmpty()) {
            seen = addresses();
            looking = Optional.of(engine.every(LOOK, this::look));
        }
    }

    void remove(Runnable listener) {
        if (told.remove(listener) && told.isEmpty()) {
            looking.ifPresent(each -> each.cancel(false));
            looking = Optional.empty();
        }
    }

    private void look() {
        Set<InetAddress> now = addresses();
        boolean stays = now.equals(seen);
        seen = now;
        if (!stays) {
            changing = true;
        } else if (changing && !now.isEmpty()) {
            changing = false;
            log.info("webrtc: the network has changed");
            List.copyOf(told).forEach(Runnable::run);
        }
    }

    private static Set<InetAddress> addresses() {
        Set<InetAddress> found = new HashSet<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp() && !network.isLoopback()) {
                    network.inetAddresses().forEach(found::add);
                }
            }
        } catch (SocketException gone) {
            log.debug("webrtc: a network went away: {}", gone.getMessage());
        }
        return telling(found);
    }

    /** Link-local ones, which each container brings, tell of another network only where there is nothing else. */
    static Set<InetAddress> telling(Set<InetAddress> addresses) {
        Set<InetAddress> routed =
                addresses.stream().filter(one -> !one.isLinkLocalAddress()).collect(Collectors.toSet());
        return routed.isEmpty() ? addresses : routed;
    }
}
