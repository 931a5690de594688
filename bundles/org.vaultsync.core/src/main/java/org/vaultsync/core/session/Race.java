// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.transport.Endpoint;
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

    /** One try. Blocks. */
    @FunctionalInterface
    interface Try {
        Link dial(Endpoint endpoint, String address) throws IOException;
    }

    private final String whom;
    private final Try how;
    private final CompletableFuture<Link> winner = new CompletableFuture<>();
    private final AtomicInteger left;
    private final AtomicReference<Exception> otherKey = new AtomicReference<>();

    private Race(String whom, Try how, int tries) {
        this.whom = whom;
        this.how = how;
        this.left = new AtomicInteger(tries);
    }

    /** Begins. */
    static Race over(Machine machine, List<Endpoint> endpoints, List<String> addresses, String whom, Try how) {
        Race race = new Race(whom, how, endpoints.size() * addresses.size());
        List<Runnable> tries = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            for (String address : addresses) {
                tries.add(() -> race.run(endpoint, address));
            }
        }
        if (tries.isEmpty()) {
            race.winner.completeExceptionally(new IOException("There is no way to dial on this device now."));
        }
        for (int i = 0; i < tries.size(); i++) {
            machine.run("vaultsync dial " + whom, pause(i, tries.size()), tries.get(i));
        }
        return race;
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

    private void run(Endpoint endpoint, String address) {
        if (winner.isDone()) {
            return;
        }
        try {
            Link link = how.dial(endpoint, address);
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
