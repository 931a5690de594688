// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.Neighbour;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.machine.ThisMachine;
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

    /** A device whose network is this test. */
    private final class Person implements Meetings.Surroundings {
        final String name;
        final DeviceKey key;
        final ThisMachine machine = new ThisMachine(Clock.systemUTC());
        final Meetings meetings;
        volatile Optional<Card> card = Optional.empty();
        volatile Supplier<Link> towards = () -> fail("nobody to visit");
        final List<Invite> joined = new ArrayList<>();

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
            return CompletableFuture.supplyAsync(towards);
        }

        @Override
        public void show(Optional<Card> shown) {
            card = shown;
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
        Knock knock = Knocks.under(Knocks.hmac(card.token(), "vaultsync card 1".getBytes()));
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
        java.util.Random random = new java.util.Random(7);
        int read = 0;
        int rounds = Boolean.getBoolean("soak") ? 1_000_000 : 10_000;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = Word.encode(words.get(random.nextInt(words.size())));
            for (int change = random.nextInt(4); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Word.decode(random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(40)) : bytes);
                read++;
            } catch (ProtocolException refused) {
                continue;
            }
        }
        System.out.println("WORD: " + rounds + " inputs, of which " + read + " could be read");
        assertTrue(read > 0 && read < rounds);
    }
}
