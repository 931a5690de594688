// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Lack;

/** In the network that {@code releng/own-network} makes for this JVM. */
@Timeout(60)
@ResourceLock("web0")
class ListenerTest {
    private static final String LATER = "10.8.3.1";

    /** Else whoever opens the next one on that address finds the port taken. */
    @Test
    void anAddressThatComesWhileItClosesIsNotListenedOn() throws Exception {
        if (NetworkInterface.getByName("web0") == null) {
            throw Lack.of("this machine does not let tests make network namespaces");
        }
        InetAddress later = InetAddress.getByName(LATER);
        LanSettings settings = new LanSettings(0, List.of(InetAddress.getLoopbackAddress(), later), false);
        Connections connections = new Connections(Limits.USUAL);
        Listener listener = new Listener(settings, Limits.USUAL, Identities.make(), new Guests(), connections);
        ip("add");
        try {
            listener.close();
            Networks now = Networks.now();
            assertTrue(now.has(later));
            listener.follow(now);
            try (ServerSocket next = new ServerSocket()) {
                next.bind(new InetSocketAddress(later, listener.port()));
                assertEquals(listener.port(), next.getLocalPort());
            }
        } finally {
            ip("del");
            listener.close();
            connections.close();
        }
    }

    private static void ip(String what) throws Exception {
        Process process = new ProcessBuilder("ip", "addr", what, LATER + "/24", "dev", "web0")
                .inheritIO()
                .start();
        assertEquals(0, process.waitFor());
    }
}
