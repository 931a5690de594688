// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.LogEntry;
import org.vaultsync.Reach;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.wire.Message;

/**
 * Those who are dialled attack the one who dials: where a member should be, and where somebody who invites should be. Each is
 * hung up on, it is in the log of sync once, however often it is dialled again, and the room of others goes on. It mostly waits
 * to be dialled, and runs beside others.
 */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class HostileListenerTest extends AttackedRoom {
    private static final String RULES = "It broke the rules of the protocol: ";

    private final Set<Socket> taken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private ServerSocket listener;

    /** What is done with somebody who dials; the connection stays open, unless this closes it. */
    @FunctionalInterface
    private interface Answer {
        void to(Socket caller, Rogue rogue) throws Exception;
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        for (Socket one : taken) {
            one.close();
        }
    }

    /** Answers all who dial from now on. */
    private void answer(Answer answer) {
        Thread.ofPlatform().daemon().start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket caller = listener.accept();
                    taken.add(caller);
                    Thread.ofVirtual().start(() -> {
                        try {
                            answer.to(caller, rogue);
                        } catch (Exception hungUp) {
                            // as is to be expected
                        } finally {
                            calls.incrementAndGet();
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    private static byte[] garbage() {
        byte[] garbage = new byte[3000];
        new Random(7).nextBytes(garbage);
        return garbage;
    }

    /** Waits until something of the rogue is in the log, and it was dialled again; gives the one entry. */
    private LogEntry loggedOnceOfTheRogue(TestDevice device, LogEntry.Kind kind) {
        int before = calls.get();
        TestDevice.until(
                () -> kind + " in "
                        + new LocalSyncLog(device.sync)
                                .entries(50)
                                .toCompletableFuture()
                                .join(),
                () -> !ofTheRogue(device, kind).isEmpty());
        device.sync.syncNow();
        TestDevice.until("dialled again", () -> calls.get() > before);
        List<LogEntry> entries = ofTheRogue(device, kind);
        assertEquals(1, entries.size(), entries::toString);
        return entries.getFirst();
    }

    private List<LogEntry> ofTheRogue(TestDevice device, LogEntry.Kind kind) {
        return log(device, kind).stream()
                .filter(entry ->
                        entry.peer().filter(rogue.fingerprint()::equals).isPresent())
                .toList();
    }

    /** Where a member should be. */
    enum Member {
        ANOTHER_KEY(
                LogEntry.Kind.REFUSED,
                "is not the one that was expected",
                (caller, rogue) -> rogue.another().answer(caller)),
        NO_TLS(
                LogEntry.Kind.ATTEMPT,
                "Something else than sync answers",
                (caller, rogue) ->
                        caller.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII))),
        GARBAGE(
                LogEntry.Kind.ATTEMPT,
                "at 127.0.0.1",
                (caller, rogue) -> caller.getOutputStream().write(garbage())),
        HANGS_UP(LogEntry.Kind.ATTEMPT, "hung up", (caller, rogue) -> caller.close()),
        SILENT(LogEntry.Kind.ATTEMPT, "took the call but did not answer in time", (caller, rogue) -> {}),
        NO_WELCOME(LogEntry.Kind.ATTEMPT, "did not answer in time", (caller, rogue) -> rogue.answer(caller)),
        ANOTHER_WELCOME(
                LogEntry.Kind.ATTEMPT,
                "it expects another key",
                (caller, rogue) -> rogue.answer(caller).raw(new byte[] {2})),
        NO_HELLO(
                LogEntry.Kind.REFUSED,
                "It linked and did not say hello.",
                (caller, rogue) -> rogue.answer(caller).welcome()),
        GARBAGE_FOR_HELLO(
                LogEntry.Kind.REFUSED,
                RULES + "a frame of version",
                (caller, rogue) -> rogue.answer(caller).welcome().frame(garbage())),
        TOO_LONG_FOR_HELLO(
                LogEntry.Kind.REFUSED,
                RULES + "message of 2147483647 bytes",
                (caller, rogue) -> rogue.answer(caller)
                        .welcome()
                        .raw(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array())),
        ANOTHER_MESSAGE_FOR_HELLO(
                LogEntry.Kind.REFUSED,
                RULES + "a RoomDigest before the hello",
                (caller, rogue) -> rogue.answer(caller)
                        .welcome()
                        .send(new Message.RoomDigest(new RoomId("ab".repeat(16)), new byte[16]))),
        GARBAGE_AFTER_HELLO(LogEntry.Kind.REFUSED, RULES, (caller, rogue) -> {
            Rogue.Talk talk = rogue.answer(caller).welcome();
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            talk.await(Message.OpenRoom.class);
            talk.send(garbage());
        });

        private final LogEntry.Kind kind;
        private final String sentence;
        private final Answer answer;

        Member(LogEntry.Kind kind, String sentence, Answer answer) {
            this.kind = kind;
            this.sentence = sentence;
            this.answer = answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoAnswersWhereAMemberShouldBeIsToldOfOnceAndTheRoomGoesOn(Member how) throws Exception {
        rogue.join(anna.invite(room));
        answer(how.answer);
        anna.sync
                .setTypedAddresses(rogue.fingerprint(), List.of(address()))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        LogEntry entry = loggedOnceOfTheRogue(anna, how.kind);
        assertTrue(entry.sentence().contains(how.sentence), entry::sentence);
        if (how.kind == LogEntry.Kind.REFUSED) {
            assertEquals(List.of(), ofTheRogue(anna, LogEntry.Kind.ATTEMPT));
        }
        roomGoesOn();
        assertTrue(
                how == Member.GARBAGE_AFTER_HELLO
                        || anna.sync.rooms().getFirst().members().stream()
                                .filter(member -> member.fingerprint().equals(rogue.fingerprint()))
                                .noneMatch(member -> member.reach() instanceof Reach.Linked),
                () -> anna.sync.rooms().toString());
    }

    /** What ends a link, and would end the next one, too. */
    enum Last {
        GARBAGE(talk -> talk.send(garbage())),
        TWICE(talk -> talk.send(new Message.Bye("twice", "The key of this device is in use twice."))),
        VERSION(talk -> talk.send(new Message.Bye("version", "The other device runs an older version."))),
        REFUSED(talk -> talk.send(new Message.Bye("refused", "An update was refused.")));

        private final Ending ending;

        Last(Ending ending) {
            this.ending = ending;
        }
    }

    /** How a link is ended on which hellos were exchanged. */
    @FunctionalInterface
    private interface Ending {
        void of(Rogue.Talk talk) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void whoEndsEachLinkForAReasonThatLastsIsDialledMoreAndMoreSeldom(Last last) throws Exception {
        rogue.join(anna.invite(room));
        List<Long> times = new CopyOnWriteArrayList<>();
        answer((caller, who) -> {
            Rogue.Talk talk = who.answer(caller).welcome();
            if (!Fingerprint.of(talk.peerKey())
                    .equals(anna.sync.self().orElseThrow().fingerprint())) {
                return;
            }
            times.add(System.nanoTime());
            talk.send(new Message.Hello(1, "rogue", "Rogue", List.of()));
            talk.await(Message.OpenRoom.class);
            last.ending.of(talk);
        });
        anna.sync
                .setTypedAddresses(rogue.fingerprint(), List.of(address()))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        TestDevice.until(() -> times.size() + " links", () -> times.size() >= 4);
        TestDevice.until(() -> times.size() + " links", () -> times.size() >= 5);
        // One second, two, four and eight, each a fifth less at least. One that was cut is dialled every two seconds.
        assertTrue(
                times.get(4) - times.get(0) > Duration.ofMillis(11_500).toNanos(),
                () -> "five links within " + (times.get(4) - times.get(0)) / 1_000_000 + " ms");
        roomGoesOn();
    }

    /** Where somebody who invites should be. */
    enum Inviter {
        ANOTHER_KEY("is not the one that was expected", Member.ANOTHER_KEY.answer, false),
        NO_TLS("Something else than sync answers", Member.NO_TLS.answer, false),
        HANGS_UP("hung up", Member.HANGS_UP.answer, false),
        SILENT("did not answer in time", Member.SILENT.answer, false),
        GARBAGE_FOR_WELCOME("broke the rules of the protocol", Member.GARBAGE_FOR_HELLO.answer, true),
        TOO_LONG_FOR_WELCOME("broke the rules of the protocol", Member.TOO_LONG_FOR_HELLO.answer, true),
        ANOTHER_MESSAGE_FOR_WELCOME("broke the rules of the protocol", Member.ANOTHER_MESSAGE_FOR_HELLO.answer, true),
        MEMBERS_THAT_CANNOT_BE_READ(
                "a list of members that cannot be read",
                (caller, rogue) -> welcomed(rogue.answer(caller), List.of(new byte[] {1, 2, 3})),
                true),
        MEMBERS_WITHOUT_THE_JOINER(
                "a list of members that does not let this one in",
                (caller, rogue) -> welcomed(rogue.answer(caller), List.of()),
                true),
        SAYS_NOTHING(
                "closed the link before it let this one in",
                (caller, rogue) -> rogue.answer(caller).welcome(),
                false),
        SAYS_GOODBYE(
                "No, and much more",
                (caller, rogue) -> {
                    Rogue.Talk talk = rogue.answer(caller).welcome();
                    talk.await(Message.Redeem.class);
                    talk.send(new Message.Bye("no", "No, and much more" + " and more".repeat(1000)));
                },
                false);

        private final String sentence;
        private final Answer answer;
        private final boolean refused;

        Inviter(String sentence, Answer answer, boolean refused) {
            this.sentence = sentence;
            this.answer = answer;
            this.refused = refused;
        }

        private static void welcomed(Rogue.Talk talk, List<byte[]> records) throws Exception {
            talk.welcome();
            talk.await(Message.Redeem.class);
            talk.send(new Message.Welcome(FOREIGN, records));
        }
    }

    private static final RoomId FOREIGN = new RoomId("0123456789abcdef0123456789abcdef");

    @ParameterizedTest
    @EnumSource
    void whoInvitesAndMisbehavesIsSaidToAndTheRoomGoesOn(Inviter how) {
        answer(how.answer);
        Invite invite = new Invite(FOREIGN, "ab".repeat(16), rogue.fingerprint(), List.of(address()), List.of());
        ExecutionException failed = assertThrows(ExecutionException.class, () -> ben.join(invite));
        assertTrue(failed.getCause() instanceof SyncException, failed::toString);
        String said = failed.getCause().getMessage();
        assertTrue(said.contains(how.sentence), said);
        assertTrue(said.length() < 1500, () -> said.length() + " characters are shown to a person");
        if (how.refused) {
            TestDevice.until(
                    () -> "a refusal in " + log(ben, LogEntry.Kind.REFUSED),
                    () -> !ofTheRogue(ben, LogEntry.Kind.REFUSED).isEmpty());
            assertEquals(1, calls.get(), "somebody who breaks the rules is not asked again");
        }
        assertEquals(how.refused ? 1 : 0, ofTheRogue(ben, LogEntry.Kind.REFUSED).size());
        assertEquals(
                List.of(room), ben.sync.rooms().stream().map(each -> each.id()).toList());
        roomGoesOn();
    }
}
