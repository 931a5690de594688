// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.util.tracker.ServiceTracker;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.SignalingHost;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.contract.TransportContract;

/**
 * What every transport must do, done by WebRTC as the update site has it, in a framework, with its native library and the
 * signaling server of a device. The API is that of the tests outside, so that they can speak with what is inside.
 */
class WebRtcContractIT extends TransportContract {
    private static Framework framework;
    private static Transport transport;
    private static SignalingHost.Hosted server;
    private Rendezvous place;

    @BeforeAll
    static void start() throws Exception {
        framework = Headless.framework(
                Map.of(
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        Headless.apiPackages(),
                        "vaultsync.signaling.bind",
                        "127.0.0.1"),
                Headless.webrtcAlone());
        assertEquals(Headless.FRAMEWORK, framework.getSymbolicName());
        transport = service(Transport.class);
        server = service(SignalingHost.class).open(0);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        framework.stop();
        framework.waitForStop(20_000);
    }

    private static <T> T service(Class<T> type) throws InterruptedException {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(framework.getBundleContext(), type, null);
        tracker.open();
        return tracker.waitForService(60_000);
    }

    @Override
    protected Transport transport() {
        return transport;
    }

    @Override
    protected void opened() {
        byte[] secret = new byte[32];
        ThreadLocalRandom.current().nextBytes(secret);
        place = new Rendezvous(secret, server.addresses());
        a.await(List.of(place));
        b.await(List.of(place));
    }

    @Override
    protected Link dial(Endpoint from, Endpoint to, Fingerprint expected, Knock knock) throws IOException {
        return from.meet(place, expected, knock);
    }
}
