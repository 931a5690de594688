// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.vaultsync.Listening;

/**
 * Where to listen.
 *
 * @param port 0 for any free one; another that is taken is replaced by any free one
 * @param bind the addresses to listen on, none for all
 * @param discovery whether to announce this device on the local network, and look out for others
 */
record LanSettings(int port, List<InetAddress> bind, boolean discovery) {
    static final int USUAL_PORT = 8765;
    static final String PORT = "vaultsync.lan.port";
    static final String BIND = "vaultsync.lan.bind";
    static final String DISCOVERY = "vaultsync.lan.discovery";

    LanSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        bind = List.copyOf(bind);
    }

    /**
     * Reads {@code vaultsync.lan.port}, a number from 0 to 65535, {@code vaultsync.lan.bind}, numeric addresses of this
     * machine with commas between, and {@code vaultsync.lan.discovery}, on or off.
     *
     * @param properties gives the value of a property, or null
     * @throws IOException if one cannot be understood, with a sentence for people
     */
    static LanSettings read(UnaryOperator<String> properties) throws IOException {
        String port = properties.apply(PORT);
        String bind = properties.apply(BIND);
        return new LanSettings(
                port == null || port.isBlank() ? USUAL_PORT : port(port.strip()),
                bind == null || bind.isBlank() ? List.of() : addresses(bind),
                onOrOff(properties.apply(DISCOVERY)));
    }

    /**
     * These, but for what a person has set.
     *
     * @throws IOException if that cannot be understood, with a sentence for people
     */
    LanSettings with(Listening set) throws IOException {
        String bind = String.join(",", set.bind());
        return new LanSettings(set.port(), bind.isBlank() ? List.of() : addresses(bind), set.discovery());
    }

    private static boolean onOrOff(String text) throws IOException {
        return switch (text == null ? "" : text.strip()) {
            case "", "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new IOException("The setting " + DISCOVERY + " is “" + text + "”; it must be on or off.");
        };
    }

    private static int port(String text) throws IOException {
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535) {
            return Integer.parseInt(text);
        }
        throw new IOException("The setting " + PORT + " is “" + text + "”; it must be a number from 0 to 65535.");
    }

    private static List<InetAddress> addresses(String text) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            addresses.add(HostPort.numeric(part.strip())
                    .orElseThrow(() -> new IOException("The setting " + BIND + " is “" + text
                            + "”; it must be numeric addresses of this machine with commas between, such as"
                            + " 192.168.1.20, ::1.")));
        }
        return addresses;
    }
}
