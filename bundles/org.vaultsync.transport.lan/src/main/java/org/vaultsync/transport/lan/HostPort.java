// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a device may be dialled: {@code 192.168.1.20:8765}, {@code [fd00::20]:8765}, {@code laptop.local:8765}.
 *
 * @param host a name or a numeric address, without brackets
 */
record HostPort(String host, int port) {
    private static final int LONGEST = 300;
    private static final Pattern WRITTEN =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%[\\w.-]+)?)]|([\\p{L}\\p{N}_.-]{1,253}))(?::([0-9]{1,5}))?");
    private static final Pattern BARE_IPV6 =
            Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[\\w.-]+)?");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)");

    HostPort {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    /** Reads what a person may have typed: the port and the brackets may be missing. */
    static Optional<HostPort> parse(String text) {
        String stripped = text.strip();
        if (stripped.length() > LONGEST) {
            return Optional.empty();
        }
        if (BARE_IPV6.matcher(stripped).matches()) {
            return numeric(stripped).map(address -> new HostPort(stripped, LanSettings.USUAL_PORT));
        }
        Matcher written = WRITTEN.matcher(stripped);
        if (!written.matches()) {
            return Optional.empty();
        }
        int port = written.group(3) == null ? LanSettings.USUAL_PORT : Integer.parseInt(written.group(3));
        if (port < 1 || port > 65535) {
            return Optional.empty();
        }
        return written.group(1) == null
                ? Optional.of(new HostPort(written.group(2), port))
                : numeric(written.group(1)).map(address -> new HostPort(written.group(1), port));
    }

    /** Of an address of an interface, in short; the scope is left out, since it means nothing elsewhere. */
    static HostPort of(InetAddress address, int port) {
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return new HostPort(text.contains(":") ? text.replaceFirst("(^|:)(0(:|$)){2,}", "::") : text, port);
    }

    /** Reads a numeric address, never asking a name server. */
    static Optional<InetAddress> numeric(String text) {
        try {
            boolean sixth = BARE_IPV6.matcher(text).matches();
            return sixth || IPV4.matcher(text).matches() ? Optional.of(InetAddress.getByName(text)) : Optional.empty();
        } catch (UnknownHostException notNumeric) {
            return Optional.empty();
        }
    }

    /**
     * What an address limit counts by: the address, or of an IPv6 address the network, since one machine has many. All
     * neighbours have the link-local network in common, so there it is the address first, and then the network, too.
     */
    static List<String> sources(InetAddress address) {
        if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
            return List.of(address.getHostAddress());
        }
        String whole = HexFormat.of().formatHex(address.getAddress());
        String network = whole.substring(0, 16);
        return address.isLinkLocalAddress() ? List.of(whole, network) : List.of(network);
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
