// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.OtherKeyException;

/**
 * Dials a device at several addresses, each a little after the one before, or as soon as one has failed, and the last after
 * half a second at most, so that stale addresses cost next to nothing.
 */
final class Race {
    private static final Logger LOG = LoggerFactory.getLogger(Race.class);
    private static final Duration STAGGER = Duration.ofMillis(250);
    private static final Duration ALL_BEGUN = Duration.ofMillis(500);
    private static final Duration OTHERS_LATER = Duration.ofSeconds(1);

    /** One try. Blocks. */
    @FunctionalInterface
    interface Try {
        Link dial() throws IOException;
    }

    private final String whom;
    private final Queue<Try> better;
    private final Queue<Try> others;
    private final AtomicInteger betterLeft; // that have not failed yet
    private final AtomicInteger othersLeft;
    private final CompletableFuture<Link> winner = new CompletableFuture<>();
    private final AtomicReference<Exception> otherKey = new AtomicReference<>();
    private final AtomicReference<Exception> noWay = new AtomicReference<>();

    private Race(String whom, List<Try> better, List<Try> others) {
        this.whom = whom;
        this.better = new ConcurrentLinkedQueue<>(better);
        this.others = new ConcurrentLinkedQueue<>(others);
        betterLeft = new AtomicInteger(better.size());
        othersLeft = new AtomicInteger(others.size());
    }

    /**
     * Begins. The last reason that a try failed for is a sentence for people.
     *
     * @param better what is tried at once, one after the other
     * @param others what is tried a second later, or as soon as nothing better is left
     */
    static Race over(Machine machine, List<Try> better, List<Try> others, String whom) {
        Race race = new Race(whom, better, others);
        if (better.isEmpty() && others.isEmpty()) {
            race.winner.completeExceptionally(new IOException("There is no way to dial on this device now."));
        }
        race.begin(machine, race.better, Duration.ZERO);
        race.begin(machine, race.others, better.isEmpty() ? Duration.ZERO : OTHERS_LATER);
        return race;
    }

    private void begin(Machine machine, Queue<Try> tries, Duration later) {
        int all = tries.size();
        for (int i = 0; i < all; i++) {
            machine.run("vaultsync dial " + whom, later.plus(pause(i, all)), () -> run(tries));
        }
    }

    private static Duration pause(int one, int of) {
        Duration even = ALL_BEGUN.dividedBy(Math.max(1, of - 1));
        return (even.compareTo(STAGGER) < 0 ? even : STAGGER).multipliedBy(one);
    }

    /**
     * The first link that comes about; the others are closed. Fails once all addresses have, with a sentence for people:
     * that somebody with another key answered, or else that it was met and there is no way to it, or else the last reason.
     */
    CompletionStage<Link> winner() {
        return winner;
    }

    /** Ends it without a winner, unless there is one. What is being dialled still is closed when it links. */
    void abandon() {
        winner.completeExceptionally(new IOException("The networks of this device have changed."));
    }

    /** Makes the next of these tries, and goes on while they fail. */
    private void run(Queue<Try> tries) {
        for (Try next = tries.poll(); next != null && !winner.isDone(); next = tries.poll()) {
            try {
                Link link = next.dial();
                if (!winner.complete(link)) {
                    link.close();
                }
            } catch (IOException unreachable) {
                LOG.debug("dialling {}: {}", whom, unreachable.getMessage());
                failed(tries, unreachable);
            } catch (RuntimeException | Error ours) {
                LOG.error("dialling {}: an error of this side", whom, ours);
                failed(tries, new IOException("This application failed to dial it: " + ours, ours));
            }
        }
    }

    private void failed(Queue<Try> of, Exception why) {
        if (why instanceof OtherKeyException) {
            otherKey.compareAndSet(null, why);
        } else if (why instanceof NoWayException) {
            noWay.compareAndSet(null, why);
        }
        int left = (of == better ? betterLeft : othersLeft).decrementAndGet();
        if (left == 0 && betterLeft.get() == 0 && othersLeft.get() == 0) {
            winner.completeExceptionally(Stream.of(otherKey, noWay)
                    .map(AtomicReference::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(why));
        } else if (left == 0 && of == better) {
            run(others);
        }
    }
}
