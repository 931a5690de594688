// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.vaultsync.Trouble;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Lack;

/** The cable is pulled: the one of the network that {@code releng/own-network} makes for this JVM. */
class NoNetworkTest {
    @Test
    void aMachineInNoNetworkSaysSoUntilItIsInOne() throws Exception {
        if (!set("down")) {
            throw Lack.of(
                    "NoNetworkTest: this JVM has no network of its own, because this machine does not let tests make"
                            + " network namespaces");
        }
        try (Endpoint endpoint =
                new LanTransport(Map.of(LanSettings.PORT, "0")::get).open(Identities.make(), new Guests())) {
            until(endpoint, Optional.of(Trouble.Kind.NO_NETWORK));
            set("up");
            until(endpoint, Optional.empty());
        } finally {
            set("up");
        }
    }

    private static boolean set(String state) throws IOException, InterruptedException {
        // Nothing else is called web0: where it is not there, this fails and changes nothing.
        return new ProcessBuilder("ip", "link", "set", "web0", state)
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void until(Endpoint endpoint, Optional<Trouble.Kind> kind) {
        for (long end = System.nanoTime() + 60_000_000_000L;
                !endpoint.trouble().map(Trouble::kind).equals(kind); ) {
            if (System.nanoTime() > end) {
                fail("within a minute it says " + endpoint.trouble() + " and not " + kind);
            }
            LockSupport.parkNanos(10_000_000);
        }
        assertEquals(kind, endpoint.trouble().map(Trouble::kind));
    }
}
