// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Who is at the door, counted, so that nobody fills it up for the others. Thread-safe. */
final class Crowd {
    private final Limits limits;
    private final LongSupplier nanos;
    private final Map<String, Integer> connections = new HashMap<>(); // by source; guarded by this
    private final Map<String, Allowance> allowances =
            new LinkedHashMap<>(16, 0.75f, true); // by source, who came last at the end; guarded by this
    private final Set<Visitor> waiting = new LinkedHashSet<>(); // oldest first; guarded by this

    /** @param nanos a time that does not jump */
    Crowd(Limits limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
    }

    /** What one address may still do: it fills up evenly over a minute. */
    private static final class Allowance {
        private double left;
        private long at;

        Allowance(double left, long at) {
            this.left = left;
            this.at = at;
        }
    }

    private static final int MOST_SOURCES = 4096;
    /** Of the neighbours of a link-local network together: less than all who may wait. */
    private static final int IN_COMMON = 3;

    /** A connection that somebody made. */
    final class Visitor {
        private final Socket tcp;
        private final List<String> sources;
        private boolean here = true; // guarded by the crowd

        private Visitor(Socket tcp, List<String> sources) {
            this.tcp = tcp;
            this.sources = sources;
        }

        Socket tcp() {
            return tcp;
        }

        /** Is known now: no longer pushed out by newcomers. */
        void known() {
            synchronized (Crowd.this) {
                waiting.remove(this);
            }
        }

        /** Is gone. Harmless when told again. */
        void left() {
            synchronized (Crowd.this) {
                waiting.remove(this);
                if (here) {
                    here = false;
                    sources.forEach(source ->
                            connections.computeIfPresent(source, (from, count) -> count == 1 ? null : count - 1));
                }
            }
        }
    }

    /**
     * Who a newcomer is let in as, and who has to go for that.
     *
     * @param visitor empty if there are too many from that address already
     * @param why there is none
     */
    record Entry(Optional<Visitor> visitor, Optional<Visitor> pushedOut, Refusals.Why why) {
        static Entry refused(Refusals.Why why) {
            return new Entry(Optional.empty(), Optional.empty(), why);
        }
    }

    synchronized Entry enter(Socket tcp) {
        List<String> sources = HostPort.sources(tcp.getInetAddress());
        if (!allowed(sources)) {
            return Entry.refused(Refusals.Why.TOO_OFTEN_FROM_THERE);
        }
        for (int i = 0; i < sources.size(); i++) {
            String source = sources.get(i);
            long waitingFromThere = waiting.stream()
                    .filter(other -> other.sources.contains(source))
                    .count();
            if (connections.getOrDefault(source, 0) >= times(i) * limits.connectionsPerSource()
                    || waitingFromThere >= times(i) * limits.waitingPerSource()) {
                return Entry.refused(Refusals.Why.TOO_MANY_FROM_THERE);
            }
        }
        Optional<Visitor> pushedOut = Optional.empty();
        if (waiting.size() >= limits.waiting()) {
            Iterator<Visitor> oldest = waiting.iterator();
            pushedOut = Optional.of(oldest.next());
            oldest.remove();
        }
        Visitor visitor = new Visitor(tcp, sources);
        waiting.add(visitor);
        sources.forEach(source -> connections.merge(source, 1, Integer::sum));
        return new Entry(Optional.of(visitor), pushedOut, Refusals.Why.TOO_MANY);
    }

    /** How many times as much the second source of a caller may do, which it has in common with others. */
    private static int times(int which) {
        return which == 0 ? 1 : IN_COMMON;
    }

    private boolean allowed(List<String> sources) {
        List<Allowance> all = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            all.add(allowance(sources.get(i), times(i) * limits.attemptsPerMinute()));
        }
        if (all.stream().anyMatch(one -> one.left < 1)) {
            return false;
        }
        all.forEach(one -> one.left--);
        return true;
    }

    private Allowance allowance(String source, int most) {
        long now = nanos.getAsLong();
        Allowance allowance = allowances.computeIfAbsent(source, first -> new Allowance(most, now));
        double minutes = (now - allowance.at) / 6e10;
        allowance.left = Math.min(most, allowance.left + minutes * most);
        allowance.at = now;
        if (allowances.size() > MOST_SOURCES) {
            allowances.remove(allowances.keySet().iterator().next());
        }
        return allowance;
    }
}
