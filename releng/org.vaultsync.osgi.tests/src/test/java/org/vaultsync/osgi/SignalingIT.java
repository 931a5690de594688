// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** A device that runs a signaling server beside everything else. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SignalingIT {
    private static final String PORT = "vaultsync.signaling.port";

    @Configuration
    public Option[] peer() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return new Option[] {
                Headless.peer(),
                frameworkProperty(PORT).value(Integer.toString(free.getLocalPort())),
                frameworkProperty("vaultsync.home").value(Headless.folder().toString())
            };
        }
    }

    @Test
    public void theServerRepeatsAMessageAndGoesWithItsBundle() throws Exception {
        Bundle self = FrameworkUtil.getBundle(SignalingIT.class);
        assertEquals(Headless.FRAMEWORK, self.getBundleContext().getBundle(0).getSymbolicName());
        String address = "127.0.0.1:" + self.getBundleContext().getProperty(PORT);
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest health = HttpRequest.newBuilder(URI.create("http://" + address + "/health"))
                .build();
        untilItAnswers(client, health);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + address), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        heard.add(text.toString());
                        from.request(1);
                        return null;
                    }
                })
                .get(60, TimeUnit.SECONDS);
        socket.sendText("{\"type\":\"subscribe\",\"topics\":[\"a\"]}", true).get(60, TimeUnit.SECONDS);
        socket.sendText("{\"type\":\"publish\",\"topic\":\"a\",\"data\":1}", true)
                .get(60, TimeUnit.SECONDS);
        assertEquals(
                "{\"type\":\"publish\",\"topic\":\"a\",\"data\":1,\"clients\":1}", heard.poll(60, TimeUnit.SECONDS));
        String said = client.send(health, HttpResponse.BodyHandlers.ofString()).body();
        assertTrue(said, said.startsWith("ok: "));

        Bundle server = Arrays.stream(self.getBundleContext().getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.vaultsync.signaling"))
                .findFirst()
                .orElseThrow();
        server.stop();
        assertThrows(ConnectException.class, () -> client.send(health, HttpResponse.BodyHandlers.ofString()));
        server.start();
        untilItAnswers(client, health);
    }

    /** Sync starts, and runs the server, on threads of its own. */
    private static void untilItAnswers(HttpClient client, HttpRequest health) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L; ; LockSupport.parkNanos(20_000_000)) {
            try {
                assertEquals(
                        200,
                        client.send(health, HttpResponse.BodyHandlers.ofString())
                                .statusCode());
                return;
            } catch (ConnectException notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
            }
        }
    }
}
