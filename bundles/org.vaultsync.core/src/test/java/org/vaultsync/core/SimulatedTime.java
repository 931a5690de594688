// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A time of its own, in which everything that happens is an event on one thread: the same seed gives the same events. No
 * event is ever waited for.
 */
final class SimulatedTime {
    private record Event(long at, long number, String what, Runnable task) {}

    final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private long now;
    private long number;
    private long trace = 17;

    SimulatedTime(long seed) {
        random = new Random(seed);
    }

    long now() {
        return now;
    }

    /** A digest of all that has happened so far: two runs of one seed must not differ in it. */
    long trace() {
        return trace;
    }

    long happened() {
        return number;
    }

    void after(long nanos, String what, Runnable task) {
        events.add(new Event(now + nanos, number++, what, task));
    }

    /** Lets time pass. */
    void pass(Duration duration) {
        long end = now + duration.toNanos();
        until(() -> false, duration);
        now = end;
    }

    /** Lets time pass until something is so, or at most so long. Tells whether it is so. */
    boolean until(BooleanSupplier condition, Duration longest) {
        long end = now + longest.toNanos();
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().at() > end) {
                return false;
            }
            Event next = events.remove();
            now = Math.max(now, next.at());
            trace = 31 * trace + next.what().hashCode() + now;
            next.task().run();
        }
        return true;
    }

    /** Mostly short, now and then long: how things take their time on a busy machine. */
    long some(long usual, long longest) {
        return random.nextInt(20) == 0 ? (long) (random.nextDouble() * longest) : (long) (random.nextDouble() * usual);
    }
}
