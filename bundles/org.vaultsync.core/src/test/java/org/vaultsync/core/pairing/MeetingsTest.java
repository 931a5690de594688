// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Neighbour;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.ThisMachine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;

/** Two people who compare a code, and somebody between their devices. */
@Timeout(60)
class MeetingsTest {
    private static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

    @TempDir
    private Path folder;

    /** One end of a connection in memory. */
    private static final class End implements Link {
        private final byte[] peerKey;
        private final boolean dialled;
        private final BlockingQueue<byte[]> inbox = new LinkedBlockingQueue<>();
        private volatile boolean closed;
        private End other;

        private End(byte[] peerKey, boolean dialled) {
            this.peerKey = peerKey;
            this.dialled = dialled;
        }

        static End[] pair(DeviceKey dialler, DeviceKey listener) {
            End[] ends = {new End(listener.publicKey(), true), new End(dialler.publicKey(), false)};
            ends[0].other = ends[1];
            ends[1].other = ends[0];
            return ends;
        }

        @Override
        public String kind() {
            return "memory";
        }

        @Override
        public Guest guest() {
            return new Guest.Nearby();
        }

        @Override
        public byte[] peerKey() {
            return peerKey;
        }

        @Override
        public String address() {
            return "memory";
        }

        @Override
        public boolean dialled() {
            return dialled;
        }

