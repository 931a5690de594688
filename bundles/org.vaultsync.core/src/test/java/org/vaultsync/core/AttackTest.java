// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Badge;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.LogEntry;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.membership.Membership;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Name;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.protocol.Awareness;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.contract.Heard;

/**
 * Strangers and members who attack a room that two others work in. Each is refused, it is logged once, and the room goes
 * on: an edit still travels, both ways.
 */
@Timeout(300)
@Isolated("it counts what the whole process writes to its log")
class AttackTest extends AttackedRoom {
    private static final String STRANGER = "Somebody who came with an invite was turned away. ";
    private static final String RULES = "It broke the rules of the protocol";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Heard heard = new Heard("org.vaultsync");

    @AfterEach
    void close() {
        heard.close();
    }

    /** Waits until a warning has these words, and sees that there is but one. */
    private void toldOnce(String words) {
        TestDevice.until(
                () -> "a warning of “" + words + "” in " + heard.warnings(),
                () -> heard.warnings().stream().anyMatch(line -> line.contains(words)));
        assertEquals(
                1,
                heard.warnings().stream().filter(line -> line.contains(words)).count(),
                heard.warnings()::toString);
    }

    /** What the log that people see says of those who were turned away. */
    private static List<LogEntry> refusals(TestDevice device) {
        return log(device, LogEntry.Kind.REFUSED);
    }

