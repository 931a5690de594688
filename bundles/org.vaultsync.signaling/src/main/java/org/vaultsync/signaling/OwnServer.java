// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Trouble;
import org.vaultsync.transport.SignalingHost;
import org.vaultsync.transport.TroubleException;

/**
 * The server of a device that runs one beside everything else. The framework or system property {@code
 * vaultsync.signaling.port} says where, unless a person has set that; {@code vaultsync.signaling.bind} is the only address
 * to listen at, {@code vaultsync.signaling.certificate} and {@code vaultsync.signaling.key} are files in PEM.
 */
@Component
public final class OwnServer implements SignalingHost {
    private static final Logger LOG = LoggerFactory.getLogger(OwnServer.class);
    private static final String PREFIX = "vaultsync.signaling.";

    private final UnaryOperator<String> properties;
    private final Set<SignalingServer> servers = ConcurrentHashMap.newKeySet();

    @Activate
    public OwnServer(BundleContext context) {
        this(context::getProperty);
    }

    /**
     * Without a framework.
     *
     * @param properties gives the value of a property, or null
     */
    public OwnServer(UnaryOperator<String> properties) {
        this.properties = properties;
    }

    @Override
    public Optional<Integer> usualPort() {
        Optional<String> port = property("port");
        if (port.isPresent() && (!port.get().matches("[1-9][0-9]{0,4}") || Integer.parseInt(port.get()) > 65_535)) {
            LOG.error("signaling: the setting {}port is “{}”; it must be a number from 1 to 65535", PREFIX, port.get());
            return Optional.empty();
        }
        return port.map(Integer::valueOf);
    }

    @Override
    public Hosted open(int port) throws IOException {
        ServerSettings settings = settings(port);
        SignalingServer server = start(settings);
        servers.add(server);
        String scheme = settings.tls().isPresent() ? "wss://" : "ws://";
        return new Hosted() {
            @Override
            public List<String> addresses() {
                return hosts(settings.bind()).stream()
                        .map(host -> scheme + host + ":" + server.port())
                        .toList();
            }

            @Override
            public void close() {
                server.close();
                servers.remove(server);
            }
        };
    }

    private static SignalingServer start(ServerSettings settings) throws IOException {
        try {
            return SignalingServer.start(settings);
        } catch (IOException refused) {
            if (refused.getCause() instanceof BindException why) {
                throw new TroubleException(
                        new Trouble(
                                Trouble.Kind.SIGNALING_PORT,
                                List.of(String.valueOf(settings.port()), String.valueOf(why.getMessage())),
                                refused.getMessage()),
                        refused);
            }
            throw refused;
        }
    }

    /**
     * What the properties say besides the port.
     *
     * @throws IOException if that cannot be understood, with a sentence for people
     */
    ServerSettings settings(int port) throws IOException {
        Optional<String> bind = property("bind");
        Optional<Path> certificate = property("certificate").map(Path::of);
        Optional<Path> key = property("key").map(Path::of);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IOException("TLS needs both " + PREFIX + "certificate and " + PREFIX + "key.");
        }
        try {
            return new ServerSettings(
                    bind.isPresent() ? Optional.of(InetAddress.getByName(bind.get())) : Optional.empty(),
                    port,
                    certificate.flatMap(file -> key.map(secret -> new ServerSettings.Tls(file, secret))),
                    false,
                    Limits.INSIDE);
        } catch (IllegalArgumentException notAPort) {
            throw new IOException(notAPort.getMessage(), notAPort);
        }
    }

    /** Whoever opened them may not have heard yet that this bundle goes. */
    @Deactivate
    void stop() {
        servers.forEach(SignalingServer::close);
    }

    private Optional<String> property(String name) {
        return Optional.ofNullable(properties.apply(PREFIX + name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    /** The addresses of this machine that others can use, those of the local network first. */
    private static List<String> hosts(Optional<InetAddress> bind) {
        if (bind.isPresent()) {
            return List.of(host(bind.get()));
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(OwnServer::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .sorted(Comparator.comparing((InetAddress address) -> address instanceof Inet6Address)
                            .thenComparing(address -> !address.isSiteLocalAddress()))
                    .map(OwnServer::host)
                    .toList();
        } catch (IOException none) {
            LOG.debug("signaling: no networks: {}", none.getMessage());
            return List.of();
        }
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (IOException gone) {
            return false;
        }
    }

    private static String host(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + text.replaceFirst("%.*", "") + "]" : text;
    }
}
