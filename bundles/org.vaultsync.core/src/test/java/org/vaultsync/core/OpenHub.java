// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.vaultsync.Meeting;
import org.vaultsync.Trouble;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.OpenRooms;

/** Open rooms within one process: everybody who names a room is in, as with the real transport, but for the network. */
final class OpenHub implements OpenRooms {
    private final Map<String, List<Guest>> rooms = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();
    /** So many each of them takes. */
    volatile int places = Integer.MAX_VALUE;
    /** How often somebody was asked to look again for whom it has not reached. */
    final AtomicInteger again = new AtomicInteger();

    @Override
    public Optional<Trouble> trouble() {
        return Optional.empty();
    }

    @Override
    public synchronized Attendance join(Place place, Optional<Meeting> set, Visitor visitor) {
        Guest guest = new Guest("peer" + names.incrementAndGet(), place, visitor);
        List<Guest> present = rooms.computeIfAbsent(place.name(), none -> new CopyOnWriteArrayList<>());
        for (Guest other : present) {
            if (other.ends.size() >= places) {
                other.visitor.notice(Notice.FULL);
            } else if (other.place.password().equals(place.password())) {
                End one = new End(other, false);
                End two = new End(guest, true);
                one.other = two;
                two.other = one;
                guest.ends.add(one);
                other.ends.add(two);
                visitor.came(one);
                other.visitor.came(two);
            } else {
                visitor.notice(notice(place, other.place));
                other.visitor.notice(notice(other.place, place));
            }
        }
        present.add(guest);
        visitor.serversChanged();
        return guest;
    }

    private static Notice notice(Place ours, Place theirs) {
        return ours.password().isEmpty()
                ? Notice.THEY_ENCRYPT
                : theirs.password().isEmpty() ? Notice.THEY_DO_NOT_ENCRYPT : Notice.OTHER_PASSWORD;
    }

    /** Everybody loses everybody, and nobody comes back. */
    void cut() {
        rooms.values().forEach(all -> all.forEach(Guest::hangUp));
        rooms.clear();
    }

    private final class Guest implements Attendance {
        final String name;
        private volatile Place place;
        final Visitor visitor;
        final List<End> ends = new CopyOnWriteArrayList<>();

        Guest(String name, Place place, Visitor visitor) {
            this.name = name;
            this.place = place;
            this.visitor = visitor;
        }

        @Override
        public List<Server> servers() {
            return place.servers().stream()
                    .map(server -> new Server(server, true, Optional.empty()))
                    .toList();
        }

        @Override
        public boolean lookAt(List<String> servers) {
            place = new Place(place.name(), place.password(), servers, place.instance());
            visitor.serversChanged();
            return true;
        }

        @Override
        public void again() {
            again.incrementAndGet();
        }

        void hangUp() {
            ends.forEach(End::close);
        }

        @Override
        public void close() {
            rooms.computeIfPresent(place.name(), (name, present) -> {
                present.remove(this);
                return present;
            });
            hangUp();
        }
    }

    /** One end of a channel: what is sent here is received at the other one, on a thread of that. */
    private static final class End implements Channel {
        private final Guest at;
        private final boolean initiator;
        private final ExecutorService reader =
                Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
        private final CompletableFuture<Link.Receiver> receiver = new CompletableFuture<>();
        private volatile End other;
        private volatile boolean closed;

        End(Guest at, boolean initiator) {
            this.at = at;
            this.initiator = initiator;
        }

        @Override
        public String peer() {
            return at.name;
        }

        @Override
        public Optional<String> instance() {
            return Optional.of(at.place.instance()).filter(run -> !run.isEmpty());
        }

        @Override
        public boolean initiator() {
            return initiator;
        }

        @Override
        public Optional<String> path() {
            return Optional.of("direct");
        }

        @Override
        public void start(Link.Receiver told) {
            receiver.complete(told);
        }

        @Override
        public void send(byte[] message) throws IOException {
            if (message.length < 1 || message.length > MAX_MESSAGE) {
                throw new IllegalArgumentException("message of " + message.length + " bytes");
            }
            if (closed) {
                throw new IOException("it is closed");
            }
            other.reader.execute(() -> other.receiver.join().received(message.clone()));
        }

        @Override
        public void close() {
            end();
            other.end();
        }

        private synchronized void end() {
            if (!closed) {
                closed = true;
                reader.execute(() -> receiver.join().closed("closed"));
                reader.shutdown();
            }
        }
    }
}
