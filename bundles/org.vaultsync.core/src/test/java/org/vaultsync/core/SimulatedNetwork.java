// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.vaultsync.Fingerprint;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Sighting;
import org.vaultsync.transport.Transport;

/**
 * The network of a simulation. A link is ordered and reliable for as long as it holds, as a link is; what was under way
 * when it breaks is lost. Between two devices there may be a wall: links over it break at once or fall silent.
 */
final class SimulatedNetwork {
    private static final long MILLIS = 1_000_000;

    private final SimulatedTime time;
    private final Map<String, Listening> endpoints = new TreeMap<>(); // by address
    private final Set<String> walls = new HashSet<>();
    private final boolean announces;
    private final List<End> ends = new ArrayList<>();
    private final Map<String, List<String>> otherAddresses = new TreeMap<>(); // by address
    private final List<Dial> dials = new ArrayList<>();
    private final List<Dial> strangers = new ArrayList<>();
    private final Map<String, Duration> detours = new TreeMap<>(); // by who dialled and who sends
    private BiConsumer<String, byte[]> watcher = (to, frame) -> {};
    private long delivered;

    /** That an address was dialled, in nanoseconds of the simulation. */
    record Dial(String from, String to, long at) {}

    /** @param announces whether devices near each other find each other, or only know the addresses that they were told */
    SimulatedNetwork(SimulatedTime time, boolean announces) {
        this.time = time;
        this.announces = announces;
    }

    boolean announces() {
        return announces;
    }

    /** Somebody reads all that is sent from now on, and to whom. */
    void watch(BiConsumer<String, byte[]> reader) {
        watcher = reader;
    }

    /** All dials since this was last asked. */
    List<Dial> dials() {
        List<Dial> all = List.copyOf(dials);
        dials.clear();
        return all;
    }

    /** Those dials that were hung up on because the one who was dialled did not know the knock. */
    List<Dial> strangers() {
        return List.copyOf(strangers);
    }

    /** A device says that it can be dialled at these addresses besides, where nobody is. */
    void claim(String address, List<String> others) {
        otherAddresses.put(address, others);
    }

    /** One device sees another, as if it were at that address. */
    void see(String seer, String seen, String at) {
        endpoints
                .get(seer)
                .door
                .sighted(new Sighting(endpoints.get(seen).announcement.get(), List.of(at)));
    }

    /** The dials that made the links between two, once for each end that is open. */
    List<Dial> openEnds(String one, String other) {
        return ends.stream()
                .filter(end -> wall(end.here, end.there).equals(wall(one, other)))
                .map(end -> end.dial)
                .toList();
    }

    /** Frames that have arrived so far. */
    long delivered() {
        return delivered;
    }

    private static String wall(String one, String other) {
        return one.compareTo(other) < 0 ? one + '|' + other : other + '|' + one;
    }

    /** What a device sends takes longer, or shorter, over links that a certain one dials from now on. */
    void delay(String dialler, String sender, Duration by) {
        detours.put(dialler + '|' + sender, by);
    }

    /** Nothing goes from one to the other any more. */
    void separate(String one, String other, boolean silently) {
        walls.add(wall(one, other));
        for (End end : List.copyOf(ends)) {
            if (end.here.equals(one) && end.there.equals(other)) {
                if (silently) {
                    end.silent = true;
                    end.other.silent = true;
                } else {
                    end.breakOff();
                }
            }
        }
    }

    /** Nobody is told that others can be reached again. */
    void connectAllQuietly() {
        walls.clear();
    }

    void connectAll() {
        connectAllQuietly();
        endpoints.values().forEach(this::announce);
    }

    /** As multicast on a local network: both learn of each other, if nothing is between them. */
    private void announce(Listening fresh) {
        for (Listening other : List.copyOf(endpoints.values())) {
            tell(fresh, other);
            tell(other, fresh);
        }
    }

    private void tell(Listening who, Listening whom) {
        if (announces && who != whom) {
            time.after(time.some(100 * MILLIS, 3000 * MILLIS), "sighted", () -> {
                if (!who.machine.isDead()
                        && !whom.machine.isDead()
                        && who.announcement != null
                        && whom.announcement != null
                        && !walls.contains(wall(who.address, whom.address))) {
                    whom.door.sighted(new Sighting(who.announcement.get(), who.addresses()));
                }
            });
        }
    }

    /** All links of a device break, and the others notice or have to find out. */
    void drop(String address, boolean silently) {
        for (End end : List.copyOf(ends)) {
            if (end.here.equals(address)) {
                if (silently) {
                    end.silent = true;
                    end.other.silent = true;
                } else {
                    end.breakOff();
                }
            }
        }
    }

    /** The way into the network of one device; dies with its machine. */
    Transport at(String address, SimulatedMachine machine) {
        return new Transport() {
            @Override
            public String kind() {
                return "simulated";
            }

            @Override
            public Endpoint open(Identity self, Door door) {
                Listening endpoint = new Listening(address, machine, self, door);
                endpoints.put(address, endpoint);
                return endpoint;
            }
        };
    }