        @Override
        public void start(Receiver receiver) {
            Thread.startVirtualThread(() -> {
                try {
                    for (byte[] message = next(); message != null; message = next()) {
                        receiver.received(message);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                receiver.closed("closed");
            });
        }

        /** The next message, or null when the link is closed. */
        byte[] next() throws InterruptedException {
            while (true) {
                byte[] message = inbox.poll(10, TimeUnit.MILLISECONDS);
                if (message != null || closed || other.closed && inbox.isEmpty()) {
                    return message;
                }
            }
        }

        Word word() throws Exception {
            byte[] message = next();
            if (message == null) {
                throw new IOException("closed");
            }
            return Word.decode(message);
        }

        @Override
        public void send(byte[] message) throws IOException {
            if (closed || other.closed) {
                throw new IOException("closed");
            }
            other.inbox.add(message);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A machine whose time passes as a test says. */
    private static final class HandTime implements Machine {
        private record Alarm(long at, Runnable task) {}

        private final ThisMachine real = new ThisMachine(Clock.systemUTC());
        private final List<Alarm> alarms = new ArrayList<>(); // guarded by this
        private long nanos; // guarded by this
        private Instant now = Instant.parse("2026-01-01T00:00:00Z"); // guarded by this

        /** Whether something is to happen in just so long. */
        synchronized boolean waits(Duration pause) {
            return alarms.stream().anyMatch(alarm -> alarm.at() == nanos + pause.toNanos());
        }

        synchronized int waiting() {
            return alarms.size();
        }

        void pass(Duration duration) {
            List<Alarm> due;
            synchronized (this) {
                nanos += duration.toNanos();
                now = now.plus(duration);
                due = alarms.stream().filter(alarm -> alarm.at() <= nanos).toList();
                alarms.removeAll(due);
            }
            due.forEach(alarm -> alarm.task().run());
        }

        /** Alarms stand still, and the clock on the wall goes on. */
        synchronized void sleep(Duration duration) {
            now = now.plus(duration);
        }

        private synchronized Instant now() {
            return now;
        }

        @Override
        public Clock clock() {
            InstantSource source = this::now;
            return source.withZone(ZoneOffset.UTC);
        }

        @Override
        public synchronized long nanos() {
            return nanos;
        }

        @Override
        public SecureRandom random() {
            return real.random();
        }

        @Override
        public Worker worker(String name, BooleanSupplier background) {
            Worker worker = real.worker(name, background);
            return new Worker() {
                @Override
                public void execute(Runnable task) {
                    worker.execute(task);
                }

                @Override
                public Future<?> after(Duration pause, Runnable task) {
                    CompletableFuture<Void> token = new CompletableFuture<>();
                    synchronized (HandTime.this) {
                        alarms.add(new Alarm(
                                nanos + pause.toNanos(),
                                () -> worker.execute(() -> {
                                    if (!token.isCancelled()) {
                                        task.run();
                                    }
                                })));
                    }
                    return token;
                }

                @Override
                public void close() {
                    worker.close();
                }
            };
        }

        @Override
        public void run(String name, Duration pause, Runnable task) {
            real.run(name, pause, task);
        }

        @Override
        public void await(CompletionStage<?> stage, Duration longest) {
            real.await(stage, longest);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** A device whose network is this test. */
    private final class Person implements Meetings.Surroundings {
        final String name;
        final DeviceKey key;
        final Machine machine = time.<Machine>map(own -> own).orElseGet(() -> new ThisMachine(Clock.systemUTC()));
        final Meetings meetings;
        volatile Optional<Card> card = Optional.empty();
        volatile Supplier<Link> towards = () -> fail("nobody to visit");
        volatile Consumer<List<String>> visits = addresses -> {};
        final List<Invite> joined = new ArrayList<>();
        final List<String> refusals = new CopyOnWriteArrayList<>();

        Person(String name) throws IOException {
            this.name = name;
            key = DeviceKey.at(folder.resolve(name + ".key"));
            meetings = new Meetings(key.fingerprint(), machine, this);
            all.add(this);
        }

        @Override
        public String deviceName() {
            return name;
        }

        @Override
        public CompletionStage<Invite> invite(RoomId room, byte[] publicKey) {
            return CompletableFuture.completedStage(
                    new Invite(room, "ab".repeat(16), key.fingerprint(), List.of("a:1"), List.of()));
        }

        @Override
        public CompletionStage<RoomId> join(Invite invite) {
            joined.add(invite);
            return CompletableFuture.completedStage(invite.room());
        }

        @Override
        public CompletionStage<Link> visit(List<String> addresses, Supplier<Knock> knocks) {
            visits.accept(addresses);
            return CompletableFuture.supplyAsync(towards);
        }

        @Override
        public void show(Optional<Card> shown) {
            card = shown;
        }

        @Override
        public void refused(String why) {
            refusals.add(why);
        }

        @Override
        public void changed() {}

        /** Sees the other one's card, and begins to pair with whoever is at the end of the line. */
        CompletableFuture<Encounter> meet(Person other) {
            meetings.shown("x", other.card.orElseThrow(), List.of("a:1"));
            until(() -> !meetings.nearby().isEmpty());
            Neighbour neighbour = meetings.nearby().getFirst();
            assertEquals(other.name, neighbour.name());
            return meetings.meet(neighbour).toCompletableFuture();
        }

        Encounter encounter() {
            until(() -> !meetings.encounters().isEmpty());
            return meetings.encounters().getFirst();
        }
    }

    private Optional<HandTime> time = Optional.empty(); // of the next device that is made
    private final List<Person> all = new ArrayList<>();
    private Person anna;
    private Person ben;

    @BeforeEach
    void annaShowsHerself() throws IOException {
        anna = new Person("Anna's laptop");
        ben = new Person("Ben's desktop");
        anna.meetings.discoverable(true);
        until(() -> anna.card.isPresent());
        ben.towards = () -> {
            End[] ends = End.pair(ben.key, anna.key);
            anna.meetings.visited(ends[1]);
            return ends[0];
        };
    }

    @AfterEach
    void close() {
        all.forEach(person -> {
            person.meetings.close();
            person.machine.close();
        });
    }

    private static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); !condition.getAsBoolean(); ) {
            if (System.nanoTime() > end) {
                fail("not within 20 s");
            }
            Thread.onSpinWait();
        }
    }

    private static String failure(CompletionStage<?> stage) {
        return assertThrows(
                        CompletionException.class,
                        () -> stage.toCompletableFuture().join())
                .getCause()
                .getMessage();
    }

    @Test
    void bothScreensShowOneCodeAndTheOneJoinsTheOther() throws Exception {
        Encounter atBen = ben.meet(anna).get();
        Encounter atAnna = anna.encounter();
        assertEquals(atBen.code(), atAnna.code());
        assertEquals("Anna's laptop", atBen.name());
        assertEquals("Ben's desktop", atAnna.name());
        assertEquals(anna.key.fingerprint(), atBen.fingerprint());
        assertEquals(ben.key.fingerprint(), atAnna.fingerprint());
        CompletionStage<RoomId> there = ben.meetings.confirm(atBen, Optional.empty());
        until(() -> anna.encounter().confirmedThere());
        assertTrue(ben.joined.isEmpty(), "nothing before both have confirmed");
        CompletionStage<RoomId> here = anna.meetings.confirm(atAnna, Optional.of(ROOM));
        assertEquals(ROOM, there.toCompletableFuture().get());
        assertEquals(ROOM, here.toCompletableFuture().get());
        assertEquals(anna.key.fingerprint(), ben.joined.getFirst().inviter());
        until(() -> anna.meetings.encounters().isEmpty()
                && ben.meetings.encounters().isEmpty());
    }

    @Test
    void whoDialsMayLetTheOtherIn() throws Exception {
        Encounter atBen = ben.meet(anna).get();
        CompletionStage<RoomId> there = anna.meetings.confirm(anna.encounter(), Optional.empty());
        ben.meetings.confirm(atBen, Optional.of(ROOM));
        assertEquals(ROOM, there.toCompletableFuture().get());
        assertEquals(1, anna.joined.size());
    }

    @Test
    void somebodyBetweenThemMakesTheCodesDiffer() throws Exception {
        Person mallory = new Person("Mallory");
        End[] towardsAnna = End.pair(mallory.key, anna.key);
        End[] towardsMallory = End.pair(ben.key, mallory.key);
        ben.towards = () -> {
            anna.meetings.visited(towardsAnna[1]);
            return towardsMallory[0];
        };
        CompletableFuture<Encounter> atBen = ben.meet(anna);
        // Mallory speaks to each with a key and numbers of her own, under the other one's name.
        Word.Commit first = (Word.Commit) towardsMallory[1].word();
        byte[] chosen = new byte[32];
        Code asBen = new Code(
                new Code.Party(mallory.key.fingerprint(), first.name()), new Code.Party(anna.key.fingerprint(), ""));
        towardsAnna[0].send(Word.encode(new Word.Commit(asBen.commitment(chosen), first.name())));
        Word.Challenge answer = (Word.Challenge) towardsAnna[0].word();
        towardsMallory[1].send(Word.encode(answer));
        towardsAnna[0].send(Word.encode(new Word.Reveal(chosen)));
        assertNotEquals(atBen.get().code(), anna.encounter().code());
        assertEquals(mallory.key.fingerprint(), anna.encounter().fingerprint());
    }

    @Test
    void aNumberThatWasChosenAfterwardsIsRefused() throws Exception {
        End[] ends = End.pair(ben.key, anna.key);
        anna.meetings.visited(ends[1]);
        Code code = new Code(
                new Code.Party(ben.key.fingerprint(), "Ben's desktop"),
                new Code.Party(anna.key.fingerprint(), "Anna's laptop"));
        ends[0].send(Word.encode(new Word.Commit(code.commitment(new byte[32]), "Ben's desktop")));
        assertTrue(ends[0].word() instanceof Word.Challenge);
        byte[] other = new byte[32];
        other[0] = 1;
        ends[0].send(Word.encode(new Word.Reveal(other)));
        assertTrue(ends[0].word() instanceof Word.Bye);
        assertTrue(anna.meetings.encounters().isEmpty());
    }

    @Test
    void wordsAtTheWrongTimeEndIt() throws Exception {
        for (Word word : List.of(
                new Word.Reveal(new byte[32]),
                new Word.Confirm(true),
                new Word.Offer("vaultsync:x"),
                new Word.Joined(),
                new Word.Challenge(new byte[32], "x"))) {
            End[] ends = End.pair(ben.key, anna.key);
            anna.meetings.discoverable(true);
            anna.meetings.visited(ends[1]);
            ends[0].send(Word.encode(word));
            assertTrue(ends[0].word() instanceof Word.Bye, word::toString);
        }
    }

    @Test
    void whoRejectsEndsItForBoth() throws Exception {
        Encounter atBen = ben.meet(anna).get();
        CompletionStage<RoomId> there = ben.meetings.confirm(atBen, Optional.empty());
        anna.meetings.reject(anna.encounter());
        assertEquals("The person at the other device ended it.", failure(there));
        until(() -> anna.meetings.encounters().isEmpty()
                && ben.meetings.encounters().isEmpty());
    }

    @Test
    void twoWhoBothWantInAreToldSo() throws Exception {
        Encounter atBen = ben.meet(anna).get();
        CompletionStage<RoomId> there = ben.meetings.confirm(atBen, Optional.empty());
        CompletionStage<RoomId> here = anna.meetings.confirm(anna.encounter(), Optional.empty());
        assertTrue(failure(there).startsWith("Neither device offers a room"));
        assertTrue(failure(here).startsWith("Neither device offers a room"));
    }

    /** How far a conversation has come in which the other side begins to misbehave. */
    enum State {
        /** Somebody has come. */
        VISITED,
        /** They have committed to a number. */
        COMMITTED,
        /** There is a code on the screen of the one who was visited. */
        REVEALED,
        /** Both have confirmed it, and the other side was to offer a room. */
        CONFIRMED,
        /** This device has dialled. */
        DIALLED,
        /** There is a code on the screen of the one who dialled. */
        ANSWERED,
        /** The one who dialled has offered its room. */
        OFFERED
    }

    /** What no honest device says in any state, or not in this one. */
    private static List<byte[]> wrong(State state) {
        byte[] garbage = new byte[3000];
        new Random(7).nextBytes(garbage);
        List<byte[]> wrong = new ArrayList<>(List.of(
                garbage,
                new byte[] {99},
                new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
                Arrays.copyOf(Word.encode(new Word.Reveal(new byte[32])), 20),
                Arrays.copyOf(Word.encode(new Word.Challenge(new byte[32], "x")), 100),
                Word.encode(new Word.Offer("vaultsync:" + "A".repeat(15_000)))));
        Word inTurn = switch (state) {
            case VISITED -> new Word.Commit(new byte[32], "x");
            case COMMITTED -> null; // a number that was not committed to is wrong as well
            case REVEALED, ANSWERED -> new Word.Confirm(true);
            case CONFIRMED -> null; // an invite that cannot be read is wrong as well
            case DIALLED -> new Word.Challenge(new byte[32], "x");
            case OFFERED -> new Word.Joined();
        };
        for (Word word : List.of(
                new Word.Commit(new byte[32], "x"),
                new Word.Challenge(new byte[32], "x"),
                new Word.Reveal(new byte[32]),
                new Word.Confirm(true),
                new Word.Offer("vaultsync:x"),
                new Word.Joined())) {
            if (inTurn == null || word.getClass() != inTurn.getClass()) {
                wrong.add(Word.encode(word));
            }
        }
        return wrong;
    }

    /** Brings a conversation with Anna to a state; gives the end that the other side speaks at. */
    private End at(State state) throws Exception {
        boolean dials = state.compareTo(State.DIALLED) >= 0;
        End[] ends = dials ? End.pair(anna.key, ben.key) : End.pair(ben.key, anna.key);
        if (dials) {
            anna.towards = () -> ends[0];
            CompletableFuture<Encounter> code = anna.meet(ben);
            Word.Commit first = (Word.Commit) ends[1].word();
            if (state != State.DIALLED) {
                ends[1].send(Word.encode(new Word.Challenge(new byte[32], first.name())));
                ends[1].word();
                Encounter encounter = code.get();
                if (state == State.OFFERED) {
                    anna.meetings.confirm(encounter, Optional.of(ROOM));
                    ends[1].word();
                    ends[1].send(Word.encode(new Word.Confirm(false)));
                    assertTrue(ends[1].word() instanceof Word.Offer);
                }
            }
            return ends[1];
        }
        anna.meetings.visited(ends[1]);
        if (state != State.VISITED) {
            Code code = new Code(
                    new Code.Party(ben.key.fingerprint(), "Ben's desktop"),
                    new Code.Party(anna.key.fingerprint(), "Anna's laptop"));
            byte[] number = new byte[32];
            number[0] = 1; // not the one that is sent as a wrong one
            ends[0].send(Word.encode(new Word.Commit(code.commitment(number), "Ben's desktop")));
            assertTrue(ends[0].word() instanceof Word.Challenge);
            if (state != State.COMMITTED) {
                ends[0].send(Word.encode(new Word.Reveal(number)));
                Encounter encounter = anna.encounter();
                if (state == State.CONFIRMED) {
                    anna.meetings.confirm(encounter, Optional.empty());
                    assertTrue(ends[0].word() instanceof Word.Confirm);
                    ends[0].send(Word.encode(new Word.Confirm(true)));
                }
            }
        }
        return ends[0];
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrongAtAnyStateEndsTheConversationAndIsToldAndOthersArePaired(State state) throws Exception {
        ben.meetings.discoverable(true);
        until(() -> ben.card.isPresent());
        List<byte[]> all = wrong(state);
        for (int i = 0; i < all.size(); i++) {
            byte[] wrong = all.get(i);
            anna.meetings.discoverable(true); // it ends after some that were turned away
            End other = at(state);
            anna.refusals.clear();
            other.send(wrong);
            String what = state + ", " + HexFormat.of().formatHex(wrong, 0, Math.min(40, wrong.length));
            assertTrue(other.word() instanceof Word.Bye, what);
            assertEquals(null, other.next(), what + ": the link is not closed");
            assertEquals(List.of("A device nearby broke the rules of pairing."), anna.refusals, what);
            until(() -> anna.meetings.encounters().isEmpty());
        }
        assertTrue(anna.joined.isEmpty());
        anna.meetings.discoverable(true);
        until(() -> anna.meetings.discoverableUntil().isPresent());
        bothScreensShowOneCodeAndTheOneJoinsTheOther();
    }

    private Person shownIn(HandTime hers) throws Exception {
        time = Optional.of(hers);
        Person carla = new Person("Carla");
        carla.meetings.discoverable(true);
        until(() -> carla.card.isPresent() && hers.waits(Duration.ofMinutes(10)));
        return carla;
    }

    /** Of somebody who has seen the card. */
    private static Knock knock(Card card) {
        return Knocks.under(Knocks.hmac(card.token(), "vaultsync card 1".getBytes()));
    }

    @Test
    void afterTenMinutesADeviceIsNotShownAnyMore() throws Exception {
        HandTime hers = new HandTime();
        Person carla = shownIn(hers);
        Knock knock = knock(carla.card.orElseThrow());
        hers.pass(Duration.ofMinutes(10).minusSeconds(1));
        assertTrue(carla.meetings.recognises(knock));
        assertTrue(carla.meetings.discoverableUntil().isPresent() && carla.card.isPresent());
        hers.pass(Duration.ofSeconds(1));
        until(() -> carla.card.isEmpty());
        assertTrue(carla.meetings.discoverableUntil().isEmpty());
        assertTrue(!carla.meetings.recognises(knock));
    }

    @Test
    void whoSleepsOverTheTenMinutesIsNotShownAfterwards() throws Exception {
        HandTime hers = new HandTime();
        Person carla = shownIn(hers);
        Knock knock = knock(carla.card.orElseThrow());
        hers.sleep(Duration.ofMinutes(5));
        carla.meetings.wokeUp();
        assertTrue(carla.meetings.recognises(knock));
        hers.sleep(Duration.ofMinutes(6));
        assertTrue(carla.meetings.discoverableUntil().isEmpty());
        assertTrue(!carla.meetings.recognises(knock));
        carla.meetings.wokeUp();
        until(() -> carla.card.isEmpty());
    }

    @Test
    void whoFallsSilentIsHungUpOnAndOnceToldOf() throws Exception {
        time = Optional.of(new HandTime());
        anna = new Person("Anna in her own time");
        anna.meetings.discoverable(true);
        until(() -> anna.card.isPresent());
        End[] ends = End.pair(ben.key, anna.key);
        anna.meetings.visited(ends[1]);
        until(() -> time.get().waits(Duration.ofSeconds(15)));
        time.get().pass(Duration.ofSeconds(15));
        assertTrue(ends[0].word() instanceof Word.Bye);
        assertEquals(List.of("A device nearby began to be paired and fell silent."), anna.refusals);
    }

    @Test
    void tooManyAtOnceAreHungUpOn() throws Exception {
        List<End> visitors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            End[] ends = End.pair(ben.key, anna.key);
            anna.meetings.visited(ends[1]);
            visitors.add(ends[0]);
        }
        assertEquals(null, visitors.getLast().next());
        assertEquals(List.of("Too many devices nearby wanted to be paired at once."), anna.refusals);
    }

    @Test
    void aFloodOfDevicesThatShowThemselvesIsBoundedAndForgotten() throws Exception {
        time = Optional.of(new HandTime());
        Person carla = new Person("Carla");
        Random random = new Random(7);
        byte[] known = new byte[16];
        for (int i = 0; i < 20_000; i++) {
            byte[] token = new byte[16];
            if (i % 2 == 0) {
                random.nextBytes(token);
            }
            // Half of them are one device that says to be on ever more networks.
            carla.meetings.shown("id" + i, new Card("Flood", token), List.of("10.0.0." + i % 256 + ":" + (1 + i)));
        }
        carla.meetings.shown("x", anna.card.orElseThrow(), List.of("a:1"));
        carla.meetings.shown("last", new Card("Flood", known), List.of("10.0.0.1:1"));
        until(() -> carla.meetings.nearby().size() == 100);
        carla.towards = () -> fail("not to be visited");
        CompletableFuture<List<String>> visited = new CompletableFuture<>();
        carla.visits = visited::complete;
        carla.meetings.meet(carla.meetings.nearby().stream()
                .filter(one -> one.id().equals("00".repeat(16)))
                .findFirst()
                .orElseThrow());
        assertEquals(16, visited.get().size());
        assertTrue(time.get().waiting() < 10, "an alarm for each of them");
        for (int minute = 0; minute <= 12; minute++) {
            until(() -> time.get().waits(Duration.ofMinutes(1))
                    || carla.meetings.nearby().isEmpty());
            time.get().pass(Duration.ofMinutes(1));
        }
        until(() -> carla.meetings.nearby().isEmpty());
        carla.meetings.shown("x", anna.card.orElseThrow(), List.of("a:1"));
        until(() -> carla.meetings.nearby().size() == 1);
    }

    @Test
    void anInviteOfSomebodyElseIsNotTaken() throws Exception {
        End[] ends = End.pair(anna.key, ben.key);
        ben.meetings.visited(ends[1]);
        Code code = new Code(
                new Code.Party(anna.key.fingerprint(), "Anna's laptop"),
                new Code.Party(ben.key.fingerprint(), "Ben's desktop"));
        ends[0].send(Word.encode(new Word.Commit(code.commitment(new byte[32]), "Anna's laptop")));
        assertTrue(ends[0].word() instanceof Word.Challenge);
        ends[0].send(Word.encode(new Word.Reveal(new byte[32])));
        CompletionStage<RoomId> paired = ben.meetings.confirm(ben.encounter(), Optional.empty());
        assertTrue(ends[0].word() instanceof Word.Confirm);
        ends[0].send(Word.encode(new Word.Confirm(true)));
        Invite foreign = new Invite(ROOM, "ab".repeat(16), new Fingerprint("cd".repeat(32)), List.of("a:1"), List.of());
        ends[0].send(Word.encode(new Word.Offer(foreign.line())));
        failure(paired);
        assertTrue(ben.joined.isEmpty());
    }

    @Test
    void fiveWhoAreTurnedAwayEndBeingShown() throws Exception {
        Card card = anna.card.orElseThrow();
        Knock knock = knock(card);
        assertTrue(anna.meetings.recognises(knock));
        for (int i = 0; i < 5; i++) {
            assertTrue(anna.meetings.discoverableUntil().isPresent());
            Encounter atBen = ben.meet(anna).get();
            anna.meetings.reject(anna.encounter());
            failure(ben.meetings.confirm(atBen, Optional.empty()));
            until(() -> anna.meetings.encounters().isEmpty());
        }
        until(() -> anna.meetings.discoverableUntil().isEmpty() && anna.card.isEmpty());
        assertTrue(!anna.meetings.recognises(knock));
    }

    @Test
    void anyWordsAreReadOrRefused() throws Exception {
        List<Word> words = List.of(
                new Word.Commit(new byte[32], "Ben"),
                new Word.Challenge(new byte[32], "Anna"),
                new Word.Reveal(new byte[32]),
                new Word.Confirm(true),
                new Word.Offer("vaultsync:"),
                new Word.Joined(),
                new Word.Bye("No."));
        Random random = new Random(7);
        int read = 0;
        int rounds = Boolean.getBoolean("soak") ? 1_000_000 : 10_000;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = Word.encode(words.get(random.nextInt(words.size())));
            for (int change = random.nextInt(4); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Word.decode(random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(40)) : bytes);
                read++;
            } catch (ProtocolException refused) {
                continue;
            }
        }
        System.out.println("WORD: " + rounds + " inputs, of which " + read + " could be read");
        assertTrue(read > 0 && read < rounds);
    }
}
