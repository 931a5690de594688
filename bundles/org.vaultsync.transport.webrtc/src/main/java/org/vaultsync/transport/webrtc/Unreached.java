// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Those in an open room to whom no way was found, and when each is tried again: after a second, two, four and so on, up to a
 * quarter of an hour. Of more than it remembers the one that failed longest ago is forgotten. Confined to one thread.
 */
final class Unreached {
    /** How long the first pause usually is. */
    static final Duration FIRST = Duration.ofSeconds(1);

    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int MOST = 128;
    private static final int MOST_WAYS = 32;

    /** An offer that came before the next try is due, and what followed it. */
    record Waiting(URI server, String from, Sdp offer, List<Candidate> ways) {}

    private static final class Pause {
        int tries;
        long until; // as System.nanoTime tells it
        long anew;
        Optional<Waiting> waiting = Optional.empty();
    }

    private final Duration first;
    private final Map<String, Pause> pauses = new LinkedHashMap<>(); // who failed last is last

    Unreached(Duration first) {
        this.first = first;
    }

    /**
     * One more try has failed. Returns after how long there may be another.
     *
     * @param anew how often that one had begun anew by then
     */
    Duration failed(String name, long anew, long now) {
        Pause pause = Optional.ofNullable(pauses.remove(name)).orElseGet(Pause::new);
        pauses.put(name, pause);
        if (pauses.size() > MOST) {
            pauses.remove(pauses.keySet().iterator().next());
        }
        Duration length = first.multipliedBy(1L << Math.min(pause.tries, 20));
        length = length.compareTo(LONGEST) < 0 ? length : LONGEST;
        pause.tries++;
        pause.until = now + length.toNanos();
        pause.anew = anew;
        return length;
    }

    boolean isEmpty() {
        return pauses.isEmpty();
    }

    /** How many tries have failed. */
    int tries(String name) {
        return pauses.containsKey(name) ? pauses.get(name).tries : 0;
    }

    /** That one says how often it has begun anew: if that was once more, it counts for somebody else. */
    void heard(String name, long anew) {
        if (pauses.containsKey(name) && pauses.get(name).anew != anew) {
            pauses.remove(name);
        }
    }

    /** Whether it is too early for another try. */
    boolean isPausing(String name, long now) {
        return pauses.containsKey(name) && pauses.get(name).until - now > 0;
    }

    /** Keeps an offer of one that pauses, in place of one before. The same one may come again, by another address. */
    void keep(Waiting offer) {
        Pause pause = pauses.get(offer.from());
        if (pause.waiting.filter(before -> before.offer().equals(offer.offer())).isEmpty()) {
            pause.waiting = Optional.of(offer);
        }
    }

    /** Keeps a way to one whose offer is kept. */
    void keep(String name, Candidate way) {
        Optional.ofNullable(pauses.get(name))
                .flatMap(pause -> pause.waiting)
                .filter(waiting -> waiting.ways().size() < MOST_WAYS)
                .ifPresent(waiting -> waiting.ways().add(way));
    }

    /** What is kept of one, which is not kept from then on. */
    Optional<Waiting> take(String name) {
        Optional<Pause> pause = Optional.ofNullable(pauses.get(name));
        Optional<Waiting> waiting = pause.flatMap(one -> one.waiting);
        pause.ifPresent(one -> one.waiting = Optional.empty());
        return waiting;
    }

    /** It was reached. */
    void reached(String name) {
        pauses.remove(name);
    }

    /** Everybody may be tried again now. Returns what was kept of them. */
    List<Waiting> forget() {
        List<Waiting> kept = new ArrayList<>();
        pauses.values().forEach(pause -> pause.waiting.ifPresent(kept::add));
        pauses.clear();
        return kept;
    }
}