    private final class Listening implements Endpoint {
        final String address;
        final SimulatedMachine machine;
        final byte[] publicKey;
        final Door door;
        Supplier<Announcement> announcement;

        Listening(String address, SimulatedMachine machine, Identity self, Door door) {
            this.address = address;
            this.machine = machine;
            this.publicKey = self.certificate().getPublicKey().getEncoded();
            this.door = door;
        }

        @Override
        public List<String> addresses() {
            return Stream.concat(Stream.of(address), otherAddresses.getOrDefault(address, List.of()).stream())
                    .toList();
        }

        @Override
        public void announce(Supplier<Announcement> fresh) {
            announcement = fresh;
            SimulatedNetwork.this.announce(this);
        }

        @Override
        public Link dial(String to, Fingerprint expected, Knock knock) throws IOException {
            Dial dial = new Dial(address, to, time.now());
            dials.add(dial);
            Listening other = endpoints.get(to);
            if (other == null || other.machine.isDead() || walls.contains(wall(address, to)) || to.equals(address)) {
                throw new IOException("Nobody answers at " + to + ".");
            }
            Guest guest = other.door.recognise(knock).orElseThrow(() -> {
                strangers.add(dial);
                return new IOException("It hung up.");
            });
            Fingerprint self = Fingerprint.of(publicKey);
            if (!Fingerprint.of(other.publicKey).equals(expected)
                    || guest instanceof Guest.Pinned(Fingerprint pinned) && !pinned.equals(self)) {
                throw new IOException("Another device answers at " + to + ".");
            }
            End mine = new End(address, to, machine, new Guest.Pinned(expected), other.publicKey, dial);
            End theirs = new End(to, address, other.machine, guest, publicKey, dial);
            mine.other = theirs;
            theirs.other = mine;
            ends.add(mine);
            ends.add(theirs);
            time.after(mine.latency(), "linked", () -> {
                if (!theirs.closed && !other.machine.isDead()) {
                    other.door.linked(theirs);
                }
            });
            return mine;
        }

        @Override
        public void close() {
            endpoints.remove(address, this);
            ends.stream().filter(end -> end.machine == machine).toList().forEach(End::close);
        }
    }

    private final class End implements Link {
        final String here;
        final String there;
        final SimulatedMachine machine;
        final Guest guest;
        final byte[] peerKey;
        final Dial dial;
        final long detour;
        final List<Runnable> early = new ArrayList<>(); // came before anybody listened
        End other;
        Receiver receiver;
        long busyUntil;
        boolean silent;
        boolean closed;

        End(String here, String there, SimulatedMachine machine, Guest guest, byte[] peerKey, Dial dial) {
            this.here = here;
            this.there = there;
            this.machine = machine;
            this.guest = guest;
            this.peerKey = peerKey;
            this.dial = dial;
            detour = detours.getOrDefault(dial.from + '|' + here, Duration.ZERO).toNanos();
        }

        long latency() {
            return Math.max(0, time.some(2 * MILLIS, 300 * MILLIS) + detour);
        }

        @Override
        public String kind() {
            return "simulated";
        }

        @Override
        public Guest guest() {
            return guest;
        }

        @Override
        public byte[] peerKey() {
            return peerKey.clone();
        }

        @Override
        public String address() {
            return there;
        }

        @Override
        public boolean dialled() {
            return dial.from.equals(here);
        }

        @Override
        public void start(Receiver started) {
            receiver = started;
            List<Runnable> waiting = List.copyOf(early);
            early.clear();
            waiting.forEach(Runnable::run);
        }

        @Override
        public void send(byte[] message) throws IOException {
            if (closed) {
                throw new IOException("the link is closed");
            }
            watcher.accept(there, message);
            if (!silent) {
                deliver(
                        "frame",
                        () -> other.arrive(() -> {
                            if (!other.closed) {
                                delivered++;
                                other.receiver.received(message);
                            }
                        }));
            }
        }

        private void deliver(String what, Runnable task) {
            busyUntil = Math.max(busyUntil, time.now() + latency());
            time.after(busyUntil - time.now(), what, task);
        }

        private void arrive(Runnable event) {
            if (machine.isDead()) {
                return;
            }
            if (receiver == null) {
                early.add(event);
            } else {
                event.run();
            }
        }

        @Override
        public void close() {
            if (!closed) {
                ended("closed by this side");
                if (!silent) {
                    deliver("close", () -> other.ended("closed by the other side"));
                }
            }
        }

        /** Both notice at once; what was under way is lost. */
        void breakOff() {
            ended("the network is gone");
            other.ended("the network is gone");
        }

        private void ended(String reason) {
            if (!closed) {
                closed = true;
                ends.remove(this);
                time.after(0, "closed", () -> arrive(() -> receiver.closed(reason)));
            }
        }
    }
}
