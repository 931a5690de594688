// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OtherKeyException;

/**
 * Dials a device at several addresses, each a little after the one before, and the last after a second at most, so that
 * stale addresses cost next to nothing.
 */
final class Race {
    private static final Logger LOG = LoggerFactory.getLogger(Race.class);
    private static final Duration STAGGER = Duration.ofMillis(250);
    private static final Duration ALL_BEGUN = Duration.ofSeconds(1);
    private static final Duration OTHERS_LATER = Duration.ofMillis(1500);

    /** One try. Blocks. */
    @FunctionalInterface
    interface Try {
        Link dial() throws IOException;
    }

    private final String whom;
    private final CompletableFuture<Link> winner = new CompletableFuture<>();
    private final AtomicInteger left;
    private final AtomicReference<Exception> otherKey = new AtomicReference<>();

    private Race(String whom, int tries) {
        this.whom = whom;
        this.left = new AtomicInteger(tries);
    }

    /**
     * Begins. The last reason that a try failed for is a sentence for people.
     *
     * @param better what is tried at once, one after the other
     * @param others what is tried a little later, unless there is nothing better
     */
    static Race over(Machine machine, List<Try> better, List<Try> others, String whom) {
        Race race = new Race(whom, better.size() + others.size());
        if (better.isEmpty() && others.isEmpty()) {
            race.winner.completeExceptionally(new IOException("There is no way to dial on this device now."));
        }
        race.begin(machine, better, Duration.ZERO);
        race.begin(machine, others, better.isEmpty() ? Duration.ZERO : OTHERS_LATER);
        return race;
    }

    private void begin(Machine machine, List<Try> tries, Duration later) {
        for (int i = 0; i < tries.size(); i++) {
            Try one = tries.get(i);
            machine.run("vaultsync dial " + whom, later.plus(pause(i, tries.size())), () -> run(one));
        }
    }

    private static Duration pause(int one, int of) {
        Duration even = ALL_BEGUN.dividedBy(Math.max(1, of - 1));
        return (even.compareTo(STAGGER) < 0 ? even : STAGGER).multipliedBy(one);
    }

    /**
     * The first link that comes about; the others are closed. Fails once all addresses have, with a sentence for people:
     * that somebody with another key answered, or else the last reason.
     */
    CompletionStage<Link> winner() {
        return winner;
    }

    /** Ends it without a winner, unless there is one. What is being dialled still is closed when it links. */
    void abandon() {
        winner.completeExceptionally(new IOException("The networks of this device have changed."));
    }

    private void run(Try one) {
        if (winner.isDone()) {
            return;
        }
        try {
            Link link = one.dial();
            if (!winner.complete(link)) {
                link.close();
            }
        } catch (IOException | RuntimeException unreachable) {
            LOG.debug("dialling {}: {}", whom, unreachable.getMessage());
            if (unreachable instanceof OtherKeyException) {
                otherKey.compareAndSet(null, unreachable);
            }
            if (left.decrementAndGet() == 0) {
                winner.completeExceptionally(Optional.ofNullable(otherKey.get()).orElse(unreachable));
            }
        }
    }
}