    private static List<String> sentences(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::sentence).sorted().toList();
    }

    /** Waits until Anna's log says these of those who were turned away, each in one entry, and nothing else. */
    private List<LogEntry> logged(String... sentences) {
        List<String> expected = Stream.of(sentences).sorted().toList();
        TestDevice.until(
                () -> expected + " in " + refusals(anna),
                () -> sentences(refusals(anna)).containsAll(expected));
        List<LogEntry> entries = refusals(anna);
        assertEquals(expected, sentences(entries));
        return entries;
    }

    /** Waits until Anna's log says these, and sees that nothing is in two entries. */
    private void loggedAmongOthers(String... sentences) {
        TestDevice.until(
                () -> List.of(sentences) + " in " + refusals(anna),
                () -> sentences(refusals(anna)).containsAll(List.of(sentences)));
        List<String> all = sentences(refusals(anna));
        assertEquals(all.stream().distinct().toList(), all);
    }

    private void untilCounted(int times, String sentence) {
        TestDevice.until(
                () -> times + " times “" + sentence + "” in " + refusals(anna),
                () -> refusals(anna).stream()
                        .anyMatch(entry -> entry.sentence().equals(sentence) && entry.times() == times));
    }

    /** Waits until Anna is told so where she sees the device, and in the log. */
    private void saidOfTheRogue(String why) {
        TestDevice.until(
                () -> "“" + why + "” in " + anna.sync.rooms(),
                () -> anna.sync.rooms().getFirst().members().stream()
                        .anyMatch(member -> member.reach().equals(new Reach.Refused(why))));
        TestDevice.until(
                "the same in the log",
                () -> new LocalSyncLog(anna.sync)
                        .entries(50).toCompletableFuture().join().stream()
                                .anyMatch(entry -> entry.kind() == LogEntry.Kind.REFUSED
                                        && entry.sentence().equals(why)));
    }

    private Set<String> membersAtAnna() {
        return names(anna);
    }

    private static Set<String> names(TestDevice device) {
        return Set.copyOf(device.sync.rooms().stream()
                .flatMap(each -> each.members().stream())
                .map(Member::name)
                .toList());
    }

    private DeviceKey keyOf(String name) throws IOException {
        return DeviceKey.at(folder.resolve(name).resolve("device.key"));
    }

    private int port() throws Exception {
        return Rogue.port(anna.invite(room));
    }

    private Knock asBen() throws Exception {
        byte[] annaKey = keyOf("anna").publicKey();
        return Knocks.under(new Rogue(folder.resolve("ben").resolve("device.key")).pairSecret(annaKey));
    }

    // Strangers

    @Test
    void anUnknownCertificateIsRefusedEvenWithTheKnockOfAMember() throws Exception {
        Knock stolen = asBen();
        assertThrows(IOException.class, () -> rogue.talk(port(), stolen, "TLSv1.3"));
        toldOnce("its key is not the pinned one");
        roomGoesOn();
        logged("A caller was hung up on: its key is not the pinned one.");
    }

    @Test
    void anAlteredTokenIsAnsweredWithoutAByte() throws Exception {
        Invite invite = anna.invite(room);
        String altered =
                (invite.token().charAt(0) == '0' ? "1" : "0") + invite.token().substring(1);
        assertThrows(
                IOException.class,
                () -> rogue.knock(new Invite(room, altered, invite.inviter(), invite.addresses(), List.of())));
        toldOnce("nobody knows its knock");
        assertEquals(Set.of("Ben"), membersAtAnna());
        roomGoesOn();
        logged("A caller was hung up on: nobody knows its knock.");
    }

    @Test
    void aProofForAnotherKeyIsRefused() throws Exception {
        Invite invite = anna.invite(room);
        try (Rogue.Talk talk = rogue.knock(invite)) {
            Fingerprint other = keyOf("ben").fingerprint();
            talk.send(new Message.Redeem(1, Rogue.proof(invite.token(), other, invite.inviter()), "Ben"));
            assertTrue(talk.untilHungUp().isEmpty());
        }
        toldOnce("a proof of an invite that does not fit");
        assertEquals(Set.of("Ben"), membersAtAnna());
        assertEquals(1, anna.sync.rooms().getFirst().members().size());
        roomGoesOn();
        logged(STRANGER + RULES + ".");
    }

    @Test
    void aTokenThatAnotherUsedIsRefused() throws Exception {
        Invite invite = anna.invite(room);
        rogue.join(invite);
        Rogue late = new Rogue(folder.resolve("late.key"));
        try (Rogue.Talk talk = late.knock(invite)) {
            talk.send(new Message.Redeem(1, Rogue.proof(invite.token(), late.fingerprint(), invite.inviter()), "Late"));
            Message.Bye bye = talk.await(Message.Bye.class);
            assertTrue(bye.sentence().contains("used by another device"), bye.sentence());
        }
        assertEquals(Set.of("Ben", "Rogue"), membersAtAnna());
        roomGoesOn();
        logged(STRANGER + "This invite was used by another device already. Ask for a new one.");
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        Invite invite = anna.invite(room);
        anna.close();
        MemoryVault vault = anna.vault;
        anna = new TestDevice(
                folder.resolve("anna"), "Anna", vault, Clock.offset(Clock.systemUTC(), Duration.ofDays(8)));
        Invite moved = new Invite(
                room, invite.token(), invite.inviter(), anna.invite(room).addresses(), List.of());
        try (Rogue.Talk talk = rogue.knock(moved)) {
            talk.send(
                    new Message.Redeem(1, Rogue.proof(invite.token(), rogue.fingerprint(), invite.inviter()), "Rogue"));
            Message.Bye bye = talk.await(Message.Bye.class);
            assertTrue(bye.sentence().contains("expired"), bye.sentence());
        }
        assertEquals(Set.of("Ben"), membersAtAnna());
        roomGoesOn();
        logged(STRANGER + "This invite has expired. Ask for a new one.");
    }

    @Test
    void whoTriesAUsedInviteAgainAndAgainUnderNewKeysIsCounted() throws Exception {
        Invite invite = anna.invite(room);
        rogue.join(invite);
        int before = heard.warnings().size();
        int attempts = 40;
        for (int i = 0; i < attempts; i++) {
            Rogue late = new Rogue(folder.resolve("late" + i + ".key"));
            try (Rogue.Talk talk = late.knock(invite)) {
                // Half of them with a proof that is none.
                Fingerprint proven = i % 2 == 0 ? late.fingerprint() : rogue.fingerprint();
                talk.send(new Message.Redeem(1, Rogue.proof(invite.token(), proven, invite.inviter()), "Late" + i));
                talk.untilHungUp();
            }
        }
        String used = STRANGER + "This invite was used by another device already. Ask for a new one.";
        untilCounted(attempts / 2, used);
        untilCounted(attempts / 2, STRANGER + RULES + ".");
        logged(used, STRANGER + RULES + ".");
        assertTrue(heard.warnings().size() <= before + 2, heard.warnings()::toString);
        assertTrue(
                heard.warnings().stream().noneMatch(line -> line.contains(invite.token())),
                "the token of an invite is in the log of the framework");
        roomGoesOn();
    }

    @Test
    void whoHoldsAnInviteMaySayOneThing() throws Exception {
        Invite invite = anna.invite(room);
        try (Rogue.Talk talk = rogue.knock(invite)) {
            Message.Redeem redeem =
                    new Message.Redeem(1, Rogue.proof(invite.token(), rogue.fingerprint(), invite.inviter()), "Rogue");
            talk.send(redeem);
            talk.send(new Message.OpenRoom(room, List.of()));
            List<Message> said = talk.untilHungUp();
            assertTrue(said.stream().allMatch(message -> message instanceof Message.Welcome), said::toString);
        }
        toldOnce("more than one question");
        roomGoesOn();
        logged(STRANGER + RULES + ".");
    }

    @Test
    void anInviteIsNoWayPastTheRedeeming() throws Exception {
        Invite invite = anna.invite(room);
        List<Message> instead = List.of(
                new Message.Hello(1, "x", "Rogue", List.of()),
                new Message.OpenRoom(room, List.of()),
                new Message.Step1(new DocumentName(room, "index"), new byte[] {0}),
                new Message.RoomDigest(room, new byte[16]));
        for (Message message : instead) {
            try (Rogue.Talk talk = rogue.knock(invite)) {
                talk.send(message);
                assertTrue(talk.untilHungUp().isEmpty(), message::toString);
            }
        }
        assertEquals(Set.of("Ben"), membersAtAnna());
        roomGoesOn();
        untilCounted(instead.size(), STRANGER + RULES + ".");
        logged(STRANGER + RULES + ".");
    }

    @Test
    void aMessageThatIsTooLongForAStrangerClosesTheLink() throws Exception {
        Invite invite = anna.invite(room);
        try (Rogue.Talk talk = rogue.knock(invite)) {
            talk.frame(Rogue.framed(0, 0, new byte[16 << 10]));
            talk.frame(Rogue.framed(0, 0, new byte[16]));
            assertTrue(talk.untilHungUp().isEmpty());
        }
        toldOnce("a message over 16384 bytes");
        roomGoesOn();
        logged(STRANGER + RULES + ".");
    }

    @Test
    void anOlderTlsIsRefused() throws Exception {
        Knock stolen = asBen();
        assertThrows(IOException.class, () -> rogue.talk(port(), stolen, "TLSv1.2"));
        toldOnce("the handshake failed");
        roomGoesOn();
        logged("A caller was hung up on: the handshake failed.");
    }

    @Test
    void aWholeConversationThatIsReplayedGetsNotOneByte() throws Exception {
        int annaPort = port();
        byte[] recorded;
        ByteArrayOutputStream tapped = new ByteArrayOutputStream();
        Rogue member = new Rogue(folder.resolve("member.key"));
        byte[] annaKey = member.join(anna.invite(room));
        try (ServerSocket tap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread relay = Thread.ofPlatform().start(() -> relay(tap, annaPort, tapped));
            try (Rogue.Talk talk =
                    member.talk(tap.getLocalPort(), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3")) {
                greet(talk);
            }
            relay.join();
            recorded = tapped.toByteArray();
        }
        assertTrue(recorded.length > 1000);
        assertEquals(0, Rogue.answer(annaPort, recorded).length);
        toldOnce("nobody knows its knock");
        roomGoesOn();
        logged("A caller was hung up on: nobody knows its knock.");
    }

    /** Whoever was answered would know that the device it recorded before is here now. */
    @Test
    void aKnockThatWasHeardBeforeARestartIsNotAnswered() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        Knock knock = Knocks.under(rogue.pairSecret(annaKey));
        rogue.talk(port(), knock, "TLSv1.3").close();
        anna.close();
        anna = new TestDevice(folder.resolve("anna"), "Anna", anna.vault);
        int port = port();
        assertThrows(IOException.class, () -> rogue.talk(port, knock, "TLSv1.3"));
        toldOnce("nobody knows its knock");
        roomGoesOn();
        logged("A caller was hung up on: nobody knows its knock.");
    }

    /** Both devices of a pair knock under the same secret. */
    @Test
    void aKnockThatIsPlayedBackToTheDeviceThatMadeItIsNotAnswered() throws Exception {
        int annaPort = port();
        ben.close();
        try (ServerSocket tap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            anna.sync
                    .setTypedAddresses(keyOf("ben").fingerprint(), List.of("127.0.0.1:" + tap.getLocalPort()))
                    .toCompletableFuture()
                    .join();
            try (Socket dialled = tap.accept()) {
                DataInputStream in = new DataInputStream(dialled.getInputStream());
                byte[] head = in.readNBytes(5); // of a record of TLS: kind, version, length
                int length = (head[3] & 0xff) << 8 | head[4] & 0xff;
                byte[] hello = Arrays.copyOf(head, head.length + length);
                in.readFully(hello, head.length, length);
                assertEquals(0, Rogue.answer(annaPort, hello).length);
            }
        }
        toldOnce("nobody knows its knock");
        ben = new TestDevice(folder.resolve("ben"), "Ben", ben.vault);
        roomGoesOn();
    }

    private static void relay(ServerSocket tap, int port, ByteArrayOutputStream tapped) {
        try (Socket in = tap.accept();
                Socket out = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back = Thread.ofPlatform().start(() -> pump(out, in, new ByteArrayOutputStream()));
            pump(in, out, tapped);
            back.join();
        } catch (IOException | InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream copy) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n; (n = in.read(buffer)) >= 0; ) {
                copy.write(buffer, 0, n);
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException end) {
            // one of the two has hung up
        }
    }

    // Crowds

    @Test
    void aSlowLorisDoesNotDisturbTheRoom() throws Exception {
        int port = port();
        byte[] record = {22, 3, 1, 1, 0, 1};
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                slow.add(new Socket("127.0.0.1", port));
            }
            long until = System.nanoTime() + Duration.ofSeconds(7).toNanos();
            for (int at = 0; System.nanoTime() < until; at++) {
                for (Socket one : slow) {
                    try {
                        // It promises 256 bytes; all of them would be refused for what they say.
                        if (at < 200) {
                            one.getOutputStream().write(record[Math.min(at, record.length - 1)]);
                        }
                    } catch (IOException hungUp) {
                        one.close();
                    }
                }
                roomGoesOn();
            }
            TestDevice.until("all are hung up on", () -> slow.stream().allMatch(AttackTest::isHungUp));
        } finally {
            for (Socket one : slow) {
                one.close();
            }
        }
        toldOnce("too many connections from one address");
        toldOnce("it took too long");
        loggedAmongOthers(
                "A caller was hung up on: too many connections from one address.",
                "A caller was hung up on: it took too long.");
        roomGoesOn();
    }

    private static boolean isHungUp(Socket one) {
        try {
            if (!one.isClosed()) {
                one.setSoTimeout(1);
                return one.getInputStream().read() < 0;
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void tenThousandConnectionsDoNotDisturbTheRoom() throws Exception {
        int port = port();
        int all = 10_000;
        AtomicInteger made = new AtomicInteger();
        try (ExecutorService crowd = Executors.newFixedThreadPool(20)) {
            for (int i = 0; i < all; i++) {
                crowd.execute(() -> {
                    try (Socket one = new Socket("127.0.0.1", port)) {
                        one.getOutputStream().write(new byte[] {22, 3, 1});
                        made.incrementAndGet();
                    } catch (IOException refused) {
                        made.incrementAndGet();
                    }
                });
            }
            while (made.get() < all) {
                roomGoesOn();
            }
        }
        roomGoesOn();
        assertTrue(anna.isLinked() && ben.isLinked());
        assertTrue(heard.warnings().size() < 10, heard.warnings()::toString);
        loggedAmongOthers("A caller was hung up on: too many connections in a minute from one address.");
    }

    @Test
    void aPortScanLearnsNothing() throws Exception {
        int port = port();
        List<byte[]> probes = List.of(
                new byte[0],
                "\r\n\r\n".getBytes(),
                "GET / HTTP/1.0\r\n\r\n".getBytes(),
                "OPTIONS * RTSP/1.0\r\n\r\n".getBytes(),
                "HELP\r\n".getBytes(),
                HexFormat.of().parseHex("16030100690100006503036a"),
                HexFormat.of().parseHex("0000001e0006010000010000000000000776657273696f6e0462696e640000100003"),
                new byte[512]);
        for (byte[] probe : probes) {
            try (Socket one = new Socket("127.0.0.1", port)) {
                one.setSoTimeout(20_000);
                one.getOutputStream().write(probe);
                one.shutdownOutput();
                assertEquals(
                        -1, one.getInputStream().read(), () -> HexFormat.of().formatHex(probe));
            } catch (SocketException reset) {
                // hung up with something unread
            }
            try (Socket one = new Socket("127.0.0.1", port)) {
                one.setSoLinger(true, 0);
            }
        }
        toldOnce("it did not knock");
        roomGoesOn();
        loggedAmongOthers("A caller was hung up on: it did not knock.");
    }

    // Members

    private static void greet(Rogue.Talk talk) throws Exception {
        talk.await(Message.Hello.class);
        talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
        talk.await(Message.OpenRoom.class);
    }

    /** A member's link on which hellos were exchanged. */
    private Rogue.Talk linked(Rogue member, byte[] annaKey) throws Exception {
        return member.talk(port(), Knocks.under(member.pairSecret(annaKey)), "TLSv1.3");
    }

    @Test
    void aMemberOfAnotherRoomLearnsNothingOfThisOne() throws Exception {
        RoomId other = anna.createRoom("Another group");
        byte[] annaKey = rogue.join(anna.invite(other));
        DocumentName index = new DocumentName(room, "index");
        List<Message> attempts = List.of(
                new Message.Step1(index, new byte[] {0}),
                new Message.RoomDigest(room, new byte[16]),
                new Message.Records(room, List.of()),
                new Message.Envelope(index, rogue.fingerprint(), NOW, new byte[] {0, 0}),
                new Message.AskAttachment(room, "ab".repeat(32), 0));
        for (Message attempt : attempts) {
            try (Rogue.Talk talk = linked(rogue, annaKey)) {
                greet(talk);
                talk.send(new Message.OpenRoom(room, List.of()));
                talk.send(attempt);
                for (Message said : talk.untilHungUp()) {
                    assertFalse(
                            new String(Messages.encode(said)).contains(room.hex()),
                            () -> "told of the other room: " + said);
                }
            }
        }
        assertEquals(
                List.of("Ben"),
                anna.sync.rooms().stream()
                        .filter(each -> each.id().equals(room))
                        .flatMap(each -> each.members().stream())
                        .map(Member::name)
                        .toList());
        roomGoesOn();
        untilCounted(attempts.size(), "It is not a member of the room.");
        untilCounted(attempts.size(), RULES + ": a message for a room that was not opened");
        logged("It is not a member of the room.", RULES + ": a message for a room that was not opened");
    }

    @Test
    void aRecordInAnothersNameIsNotTaken() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        DeviceKey stranger = DeviceKey.at(folder.resolve("stranger.key"));
        try (Rogue.Talk talk = linked(rogue, annaKey)) {
            talk.await(Message.Hello.class);
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            Message.OpenRoom open = talk.await(Message.OpenRoom.class);
            Membership members = new Membership(room);
            List<MembershipRecord> records = new ArrayList<>();
            for (byte[] bytes : open.records()) {
                records.add(MembershipRecord.parse(bytes));
            }
            members.add(records);
            talk.send(open);
            // Its own removal of Anna, and an admission and a removal that say to be Anna's.
            byte[] coup = members.write(rogue.key, new Remove(annaKey), NOW).bytes();
            byte[] admission = inTheNameOf(
                    annaKey, members.write(rogue.key, new Admit(stranger.publicKey(), "Stranger", Grant.NONE), NOW));
            byte[] removal = inTheNameOf(
                    annaKey, members.write(rogue.key, new Remove(keyOf("ben").publicKey()), NOW));
            talk.send(new Message.Records(room, List.of(coup, admission, removal)));
            talk.await(Message.Acknowledge.class);
        }
        assertEquals(Set.of("Ben", "Rogue"), membersAtAnna());
        roomGoesOn();
        untilCounted(2, "It sent a record of members that is forged.");
        logged("It sent a record of members that is forged.", "It signed a record of members that it has no right to.");
    }

    @Test
    void aRecordWithoutItsPredecessorKeepsNobodyIn() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        try (Rogue.Talk talk = linked(rogue, annaKey)) {
            talk.await(Message.Hello.class);
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            Message.OpenRoom open = talk.await(Message.OpenRoom.class);
            talk.send(open);
            Membership members = new Membership(room);
            for (byte[] bytes : open.records()) {
                members.add(List.of(MembershipRecord.parse(bytes)));
            }
            members.add(List.of(members.write(rogue.key, new Name("Never sent"), NOW)));
            byte[] orphan = members.write(rogue.key, new Name("Orphan"), NOW).bytes();
            talk.send(new Message.Records(room, List.of(orphan)));
            talk.await(Message.Acknowledge.class);
            anna.sync
                    .removeMember(room, rogue.fingerprint())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            talk.untilHungUp();
        }
        assertEquals(Set.of("Ben"), membersAtAnna());
        TestDevice.until(
                "removed at Ben's, too",
                () -> ben.sync.rooms().getFirst().members().size() == 1);
        roomGoesOn();
    }

    @Test
    void whoeverLetsInAKeyThatIsNoneStopsNothing() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        try (Rogue.Talk talk = linked(rogue, annaKey)) {
            talk.await(Message.Hello.class);
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            Message.OpenRoom open = talk.await(Message.OpenRoom.class);
            talk.send(open);
            Membership members = new Membership(room);
            for (byte[] bytes : open.records()) {
                members.add(List.of(MembershipRecord.parse(bytes)));
            }
            byte[] admission = members.write(rogue.key, new Admit(new byte[91], "Nobody", Grant.NONE), NOW)
                    .bytes();
            talk.send(new Message.Records(room, List.of(admission)));
            talk.await(Message.Acknowledge.class);
        }
        assertEquals(Set.of("Ben", "Rogue"), membersAtAnna());
        anna.sync.removeMember(room, rogue.fingerprint()).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertEquals(Set.of("Ben"), membersAtAnna());
        roomGoesOn();
    }

    @Test
    void whatAStrangerToARoomSignsForItIsNotKept() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(anna.createRoom("Another group")));
        MembershipRecord record = new Membership(room).write(rogue.key, new Name("Rogue"), NOW);
        try (Rogue.Talk talk = linked(rogue, annaKey)) {
            greet(talk);
            talk.send(new Message.OpenRoom(room, List.of(record.bytes())));
            untilCounted(1, "It is not a member of the room.");
        }
        Invite invite = anna.invite(room);
        Rogue newcomer = rogue.another();
        try (Rogue.Talk talk = newcomer.knock(invite)) {
            talk.send(new Message.Redeem(
                    1, Rogue.proof(invite.token(), newcomer.fingerprint(), invite.inviter()), "Newcomer"));
            for (byte[] known : talk.await(Message.Welcome.class).records()) {
                assertFalse(MembershipRecord.parse(known).hash().equals(record.hash()));
            }
        }
        roomGoesOn();
    }

    /** The record with another author in it, and the signature as it was. */
    private byte[] inTheNameOf(byte[] author, MembershipRecord record) throws Exception {
        Base64.Encoder base64 = Base64.getEncoder();
        var in = new ByteReader(record.bytes());
        String body = new String(in.varBytes(), StandardCharsets.UTF_8);
        byte[] signature = in.varBytes();
        String forged = body.replace(base64.encodeToString(rogue.key.publicKey()), base64.encodeToString(author));
        assertFalse(forged.equals(body));
        ByteWriter out = new ByteWriter();
        out.varBytes(forged.getBytes(StandardCharsets.UTF_8));
        out.varBytes(signature);
        return out.toByteArray();
    }

    /** In the map of clients and in the envelope it says to be Ben; only a signature of Ben would make that true. */
    @Test
    void aForgedEntryInTheMapOfClientsMakesNobodyTheWriter() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        Fingerprint bensKey = keyOf("ben").fingerprint();
        try (ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
                Rogue.Talk talk = at(State.OPENED, annaKey)) {
            DocumentName index = new DocumentName(room, "index");
            Replica indexed = engine.open(DocumentKind.INDEX, 71, List.of(state(talk, index)));
            Matcher shared = Pattern.compile("\"i/u1/([0-9a-f]+)\"").matcher(indexed.json());
            assertTrue(shared.find(), indexed.json());
            DocumentName unit = new DocumentName(room, shared.group(1));
            byte[] content = state(talk, unit);
            long unsigned = 72;
            long forged = 73;
            long own = 74;
            talk.send(new Message.Envelope(
                    index,
                    bensKey,
                    NOW,
                    indexed.edit(
                            "{\"index\":{}}",
                            "{\"index\":{" + client(forged, bensKey) + "," + client(own, rogue.fingerprint()) + "}}")));
            for (long client : List.of(unsigned, forged, own)) {
                Replica replica = engine.open(DocumentKind.ITEM, client, List.of(content));
                String base = replica.json();
                byte[] edit = replica.edit(base, base.replaceFirst("\"edit\":\\d+", "\"edit\":" + client));
                content = Updates.merge(List.of(content, edit));
                talk.send(new Message.Envelope(unit, bensKey, NOW, edit));
                anna.untilContent("u1", "{\"edit\":" + client + "}");
                ben.untilContent("u1", "{\"edit\":" + client + "}");
                List<String> writers = client == own ? List.of("Rogue") : List.of();
                for (TestDevice device : List.of(anna, ben)) {
                    assertEquals(writers, lastWriters(device), device + " on client " + client);
                }
            }
        }
        roomGoesOn();
        List<LogEntry> entries = logged("Somebody wrote in its name what it has not signed. It counts for nobody.");
        assertEquals(Optional.of(bensKey), entries.getFirst().peer());
        assertEquals(List.of("Anna"), lastWriters(ben));
    }

    @Test
    void entriesOfTheIndexThatNobodyWritesAreNotThere() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        String id = "0123456789abcdef0123456789abcdef";
        try (ReplicaEngine engine = TestDevice.REPLICAS.openEngine();
                Rogue.Talk talk = at(State.OPENED, annaKey)) {
            DocumentName index = new DocumentName(room, "index");
            Replica indexed = engine.open(DocumentKind.INDEX, 71, List.of(state(talk, index)));
            String marker = "ab".repeat(16);
            talk.send(new Message.Envelope(
                    index,
                    rogue.fingerprint(),
                    NOW,
                    indexed.edit(
                            "{\"index\":{}}",
                            "{\"index\":{\"i/u1/zz\":{},\"i/u2/index\":{},\"i/" + id + "\":{},\"i/u3/\":1,\"x/zz\":{},"
                                    + "\"x/u1/" + id + "\":[],\"x/index\":{},\"k/" + id
                                    + "\":{\"item\":\"u1\",\"field\":\"tonnage\"},\"i/marker/" + marker
                                    + "\":{\"type\":\"marker\"}}}")));
            for (TestDevice device : List.of(anna, ben)) {
                TestDevice.until("the whole entry", () -> types(device).contains("marker"));
            }
        }
        roomGoesOn();
        MemoryVault vault = anna.vault;
        anna.close();
        anna = new TestDevice(folder.resolve("anna"), "Anna", vault);
        roomGoesOn();
        for (TestDevice device : List.of(anna, ben)) {
            device.untilBadge("u1", Badge.SYNCED);
        }
    }

    private static Set<String> types(TestDevice device) {
        return device.sync.types().toCompletableFuture().join();
    }

    /** As one does that could not read a change after it had said to have it. */
    @Test
    void whoSaysToHaveItOtherwiseDoesNotHoldIt() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        try (Rogue.Talk talk = at(State.OPENED, annaKey)) {
            talk.send(new Message.BucketDigests(room, Collections.nCopies(256, new byte[16])));
            Message.BucketEntries here = talk.await(Message.BucketEntries.class);
            talk.send(here);
            TestDevice.until("it has it", () -> holdersAtAnna().contains(rogue.fingerprint()));
            talk.send(new Message.BucketEntries(
                    room,
                    here.buckets(),
                    here.entries().stream()
                            .map(entry -> new Message.Entry(entry.docId(), new byte[16]))
                            .toList()));
            TestDevice.until("it has it no more", () -> !holdersAtAnna().contains(rogue.fingerprint()));
        }
        roomGoesOn();
    }

    /** What is said to be there is asked for by and by, and remembered until then. */
    @Test
    void whoNamesDocumentsWithoutEndIsHungUpOn() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        try (Rogue.Talk talk = at(State.OPENED, annaKey)) {
            for (int message = 0; message < 2; message++) {
                int first = message * 300_000;
                talk.sendLong(new Message.BucketEntries(
                        room,
                        List.of(0),
                        IntStream.range(first, first + 300_000)
                                .mapToObj(number -> new Message.Entry("%032x".formatted(number), new byte[16]))
                                .toList()));
            }
            talk.untilHungUp();
        }
        roomGoesOn();
    }

    private List<Fingerprint> holdersAtAnna() {
        return anna.sync.status("u1").holders();
    }

    @Test
    void aStateOfPresenceThatIsReadTwoWaysStopsNothing() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        try (Rogue.Talk talk = at(State.OPENED, annaKey)) {
            Awareness state = new Awareness(7, NOW);
            state.say(Optional.of("{\"open\":{\"u1\":\"\"},\"open\":{}}"), NOW);
            talk.send(new Message.Aware(room, state.encode(Set.of(7L))));
            state(talk, new DocumentName(room, "index")); // what came before is taken
            anna.sync.renameRoom(room, "Saturday").toCompletableFuture().get(30, TimeUnit.SECONDS);
            TestDevice.until(
                    "renamed", () -> anna.sync.rooms().getFirst().name().equals("Saturday"));
        }
        roomGoesOn();
    }

    private static List<String> lastWriters(TestDevice device) throws Exception {
        return new LocalItemHistory(device.sync)
                .versions("u1")
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .getFirst()
                .writers();
    }

    /** An entry that says for whom a client writes, signed by the rogue. */
    private String client(long client, Fingerprint device) {
        String statement = "vaultsync client 1\0" + room.hex() + "\0" + client;
        String signature = Base64.getEncoder().encodeToString(rogue.key.sign(statement.getBytes(US_ASCII)));
        return "\"c/" + client + "\":{\"device\":\"" + device.hex() + "\",\"signature\":\"" + signature + "\"}";
    }

    private static byte[] state(Rogue.Talk talk, DocumentName document) throws Exception {
        talk.send(new Message.Step1(document, new byte[] {0}));
        while (true) {
            Message.Step2 answer = talk.await(Message.Step2.class);
            if (answer.document().equals(document)) {
                return answer.update();
            }
        }
    }

    @Test
    void aMemberWhoWasRemovedIsCutOffAndDoesNotComeBack() throws Exception {
        Invite invite = anna.invite(room);
        byte[] annaKey = rogue.join(invite);
        try (Rogue.Talk talk = linked(rogue, annaKey)) {
            talk.await(Message.Hello.class);
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            Message.OpenRoom open = talk.await(Message.OpenRoom.class);
            talk.send(open);
            Membership members = new Membership(room);
            List<MembershipRecord> records = new ArrayList<>();
            for (byte[] bytes : open.records()) {
                records.add(MembershipRecord.parse(bytes));
            }
            members.add(records);
            byte[] removal = members.write(keyOf("anna"), new Remove(rogue.key.publicKey()), NOW)
                    .bytes();
            talk.send(new Message.Records(room, List.of(removal)));
            talk.untilHungUp();
        }
        TestDevice.until("removed", () -> membersAtAnna().equals(Set.of("Ben")));
        assertThrows(IOException.class, () -> linked(rogue, annaKey));
        try (Rogue.Talk talk = rogue.knock(invite)) {
            talk.send(
                    new Message.Redeem(1, Rogue.proof(invite.token(), rogue.fingerprint(), invite.inviter()), "Rogue"));
            Message.Bye bye = talk.await(Message.Bye.class);
            assertTrue(bye.sentence().contains("was removed"), bye.sentence());
        }
        assertEquals(Set.of("Ben"), membersAtAnna());
        roomGoesOn();
        logged(
                "A caller was hung up on: nobody knows its knock.",
                STRANGER
                        + "This device was removed from the room, and its invite does not let it in again. Ask for a"
                        + " new one.");
    }

    @Test
    void aSecondRedeemingByTheSameDeviceAddsNothing() throws Exception {
        Invite invite = anna.invite(room);
        rogue.join(invite);
        try (Rogue.Talk talk = rogue.knock(invite)) {
            talk.send(
                    new Message.Redeem(1, Rogue.proof(invite.token(), rogue.fingerprint(), invite.inviter()), "Rogue"));
            int records = talk.await(Message.Welcome.class).records().size();
            try (Rogue.Talk again = rogue.knock(invite)) {
                again.send(new Message.Redeem(
                        1, Rogue.proof(invite.token(), rogue.fingerprint(), invite.inviter()), "Rogue"));
                assertEquals(
                        records, again.await(Message.Welcome.class).records().size());
            }
        }
        roomGoesOn();
    }

    // Malformed bytes at every state

    /** How far the conversation has come. */
    enum State {
        INVITED,
        SHAKEN,
        GREETED,
        OPENED
    }

    private Rogue.Talk at(State state, byte[] annaKey) throws Exception {
        if (state == State.INVITED) {
            return new Rogue(folder.resolve("invited.key")).knock(anna.invite(room));
        }
        Rogue.Talk talk = linked(rogue, annaKey);
        talk.await(Message.Hello.class);
        if (state != State.SHAKEN) {
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            Message.OpenRoom open = talk.await(Message.OpenRoom.class);
            if (state == State.OPENED) {
                talk.send(open);
                talk.await(Message.RoomDigest.class);
            }
        }
        return talk;
    }

    private static byte[] length(int length, int bytes) {
        byte[] raw = new byte[4 + bytes];
        ByteBuffer.wrap(raw).putInt(length);
        return raw;
    }

    @ParameterizedTest
    @EnumSource
    void malformedFramesCloseOneLinkAndNothingElse(State state) throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        byte[] ping = Messages.encode(new Message.Ping(1));
        byte[] garbage = new byte[3000];
        new Random(7).nextBytes(garbage);
        Map<String, byte[]> raw = new TreeMap<>(Map.of(
                "no length", length(0, 0),
                "negative length", length(-1, 8),
                "a byte too long", length(Rogue.LONGEST_FRAME + 1, Rogue.LONGEST_FRAME + 1),
                "far too long", length(Integer.MAX_VALUE, 100),
                "truncated length", Arrays.copyOf(length(100, 0), 2),
                "truncated frame", length(100, 10)));
        Map<String, byte[]> frames = new TreeMap<>(Map.of(
                "one byte",
                new byte[] {1},
                "another version",
                new byte[] {9, 0, 1, 0},
                "another stream",
                new byte[] {1, 7, 1, 0},
                "a negative stream",
                new byte[] {1, -1, 1, 0},
                "short credit",
                new byte[] {1, 0, 4, 1, 2, 3},
                "empty message",
                Rogue.framed(0, 1, new byte[0]),
                "garbage",
                Rogue.framed(0, 1, garbage),
                "unknown type",
                Rogue.framed(0, 1, new byte[] {0, 99}),
                "truncated message",
                Rogue.framed(0, 1, Arrays.copyOf(ping, ping.length - 1)),
                "message with a tail",
                Rogue.framed(0, 1, Arrays.copyOf(ping, ping.length + 1))));
        for (Map.Entry<String, byte[]> each : raw.entrySet()) {
            try (Rogue.Talk talk = at(state, annaKey)) {
                int before = heard.warnings().size();
                talk.raw(each.getValue());
                if (each.getKey().startsWith("truncated")) {
                    talk.hangUp();
                } else {
                    talk.untilHungUp();
                    TestDevice.until(
                            each.getKey() + " is told", () -> heard.warnings().size() > before);
                }
            }
        }
        for (Map.Entry<String, byte[]> each : frames.entrySet()) {
            int before = heard.warnings().size();
            try (Rogue.Talk talk = at(state, annaKey)) {
                talk.frame(each.getValue());
                talk.untilHungUp();
            }
            TestDevice.until(each.getKey() + " is told", () -> heard.warnings().size() > before);
            assertEquals(before + 1, heard.warnings().size(), () -> each.getKey() + ": " + heard.warnings());
        }
        roomGoesOn();
        int told = raw.size() - 2 + frames.size();
        if (state == State.INVITED) {
            untilCounted(told, STRANGER + RULES + ".");
            logged(STRANGER + RULES + ".");
        } else {
            loggedAmongOthers(RULES + ": message of 16417 bytes, limit 16416");
            assertEquals(told, refusals(anna).size(), () -> refusals(anna).toString());
        }
    }

    @Test
    void aMessageOverTheLimitClosesItsLink() throws Exception {
        byte[] annaKey = rogue.join(anna.invite(room));
        byte[] frame = Rogue.framed(1, 0, new byte[16 << 10]);
        try (Rogue.Talk talk = at(State.OPENED, annaKey)) {
            for (int i = 0; i <= 4096; i++) {
                talk.frame(frame);
            }
            talk.untilHungUp();
        } catch (IOException hungUpWhileWriting) {
            // what counts is told
        }
        toldOnce("a message over 67108864 bytes");
        saidOfTheRogue("It broke the rules of the protocol: a message over 67108864 bytes");
        roomGoesOn();
        logged(RULES + ": a message over 67108864 bytes");
    }

    /** Of those who have seen that this device shows itself. What they say in the conversation is {@code MeetingsTest}'s. */
    @Test
    void framesThatAreNoneEndTheConversationOfThoseWhoAreToBePaired() throws Exception {
        Map<String, byte[]> raw = new TreeMap<>(Map.of(
                "no length", length(0, 0),
                "negative length", length(-1, 8),
                "a byte too long", length(Rogue.LONGEST_FRAME + 1, Rogue.LONGEST_FRAME + 1),
                "far too long", length(Integer.MAX_VALUE, 100),
                "garbage", length(16, 16),
                "truncated frame", length(100, 10)));
        for (Map.Entry<String, byte[]> each : raw.entrySet()) {
            Optional<Card> before = anna.lan.card();
            anna.sync.discoverable(true);
            TestDevice.until("shown", () -> anna.lan.card().isPresent() && anna.lan.card() != before);
            byte[] secret = Knocks.hmac(anna.lan.card().orElseThrow().token(), "vaultsync card 1".getBytes(US_ASCII));
            try (Rogue.Talk talk = rogue.talk(port(), Knocks.under(secret), "TLSv1.3")) {
                talk.raw(each.getValue());
                if (each.getKey().startsWith("truncated")) {
                    talk.hangUp();
                } else {
                    talk.readToTheEnd();
                }
            }
        }
        untilCounted(raw.size() - 1, "A device nearby broke the rules of pairing.");
        logged("A device nearby broke the rules of pairing.");
        anna.sync.discoverable(false);
        roomGoesOn();
    }

    @Test
    void whoHasAnInviteAndSaysNothingIsHungUpOn() throws Exception {
        try (Rogue.Talk talk = rogue.knock(anna.invite(room))) {
            assertTrue(talk.untilHungUp().isEmpty());
        }
        toldOnce("no greeting");
        roomGoesOn();
        logged(STRANGER + "It linked and did not say hello.");
    }
}
