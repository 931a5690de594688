// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vaultsync.ServerChecks.Reason;

/** Signaling servers whose names only a real proxy knows. */
@Timeout(120)
class ProxiesTest {
    private static final URI SERVER = URI.create("ws://signaling.invalid:4444");

    private TestServer server;
    private ConnectProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
        proxy = new ConnectProxy(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    /** A proxy that takes every name for one address, and lets in whom it is told to. */
    private static final class ConnectProxy implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final int to;
        final List<String> asked = new CopyOnWriteArrayList<>();
        volatile String answer = "HTTP/1.1 200 Connection established";
        /** Name and password that it asks for, with a colon between; none if empty. */
        volatile String password = "";

        ConnectProxy(int to) throws IOException {
            this.to = to;
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket client = listener.accept();
                        Thread.ofVirtual().start(() -> serve(client));
                    }
                } catch (IOException closed) {
                    asked.add("closed");
                }
            });
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve(Socket client) {
            try (client;
                    Socket there = new Socket(InetAddress.getLoopbackAddress(), to)) {
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1), 1);
                String first = lines.readLine();
                asked.add(first);
                String wanted = "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
                boolean admitted = password.isEmpty();
                for (String line; !(line = lines.readLine()).isEmpty(); ) {
                    admitted |= line.equals(wanted);
                }
                String said = admitted
                        ? answer
                        : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"here\"";
                client.getOutputStream()
                        .write((said + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                if (said.contains("200") && first.startsWith("CONNECT")) {
                    Thread back = Thread.ofVirtual().start(() -> pass(there, client));
                    pass(client, there);
                    back.join();
                }
            } catch (IOException | InterruptedException over) {
                asked.add("over");
            }
        }

        private static void pass(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException over) {
                return;
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private ProxySelector always() {
        return ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
    }

    @Test
    void anEnvironmentsProxyLeadsToAServerAndWhatIsPublishedComesBack() throws Exception {
        publishAndHear(Map.of("http_proxy", "http://127.0.0.1:" + proxy.port()));
        assertTrue(proxy.asked.contains("CONNECT signaling.invalid:4444 HTTP/1.1"), proxy.asked.toString());
    }

    @Test
    void anEnvironmentsProxyIsToldTheNameAndThePasswordThatItAsksFor() throws Exception {
        proxy.password = "anna:se:cret ü";
        publishAndHear(Map.of("http_proxy", "http://anna:se%3Acret%20%C3%BC@127.0.0.1:" + proxy.port()));
        assertTrue(proxy.asked.contains("CONNECT signaling.invalid:4444 HTTP/1.1"), proxy.asked.toString());
    }

    /** Connects to the server, and waits until what is published there comes back. */
    private static void publishAndHear(Map<String, String> environment) throws Exception {
        Proxies proxies = new Proxies(environment::get);
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (Engine engine = new Engine()) {
            Signaling signaling = new Signaling(engine, Clock.systemUTC(), System::nanoTime, proxies);
            engine.execute(() -> signaling.add(SERVER, new Signaling.Subscriber() {
                @Override
                public Set<String> topics(long day) {
                    return Set.of("topic");
                }

                @Override
                public void reached(URI there) {
                    signaling.publish(there, "topic", TextNode.valueOf("hello"));
                }

                @Override
                public void received(URI there, String topic, ObjectNode message) {
                    heard.complete(message.path("data").asText());
                }

                @Override
                public void lost(URI there) {
                    heard.completeExceptionally(new IOException("lost"));
                }
            }));
            assertEquals("hello", heard.get(60, TimeUnit.SECONDS));
            engine.execute(signaling::close);
        }
    }

    @Test
    void whatTheApplicationSaysGoesFirstAndMayChange() throws Exception {
        try (WebRtcTransport transport = new WebRtcTransport(Map.<String, String>of()::get, Clock.systemUTC())) {
            assertEquals(
                    Optional.of(Reason.UNKNOWN_NAME),
                    transport.reach(SERVER.toString()).problem().map(problem -> problem.reason()));
            ProxySelector application = always();
            transport.setProxies(application);
            assertEquals(Optional.empty(), transport.reach(SERVER.toString()).problem());
            assertTrue(proxy.asked.contains("CONNECT signaling.invalid:4444 HTTP/1.1"), proxy.asked.toString());
            proxy.answer = "HTTP/1.1 407 Proxy Authentication Required";
            assertTrue(transport.reach(SERVER.toString()).problem().isPresent());
            transport.unsetProxies(application);
            assertEquals(
                    Optional.of(Reason.UNKNOWN_NAME),
                    transport.reach(SERVER.toString()).problem().map(problem -> problem.reason()));
        }
    }

    @Test
    void theApplicationsPasswordIsToldToItsProxyAndAWrongOneIsSaid() throws Exception {
        proxy.password = "anna:secret";
        try (WebRtcTransport transport = new WebRtcTransport(Map.<String, String>of()::get, Clock.systemUTC())) {
            transport.setProxies(always());
            assertEquals(
                    Optional.of("HTTP 407"),
                    transport.reach(SERVER.toString()).problem().map(problem -> problem.detail()));
            Authenticator right = knows("secret");
            transport.setPasswords(right);
            assertEquals(Optional.empty(), transport.reach(SERVER.toString()).problem());
            transport.unsetPasswords(right);
            transport.setPasswords(knows("wrong"));
            assertEquals(
                    Optional.of("HTTP 407"),
                    transport.reach(SERVER.toString()).problem().map(problem -> problem.detail()));
        }
    }

    private Authenticator knows(String password) {
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY && getRequestingPort() == proxy.port()
                        ? new PasswordAuthentication("anna", password.toCharArray())
                        : null;
            }
        };
    }

    @Test
    void whoIsNearIsReachedDirectly() throws Exception {
        Proxies proxies = new Proxies(
                Map.of("https_proxy", "proxy.example:3128", "NO_PROXY", "intern.example, .lan,192.0.2.7")::get);
        for (String address : List.of(
                "https://127.0.0.1",
                "https://[::1]:4444",
                "https://192.168.1.4:4444",
                "https://10.0.0.1",
                "https://[fd00::1]",
                "https://[fe80::1]",
                "https://localhost",
                "https://intern.example",
                "https://a.intern.example",
                "https://printer.LAN",
                "https://192.0.2.7",
                "http://example.org")) {
            assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create(address)), address);
        }
        for (String address : List.of("https://example.org", "https://8.8.8.8", "https://notintern.example")) {
            assertEquals(
                    List.of("proxy.example:3128"),
                    proxies.select(URI.create(address)).stream()
                            .map(one -> ((InetSocketAddress) one.address()).getHostString() + ":"
                                    + ((InetSocketAddress) one.address()).getPort())
                            .toList(),
                    address);
        }
        proxies.application(Optional.of(always()));
        assertEquals(List.of(Proxy.NO_PROXY), proxies.select(URI.create("https://192.168.1.4:4444")));
        assertEquals(
                List.of(proxy.port()),
                proxies.select(URI.create("https://example.org")).stream()
                        .map(one -> port(one.address()))
                        .toList());
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }
}
