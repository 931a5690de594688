// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.vaultsync.Listening;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Transport;

/**
 * Links over TCP and TLS 1.3 to devices that can be dialled: on the local network, or over a VPN.
 *
 * <p>The framework or system properties {@code vaultsync.lan.port}, {@code vaultsync.lan.bind} and {@code
 * vaultsync.lan.discovery} say where it listens and whether it is found, unless a person has set that; see {@link LanSettings}.
 */
@Component
public final class LanTransport implements Transport {
    private final UnaryOperator<String> properties;
    private final Limits limits;

    @Activate
    public LanTransport(BundleContext context) {
        this(context::getProperty);
    }

    /**
     * Without a framework.
     *
     * @param properties gives the value of a property, or null
     */
    public LanTransport(UnaryOperator<String> properties) {
        this(properties, Limits.USUAL);
    }

    LanTransport(UnaryOperator<String> properties, Limits limits) {
        this.properties = properties;
        this.limits = limits;
    }

    @Override
    public String kind() {
        return "lan";
    }

    @Override
    public Endpoint open(Identity self, Door door) throws IOException {
        LanSettings settings = LanSettings.read(properties);
        Optional<Listening> set = door.settings();
        return set.isPresent()
                ? new LanEndpoint(settings.with(set.get()), limits.with(set.get()), self, door)
                : new LanEndpoint(settings, limits, self, door);
    }
}
