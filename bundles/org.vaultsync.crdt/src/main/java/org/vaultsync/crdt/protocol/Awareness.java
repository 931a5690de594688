// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.graal.Json;
import org.vaultsync.crdt.update.ByteReader;
import org.vaultsync.crdt.update.ByteWriter;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * Who is here and what they are at: one JSON state for each client, which is kept nowhere and goes when its client does
 * not renew it for {@link #OUTDATED}. Used by one thread at a time; it starts no timer, the caller looks at the clock
 * with {@link #tick}, every few seconds.
 */
public final class Awareness {
    public static final Duration OUTDATED = Duration.ofSeconds(30);

    private static final Duration RENEWED = OUTDATED.dividedBy(2);
    private static final int MOST_CLIENTS = 10_000;
    private static final int LONGEST = 1 << 20;
    private static final int MOST_HELD = 16 << 20; // characters of all states together
    private static final long LATEST = 1L << 40; // one tick a second lasts for 30,000 years
    private static final String GONE = "null";

    private final long client;
    private final SortedMap<Long, Entry> entries = new TreeMap<>(); // its user's thread only
    private long held; // characters of the states

    /** The clock is remembered when the state is gone, so that an old message does not bring it back. */
    private record Entry(long clock, Optional<String> state, Instant renewed) {}

    /**
     * What happened to the states of clients; no client is in two sets.
     *
     * @param added those that were not known
     * @param changed those whose state is another one now
     * @param renewed those that say the same again
     * @param removed those that are gone
     */
    public record Change(Set<Long> added, Set<Long> changed, Set<Long> renewed, Set<Long> removed) {
        /** All of them, whose states others are to be sent. */
        public Set<Long> clients() {
            Set<Long> all = new LinkedHashSet<>(added);
            all.addAll(changed);
            all.addAll(renewed);
            all.addAll(removed);
            return all;
        }

        /** Whether anybody sees a difference. */
        public boolean isVisible() {
            return !(added.isEmpty() && changed.isEmpty() && removed.isEmpty());
        }
    }

    /** A state that a client sent. */
    private record Said(long client, long clock, Optional<String> state) {}

    /** The client is here, and says nothing yet. */
    public Awareness(long client, Instant now) {
        this.client = client;
        put(client, new Entry(0, Optional.of("{}"), now));
    }

    private void put(long of, Entry entry) {
        Entry before = entries.put(of, entry);
        held += length(entry.state()) - (before == null ? 0 : length(before.state()));
    }

    private static int length(Optional<String> state) {
        return state.map(String::length).orElse(0);
    }

    /** The states of those who are here, as JSON, by client. */
    public SortedMap<Long, String> states() {
        SortedMap<Long, String> states = new TreeMap<>();
        entries.forEach((of, entry) -> entry.state().ifPresent(state -> states.put(of, state)));
        return Collections.unmodifiableSortedMap(states);
    }

    /**
     * Says something else, or the same again.
     *
     * @param state JSON as {@code JSON.stringify} writes it; empty when this client goes
     */
    public Change say(Optional<String> state, Instant now) throws InvalidContentException {
        if (state.isPresent()) {
            Json.parse(state.get());
        }
        Entry before = entries.get(client);
        put(client, new Entry(before.clock() + 1, state, now));
        return change(client, before, state);
    }

    private static Change change(long client, Entry before, Optional<String> state) {
        Set<Long> one = Set.of(client);
        Set<Long> none = Set.of();
        if (state.isEmpty()) {
            return new Change(none, none, none, one);
        }
        if (before == null || before.state().isEmpty()) {
            return new Change(one, none, none, none);
        }
        return same(before.state().get(), state.get())
                ? new Change(none, none, one, none)
                : new Change(none, one, none, none);
    }

    private static boolean same(String one, String other) {
        try {
            return one.equals(other) || Json.parse(one).equals(Json.parse(other));
        } catch (InvalidContentException alreadyParsedOnce) {
            throw new IllegalStateException(alreadyParsedOnce);
        }
    }

    /** Renews the own state in time, and removes those that nobody renewed. */
    public Change tick(Instant now) {
        Set<Long> renewed = new LinkedHashSet<>();
        Entry own = entries.get(client);
        if (own.state().isPresent() && isOver(own, RENEWED, now)) {
            put(client, new Entry(own.clock() + 1, own.state(), now));
            renewed.add(client);
        }
        List<Long> outdated = new ArrayList<>();
        entries.forEach((of, entry) -> {
            if (of != client && isOver(entry, OUTDATED, now)) {
                outdated.add(of);
            }
        });
        return new Change(Set.of(), Set.of(), renewed, remove(outdated, now).removed());
    }

    private static boolean isOver(Entry entry, Duration duration, Instant now) {
        return Duration.between(entry.renewed(), now).compareTo(duration) >= 0;
    }

    /** Removes clients that cannot be reached any more. If they are, they come back with what they say next. */
    public Change remove(Collection<Long> clients, Instant now) {
        Set<Long> removed = new LinkedHashSet<>();
        for (long gone : clients) {
            Entry entry = entries.get(gone);
            if (entry != null && entry.state().isPresent()) {
                put(
                        gone,
                        gone == client
                                ? new Entry(entry.clock() + 1, Optional.empty(), now)
                                : new Entry(entry.clock(), Optional.empty(), entry.renewed()));
                removed.add(gone);
            }
        }
        return new Change(Set.of(), Set.of(), Set.of(), removed);
    }

    /** The states of some clients as a message; of those who are gone it says that. Clients never heard of are left out. */
    public byte[] encode(Collection<Long> clients) {
        List<Long> known = clients.stream().filter(entries::containsKey).toList();
        ByteWriter out = new ByteWriter();
        out.varUint(known.size());
        for (long of : known) {
            Entry entry = entries.get(of);
            out.varUint(of);
            out.varUint(entry.clock());
            out.varString(entry.state().orElse(GONE));
        }
        return out.toByteArray();
    }

    /**
     * Takes what others say. Nothing of a malformed message is taken. Whoever says something of this client that it did
     * not say is contradicted: it is among those whose states are to be sent then. Clients for which there is no room,
     * and clocks that leave none for an answer, are passed over: who brings them may only pass on what it has heard.
     */
    public Change apply(byte[] message, Instant now) throws MalformedUpdateException {
        Set<Long> added = new LinkedHashSet<>();
        Set<Long> changed = new LinkedHashSet<>();
        Set<Long> renewed = new LinkedHashSet<>();
        Set<Long> removed = new LinkedHashSet<>();
        for (Said said : read(message)) {
            Entry before = entries.get(said.client());
            long clock = before == null ? 0 : before.clock();
            boolean leaves =
                    said.state().isEmpty() && before != null && before.state().isPresent();
            if (said.clock() < clock || said.clock() == clock && !leaves || said.clock() >= LATEST) {
                continue;
            }
            if (said.client() == client) {
                put(client, new Entry(said.clock() + 1, before.state(), now));
                renewed.add(client);
                continue;
            }
            if (!hasRoomFor(said, before)) {
                continue;
            }
            put(said.client(), new Entry(said.clock(), said.state(), now));
            if (before == null && said.state().isEmpty()) {
                continue;
            }
            Change change = change(said.client(), before, said.state());
            added.addAll(change.added());
            changed.addAll(change.changed());
            renewed.addAll(change.renewed());
            removed.addAll(change.removed());
        }
        return new Change(added, changed, renewed, removed);
    }

    /** Of those who are gone only the clocks are kept, as long as there is room. */
    private boolean hasRoomFor(Said said, Entry before) {
        if (before == null && entries.size() >= MOST_CLIENTS) {
            entries.entrySet()
                    .removeIf(entry ->
                            entry.getKey() != client && entry.getValue().state().isEmpty());
        }
        long more = length(said.state()) - (before == null ? 0 : length(before.state()));
        return (before != null || entries.size() < MOST_CLIENTS) && (more <= 0 || held + more <= MOST_HELD);
    }

    private static List<Said> read(byte[] message) throws MalformedUpdateException {
        if (message.length > LONGEST) {
            throw new MalformedUpdateException(
                    "an awareness message of " + message.length + " bytes, limit " + LONGEST);
        }
        ByteReader in = new ByteReader(message);
        int count = in.count(3);
        List<Said> said = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long client = in.varUint();
            long clock = in.varUint();
            String state = in.varString();
            try {
                said.add(new Said(
                        client, clock, Json.parse(state) == Json.Word.NULL ? Optional.empty() : Optional.of(state)));
            } catch (InvalidContentException e) {
                throw new MalformedUpdateException("a state of a client that is no JSON: " + e.getMessage());
            }
        }
        in.expectEnd();
        return said;
    }
}
