// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.vaultsync.ServerChecks.Problem;
import org.vaultsync.ServerChecks.Reason;

/** Servers whose answers do not end, whether for a fault or on purpose. */
@Timeout(120)
@Execution(CONCURRENT)
class AnswersTest {
    private static final int MUCH = 100 << 20;
    /** What is on its way when somebody hangs up, in the buffers of both sides. */
    private static final int ON_ITS_WAY = 20 << 20;

    private final Engine engine = new Engine();
    private final Signaling signaling =
            new Signaling(engine, Clock.systemUTC(), System::nanoTime, new Proxies(Map.<String, String>of()::get));
    private final BlockingQueue<Problem> problems = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        engine.execute(signaling::close);
        engine.close();
    }

    /** Answers everything with the same headers, and then with nothing or with much. */
    private static final class Odd implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final String headers;
        private final int much;
        final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        /** How much of an answer was taken until the other side hung up. */
        final BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();

        Odd(String headers, int much) throws IOException {
            this.headers = headers;
            this.much = much;
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket caller = listener.accept();
                        Thread.ofPlatform().daemon().start(() -> answer(caller));
                    }
                } catch (IOException closed) {
                    asked.add("closed");
                }
            });
        }

        URI address() {
            return URI.create("ws://127.0.0.1:" + listener.getLocalPort());
        }

        private void answer(Socket caller) {
            int written = 0;
            try (caller) {
                asked.add(request(caller.getInputStream()));
                OutputStream out = caller.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
                byte[] part = new byte[8 << 10];
                while (written < much) {
                    out.write(part);
                    written += part.length;
                }
                if (much == 0) {
                    caller.getInputStream().readAllBytes();
                }
            } catch (IOException hungUp) {
                taken.add(written);
                return;
            }
            taken.add(written);
        }

        private static String request(InputStream in) throws IOException {
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("no request");
                }
                text.append((char) next);
            }
            return text.toString();
        }

        /** Waits until the socket was asked for that many times. */
        void awaitHandshakes(int number) throws InterruptedException {
            for (int seen = 0; seen < number; ) {
                String request = asked.poll(60, TimeUnit.SECONDS);
                assertNotNull(request, "it is not tried again");
                if (request.contains("Sec-WebSocket-Key")) {
                    seen++;
                }
            }
        }

        void awaitHungUp() throws InterruptedException {
            for (String which : new String[] {"the time", "the socket"}) {
                Integer bytes = taken.poll(60, TimeUnit.SECONDS);
                assertNotNull(bytes, which);
                assertTrue(bytes < ON_ITS_WAY, which + ": " + bytes);
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private void look(URI address) {
        engine.execute(() -> signaling.add(address, new Signaling.Subscriber() {
            @Override
            public Set<String> topics(long day) {
                return Set.of("topic");
            }

            @Override
            public void reached(URI server) {}

            @Override
            public void received(URI server, String topic, ObjectNode message) {}

            @Override
            public void lost(URI server) {
                signaling.problem(server).ifPresent(problems::add);
            }
        }));
    }

    private Problem problem() throws InterruptedException {
        Problem problem = problems.poll(60, TimeUnit.SECONDS);
        assertNotNull(problem, "no problem is told");
        return problem;
    }

    @Test
    void oneThatStallsIsTriedAgain() throws Exception {
        try (Odd server = new Odd("Content-Length: 4\r\n", 0)) {
            look(server.address());
            assertEquals(new Problem(Reason.NO_ANSWER, ""), problem());
            server.awaitHandshakes(2);
        }
    }

    @Test
    void oneThatDoesNotEndIsHungUpOn() throws Exception {
        try (Odd server = new Odd("", MUCH)) {
            look(server.address());
            assertEquals(Reason.OTHER_SERVICE, problem().reason());
            server.awaitHungUp();
            server.awaitHandshakes(2);
            assertEquals(
                    Reason.OTHER_SERVICE,
                    signaling.probe(server.address()).problem().orElseThrow().reason());
        }
    }

    /** Its answer cannot be told by its headers from one that has no end to be read. */
    @Test
    void oneThatPretendsToAcceptIsGivenNoTime() throws Exception {
        try (Odd server = new Odd("Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\nContent-Length: 4\r\n", 0)) {
            look(server.address());
            assertEquals(Reason.OTHER_SERVICE, problem().reason());
        }
    }
}
