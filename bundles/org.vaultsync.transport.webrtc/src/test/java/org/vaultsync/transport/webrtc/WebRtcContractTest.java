// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.contract.TransportContract;

class WebRtcContractTest extends TransportContract {
    private static TestServer server;
    private static WebRtcTransport transport;
    private final byte[] secret = new byte[32];

    @BeforeAll
    static void start() throws IOException {
        server = new TestServer();
        transport = new WebRtcTransport(
                name -> name.equals(WebRtcTransport.SIGNALING) ? server.address() : null, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws IOException {
        transport.close();
        server.close();
    }

    @Override
    protected Transport transport() {
        return transport;
    }

    @Override
    protected void opened() {
        ThreadLocalRandom.current().nextBytes(secret);
        a.await(List.of(new Rendezvous(secret, List.of())));
        b.await(List.of(new Rendezvous(secret, List.of())));
    }

    @Override
    protected Link dial(Endpoint from, Endpoint to, Fingerprint expected, Knock knock) throws IOException {
        return from.meet(new Rendezvous(secret, List.of()), expected, knock);
    }
}
