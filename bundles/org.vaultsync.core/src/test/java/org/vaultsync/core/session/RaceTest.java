// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vaultsync.core.TestLink;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.OtherKeyException;

class RaceTest {
    private final Paced machine = new Paced();
    private final List<String> dialled = new ArrayList<>();

    /** Runs nothing by itself, and keeps what it is to run after which pause. */
    private static final class Paced implements Machine {
        final List<Duration> pauses = new ArrayList<>();
        private final List<Runnable> tasks = new ArrayList<>();

        @Override
        public void run(String name, Duration pause, Runnable task) {
            pauses.add(pause);
            tasks.add(task);
        }

        void begin(int one) {
            tasks.get(one).run();
        }

        /** On a thread of its own, since the task may wait. */
        Thread beginBeside(int one) {
            return Thread.ofVirtual().start(tasks.get(one));
        }

        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public SecureRandom random() {
            return new SecureRandom();
        }

        @Override
        public Worker worker(String name, BooleanSupplier background) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void await(CompletionStage<?> stage, Duration longest) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private Race.Try fails(String address) {
        return () -> {
            dialled.add(address);
            throw new IOException("Nobody answers at " + address + ".");
        };
    }

    private Race.Try links(String address, Link link) {
        return () -> {
            dialled.add(address);
            return link;
        };
    }

    private static Throwable failure(Race race) {
        CompletableFuture<Link> winner = race.winner().toCompletableFuture();
        assertTrue(winner.isDone());
        return assertThrows(CompletionException.class, winner::join).getCause();
    }

    private static List<Duration> millis(int... millis) {
        return IntStream.of(millis).mapToObj(Duration::ofMillis).toList();
    }

    @Test
    void eachIsDialledAQuarterOfASecondAfterTheOneBefore() {
        Race.over(machine, List.of(fails("a"), fails("b"), fails("c")), List.of(), "ben");
        assertEquals(millis(0, 250, 500), machine.pauses);
    }

    @Test
    void ofManyTheLastIsDialledAfterHalfASecond() {
        Race.over(machine, Collections.nCopies(33, fails("a")), List.of(), "ben");
        assertEquals(Duration.ofMillis(500), machine.pauses.getLast());
        assertEquals(machine.pauses.stream().sorted().toList(), machine.pauses);
    }

    @Test
    void whatFailsMakesWayForTheNextAtOnce() {
        TestLink link = new TestLink();
        Race race = Race.over(machine, List.of(fails("a"), fails("b"), links("c", link), fails("d")), List.of(), "ben");
        machine.begin(0);
        assertEquals(List.of("a", "b", "c"), dialled);
        assertSame(link, race.winner().toCompletableFuture().join());
        machine.begin(1);
        assertEquals(List.of("a", "b", "c"), dialled);
        assertFalse(link.closed);
    }

    @Test
    void anErrorOfThisSideIsAFailedTryWithASentence() {
        TestLink link = new TestLink();
        Race.Try breaks = () -> {
            throw new StackOverflowError();
        };
        Race race = Race.over(machine, List.of(breaks, links("b", link)), List.of(), "ben");
        machine.begin(0);
        assertSame(link, race.winner().toCompletableFuture().join());
        Race alone = Race.over(machine, List.of(breaks), List.of(), "ben");
        machine.begin(2);
        assertEquals(
                "This application failed to dial it: java.lang.StackOverflowError",
                failure(alone).getMessage());
    }

    @Test
    void whatIsWorseIsTriedASecondLaterOrWhenNothingBetterIsLeft() {
        TestLink met = new TestLink();
        Race race = Race.over(machine, List.of(fails("a"), fails("b")), List.of(links("m", met)), "ben");
        assertEquals(millis(0, 250, 1000), machine.pauses);
        machine.begin(0);
        assertEquals(List.of("a", "b", "m"), dialled);
        assertSame(met, race.winner().toCompletableFuture().join());
    }

    @Test
    void whatIsWorseIsTriedAtOnceWhereThereIsNothingBetter() {
        Race.over(machine, List.of(), List.of(fails("m"), fails("n")), "ben");
        assertEquals(millis(0, 250), machine.pauses);
    }

    @Test
    void whatHangsKeepsNothingElseWaitingAndIsClosedWhenItLinksAtLast() throws Exception {
        CountDownLatch dialling = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        TestLink late = new TestLink();
        TestLink met = new TestLink();
        Race.Try hangs = () -> {
            dialling.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return late;
        };
        Race race = Race.over(machine, List.of(hangs), List.of(links("m", met)), "ben");
        Thread hanging = machine.beginBeside(0);
        dialling.await();
        machine.begin(1);
        assertSame(met, race.winner().toCompletableFuture().join());
        released.countDown();
        hanging.join();
        assertTrue(late.closed);
        assertFalse(met.closed);
    }

    @Test
    void whatIsAbandonedFailsAtOnceAndDialsNoMore() {
        TestLink late = new TestLink();
        List<Race> race = new ArrayList<>();
        race.add(Race.over(
                machine,
                List.of(
                        () -> {
                            race.getFirst().abandon();
                            assertEquals(
                                    "The networks of this device have changed.",
                                    failure(race.getFirst()).getMessage());
                            return late;
                        },
                        fails("b")),
                List.of(fails("m")),
                "ben"));
        machine.begin(0);
        assertTrue(late.closed);
        machine.begin(1);
        machine.begin(2);
        assertEquals(List.of(), dialled);
    }

    @Test
    void theLastReasonIsToldUnlessSomebodyElseAnswered() {
        Race race = Race.over(machine, List.of(fails("a"), fails("b")), List.of(fails("m")), "ben");
        machine.begin(0);
        assertEquals("Nobody answers at m.", failure(race).getMessage());
        Race.Try another = () -> {
            throw new OtherKeyException("Another device answers at a.", new IOException());
        };
        Race refused = Race.over(machine, List.of(another, fails("b")), List.of(), "ben");
        machine.begin(3);
        assertInstanceOf(OtherKeyException.class, failure(refused));
    }

    /** It says more than that nobody answers where it was once. */
    @Test
    void thatItWasMetInVainIsToldWhateverFailsLast() {
        Race.Try inVain = () -> {
            throw new NoWayException("No way to it was found.", new IOException());
        };
        Race race = Race.over(machine, List.of(fails("a")), List.of(inVain), "ben");
        machine.begin(1);
        machine.begin(0);
        assertEquals(
                "No way to it was found.",
                assertInstanceOf(NoWayException.class, failure(race)).getMessage());
    }

    @Test
    void whereThereIsNoWayThatIsToldAtOnce() {
        assertEquals(
                "There is no way to dial on this device now.",
                failure(Race.over(machine, List.of(), List.of(), "ben")).getMessage());
    }
}
