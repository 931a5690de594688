// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server of a device that runs one beside everything else: where the framework or system property {@code
 * vaultsync.signaling.port} is set. {@code vaultsync.signaling.bind} is the only address to listen at, {@code
 * vaultsync.signaling.certificate} and {@code vaultsync.signaling.key} are files in PEM.
 */
@Component(service = OwnServer.class, immediate = true)
public final class OwnServer {
    private static final Logger LOG = LoggerFactory.getLogger(OwnServer.class);
    private static final String PREFIX = "vaultsync.signaling.";

    private final Optional<SignalingServer> server;

    @Activate
    public OwnServer(BundleContext context) {
        server = start(context::getProperty);
    }

    private static Optional<SignalingServer> start(UnaryOperator<String> properties) {
        try {
            Optional<ServerSettings> wanted = settings(properties);
            return wanted.isPresent() ? Optional.of(SignalingServer.start(wanted.get())) : Optional.empty();
        } catch (IOException refused) {
            LOG.error("signaling: no server on this device: {}", refused.getMessage());
            return Optional.empty();
        }
    }

    /**
     * What the properties say; empty if no port is set.
     *
     * @throws IOException if that cannot be understood, with a sentence for people
     */
    static Optional<ServerSettings> settings(UnaryOperator<String> properties) throws IOException {
        Optional<String> port = property(properties, "port");
        if (port.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> bind = property(properties, "bind");
        Optional<Path> certificate = property(properties, "certificate").map(Path::of);
        Optional<Path> key = property(properties, "key").map(Path::of);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IOException("TLS needs both " + PREFIX + "certificate and " + PREFIX + "key.");
        }
        try {
            return Optional.of(new ServerSettings(
                    bind.isPresent() ? Optional.of(InetAddress.getByName(bind.get())) : Optional.empty(),
                    Integer.parseInt(port.get()),
                    certificate.flatMap(file -> key.map(secret -> new ServerSettings.Tls(file, secret))),
                    false,
                    Limits.USUAL));
        } catch (IllegalArgumentException notAPort) {
            throw new IOException(
                    "The setting " + PREFIX + "port is “" + port.get() + "”; it must be a number from 0 to 65535.",
                    notAPort);
        }
    }

    private static Optional<String> property(UnaryOperator<String> properties, String name) {
        return Optional.ofNullable(properties.apply(PREFIX + name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    @Deactivate
    void stop() {
        server.ifPresent(SignalingServer::close);
    }
}
