// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.Fingerprint;
import org.vaultsync.Listening;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Identity;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.Sighting;
import org.vaultsync.transport.Transport;

/** Another transport, whose links can be broken in the midst of whatever is on them, and whose dials can be held. */
final class BrittleTransport implements Transport {
    private final Transport real;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Deque<Long> breaks = new ArrayDeque<>(); // guarded by itself, as are the next two
    private long cameIn;
    private Runnable breaking = () -> {};
    private final AtomicInteger held = new AtomicInteger();
    private volatile CountDownLatch hold = new CountDownLatch(0);
    private volatile Runnable networkChanged = () -> {};
    private volatile Function<Knock, Optional<Guest>> recognise = knock -> Optional.empty();
    private volatile Optional<Card> shown = Optional.empty();

    BrittleTransport(Transport real) {
        this.real = real;
    }

    /** Breaks all links that there are, and says how many there were. */
    int breakLinks() {
        int broken = 0;
        for (Link link : links) {
            if (links.remove(link)) {
                broken++;
                link.close();
            }
        }
        return broken;
    }

    /**
     * Breaks links when so many bytes have come in over them all since now; what comes then is lost.
     *
     * @param bytes in ascending order, once for each break
     * @param breaking runs before each break, on a thread of the transport
     */
    void breakAt(List<Long> bytes, Runnable breaking) {
        synchronized (breaks) {
            cameIn = 0;
            breaks.clear();
            breaks.addAll(bytes);
            this.breaking = breaking;
        }
    }

    /** How many breaks are still to come. */
    int breaksLeft() {
        synchronized (breaks) {
            return breaks.size();
        }
    }

    private boolean isTheEndOf(byte[] message) {
        synchronized (breaks) {
            cameIn += message.length;
            if (breaks.isEmpty() || cameIn < breaks.getFirst()) {
                return false;
            }
            breaks.removeFirst();
            breaking.run();
            return true;
        }
    }

    /** Dials hang from now on, as towards an address that nobody answers for, until this is counted down. */
    CountDownLatch holdDials() {
        hold = new CountDownLatch(1);
        return hold;
    }

    /** Dials that begin from now on do not hang; those that hang do so still. */
    void holdNoMore() {
        hold = new CountDownLatch(0);
    }

    /** How many dials hang. */
    int held() {
        return held.get();
    }

    /** How the device shows itself. */
    Optional<Card> card() {
        return shown;
    }

    /** The device gets other addresses, as it believes. */
    void changeNetwork() {
        networkChanged.run();
    }

    /** Whom the device takes somebody for who knocks. */
    Optional<Guest> recognise(Knock knock) {
        return recognise.apply(knock);
    }

    private final class BrittleLink implements Link {
        private final Link real;

        BrittleLink(Link real) {
            this.real = real;
        }

        @Override
        public String kind() {
            return real.kind();
        }

        @Override
        public Guest guest() {
            return real.guest();
        }

        @Override
        public byte[] peerKey() {
            return real.peerKey();
        }

        @Override
        public String address() {
            return real.address();
        }

        @Override
        public Optional<String> path() {
            return real.path();
        }

        @Override
        public boolean dialled() {
            return real.dialled();
        }

        @Override
        public void start(Receiver receiver) {
            real.start(new Receiver() {
                private boolean broken; // thread of the link only

                @Override
                public void received(byte[] message) {
                    broken |= isTheEndOf(message);
                    if (broken) {
                        real.close();
                    } else {
                        receiver.received(message);
                    }
                }

                @Override
                public void misbehaved(String how) {
                    receiver.misbehaved(how);
                }

                @Override
                public void closed(String reason) {
                    links.remove(BrittleLink.this);
                    receiver.closed(reason);
                }
            });
        }

        @Override
        public void send(byte[] message) throws IOException {
            real.send(message);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @Override
    public String kind() {
        return real.kind();
    }

    @Override
    public Endpoint open(Identity self, Door door) throws IOException {
        networkChanged = door::networkChanged;
        recognise = door::recognise;
        Endpoint endpoint = real.open(self, new Door() {
            @Override
            public Optional<Guest> recognise(Knock knock) {
                return door.recognise(knock);
            }

            @Override
            public List<String> formerAddresses() {
                return door.formerAddresses();
            }

            @Override
            public Optional<Listening> settings() {
                return door.settings();
            }

            @Override
            public void linked(Link real) {
                Link link = new BrittleLink(real);
                links.add(link);
                door.linked(link);
            }

            @Override
            public void refused(String why, int times) {
                door.refused(why, times);
            }

            @Override
            public void sighted(Sighting sighting) {
                door.sighted(sighting);
            }

            @Override
            public void networkChanged() {
                door.networkChanged();
            }
        });
        return new Endpoint() {
            @Override
            public List<String> addresses() {
                return endpoint.addresses();
            }

            @Override
            public Link dial(String address, Fingerprint expected, Knock knock) throws IOException {
                held.incrementAndGet();
                try {
                    hold.await();
                } catch (InterruptedException givenUp) {
                    throw new IOException(givenUp);
                } finally {
                    held.decrementAndGet();
                }
                Link link = new BrittleLink(endpoint.dial(address, expected, knock));
                links.add(link);
                return link;
            }

            @Override
            public void announce(Supplier<Announcement> fresh) {
                endpoint.announce(fresh);
            }

            @Override
            public void show(Optional<Card> card) {
                shown = card;
                endpoint.show(card);
            }

            @Override
            public void hide() {
                endpoint.hide();
            }

            @Override
            public void close() {
                endpoint.close();
            }
        };
    }
}
