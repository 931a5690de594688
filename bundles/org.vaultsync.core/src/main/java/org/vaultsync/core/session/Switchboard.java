// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.LinkByHand;
import org.vaultsync.Listening;
import org.vaultsync.LogEntry.Kind;
import org.vaultsync.Meeting;
import org.vaultsync.Reach;
import org.vaultsync.SyncException;
import org.vaultsync.Throughput;
import org.vaultsync.Trouble;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.Bye;
import org.vaultsync.core.wire.Message.Hello;
import org.vaultsync.core.wire.Message.Redeem;
import org.vaultsync.core.wire.Message.Welcome;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.transport.Announcement;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Courier;
import org.vaultsync.transport.Door;
import org.vaultsync.transport.Endpoint;
import org.vaultsync.transport.Guest;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;
import org.vaultsync.transport.NoWayException;
import org.vaultsync.transport.OtherKeyException;
import org.vaultsync.transport.Rendezvous;
import org.vaultsync.transport.Sighting;
import org.vaultsync.transport.Transport;
import org.vaultsync.transport.TroubleException;

/**
 * Policy about links: who may come in, whom to dial and how often, and which of two links to one device stays. All
 * mutable state belongs to one thread of its own, but for what a knock is compared with.
 */
public final class Switchboard implements Door, AutoCloseable {
    /** What the switchboard needs of the rooms. */
    public interface Rooms {
        /** What this device says of itself; its addresses are filled in. */
        String deviceName();

        /** A link to a member is ready. */
        void linked(Session session);

        void unlinked(Session session);

        /** A message for a room; it may name a room that is not here. */
        void received(Session session, Message message, Receipt receipt);

        /**
         * Somebody proved that they hold an invite. Completes when the admission is on disk, fails with a
         * {@link SyncException}; a person may be asked first.
         *
         * @param givenUp completes when the other side does not wait any more
         */
        CompletionStage<Welcome> redeem(
                String invite, byte[] publicKey, String deviceName, CompletionStage<Void> givenUp);

        /** Whether this is somebody who has seen that this device shows itself. */
        boolean recognises(Knock knock);

        /** Somebody came who has seen that this device shows itself. */
        void visited(Link link);

        /** A device nearby shows itself. */
        void shown(String id, Card card, List<String> addresses);

        void shownNoLonger(String id);

        /** Somebody nearby runs a signaling server. */
        void served(String id, List<String> addresses);

        void servedNoLonger(String id);

        /** How this device is to be reached, if a person has set that. */
        Optional<Listening> settings();

        /** How this device is to meet those that it cannot dial, if a person has set that. */
        Optional<Meeting> meeting();

        /** The kinds of transports that a person has switched off. */
        Set<String> transportsOff();

        /** After how long members that could not be reached are looked for again. Any thread. */
        Duration lookAgain();

        /** Whether members can be reached has changed. */
        void reachChanged();

        /** The networks have changed, or this device slept. */
        void wokeUp();
    }

    /** Where this device could be dialled when it last ran. */
    private static final String SYNCED = "synced."; // and whom with

    private static final String ADDRESSES = "addresses";

    /** A member of any room, as far as links go. */
    private static final class Contact {
        final Fingerprint fingerprint;
        Optional<Session> session = Optional.empty();
        Optional<Race> dialling = Optional.empty();
        boolean again; // something was learnt while dialling
        List<String> sighted = List.of();
        int attempts;
        int noWays; // so often it was met and no link came about
        long meetAgain; // in the machine's nanoseconds; not before, if there was no way often enough
        Optional<String> noWay = Optional.empty(); // the last reason, while it is not tried
        long linkedAt; // in the machine's nanoseconds
        int fleeting; // links in a row that did not last
        Optional<Long> lostAt = Optional.empty(); // in the machine's nanoseconds; its link broke by itself
        Optional<Future<?>> next = Optional.empty();

        Contact(Fingerprint fingerprint) {
            this.fingerprint = fingerprint;
        }

        /** Whatever failed before may succeed now. */
        void afresh() {
            attempts = 0;
            noWays = 0;
            noWay = Optional.empty();
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);
    private static final int VERSION = 1;
    private static final int LOUD_TRIES = 5;
    private static final Duration QUIETLY = Duration.ofSeconds(60);
    private static final Duration LONGEST_WITHOUT_A_WAY = Duration.ofMinutes(15);
    private static final Duration AFTER_A_CUT = Duration.ofSeconds(2);
    private static final Duration CUTS_LAST = Duration.ofMinutes(10);
    private static final Duration LASTS = Duration.ofSeconds(10);
    private static final Set<String> FOR_GOOD = Set.of("twice", "version", "refused");
    private static final int MOST_SIGHTED = 6;
    private static final int MOST_HEARD = 8;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);
    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final Duration GREETING = Duration.ofSeconds(5);
    private static final Duration LISTEN_AGAIN = Duration.ofSeconds(5);
    private static final Duration PATIENCE = GREETING.plusSeconds(1); // until there is another try
    private static final Duration QUESTION = Duration.ofMinutes(11);
    private static final String NOTHING_HEARD = "Nothing is heard from it any more.";
    private static final int REMEMBERED_KNOCKS = 10_000;
    private static final int REDEEM_TRIES = 3;

    private final DeviceKey key;
    private final Store store;
    private final Machine machine;
    private final Rooms rooms;
    private final Logbook logbook;
    private final Crowd crowd;
    private final String instance;
    private final byte[] mark; // of the knocks that this device makes
    private final RandomGenerator jitter;
    private final Worker thread;
    private final Map<Fingerprint, byte[]> pairSecrets = new ConcurrentHashMap<>();
    private final Map<String, byte[]> inviteSecrets = new ConcurrentHashMap<>(); // by token
    private final Set<String> heard = new HashSet<>(); // in this run; guarded by itself
    private final Map<Fingerprint, Reach> reach = new ConcurrentHashMap<>();
    private final Map<Fingerprint, Duration> clocks = new ConcurrentHashMap<>();
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>(); // by kind of transport
    private final Map<String, Transport> transports = new LinkedHashMap<>(); // links thread only
    private final Map<Fingerprint, Contact> contacts = new HashMap<>(); // links thread only
    private final Set<Session> strangers = new HashSet<>(); // links thread only; not yet greeted
    private Optional<Card> card = Optional.empty(); // links thread only
    private Optional<Integer> serving = Optional.empty(); // switchboard thread only; the port of our signaling server
    private List<Measured> measured = List.of(); // links thread only; as was last told
    private long begun; // links thread only; how many links there have been
    private boolean open; // links thread only
    private volatile boolean allPaused;
    private volatile Set<Fingerprint> pausedPeers = Set.of();
    private final Map<String, Trouble> closed = new ConcurrentHashMap<>(); // why there is no endpoint, by kind

