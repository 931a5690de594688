// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger log = LoggerFactory.getLogger(LanTransport.class);
    /** Until then the host has more urgent things to do. */
    private static final Duration AFTER_THE_START = Duration.ofSeconds(5);

    private static final AtomicBoolean WARM = new AtomicBoolean(); // one for the process, as its classes are

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
    public void warmUp(Supplier<Identity> self) {
        if (WARM.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(AFTER_THE_START.toSeconds(), TimeUnit.SECONDS, LanTransport::background)
                    .execute(() -> rehearse(self));
        }
    }

    private static void background(Runnable task) {
        Thread.ofPlatform()
                .daemon()
                .name("lan warm-up")
                .priority(Thread.MIN_PRIORITY)
                .start(task);
    }

    private static void rehearse(Supplier<Identity> self) {
        try {
            Rehearsal.shakeHands(self.get());
        } catch (IOException | RuntimeException cold) {
            log.debug("lan: not warmed up", cold);
        }
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
