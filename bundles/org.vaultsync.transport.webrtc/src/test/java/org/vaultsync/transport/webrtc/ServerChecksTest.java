// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.vaultsync.IceServer;
import org.vaultsync.ServerChecks;
import org.vaultsync.ServerChecks.Answer;
import org.vaultsync.ServerChecks.Candidate;
import org.vaultsync.ServerChecks.Reason;

/** Servers tried out against real ones. Mostly waits for those that do not answer. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class ServerChecksTest {
    private final WebRtcTransport transport = new WebRtcTransport(name -> null, Clock.systemUTC());
    private final ServerChecks checks = transport;
    private String here;

    @TempDir
    private Path folder;

    @BeforeEach
    void findAnAddress() throws IOException {
        here = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void stop() {
        transport.close();
    }

    private static Optional<Reason> reason(Answer answer) {
        return answer.problem().map(ServerChecks.Problem::reason);
    }

    @Test
    void aTurnServerGivesAnAddressOfItsOwnAndRefusesAWrongPassword() throws Exception {
        try (TurnServer server = new TurnServer(folder, here, 34780, "ann", "secret")) {
            for (String transportOf : List.of("", "?transport=udp", "?transport=tcp")) {
                Answer answer = checks.gather(new IceServer("turn:" + here + ":34780" + transportOf, "ann", "secret"));
                assertEquals(Optional.empty(), answer.problem(), transportOf);
                assertTrue(
                        answer.candidates().containsAll(Set.of(Candidate.HOST, Candidate.RELAYED)), answer::toString);
            }
            Answer wrong = checks.gather(new IceServer("turn:" + here + ":34780", "ann", "wrong"));
            assertEquals(Optional.of(Reason.WRONG_CREDENTIALS), reason(wrong));
            assertEquals(Set.of(Candidate.HOST), wrong.candidates());
            assertEquals(
                    Optional.of(Reason.WRONG_CREDENTIALS),
                    reason(checks.gather(new IceServer("turn:" + here + ":34780", "ben", "secret"))));
            // There is no router here, so that is all that a STUN server can add.
            Answer stun = checks.gather(new IceServer("stun:" + here + ":34780", "", ""));
            assertEquals(Optional.empty(), stun.problem());
            assertEquals(Set.of(Candidate.HOST), stun.candidates());
        }
    }

    @Test
    void whatDoesNotAnswerIsSaidAndTakesNoMinute() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getByName(here))) {
            String address = here + ":" + silent.getLocalPort();
            assertEquals(
                    Optional.of(Reason.NO_ANSWER), reason(checks.gather(new IceServer("stun:" + address, "", ""))));
            Answer turn = checks.gather(new IceServer("turn:" + address, "ann", "secret"));
            assertEquals(Optional.of(Reason.NO_ANSWER), reason(turn));
            assertEquals(Set.of(Candidate.HOST), turn.candidates());
        }
        assertEquals(
                Optional.of(Reason.NO_ANSWER),
                reason(checks.gather(new IceServer("turn:" + here + ":9?transport=tcp", "ann", "secret"))));
        assertEquals(
                Optional.of(Reason.UNKNOWN_NAME),
                reason(checks.gather(new IceServer("stun:no-such-computer.invalid", "", ""))));
        assertEquals(
                Optional.of(Reason.UNKNOWN_NAME),
                reason(checks.gather(new IceServer("turn:no-such-computer.invalid", "ann", "secret"))));
    }

    @Test
    void whoeverWaitsMayGiveUp() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getByName(here));
                ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            IceServer server = new IceServer("stun:" + here + ":" + silent.getLocalPort(), "", "");
            givesUp(() -> checks.gather(server));
            givesUp(() -> checks.reach("ws://127.0.0.1:" + mute.getLocalPort()));
        }
    }

    private interface Question {
        Answer ask() throws InterruptedException;
    }

    private static void givesUp(Question question) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        CompletableFuture<Void> givenUp = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                answer.complete(question.ask());
            } catch (InterruptedException interrupted) {
                givenUp.complete(null);
            }
        });
        waiting.interrupt();
        givenUp.get(5, TimeUnit.SECONDS);
        assertTrue(!answer.isDone());
    }

    @Test
    void aSignalingServerAnswersAPing() throws Exception {
        try (TestServer server = new TestServer()) {
            Answer answer = checks.reach(server.address());
            assertEquals(Optional.empty(), answer.problem());
            assertTrue(answer.took().compareTo(Duration.ofSeconds(15)) < 0);
        }
    }

    @Test
    void whatIsNoSignalingServerIsSaid() throws Exception {
        int free;
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            free = mute.getLocalPort();
            assertEquals(Optional.of(Reason.NO_ANSWER), reason(checks.reach("ws://127.0.0.1:" + free)));
        }
        assertEquals(Optional.of(Reason.NOT_LISTENING), reason(checks.reach("ws://127.0.0.1:" + free)));
        assertEquals(Optional.of(Reason.UNKNOWN_NAME), reason(checks.reach("ws://no-such-computer.invalid:4444")));
        assertThrows(IllegalArgumentException.class, () -> checks.reach("http://example.org"));
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket caller = web.accept()) {
                    caller.getOutputStream()
                            .write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    caller.getInputStream().readAllBytes();
                } catch (IOException gone) {
                    return;
                }
            });
            assertEquals(
                    Optional.of(new ServerChecks.Problem(Reason.OTHER_SERVICE, "HTTP 404")),
                    checks.reach("ws://127.0.0.1:" + web.getLocalPort()).problem());
        }
    }
}
