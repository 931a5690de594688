// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.contract.Guests;
import org.vaultsync.transport.contract.Heard;
import org.vaultsync.transport.contract.Identities;
import org.vaultsync.transport.contract.Recorder;

/** Those who do not belong here, and members who misbehave: each is refused alone, and the others go on. */
@Timeout(120)
class StrangersTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final int CERTIFICATE_LENGTH = 200;

    private static final Duration IMPATIENT = Duration.ofSeconds(1);

    private final Limits limits = limits(Duration.ofSeconds(30), Duration.ofSeconds(30));
    private final Identity self = Identities.make();
    private final Fingerprint key = Identities.fingerprint(self);
    private final Identity member = Identities.make();
    private final Guest.Pinned memberGuest = new Guest.Pinned(Identities.fingerprint(member));
    private final Guests door = new Guests();
    private final Guests memberDoor = new Guests();
    private final Heard heard = new Heard("org.vaultsync.transport.lan");
    private LanEndpoint endpoint;
    private LanEndpoint memberEndpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = endpoint(self, door);
        memberEndpoint = endpoint(member, memberDoor);
    }

    private static Limits limits(Duration handshake, Duration unstarted) {
        return new Limits(
                handshake,
                Duration.ofSeconds(40),
                Duration.ofSeconds(1),
                unstarted,
                Duration.ofSeconds(2),
                12,
                8,
                20,
                100_000);
    }

    private LanEndpoint endpoint(Identity who, Door door) throws IOException {
        return endpoint(who, door, limits);
    }

    private static LanEndpoint endpoint(Identity who, Door door, Limits limits) throws IOException {
        return new LanEndpoint(new LanSettings(0, List.of(InetAddress.getLoopbackAddress()), false), limits, who, door);
    }

    @AfterEach
    void close() {
        endpoint.close();
        memberEndpoint.close();
        heard.close();
    }

    private String address() {
        return endpoint.addresses().getFirst();
    }

    /** A member gets in and is heard: the others have not been harmed. */
    private void membersGoOn() throws Exception {
        Link out = memberEndpoint.dial(address(), key, door.expect(memberGuest));
        Recorder atListener = new Recorder();
        Recorder atDialler = new Recorder();
        Link in = door.next();
        in.start(atListener);
        out.start(atDialler);
        out.send(HELLO);
        assertArrayEquals(HELLO, atListener.next());
        in.send(HELLO);
        assertArrayEquals(HELLO, atDialler.next());
        out.close();
        atListener.awaitClosed();
    }

    private void awaitWarning(String words) throws InterruptedException {
        while (heard.warnings().stream().noneMatch(line -> line.contains(words))) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    static Stream<byte[]> noTls() {
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        return Stream.of(
                "GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII),
                new byte[100],
                garbage,
                new byte[] {22, 3, 1, 0, 0, 1, 2, 3},
                new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff, 1, 2, 3},
                new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("noTls")
    void whoDoesNotSpeakTlsGetsNotOneByte(byte[] said) throws Exception {
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            assertEquals(0, peer.say(said).answer().length);
        }
        awaitWarning("it did not knock");
        membersGoOn();
    }

    /** As the doctor looks, and a device that was linked at another address first. */
    @Test
    void whoLeavesWithoutAWordWasNotHungUpOn() throws Exception {
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            peer.tcp.shutdownOutput();
            assertEquals(0, peer.answer().length);
        }
        assertEquals(List.of(), heard.warnings());
        membersGoOn();
    }

    /** A door of a host that is broken for a while. */
    private final class Faulty implements Door {
        volatile boolean broken = true;

        @Override
        public Optional<Guest> recognise(Knock knock) {
            if (broken) {
                throw new NoClassDefFoundError("as while a bundle is exchanged");
            }
            return door.recognise(knock);
        }

        @Override
        public void linked(Link link) {
            door.linked(link);
        }

        @Override
        public void refused(String why, int times) {
            if (broken) {
                throw new NoClassDefFoundError("as while a bundle is exchanged");
            }
        }
    }

    /** Else nobody else of that address could come in until a restart. */
    @Test
    void aCallerAtWhomThisDeviceFailsLeavesItsPlace() throws Exception {
        Faulty faulty = new Faulty();
        try (LanEndpoint here = endpoint(self, faulty, limits)) {
            for (int i = 0; i <= limits.connectionsPerSource(); i++) {
                try (RawPeer peer = new RawPeer(here.port())) {
                    assertEquals(
                            0, peer.say(RawPeer.clientHello(door.stranger())).answer().length);
                }
            }
            faulty.broken = false;
            comesIn(here);
        }
    }

    @Test
    void aDoorThatCannotBeToldOfThoseWhoAreSentAwayGoesOnLettingIn() throws Exception {
        Faulty faulty = new Faulty();
        List<RawPeer> silent = new ArrayList<>();
        try (LanEndpoint here = endpoint(self, faulty, limits)) {
            for (int i = 0; i <= limits.waitingPerSource(); i++) {
                silent.add(new RawPeer(here.port()));
            }
            assertEquals(0, silent.getLast().answer().length);
            for (RawPeer peer : silent) {
                peer.close();
            }
            faulty.broken = false;
            comesIn(here);
        }
    }

    /** As soon as those before are gone. */
    private void comesIn(LanEndpoint here) throws Exception {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; ) {
            try {
                memberEndpoint
                        .dial(here.addresses().getFirst(), key, door.expect(memberGuest))
                        .close();
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    static Stream<byte[]> noKnock() {
        Knock unknown = new Guests().stranger();
        String name = ClientHello.serverName(unknown);
        return Stream.of(
                RawPeer.clientHello("TLSv1.3", Optional.empty()),
                RawPeer.clientHello("TLSv1.3", Optional.of("example.com")),
                RawPeer.clientHello("TLSv1.3", Optional.of(name.substring(1))),
                RawPeer.clientHello("TLSv1.3", Optional.of(name.replace(".v1.", ".v2."))),
                RawPeer.clientHello("TLSv1.2", Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("noKnock")
    void whoDoesNotKnockGetsNotOneByte(byte[] hello) throws Exception {
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            assertEquals(0, peer.say(hello).answer().length);
        }
        awaitWarning("it did not knock");
        assertEquals(0, door.heard());
        membersGoOn();
    }

    @Test
    void whoseKnockIsUnknownGetsNotOneByte() throws Exception {
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            assertEquals(0, peer.say(RawPeer.clientHello(door.stranger())).answer().length);
        }
        awaitWarning("nobody knows its knock");
        assertEquals(1, door.heard());
        membersGoOn();
    }

    @Test
    void aKnockThatIsHeardAgainGetsNotOneByte() throws Exception {
        Knock knock = door.expect(memberGuest);
        memberEndpoint.dial(address(), key, knock).close();
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            assertEquals(0, peer.say(RawPeer.clientHello(knock)).answer().length);
        }
        assertThrows(IOException.class, () -> memberEndpoint.dial(address(), key, knock));
        membersGoOnAfter(1);
    }

    private void membersGoOnAfter(int links) throws Exception {
        for (int i = 0; i < links; i++) {
            door.next();
        }
        assertTrue(door.nobodyCame());
        membersGoOn();
    }

    @Test
    void aWholeHandshakeThatIsReplayedGetsNotOneByte() throws Exception {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        try (ServerSocket tap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> relay(tap, recorded));
            Link link = memberEndpoint.dial("127.0.0.1:" + tap.getLocalPort(), key, door.expect(memberGuest));
            Recorder atListener = new Recorder();
            door.next().start(atListener);
            link.send(HELLO);
            assertArrayEquals(HELLO, atListener.next());
            link.close();
            atListener.awaitClosed();
        }
        byte[] everything;
        synchronized (recorded) {
            everything = recorded.toByteArray();
        }
        assertTrue(everything.length > 500);
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            peer.trySay(everything);
            assertEquals(0, peer.answer().length);
        }
        membersGoOnAfter(0);
    }

    private void relay(ServerSocket tap, ByteArrayOutputStream recorded) {
        try (Socket client = tap.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
            Thread back = Thread.ofVirtual().start(() -> {
                try (InputStream in = server.getInputStream()) {
                    in.transferTo(client.getOutputStream());
                } catch (IOException end) {
                    // the end
                }
            });
            byte[] buffer = new byte[8192];
            OutputStream out = server.getOutputStream();
            for (int n; (n = client.getInputStream().read(buffer)) >= 0; ) {
                synchronized (recorded) {
                    recorded.write(buffer, 0, n);
                }
                out.write(buffer, 0, n);
            }
            server.shutdownOutput();
            back.join();
        } catch (IOException | InterruptedException end) {
            // the end
        }
    }

    @Test
    void anOlderTlsIsRefusedBeforeACertificate() throws Exception {
        String name = ClientHello.serverName(door.expect(memberGuest));
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            byte[] answer =
                    peer.say(RawPeer.clientHello("TLSv1.2", Optional.of(name))).answer();
            assertTrue(answer.length < CERTIFICATE_LENGTH, () -> "answered " + answer.length + " bytes");
            assertEquals(21, answer[0], "an alert");
        }
        awaitWarning("the handshake failed");
        membersGoOn();
    }

    @Test
    void anUnknownCertificateIsRefused() throws Exception {
        Identity stranger = Identities.make();
        Guests strangersDoor = new Guests();
        LanEndpoint strangersEndpoint = endpoint(stranger, strangersDoor);
        try {
            IOException refused = assertThrows(
                    IOException.class, () -> strangersEndpoint.dial(address(), key, door.expect(memberGuest)));
            assertEquals(
                    "The device at " + address() + " refused this device: it expects another key.",
                    refused.getMessage());
        } finally {
            strangersEndpoint.close();
        }
        awaitWarning("its key is not the pinned one: "
                + Identities.fingerprint(stranger).brief());
        assertTrue(door.nobodyCame());
        membersGoOn();
    }

    static Stream<Identity> otherKinds() {
        return Stream.of(Identities.makeP384(), Identities.makeRsa());
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void aKeyOfAnotherKindIsRefusedEvenWithAnInvite(Identity other) throws Exception {
        LanEndpoint strange = endpoint(other, new Guests());
        try {
            assertThrows(
                    IOException.class, () -> strange.dial(address(), key, door.expect(new Guest.Invited("invite"))));
        } finally {
            strange.close();
        }
        assertTrue(door.nobodyCame());
        membersGoOn();
    }

    @Test
    void aCallerWithoutACertificateIsRefused() throws Exception {
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            SSLSocket tls = peer.anonymous(door.expect(new Guest.Invited("invite")));
            assertThrows(IOException.class, () -> {
                tls.startHandshake();
                if (tls.getInputStream().read() < 0) {
                    throw new EOFException("hung up");
                }
            });
        }
        awaitWarning("the handshake failed");
        assertTrue(door.nobodyCame());
        membersGoOn();
    }

    @Test
    void whoSaysNothingIsHungUpOn() throws Exception {
        LanEndpoint impatient = endpoint(self, door, limits(IMPATIENT, IMPATIENT));
        try (RawPeer peer = new RawPeer(impatient.port())) {
            assertEquals(0, peer.answer().length);
        } finally {
            impatient.close();
        }
        membersGoOn();
    }

    @Test
    void whoStopsHalfwayThroughTheHandshakeIsHungUpOn() throws Exception {
        LanEndpoint impatient = endpoint(self, door, limits(IMPATIENT, IMPATIENT));
        try (RawPeer peer = new RawPeer(impatient.port())) {
            peer.say(RawPeer.clientHello(door.expect(memberGuest)));
            peer.answer();
            awaitWarning("it took too long");
        } finally {
            impatient.close();
        }
        membersGoOn();
    }

    @Test
    void aSlowLorisIsHungUpOnInTime() throws Exception {
        LanEndpoint impatient = endpoint(self, door, limits(IMPATIENT, IMPATIENT));
        byte[] hello = RawPeer.clientHello(door.expect(memberGuest));
        int said = 0;
        try (RawPeer peer = new RawPeer(impatient.port())) {
            while (said < hello.length && peer.trySay(new byte[] {hello[said]})) {
                said++;
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } finally {
            impatient.close();
        }
        assertTrue(said < hello.length, "listened to the end");
        membersGoOn();
    }

    @Test
    void manyWhoSayNothingDoNotKeepAMemberOut() throws Exception {
        List<RawPeer> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < limits.waitingPerSource() - 1; i++) {
                crowd.add(new RawPeer(endpoint.port()));
            }
            membersGoOn();
            for (RawPeer peer : crowd) {
                assertFalse(peer.tcp.isClosed());
            }
        } finally {
            for (RawPeer peer : crowd) {
                peer.close();
            }
        }
    }

    @Test
    @Timeout(180)
    void tenThousandConnectionsDoNotDisturbALink() throws Exception {
        Link out = memberEndpoint.dial(address(), key, door.expect(memberGuest));
        Recorder atListener = new Recorder();
        door.next().start(atListener);
        out.start(new Recorder());
        byte[] hello = RawPeer.clientHello(door.stranger());
        int threads = Thread.activeCount();
        for (int i = 0; i < 10_000; i++) {
            try (RawPeer peer = new RawPeer(endpoint.port())) {
                if (i % 3 == 0) {
                    peer.trySay(hello);
                }
            }
            if (i % 1000 == 0) {
                out.send(HELLO);
                assertArrayEquals(HELLO, atListener.next());
            }
        }
        assertTrue(Thread.activeCount() < threads + 40, "threads pile up");
        assertTrue(heard.warnings().size() < 8, () -> "logged too much: " + heard.warnings());
        out.close();
        atListener.awaitClosed();
        awaitRoom();
        membersGoOn();
    }

    @Test
    void aGigabyteIsNotListenedTo() throws Exception {
        byte[] much = new byte[1 << 20];
        int said = 0;
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            while (said < 1024 && peer.trySay(much)) {
                said++;
            }
        }
        assertTrue(said < 64, "listened to " + said + " MiB");
        membersGoOn();
    }

    // members who misbehave

    private interface Misdeed {
        void with(SSLSocket tls) throws Exception;
    }

    private String closedFor(Misdeed misdeed) throws Exception {
        Recorder atListener = new Recorder();
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            SSLSocket tls = peer.shakeHands(member, key, door.expect(memberGuest));
            door.next().start(atListener);
            tls.getOutputStream().write(new byte[] {0, 0, 0, 1, 42});
            assertArrayEquals(new byte[] {42}, atListener.next());
            misdeed.with(tls);
            String reason = atListener.awaitClosed();
            assertEquals(0, atListener.count());
            return reason;
        } finally {
            membersGoOn();
        }
    }

    @Test
    void aMessageThatIsTooLongClosesItsLink() throws Exception {
        byte[] frame = new byte[4 + Link.MAX_MESSAGE + 1];
        frame[2] = (byte) ((Link.MAX_MESSAGE + 1) >> 8);
        frame[3] = (byte) (Link.MAX_MESSAGE + 1);
        assertEquals(
                "message of 16417 bytes, limit 16416",
                closedFor(tls -> tls.getOutputStream().write(frame)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aMessageOfAnImpossibleLengthClosesItsLinkAtOnce(int length) throws Exception {
        byte[] frame = {(byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        assertEquals(
                "message of " + Integer.toUnsignedString(length) + " bytes, limit 16416",
                closedFor(tls -> tls.getOutputStream().write(frame)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 100, 103})
    void aFrameThatBreaksOffIsNotAMessage(int length) throws Exception {
        byte[] frame = Arrays.copyOf(new byte[] {0, 0, 0, 100}, length);
        assertEquals("it broke in the middle of a message", closedFor(tls -> {
            tls.getOutputStream().write(frame);
            tls.shutdownOutput();
        }));
    }

    @Test
    void bytesThatWereTamperedWithCloseTheLink() throws Exception {
        Recorder atListener = new Recorder();
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            peer.shakeHands(member, key, door.expect(memberGuest));
            door.next().start(atListener);
            byte[] record = new byte[5 + 100];
            record[0] = 23;
            record[1] = 3;
            record[2] = 3;
            record[4] = 100;
            peer.say(record);
            assertTrue(atListener.awaitClosed().startsWith("it broke: "), atListener.closings()::toString);
        }
        membersGoOn();
    }

    @Test
    void plainTextInTheMiddleClosesTheLink() throws Exception {
        Recorder atListener = new Recorder();
        try (RawPeer peer = new RawPeer(endpoint.port())) {
            peer.shakeHands(member, key, door.expect(memberGuest));
            door.next().start(atListener);
            peer.say("GET / HTTP/1.1\r\n".repeat(1000).getBytes(StandardCharsets.US_ASCII));
            assertTrue(atListener.awaitClosed().startsWith("it broke: "), atListener.closings()::toString);
        }
        membersGoOn();
    }

    @Test
    void aConnectionThatIsResetClosesTheLink() throws Exception {
        Recorder atListener = new Recorder();
        RawPeer peer = new RawPeer(endpoint.port());
        peer.shakeHands(member, key, door.expect(memberGuest));
        door.next().start(atListener);
        peer.tcp.setSoLinger(true, 0);
        peer.close();
        assertTrue(atListener.awaitClosed().startsWith("it broke: "), atListener.closings()::toString);
        membersGoOn();
    }

    @Test
    void aLinkThatNobodyStartsIsClosed() throws Exception {
        LanEndpoint impatient = endpoint(self, door, limits(Duration.ofSeconds(30), IMPATIENT));
        try {
            Recorder atDialler = new Recorder();
            Link out = memberEndpoint.dial(impatient.addresses().getFirst(), key, door.expect(memberGuest));
            out.start(atDialler);
            atDialler.awaitClosed();
            Recorder late = new Recorder();
            door.next().start(late);
            assertEquals("nobody took it up", late.awaitClosed());
        } finally {
            impatient.close();
        }
        membersGoOn();
    }

    @Test
    void aMemberCannotHoldEveryConnection() throws Exception {
        List<Link> links = new ArrayList<>();
        IOException refused = assertThrows(IOException.class, () -> {
            while (links.size() < 100) {
                Link link = memberEndpoint.dial(address(), key, door.expect(memberGuest));
                link.start(new Recorder());
                door.next().start(new Recorder());
                links.add(link);
            }
        });
        assertEquals(limits.connectionsPerSource(), links.size(), refused::getMessage);
        awaitWarning("too many connections from one address");
        for (Link link : links) {
            link.close();
        }
        awaitRoom();
    }

    /** Waits until those who came before are gone. */
    private void awaitRoom() throws Exception {
        while (true) {
            try {
                Link link = memberEndpoint.dial(address(), key, door.expect(memberGuest));
                door.next();
                link.close();
                return;
            } catch (IOException stillFull) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    @Test
    void aDoorThatFailsKeepsTheCallerOut() throws Exception {
        LanEndpoint broken = endpoint(self, new Door() {
            @Override
            public Optional<Guest> recognise(Knock knock) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void linked(Link link) {
                throw new IllegalStateException("not to be reached");
            }
        });
        try (RawPeer peer = new RawPeer(broken.port())) {
            assertEquals(0, peer.say(RawPeer.clientHello(door.stranger())).answer().length);
        } finally {
            broken.close();
        }
    }
}
