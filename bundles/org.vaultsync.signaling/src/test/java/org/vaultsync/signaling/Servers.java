// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/** Servers for tests, and what their pages say. */
final class Servers {
    private static final HttpClient PAGES = HttpClient.newHttpClient();
    private static final long PATIENCE = Duration.ofSeconds(60).toNanos();

    private Servers() {}

    static SignalingServer start(Limits limits) throws IOException {
        return start(0, limits, false);
    }

    static SignalingServer start(int port, Limits limits, boolean behindProxy) throws IOException {
        return SignalingServer.start(new ServerSettings(
                Optional.of(InetAddress.getLoopbackAddress()), port, Optional.empty(), behindProxy, limits));
    }

    static HttpResponse<String> page(int port, String path) throws Exception {
        return PAGES.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** A line of the metrics. */
    static long metric(int port, String name) throws Exception {
        String start = "vaultsync_signaling_" + name + " ";
        return page(port, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> Long.valueOf(line.substring(start.length())))
                .findFirst()
                .orElseThrow();
    }

    static long cutOff(int port, Cuts.Why why) throws Exception {
        return metric(port, "cut_off_total{why=\"" + why.name().toLowerCase(Locale.ROOT) + "\"}");
    }

    static void until(int port, String metric, LongPredicate holds) throws Exception {
        long end = System.nanoTime() + PATIENCE;
        while (!holds.test(metric(port, metric))) {
            if (System.nanoTime() > end) {
                throw new AssertionError(metric + " is " + metric(port, metric));
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
