// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which proxy leads to a signaling server: what the application says, where it has a say; else what the process was told
 * ({@code https.proxyHost}, or the system's by {@code java.net.useSystemProxies}); else what the environment says ({@code
 * https_proxy}, {@code no_proxy}). Names and passwords come with what the environment says, or from the application. Servers
 * on the local network are reached directly. Thread-safe.
 */
final class Proxies extends ProxySelector {
    private static final Logger log = LoggerFactory.getLogger(Proxies.class);
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final UnaryOperator<String> environment;
    private volatile Optional<ProxySelector> application = Optional.empty();
    private volatile Optional<Authenticator> passwords = Optional.empty();

    /** @param environment gives the value of a variable, or null */
    Proxies(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /** Who has a say from now on. */
    void application(Optional<ProxySelector> asked) {
        application = asked;
    }

    /** Who knows the names and passwords for the application's proxies from now on. */
    void passwords(Optional<Authenticator> asked) {
        passwords = asked;
    }

    @Override
    public List<Proxy> select(URI address) {
        String host = address.getHost();
        if (host == null || isNear(host)) {
            return DIRECT;
        }
        Optional<ProxySelector> asked = application;
        if (asked.isPresent()) {
            return asked.get().select(address).stream()
                    .map(proxy -> withPassword(proxy, address))
                    .toList();
        }
        ProxySelector ofProcess = ProxySelector.getDefault();
        List<Proxy> known = ofProcess == null ? DIRECT : ofProcess.select(address);
        return known.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT) ? known : ofEnvironment(address);
    }

    private Proxy withPassword(Proxy proxy, URI address) {
        if (passwords.isEmpty() || !(proxy.address() instanceof InetSocketAddress there)) {
            return proxy;
        }
        try {
            PasswordAuthentication known = Authenticator.requestPasswordAuthentication(
                    passwords.get(),
                    there.getHostString(),
                    null,
                    there.getPort(),
                    "http",
                    "",
                    "basic",
                    address.toURL(),
                    Authenticator.RequestorType.PROXY);
            return known == null ? proxy : Admission.to(there, known);
        } catch (IOException noPort) {
            log.warn("signaling: a proxy is not told the password: {}", noPort.getMessage());
            return proxy;
        }
    }

    /** Whether it is an address, not a name, that only the local network knows. */
    private static boolean isNear(String host) {
        String bare = host.replaceAll("^\\[|\\]$", "");
        if (!bare.matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
            return host.equalsIgnoreCase("localhost");
        }
        try {
            // Numeric: nothing is looked up.
            InetAddress address = InetAddress.getByName(bare);
            return address.isLoopbackAddress()
                    || address.isLinkLocalAddress()
                    || address.isSiteLocalAddress()
                    || address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc;
        } catch (UnknownHostException none) {
            return false;
        }
    }

    private List<Proxy> ofEnvironment(URI address) {
        String host = address.getHost().toLowerCase(Locale.ROOT);
        if (Arrays.stream(value("no_proxy").split("[,\\s]+"))
                .map(each -> each.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""))
                .anyMatch(each ->
                        each.equals("*") || host.equals(each) || !each.isEmpty() && host.endsWith("." + each))) {
            return DIRECT;
        }
        String proxy = value(address.getScheme().toLowerCase(Locale.ROOT) + "_proxy");
        if (proxy.isEmpty()) {
            return DIRECT;
        }
        try {
            URI there = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            if (there.getHost() == null) {
                return DIRECT;
            }
            InetSocketAddress to =
                    InetSocketAddress.createUnresolved(there.getHost(), there.getPort() < 0 ? 80 : there.getPort());
            String user = Objects.requireNonNullElse(there.getUserInfo(), "");
            int colon = user.indexOf(':');
            return List.of(
                    colon < 0
                            ? new Proxy(Proxy.Type.HTTP, to)
                            : Admission.to(
                                    to,
                                    new PasswordAuthentication(
                                            user.substring(0, colon),
                                            user.substring(colon + 1).toCharArray())));
        } catch (IllegalArgumentException | IOException none) {
            log.warn("signaling: the environment names a proxy that is none");
            return DIRECT;
        }
    }

    private String value(String variable) {
        return Stream.of(variable, variable.toUpperCase(Locale.ROOT))
                .map(environment)
                .filter(value -> value != null && !value.isBlank())
                .map(String::strip)
                .findFirst()
                .orElse("");
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException why) {
        log.debug("signaling: a proxy is not reached: {}", why.getMessage());
    }
}