    public Switchboard(DeviceKey key, Store store, Machine machine, Logbook logbook, Rooms rooms) {
        this.key = key;
        this.store = store;
        this.machine = machine;
        this.rooms = rooms;
        this.logbook = logbook;
        crowd = new Crowd(machine);
        instance = HexFormat.of().toHexDigits(machine.random().nextLong());
        jitter = machine.random();
        try {
            mark = key.agree(key.publicKey()); // with itself, which nobody else can
        } catch (GeneralSecurityException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
        thread = machine.worker("vaultsync links");
        thread.after(KEEP_ALIVE, this::keepAlive);
    }

    // Transports

    public void add(Transport transport) {
        thread.execute(() -> {
            transports.put(transport.kind(), transport);
            if (open) {
                listen(transport);
            } else {
                transport.warmUp(key::identity);
            }
        });
    }

    public void remove(Transport transport) {
        thread.execute(() -> {
            transports.remove(transport.kind(), transport);
            Endpoint endpoint = endpoints.remove(transport.kind());
            if (endpoint != null) {
                endpoint.close();
            }
            closed.remove(transport.kind());
        });
    }

    /** Starts to listen, as soon as there is a room. */
    public void open() {
        thread.execute(() -> {
            if (!open) {
                open = true;
                transports.values().forEach(this::listen);
            }
        });
    }

    private void listen(Transport transport) {
        if (rooms.transportsOff().contains(transport.kind())) {
            return;
        }
        try {
            Endpoint endpoint = transport.open(key.identity(), this);
            endpoints.put(transport.kind(), endpoint);
            endpoint.announce(this::announcement);
            endpoint.show(card);
            endpoint.serve(serving);
            closed.remove(transport.kind());
            awaitAll();
            store.write(Tables.putSetting(ADDRESSES, String.join("\n", addresses())));
            LOG.info(
                    "listening over {} at {}",
                    transport.kind(),
                    endpoints.get(transport.kind()).addresses());
            logbook.note(
                    Kind.DEVICE,
                    endpoint.addresses().isEmpty()
                            ? "Ready over " + Reach.over(transport.kind()) + "."
                            : "Listening over " + Reach.over(transport.kind()) + " at "
                                    + String.join(", ", endpoint.addresses()) + ".");
            // Whoever was to be dialled before there was a way has been put off for a minute.
            contacts.values().forEach(contact -> dialSoon(contact, Duration.ZERO));
        } catch (IOException notHere) {
            Trouble why = TroubleException.of(notHere);
            if (!why.equals(closed.put(transport.kind(), why))) {
                LOG.error("transport {}: {}", transport.kind(), notHere.getMessage());
                logbook.note(
                        Kind.DEVICE,
                        "It cannot be reached over " + Reach.over(transport.kind()) + ": " + notHere.getMessage());
            }
            // The address of a VPN, say, comes later than the application, and nobody tells of it.
            thread.after(LISTEN_AGAIN, () -> {
                if (transports.get(transport.kind()) == transport && closed.get(transport.kind()) == why) {
                    listen(transport);
                }
            });
        }
        rooms.reachChanged();
    }

    /** Why this machine cannot be reached at all, as a sentence for people. */
    public Optional<String> problem() {
        return endpoints.isEmpty() ? closed.values().stream().findFirst().map(Trouble::sentence) : Optional.empty();
    }

    /** What keeps each kind of transport from working as it is set; those that do not listen at all among them. */
    public Map<String, Trouble> troubles() {
        Map<String, Trouble> troubles = new TreeMap<>(closed);
        endpoints.forEach((kind, endpoint) -> endpoint.trouble().ifPresent(told -> troubles.put(kind, told)));
        return troubles;
    }

    private void awaitAll() {
        List<Endpoint> meeting =
                endpoints.values().stream().filter(Endpoint::meets).toList();
        if (meeting.isEmpty()) {
            return;
        }
        List<Rendezvous> whom = new ArrayList<>();
        pairSecrets.forEach((member, secret) -> whom.add(new Rendezvous(
                Knocks.ofRendezvous(secret),
                store.read(database -> Tables.addresses(database, member)).stream()
                        .filter(Meeting::isSignaling)
                        .toList())));
        inviteSecrets.values().forEach(secret -> whom.add(new Rendezvous(Knocks.ofRendezvous(secret), List.of())));
        meeting.forEach(endpoint -> endpoint.await(whom));
    }

    /** Where this device can be dialled. */
    public List<String> addresses() {
        return endpoints.values().stream()
                .flatMap(endpoint -> endpoint.addresses().stream())
                .distinct()
                .limit(32)
                .toList();
    }

    /** Where this device can be dialled, once those transports that are there listen. */
    public CompletionStage<List<String>> listening() {
        open();
        return CompletableFuture.supplyAsync(this::addresses, thread);
    }

    /** By how much the clocks of those that were linked since the start are ahead of this one's. */
    public Map<Fingerprint, Duration> clocks() {
        return Map.copyOf(clocks);
    }

    /** Neither dials nor answers these members, or anybody, from now on. Called with all that is paused. */
    public void pause(boolean everything, Set<Fingerprint> peers) {
        pausedPeers = Set.copyOf(peers);
        allPaused = everything;
        thread.execute(() -> {
            for (Contact contact : contacts.values()) {
                boolean was = reach.get(contact.fingerprint) instanceof Reach.Paused;
                if (isPaused(contact.fingerprint) && !was) {
                    contact.session.ifPresent(
                            session -> session.close("paused", "Sync was paused on the other device."));
                    reach.put(contact.fingerprint, new Reach.Paused());
                } else if (!isPaused(contact.fingerprint) && was) {
                    contact.afresh();
                    away(contact, Optional.empty());
                    dialSoon(contact, Duration.ZERO);
                }
            }
            rooms.reachChanged();
        });
    }

    private boolean isPaused(Fingerprint member) {
        return allPaused || pausedPeers.contains(member);
    }

    // Who may come in

    /** The members of all rooms, with their public keys; this device is not among them. */
    public void members(Map<Fingerprint, byte[]> members) {
        thread.execute(() -> {
            pairSecrets.keySet().retainAll(members.keySet());
            members.forEach((member, publicKey) -> {
                if (!pairSecrets.containsKey(member)) {
                    try {
                        pairSecrets.put(
                                member,
                                Knocks.hmac(
                                        key.agree(publicKey), "vaultsync pair 1".getBytes(StandardCharsets.US_ASCII)));
                    } catch (GeneralSecurityException noKey) {
                        LOG.warn("peer {}: its key cannot be used: {}", member, noKey.getMessage());
                    }
                }
            });
            for (Contact contact : List.copyOf(contacts.values())) {
                if (!members.containsKey(contact.fingerprint)) {
                    contacts.remove(contact.fingerprint);
                    contact.next.ifPresent(next -> next.cancel(false));
                    contact.session.ifPresent(session -> {
                        String why = "No room in common any more.";
                        session.close("leaving", why);
                        parted(contact, session, why);
                    });
                    reach.remove(contact.fingerprint);
                }
            }
            if (!contacts.keySet().containsAll(members.keySet())) {
                endpoints.values().forEach(endpoint -> endpoint.announce(this::announcement));
            }
            awaitAll();
            for (Fingerprint member : members.keySet()) {
                if (!contacts.containsKey(member)) {
                    contacts.put(member, new Contact(member));
                    away(contacts.get(member), Optional.empty());
                    dialSoon(contacts.get(member), Duration.ZERO);
                }
            }
            // A new room in common with somebody who is linked already.
            contacts.values().forEach(contact -> contact.session.ifPresent(rooms::linked));
        });
    }

    /** The tokens of the invites that this device gave out, also those that were used or have expired, so that it can say so. */
    public void invites(Set<String> tokens) {
        inviteSecrets.keySet().retainAll(tokens);
        tokens.forEach(token -> inviteSecrets.computeIfAbsent(token, Knocks::ofToken));
        thread.execute(this::awaitAll);
    }

    @Override
    public Optional<Guest> recognise(Knock knock) {
        if (allPaused) {
            return Optional.empty(); // before it is noted: it is good for later
        }
        if (Knocks.isOf(knock, mark)) {
            return Optional.empty(); // somebody plays back what this device has sent
        }
        Optional<Guest> guest = pairSecrets.entrySet().stream()
                .filter(pair -> !isPaused(pair.getKey()) && Knocks.fits(knock, pair.getValue()))
                .map(pair -> (Guest) new Guest.Pinned(pair.getKey()))
                .findFirst()
                .or(() -> inviteSecrets.entrySet().stream()
                        .filter(invite -> Knocks.fits(knock, invite.getValue()))
                        .map(invite -> (Guest) new Guest.Invited(invite.getKey()))
                        .findFirst())
                .or(() -> rooms.recognises(knock) ? Optional.of(new Guest.Nearby()) : Optional.empty());
        return guest.filter(who -> isFirst(knock, who));
    }

    /**
     * Whether a knock was not heard before, in earlier runs of this device neither: whoever recorded one, and is answered, knows
     * where this device is.
     */
    private boolean isFirst(Knock knock, Guest guest) {
        synchronized (heard) {
            if (heard.size() > REMEMBERED_KNOCKS) {
                heard.clear();
            }
            if (!heard.add(knock.text())) {
                return false;
            }
        }
        if (guest instanceof Guest.Nearby) {
            return true; // the card that it goes with is new each time
        }
        if (store.read(database -> Tables.wasAnswered(database, knock.text()))) {
            return false;
        }
        store.write(Tables.putAnswered(knock.text(), REMEMBERED_KNOCKS));
        return true;
    }

    @Override
    public List<String> formerAddresses() {
        return store.read(database -> Tables.setting(database, ADDRESSES))
                .map(lines -> lines.lines().toList())
                .orElse(List.of());
    }

    /** What only the members of this device's rooms recognise. */
    private Announcement announcement() {
        byte[] nonce = Knocks.nonce();
        return new Announcement(
                nonce,
                pairSecrets.values().stream()
                        .limit(Announcement.MOST_TOKENS)
                        .map(secret -> Knocks.token(secret, key.fingerprint(), nonce))
                        .toList());
    }

    @Override
    public void sighted(Sighting sighting) {
        pairSecrets.forEach((member, secret) -> {
            byte[] expected = Knocks.token(secret, member, sighting.said().nonce());
            if (sighting.said().tokens().stream().anyMatch(token -> MessageDigest.isEqual(token, expected))) {
                thread.execute(() -> sighted(member, sighting.addresses()));
            }
        });
    }

    private void sighted(Fingerprint member, List<String> addresses) {
        Contact contact = contacts.get(member);
        if (contact == null) {
            return;
        }
        LOG.debug("peer {}: sighted at {}", member, addresses);
        // One device is sighted at several addresses, each told alone; what is newest counts most. It is kept for a
        // link
        // that is open, too: that may be a dead one, of a device that has just got a new address.
        contact.sighted = Stream.concat(addresses.stream(), contact.sighted.stream())
                .distinct()
                .limit(MOST_SIGHTED)
                .toList();
        if (!isSettled(contact)) {
            contact.again = contact.dialling.isPresent();
            dialSoon(contact, Duration.ZERO);
        }
    }

    /** Whether there is a link than which there is none better. */
    private boolean isSettled(Contact contact) {
        return contact.session.filter(session -> !isMet(session)).isPresent();
    }

    /** Whether the link came about by meeting; a dialled one is better. */
    private boolean isMet(Session session) {
        return Optional.ofNullable(endpoints.get(session.link().kind()))
                .filter(Endpoint::meets)
                .isPresent();
    }

    /** Somebody told where a member may be dialled. */
    public void heardOf(Fingerprint member, List<String> addresses) {
        thread.execute(() -> {
            Contact contact = contacts.get(member);
            if (contact != null && !isSettled(contact) && !addresses.isEmpty()) {
                store.write(Tables.hearAddresses(
                                member, addresses.stream().limit(MOST_HEARD).toList()))
                        .thenRun(() -> thread.execute(() -> {
                            awaitAll();
                            dialSoon(contact, Duration.ZERO);
                        }));
            }
        });
    }

    @Override
    public void networkChanged() {
        rooms.wokeUp();
        thread.execute(() -> contacts.values().forEach(contact -> {
            contact.session.ifPresent(this::probe);
            // It may be waiting for an address of the networks before.
            contact.again = contact.dialling.isPresent();
            contact.dialling.ifPresent(Race::abandon);
        }));
        dialAll();
    }

    /** Closes a link that may have lost its network, if it does not answer. */
    private void probe(Session session) {
        session.probe(PROBE)
                .whenCompleteAsync(
                        (alive, dead) -> {
                            if (dead != null) {
                                session.close();
                                ended(session, NOTHING_HEARD);
                            }
                        },
                        thread);
    }

    @Override
    public Optional<Listening> settings() {
        return rooms.settings();
    }

    @Override
    public Optional<Meeting> meeting() {
        return rooms.meeting();
    }

    @Override
    public void shown(String id, Card nearby, List<String> addresses) {
        rooms.shown(id, nearby, addresses);
    }

    @Override
    public void shownNoLonger(String id) {
        rooms.shownNoLonger(id);
    }

    @Override
    public void served(String id, List<String> addresses) {
        rooms.served(id, addresses);
    }

    @Override
    public void servedNoLonger(String id) {
        rooms.servedNoLonger(id);
    }

    @Override
    public void linked(Link link) {
        if (link.guest() instanceof Guest.Nearby) {
            rooms.visited(link);
            return;
        }
        thread.execute(() -> begin(new Session(link, machine)));
    }

    /** When a member last brought something or stored what it was sent, as far as this device remembers. */
    public Optional<Instant> lastSync(Fingerprint member) {
        return sessions.getOrDefault(member, Optional.empty())
                .flatMap(Session::lastSync)
                .or(() -> Optional.ofNullable(synced.get(member)));
    }

    /** It outlives the link. */
    private void remember(Session session) {
        session.lastSync().ifPresent(at -> {
            synced.put(session.peer(), at);
            store.write(Tables.putSetting(SYNCED + session.peer().hex(), String.valueOf(at.toEpochMilli())));
        });
    }

    /** How a member can be reached. */
    public Reach reach(Fingerprint member) {
        Reach known = reach.getOrDefault(member, new Reach.Away(Optional.empty(), Optional.empty()));
        if (known instanceof Reach.Linked linked) {
            return sessions.getOrDefault(member, Optional.empty())
                    .<Reach>map(session -> new Reach.Linked(
                            way(session.link()),
                            linked.address(),
                            session.roundTrip(),
                            session.throughput(),
                            linked.since()))
                    .orElse(known);
        }
        return known;
    }

    private static String way(Link link) {
        return link.path().map(path -> link.kind() + ", " + path).orElse(link.kind());
    }

    private final Map<Fingerprint, Instant> synced = new ConcurrentHashMap<>(); // of those who were linked before
    private final Map<Fingerprint, Optional<Session>> sessions = new ConcurrentHashMap<>(); // for reading from anywhere

    // Sessions

    private void begin(Session session) {
        strangers.add(session);
        long number = ++begun;
        session.start(new Session.Listener() {
            private boolean greeted; // link's thread only
            private boolean asked; // link's thread only

            @Override
            public void received(Session from, Message message, Receipt receipt) throws ProtocolException {
                if (asked) {
                    throw new ProtocolException("more than one question");
                }
                if (greeted) {
                    from.anteroom().enter(() -> rooms.received(from, message, receipt));
                    return;
                }
                switch (message) {
                    case Hello hello
                    when from.link().guest() instanceof Guest.Pinned -> {
                        greeted = true;
                        receipt.done();
                        greeted(from, hello, number);
                    }
                    case Redeem redeem
                    when from.link().guest() instanceof Guest.Invited invited -> {
                        asked = true;
                        receipt.done();
                        redeemed(from, invited, redeem);
                    }
                    default ->
                        throw new ProtocolException("a " + message.getClass().getSimpleName() + " before the hello");
                }
            }

            @Override
            public void closed(Session closed, String reason) {
                thread.execute(() -> ended(closed, reason));
            }
        });
        if (session.link().guest() instanceof Guest.Pinned) {
            session.send(hello(number));
        }
        thread.after(GREETING, () -> {
            if (strangers.contains(session)) {
                if (isStranger(session)) {
                    crowd.warn("no greeting");
                } else {
                    LOG.warn("closed link to {}: no greeting", session.peer());
                }
                refused(session, "It linked and did not say hello.");
                session.close();
            }
        });
    }

    /** Whether it is somebody of whom nothing is known but that they have an invite, or had. */
    private static boolean isStranger(Session session) {
        return session.link().guest() instanceof Guest.Invited;
    }

    private void refused(Session session, String why) {
        if (isStranger(session)) {
            logbook.refusedStrangers("Somebody who came with an invite was turned away. " + why, 1);
        } else {
            logbook.refused(session.peer(), why);
        }
    }

    @Override
    public void refused(String why, int times) {
        logbook.refusedStrangers(why, times);
    }

    private Hello hello(long number) {
        return new Hello(
                VERSION,
                instance,
                rooms.deviceName(),
                addresses(),
                machine.clock().millis(),
                number);
    }

    private void redeemed(Session session, Guest.Invited invited, Redeem redeem) throws ProtocolException {
        if (!MessageDigest.isEqual(redeem.proof(), proof(invited.invite(), session.peer(), key.fingerprint()))) {
            throw new ProtocolException("a proof of an invite that does not fit");
        }
        if (redeem.version() > VERSION) {
            session.close("version", "The other device runs an older version. Update it to let this one in.");
            return;
        }
        // A person may be asked, which takes longer than a greeting.
        thread.execute(() -> strangers.remove(session));
        thread.after(QUESTION, session::close);
        // On this thread, which by then has heard of the new member: it may dial as soon as it is welcomed.
        rooms.redeem(invited.invite(), session.link().peerKey(), redeem.deviceName(), session.ended())
                .whenCompleteAsync(
                        (welcome, failed) -> {
                            if (failed == null) {
                                session.send(welcome);
                            } else {
                                Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
                                refused(session, cause.getMessage());
                                session.close("not-invited", cause.getMessage());
                            }
                        },
                        thread);
    }

    private static byte[] proof(String token, Fingerprint joiner, Fingerprint inviter) {
        return Knocks.hmac(
                Knocks.ofToken(token),
                "vaultsync redeem 1".getBytes(StandardCharsets.US_ASCII),
                joiner.bytes(),
                inviter.bytes());
    }

    private void greeted(Session session, Hello hello, long number) {
        thread.execute(() -> {
            strangers.remove(session);
            Contact contact = contacts.get(session.peer());
            if (!isWelcome(session)) {
                return;
            }
            if (hello.version() > VERSION) {
                reach.put(
                        contact.fingerprint,
                        new Reach.Refused("It runs a newer version. Update this application to sync with it."));
                session.close("version", "The other device runs an older version. Update it to sync.");
                logbook.refused(contact.fingerprint, "It runs a newer version.");
                rooms.reachChanged();
                again(contact);
                return;
            }
            session.greetedBy(
                    hello.instance(), hello.link() == 0 || !session.link().dialled() ? hello.link() : number);
            if (hello.time() > 0) {
                clocks.put(
                        contact.fingerprint,
                        Duration.ofMillis(hello.time() - machine.clock().millis()));
            }
            store.write(Tables.putAddresses(
                            contact.fingerprint,
                            hello.addresses().stream().limit(32).toList()))
                    .thenRun(() -> thread.execute(this::awaitAll));
            if (session.link().dialled() && !session.link().address().equals(LinkByHand.ADDRESS)) {
                store.write(Tables.addressWorked(
                        contact.fingerprint,
                        session.link().address(),
                        machine.clock().instant()));
            }
            choose(session);
        });
    }

    /** Whether there are still links with this device; else it is told. */
    private boolean isWelcome(Session session) {
        if (!contacts.containsKey(session.peer())) {
            session.close("leaving", "No room in common.");
            return false;
        }
        if (isPaused(session.peer())) {
            session.close("paused", "Sync was paused on the other device.");
            return false;
        }
        return true;
    }

    /** Whether the link stays, or the one that is there: the same on both sides. */
    private void choose(Session fresh) {
        Contact contact = contacts.get(fresh.peer());
        if (contact.session.isEmpty()) {
            adopt(contact, fresh);
            return;
        }
        Session old = contact.session.get();
        boolean sameRun = old.instance().equals(fresh.instance());
        if (sameRun && isBetter(contact, fresh, old)) {
            replace(contact, old, fresh);
            return;
        }
        // The old one stays, unless it is dead: a device with a new address dials while its old link looks alive here.
        old.probe(PROBE)
                .whenCompleteAsync(
                        (alive, dead) -> {
                            if (fresh.ended().isDone() || !isWelcome(fresh)) {
                                return;
                            }
                            Optional<Session> there = contacts.get(fresh.peer()).session;
                            if (there.filter(old::equals).isEmpty()) {
                                choose(fresh);
                            } else if (dead != null && sameRun) {
                                replace(contact, old, fresh);
                            } else if (dead != null) {
                                old.close();
                                leave(contact, old);
                                adopt(contact, fresh);
                            } else if (sameRun) {
                                fresh.close("superseded", "Another link to the same device stays.");
                            } else {
                                LOG.error("peer {}: its key is in use twice", contact.fingerprint);
                                logbook.refused(contact.fingerprint, "Its key is in use twice.");
                                fresh.close(
                                        "twice",
                                        "The key of this device is in use twice. One of the two"
                                                + " workspaces is a copy of the other.");
                            }
                        },
                        thread);
    }

    /**
     * Whether the fresh one of two links to one run of a device stays. Nothing but a device that does not count its links makes it
     * matter which of them came first here: of any number of links the same one is left on both sides.
     */
    private boolean isBetter(Contact contact, Session fresh, Session old) {
        if (isMet(fresh) != isMet(old)) {
            return isMet(old);
        }
        if (fresh.link().dialled() != old.link().dialled()) {
            boolean smallerIsUs = key.fingerprint().compareTo(contact.fingerprint) < 0;
            return fresh.link().dialled() == smallerIsUs;
        }
        return fresh.number() >= old.number(); // the same where the other side does not count
    }

    private void replace(Contact contact, Session old, Session fresh) {
        leave(contact, old);
        adopt(contact, fresh);
        old.close("superseded", "Another link to the same device took over.");
    }

    private void adopt(Contact contact, Session session) {
        contact.session = Optional.of(session);
        sessions.put(contact.fingerprint, contact.session);
        contact.linkedAt = machine.nanos();
        contact.afresh();
        contact.next.ifPresent(next -> next.cancel(false));
        contact.next = Optional.empty();
        Reach.Linked linked = new Reach.Linked(
                session.link().kind(),
                session.link().address(),
                Optional.empty(),
                Throughput.NONE,
                machine.clock().instant());
        reach.put(contact.fingerprint, linked);
        LOG.info("peer {} linked over {}", contact.fingerprint, session.link().kind());
        logbook.note(
                Kind.LINKED,
                contact.fingerprint,
                "Linked over " + linked.way()
                        + (session.link().dialled() ? ", dialled from here." : ", dialled from there."));
        if (isMet(session)) {
            dialSoon(contact, hasJustLost(contact) ? AFTER_A_CUT : QUIETLY);
        }
        session.ping().thenRun(rooms::reachChanged);
        rooms.linked(session);
        session.anteroom().open();
        rooms.reachChanged();
    }

    private void leave(Contact contact, Session session) {
        contact.session = Optional.empty();
        session.anteroom().wallUp();
        rooms.unlinked(session);
    }

    private void parted(Contact contact, Session session, String reason) {
        LOG.info("peer {}: link closed: {}", session.peer(), reason);
        logbook.closed(session.peer(), session.said().map(Bye::sentence).orElse(reason), session.traffic());
        leave(contact, session);
        remember(session);
        sessions.remove(contact.fingerprint);
    }

    private void ended(Session session, String reason) {
        strangers.remove(session);
        session.fault().ifPresent(why -> {
            if (isStranger(session)) {
                crowd.warn(why.getMessage());
                refused(session, "It broke the rules of the protocol.");
            } else {
                refused(session, why.sentence());
            }
        });
        Contact contact = contacts.get(session.peer());
        if (contact == null
                || contact.session.filter(present -> present == session).isEmpty()) {
            return;
        }
        parted(contact, session, reason);
        boolean forGood = isForGood(session);
        if (machine.nanos() - contact.linkedAt >= LASTS.toNanos()) {
            contact.fleeting = 0;
        }
        boolean broke = !forGood && session.bye().isEmpty();
        if (forGood || broke) {
            contact.fleeting++;
        }
        // Whoever hung up on this device, since it breaks a rule there, says nothing.
        boolean inVain = forGood || broke && contact.fleeting > LOUD_TRIES;
        if (!broke) {
            contact.lostAt = Optional.empty();
        } else if (!inVain) {
            contact.lostAt = Optional.of(machine.nanos());
        }
        Instant now = machine.clock().instant();
        store.write(Tables.putSeen(contact.fingerprint, now));
        boolean act = session.fault().isPresent()
                || session.bye()
                        .filter(bye -> bye.code().equals("twice") || bye.code().equals("version"))
                        .isPresent();
        if (isPaused(contact.fingerprint)) {
            reach.put(contact.fingerprint, new Reach.Paused());
        } else if (act) {
            reach.put(contact.fingerprint, new Reach.Refused(reason));
        } else {
            reach.put(contact.fingerprint, new Reach.Away(Optional.of(now), Optional.of(reason)));
        }
        rooms.reachChanged();
        if (inVain) {
            contact.attempts = contact.fleeting;
            again(contact);
        } else {
            dialSoon(contact, isSucceeded(session) ? PATIENCE : Duration.ofMillis(300));
        }
    }

    /** Whether the link ended for a reason that the next one would end for, too. */
    private static boolean isForGood(Session session) {
        return session.fault().isPresent()
                || Stream.concat(session.bye().stream(), session.said().stream())
                        .anyMatch(bye -> FOR_GOOD.contains(bye.code()));
    }

    /** Whether the other side has ended it for another link, over which its hello is still on its way. */
    private boolean isSucceeded(Session session) {
        return session.bye().filter(bye -> bye.code().equals("superseded")).isPresent()
                && strangers.stream().anyMatch(other -> other.peer().equals(session.peer()));
    }

    private void keepAlive() {
        thread.after(KEEP_ALIVE, this::keepAlive);
        for (Contact contact : List.copyOf(contacts.values())) {
            contact.session.filter(session -> !session.keepAlive()).ifPresent(silent -> ended(silent, NOTHING_HEARD));
        }
        List<Measured> now = contacts.values().stream()
                .flatMap(contact -> contact.session.stream())
                .map(Measured::of)
                .toList();
        if (!now.equals(measured)) {
            measured = now;
            rooms.reachChanged();
        }
    }

    /** What people see of a link that changes while it lasts, as far as they care. */
    private record Measured(Fingerprint peer, String way, int roundTrip, long sent, long received) {
        static Measured of(Session session) {
            return new Measured(
                    session.peer(),
                    Switchboard.way(session.link()),
                    // Twice as long makes a difference.
                    64
                            - Long.numberOfLeadingZeros(
                                    session.roundTrip().map(Duration::toMillis).orElse(0L)),
                    session.throughput().sent() / 1000,
                    session.throughput().received() / 1000);
        }
    }

    // Dialling

    /** Dials everybody who is away, at once. */
    public void dialAll() {
        thread.execute(() -> contacts.values().forEach(contact -> {
            contact.afresh();
            dialSoon(contact, Duration.ZERO);
        }));
    }

    /** Dials one member at once, as something was learnt about it. */
    public void dialAgain(Fingerprint member) {
        thread.execute(() -> {
            Contact contact = contacts.get(member);
            if (contact != null && !isSettled(contact)) {
                contact.afresh();
                contact.again = contact.dialling.isPresent();
                dialSoon(contact, Duration.ZERO);
            }
        });
    }

    /** Dials those of them who are away. */
    public void dial(Set<Fingerprint> members) {
        thread.execute(() -> contacts.values().stream()
                .filter(contact -> members.contains(contact.fingerprint))
                .forEach(contact -> {
                    contact.afresh();
                    dialSoon(contact, Duration.ZERO);
                }));
    }

    private void dialSoon(Contact contact, Duration pause) {
        contact.next.ifPresent(next -> next.cancel(false));
        contact.next = Optional.of(thread.after(pause, () -> {
            try {
                dial(contact);
            } catch (RuntimeException ours) {
                LOG.error("peer {}: cannot be dialled now", contact.fingerprint, ours);
                again(contact);
            }
        }));
    }

    private void dial(Contact contact) {
        byte[] secret = pairSecrets.get(contact.fingerprint);
        if (isSettled(contact) || contact.dialling.isPresent() || secret == null || !contacts.containsValue(contact)) {
            return;
        }
        if (isPaused(contact.fingerprint)) {
            reach.put(contact.fingerprint, new Reach.Paused());
            return;
        }
        List<String> addresses = Stream.concat(
                        contact.sighted.stream(),
                        store.read(database -> Tables.addresses(database, contact.fingerprint)).stream())
                .distinct()
                .toList();
        List<Race.Try> dials = dials(addresses, contact.fingerprint, secret);
        boolean met = contact.session.isPresent();
        List<Race.Try> meetings =
                met || isPutOff(contact) ? List.of() : meetings(addresses, contact.fingerprint, secret);
        if (dials.isEmpty() && meetings.isEmpty()) {
            later(contact, "No address of it is known yet. It can reach this device.");
            return;
        }
        if (!met) {
            contact.attempts++;
            if (contact.attempts <= LOUD_TRIES && !(reach.get(contact.fingerprint) instanceof Reach.Refused)) {
                reach.put(contact.fingerprint, new Reach.Dialling(contact.attempts, LOUD_TRIES));
                rooms.reachChanged();
            }
        }
        Race race = Race.over(machine, dials, meetings, contact.fingerprint.brief());
        contact.dialling = Optional.of(race);
        race.winner()
                .whenCompleteAsync(
                        (link, failed) -> {
                            contact.dialling = Optional.empty();
                            boolean again = contact.again;
                            contact.again = false;
                            if (failed instanceof NoWayException) {
                                putOff(contact, failed.getMessage());
                            }
                            if (failed != null && again) {
                                dialSoon(contact, Duration.ZERO);
                            } else if (failed != null && met) {
                                later(contact, sentence(failed));
                            } else if (failed instanceof OtherKeyException) {
                                refuse(contact, failed.getMessage());
                            } else if (failed != null) {
                                logbook.note(Kind.ATTEMPT, contact.fingerprint, sentence(failed));
                                later(contact, sentence(failed));
                            } else if (contacts.containsValue(contact)) {
                                begin(new Session(link, machine));
                                // Should the greeting not come, there is another try.
                                dialSoon(contact, PATIENCE);
                            } else {
                                link.close();
                            }
                        },
                        thread);
    }

    /** Somebody with another key is where a member was. That is said until the member is linked, or nobody answers any more. */
    private void refuse(Contact contact, String why) {
        Reach refused =
                new Reach.Refused(why + " It was not let in. If that device was set up anew or its key was replaced,"
                        + " remove it from the room and invite it again; else it has just moved to another address.");
        if (!refused.equals(reach.put(contact.fingerprint, refused))) {
            LOG.warn("peer {}: another key was proved in its place", contact.fingerprint);
            logbook.refused(contact.fingerprint, why);
            rooms.reachChanged();
        }
        again(contact);
    }

    /**
     * It was met, and there is no way to it. Each such try costs memory for good on both sides, so after some of them the pause
     * grows until the next one, while it is dialled as often as before.
     */
    private void putOff(Contact contact, String why) {
        if (hasJustLost(contact) || ++contact.noWays < LOUD_TRIES) {
            return;
        }
        Duration pause = Duration.ofMinutes(1L << Math.min(contact.noWays - LOUD_TRIES, 10));
        pause = pause.compareTo(LONGEST_WITHOUT_A_WAY) < 0 ? pause : LONGEST_WITHOUT_A_WAY;
        contact.meetAgain = machine.nanos() + pause.toNanos();
        contact.noWay = Optional.of(why + " There is a pause of " + pause.toMinutes() + " min until the next try.");
    }

    private boolean isPutOff(Contact contact) {
        return contact.noWay.isPresent() && !hasJustLost(contact) && contact.meetAgain - machine.nanos() > 0;
    }

    /** Whether a link to it broke by itself not long ago. */
    private boolean hasJustLost(Contact contact) {
        return contact.lostAt
                .filter(then -> machine.nanos() - then < CUTS_LAST.toNanos())
                .isPresent();
    }

    private void later(Contact contact, String why) {
        if (contact.session.isPresent()) {
            // It is linked by meeting, and goes on to be, until it can be dialled.
            dialSoon(contact, hasJustLost(contact) ? AFTER_A_CUT : QUIETLY);
            return;
        }
        if (contact.attempts > LOUD_TRIES || contact.attempts < 1) {
            away(contact, Optional.of(isPutOff(contact) ? contact.noWay.get() : why));
        }
        again(contact);
    }

    private void again(Contact contact) {
        Duration pause = contact.attempts < 1 || contact.attempts > LOUD_TRIES
                ? rooms.lookAgain()
                : Duration.ofSeconds(1L << (contact.attempts - 1));
        // A network that heals behind a switch tells nobody.
        if (hasJustLost(contact) && pause.compareTo(AFTER_A_CUT) > 0) {
            pause = AFTER_A_CUT;
        }
        double factor = 0.8 + 0.4 * jitter.nextDouble();
        dialSoon(contact, Duration.ofMillis((long) (pause.toMillis() * factor)));
    }

    private void away(Contact contact, Optional<String> why) {
        Optional<Instant> lastSeen = store.read(database -> Tables.lastSeen(database, contact.fingerprint));
        if (!synced.containsKey(contact.fingerprint)) {
            store.read(database -> Tables.setting(database, SYNCED + contact.fingerprint.hex()))
                    .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis)))
                    .ifPresent(at -> synced.put(contact.fingerprint, at));
        }
        reach.put(contact.fingerprint, new Reach.Away(lastSeen, why));
        rooms.reachChanged();
    }

    /** Tries to dial it at each of these addresses. */
    private List<Race.Try> dials(List<String> addresses, Fingerprint expected, byte[] secret) {
        return dials(addresses, (endpoint, address) -> endpoint.dial(address, expected, Knocks.under(secret, mark)));
    }

    /** One try at one address. */
    @FunctionalInterface
    private interface Dial {
        Link at(Endpoint endpoint, String address) throws IOException;
    }

    private List<Race.Try> dials(List<String> addresses, Dial how) {
        return endpoints.values().stream()
                .filter(endpoint -> !endpoint.meets())
                .flatMap(endpoint -> addresses.stream()
                        .filter(address -> !Meeting.isSignaling(address))
                        .map(address -> (Race.Try) () -> how.at(endpoint, address)))
                .toList();
    }

    /** Tries to meet it, where this device looks and where it is known to look. */
    private List<Race.Try> meetings(List<String> addresses, Fingerprint expected, byte[] secret) {
        Rendezvous where = new Rendezvous(
                Knocks.ofRendezvous(secret),
                addresses.stream().filter(Meeting::isSignaling).toList());
        return endpoints.values().stream()
                .filter(endpoint -> endpoint.meets()
                        && !(endpoint.addresses().isEmpty() && where.servers().isEmpty()))
                .map(endpoint -> (Race.Try) () -> endpoint.meet(where, expected, Knocks.under(secret, mark)))
                .toList();
    }

    /** Makes an offer that a person carries to a member. */
    public CompletionStage<String> offerByHand(Fingerprint member) {
        return byHand(courier -> {
            byte[] secret = pairSecrets.get(member);
            if (secret == null) {
                throw new IOException("It is in no room with this device.");
            }
            if (isPaused(member)) {
                throw new IOException("Sync with it is paused.");
            }
            return courier.offer(member, new Rendezvous(Knocks.ofRendezvous(secret), List.of()));
        });
    }

    /** Takes what a person has carried here. */
    public CompletionStage<LinkByHand.Reply> takeByHand(String text) {
        return byHand(courier -> {
            Map<Fingerprint, Rendezvous> members = new LinkedHashMap<>();
            pairSecrets.forEach((member, secret) -> {
                if (!isPaused(member)) {
                    members.put(member, new Rendezvous(Knocks.ofRendezvous(secret), List.of()));
                }
            });
            return courier.take(text, members);
        });
    }

    public void endByHand(Fingerprint member) {
        courier().ifPresent(courier -> courier.end(member));
    }

    private Optional<Courier> courier() {
        return endpoints.values().stream()
                .flatMap(endpoint -> endpoint.courier().stream())
                .findFirst();
    }

    /** What is asked of a courier. */
    @FunctionalInterface
    private interface Errand<T> {
        T run(Courier courier) throws IOException;
    }

    private <T> CompletionStage<T> byHand(Errand<T> errand) {
        CompletableFuture<T> result = new CompletableFuture<>();
        machine.run("vaultsync by hand", Duration.ZERO, () -> {
            try {
                result.complete(errand.run(courier()
                        .orElseThrow(() -> Optional.ofNullable(closed.get("webrtc"))
                                .<IOException>map(why -> new TroubleException(why, null))
                                .orElseGet(() -> new IOException(
                                        "This needs WebRTC, which is not installed here or is switched off.")))));
            } catch (IOException cannot) {
                result.completeExceptionally(new SyncException(TroubleException.of(cannot)));
            } catch (RuntimeException | Error ours) {
                result.completeExceptionally(ours);
            }
        });
        return result;
    }

    /** Dials a device that shows itself, whatever key it has. */
    public CompletionStage<Link> visit(List<String> addresses, Supplier<Knock> knocks) {
        return Race.over(
                        machine,
                        dials(addresses, (endpoint, address) -> endpoint.visit(address, knocks.get())),
                        List.of(),
                        "a device nearby")
                .winner();
    }

    /** Shows this device to everybody nearby, or no longer. */
    public void show(Optional<Card> shown) {
        open();
        thread.execute(() -> {
            card = shown;
            endpoints.values().forEach(endpoint -> endpoint.show(shown));
        });
    }

    /** Tells everybody nearby that a signaling server runs at this port, or none any more. */
    public void serve(Optional<Integer> signalingPort) {
        thread.execute(() -> {
            serving = signalingPort;
            endpoints.values().forEach(endpoint -> endpoint.serve(signalingPort));
        });
    }

    /** Closes what listens, and listens again as the settings are now; fails with a {@link SyncException}. */
    public CompletionStage<Void> listenAgain() {
        return CompletableFuture.supplyAsync(
                        () -> {
                            endpoints.values().forEach(Endpoint::close);
                            endpoints.clear();
                            Set<String> before = Set.copyOf(closed.keySet());
                            closed.clear();
                            if (open) {
                                transports.values().forEach(this::listen);
                            }
                            return closed.entrySet().stream()
                                    .filter(problem -> !before.contains(problem.getKey()))
                                    .map(Map.Entry::getValue)
                                    .findFirst();
                        },
                        thread)
                .thenCompose(problem -> problem.isEmpty()
                        ? CompletableFuture.<Void>completedFuture(null)
                        : CompletableFuture.<Void>failedFuture(new SyncException(problem.get())))
                .thenRun(this::dialAll);
    }

    /**
     * Dials the device that made an invite and asks to be let in. Fails with a {@link SyncException}.
     *
     * @param givenUp completes when nobody wants to get in any more; it is cancelled then, and the other device asks nobody any more
     */
    public CompletionStage<Welcome> redeem(Invite invite, CompletionStage<Void> givenUp) {
        if (allPaused) {
            return CompletableFuture.failedStage(new SyncException("Sync is paused. Resume it first."));
        }
        Redeem redeem =
                new Redeem(VERSION, proof(invite.token(), key.fingerprint(), invite.inviter()), rooms.deviceName());
        return listening().thenCompose(ready -> redeem(invite, redeem, givenUp, REDEEM_TRIES));
    }

    /** On a busy machine a link may be taken for dead before the answer: the same key may ask again. */
    private CompletionStage<Welcome> redeem(Invite invite, Redeem redeem, CompletionStage<Void> givenUp, int tries) {
        byte[] secret = Knocks.ofToken(invite.token());
        List<String> addresses = Stream.concat(invite.addresses().stream(), invite.signaling().stream())
                .toList();
        return Race.over(
                        machine,
                        dials(addresses, invite.inviter(), secret),
                        meetings(addresses, invite.inviter(), secret),
                        invite.inviter().brief())
                .winner()
                .handle((link, failed) -> failed == null
                        ? introduce(link, invite, redeem, givenUp)
                                .thenCompose(welcome -> store.write(Tables.putAddresses(invite.inviter(), addresses))
                                        .thenCompose(done -> store.write(Tables.addressWorked(
                                                invite.inviter(),
                                                link.address(),
                                                machine.clock().instant())))
                                        .thenApply(done -> welcome))
                        : CompletableFuture.<Welcome>failedStage(new SyncException(
                                "The device that made this invite cannot be reached, or does not know the invite any"
                                        + " more. " + sentence(failed),
                                failed)))
                .thenCompose(Function.identity())
                .exceptionallyCompose(failed -> {
                    Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
                    if (!(cause instanceof Introduction.HungUp)) {
                        return CompletableFuture.failedStage(cause);
                    }
                    return tries > 1
                            ? redeem(invite, redeem, givenUp, tries - 1)
                            : CompletableFuture.failedStage(new SyncException(cause.getMessage(), cause));
                });
    }

    private CompletionStage<Welcome> introduce(Link link, Invite invite, Redeem redeem, CompletionStage<Void> givenUp) {
        Session session = new Session(link, machine);
        return Introduction.over(machine, session, invite.room(), redeem, givenUp)
                .whenComplete(
                        (welcome, failed) -> session.fault().ifPresent(rule -> refused(session, rule.sentence())));
    }

    private static String sentence(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null
                ? failed.getCause().getMessage()
                : failed.getMessage();
    }

    /** Says goodbye to everybody, waits for it at most a second, and stops. */
    @Override
    public void close() {
        CompletableFuture<Void> farewell = new CompletableFuture<>();
        thread.execute(() -> {
            List<Session> open = contacts.values().stream()
                    .flatMap(contact -> contact.session.stream())
                    .toList();
            contacts.clear();
            open.forEach(this::remember);
            open.forEach(session -> session.close("stopped", "The other device has gone offline."));
            CompletableFuture.allOf(open.stream().map(Session::ended).toArray(CompletableFuture[]::new))
                    .thenRun(() -> farewell.complete(null));
        });
        machine.await(farewell, Duration.ofSeconds(1));
        thread.close();
        endpoints.values().forEach(Endpoint::close);
    }
}
