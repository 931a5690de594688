// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.Socket;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Who is at the door, counted, so that nobody fills it up for the others. Thread-safe. */
final class Crowd {
    private final Limits limits;
    private final LongSupplier nanos;
    private final Map<String, Integer> connections = new HashMap<>(); // by source; guarded by this
    private final Map<String, Allowance> allowances = new LinkedHashMap<>(); // by source; guarded by this
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

    /** A connection that somebody made. */
    final class Visitor {
        private final Socket tcp;
        private final String source;
        private boolean here = true; // guarded by the crowd

        private Visitor(Socket tcp, String source) {
            this.tcp = tcp;
            this.source = source;
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
                    connections.computeIfPresent(source, (from, count) -> count == 1 ? null : count - 1);
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
        String source = HostPort.source(tcp.getInetAddress());
        if (!allowed(source)) {
            return Entry.refused(Refusals.Why.TOO_OFTEN_FROM_THERE);
        }
        long waitingFromThere =
                waiting.stream().filter(other -> other.source.equals(source)).count();
        if (connections.getOrDefault(source, 0) >= limits.connectionsPerSource()
                || waitingFromThere >= limits.waitingPerSource()) {
            return Entry.refused(Refusals.Why.TOO_MANY_FROM_THERE);
        }
        Optional<Visitor> pushedOut = Optional.empty();
        if (waiting.size() >= limits.waiting()) {
            Iterator<Visitor> oldest = waiting.iterator();
            pushedOut = Optional.of(oldest.next());
            oldest.remove();
        }
        Visitor visitor = new Visitor(tcp, source);
        waiting.add(visitor);
        connections.merge(source, 1, Integer::sum);
        return new Entry(Optional.of(visitor), pushedOut, Refusals.Why.TOO_MANY);
    }

    private boolean allowed(String source) {
        long now = nanos.getAsLong();
        Allowance allowance =
                allowances.computeIfAbsent(source, first -> new Allowance(limits.attemptsPerMinute(), now));
        double minutes = (now - allowance.at) / 6e10;
        allowance.left = Math.min(limits.attemptsPerMinute(), allowance.left + minutes * limits.attemptsPerMinute());
        allowance.at = now;
        if (allowances.size() > MOST_SOURCES) {
            allowances.remove(allowances.keySet().iterator().next());
        }
        if (allowance.left < 1) {
            return false;
        }
        allowance.left--;
        return true;
    }
}
