// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.pairing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.vaultsync.Encounter;
import org.vaultsync.Fingerprint;
import org.vaultsync.Invite;
import org.vaultsync.NameOrder;
import org.vaultsync.Neighbour;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.Knocks;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.transport.Card;
import org.vaultsync.transport.Knock;
import org.vaultsync.transport.Link;

/** The devices nearby that show themselves, this one among them, and the encounters of this device with others. Thread-safe. */
public final class Meetings implements AutoCloseable {
    /** What a meeting needs of the rest. */
    public interface Surroundings {
        String deviceName();

        /** Makes an invite that only the device with this key can use, without asking anybody again. */
        CompletionStage<Invite> invite(RoomId room, byte[] publicKey);

        CompletionStage<RoomId> join(Invite invite);

        /** Dials a device that shows itself, at one of these addresses. */
        CompletionStage<Link> visit(List<String> addresses, Supplier<Knock> knocks);

        /** Shows this device to everybody nearby, or no longer. */
        void show(Optional<Card> card);

        /** A device nearby was turned away; why, as a sentence for people that is the same for all of a kind. */
        void refused(String why);

        /** What can be asked of the meetings has changed. */
        void changed();
    }

    private static final Duration SHOWN = Duration.ofMinutes(10);
    private static final Duration FORGOTTEN = SHOWN.plusMinutes(1);
    private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(1);
    private static final int MOST_NEARBY = 100;
    /** Each network that a device is seen on has an id, and some addresses. */
    private static final int MOST_NETWORKS = 16;

    private static final int MOST_ADDRESSES = 16;
    private static final int MOST_VISITORS = 3;
    /** So many who came and were turned away end being shown: somebody tries codes. */
    private static final int MOST_FAILED = 5;

    /** A device that shows itself. */
    private static final class Shown {
        final Card card;
        final long until; // in the machine's nanoseconds
        final Set<String> ids = new LinkedHashSet<>(); // one for each network that it is seen on
        final Set<String> addresses = new LinkedHashSet<>();

        Shown(Card card, long until) {
            this.card = card;
            this.until = until;
        }

        /** Adds what is new and has room; says whether there was anything. */
        boolean seen(String id, List<String> where) {
            boolean news = ids.size() < MOST_NETWORKS && ids.add(id);
            for (String address : where) {
                news |= addresses.size() < MOST_ADDRESSES && addresses.add(address);
            }
            return news;
        }
    }

    private record Own(Card card, byte[] secret, Instant until) {}

    private final Fingerprint self;
    private final Machine machine;
    private final Surroundings surroundings;
    private final Worker thread;
    private final Map<String, Shown> shown = new LinkedHashMap<>(); // by token; pairing thread only
    private boolean sweeping; // pairing thread only; soon
    private final List<Conversation> conversations = new ArrayList<>(); // pairing thread only
    private int failed; // pairing thread only
    private Optional<Future<?>> ending = Optional.empty(); // pairing thread only
    private volatile Optional<Own> own = Optional.empty();
    private volatile List<Neighbour> nearby = List.of();
    private volatile List<Encounter> encounters = List.of();

    public Meetings(Fingerprint self, Machine machine, Surroundings surroundings) {
        this.self = self;
        this.machine = machine;
        this.surroundings = surroundings;
        thread = machine.worker("vaultsync pairing");
    }

    // This device

    public void discoverable(boolean on) {
        thread.execute(() -> {
            ending.ifPresent(timer -> timer.cancel(false));
            failed = 0;
            if (on) {
                byte[] token = Knocks.nonce();
                Card card = new Card(surroundings.deviceName(), token);
                own = Optional.of(
                        new Own(card, secret(card), machine.clock().instant().plus(SHOWN)));
                ending = Optional.of(thread.after(SHOWN, this::hide));
                surroundings.show(Optional.of(card));
            } else {
                hide();
            }
            changed();
        });
    }

    private void hide() {
        own = Optional.empty();
        surroundings.show(Optional.empty());
        changed();
    }

    /** Ends being shown where the time is over: timers stand still while a device sleeps. */
    public void wokeUp() {
        thread.execute(() -> {
            if (own.isPresent() && present().isEmpty()) {
                hide();
            }
        });
    }

    /** What is shown of this device, unless its time is over. */
    private Optional<Own> present() {
        return own.filter(card -> machine.clock().instant().isBefore(card.until()));
    }

    public Optional<Instant> discoverableUntil() {
        return present().map(Own::until);
    }

    private static byte[] secret(Card card) {
        return Knocks.hmac(card.token(), "vaultsync card 1".getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether somebody knocks who has seen this device's card. */
    public boolean recognises(Knock knock) {
        return present().filter(card -> Knocks.fits(knock, card.secret())).isPresent();
    }

    // Others

    /** A device shows itself. */
    public void shown(String id, Card card, List<String> addresses) {
        thread.execute(() -> {
            String token = HexFormat.of().formatHex(card.token());
            boolean ours = own.filter(mine -> Arrays.equals(mine.card().token(), card.token()))
                    .isPresent();
            if (ours || !shown.containsKey(token) && shown.size() >= MOST_NEARBY) {
                return;
            }
            if (shown.isEmpty()) {
                sweepLater();
            }
            if (shown.computeIfAbsent(token, first -> new Shown(card, machine.nanos() + FORGOTTEN.toNanos()))
                    .seen(id, addresses)) {
                changed();
            }
        });
    }

    public void shownNoLonger(String id) {
        thread.execute(() -> {
            if (shown.values().removeIf(device -> device.ids.remove(id) && device.ids.isEmpty())) {
                changed();
            }
        });
    }

    /** Whoever is gone without a word is forgotten, too. */
    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            thread.after(BETWEEN_SWEEPS, this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        if (shown.values().removeIf(device -> machine.nanos() - device.until > 0)) {
            changed();
        }
        if (!shown.isEmpty()) {
            sweepLater();
        }
    }

    public List<Neighbour> nearby() {
        return nearby;
    }

    public List<Encounter> encounters() {
        return encounters;
    }

    // Encounters

    /** Dials a device that shows itself, and completes when there is a code to compare. */
    public CompletionStage<Encounter> meet(Neighbour neighbour) {
        return CompletableFuture.supplyAsync(() -> Optional.ofNullable(shown.get(neighbour.id())), thread)
                .thenCompose(device -> device.isEmpty()
                        ? CompletableFuture.failedStage(
                                new SyncException("“" + neighbour.name() + "” does not show itself any more."))
                        : surroundings.visit(
                                List.copyOf(device.get().addresses), () -> Knocks.under(secret(device.get().card))))
                .handle((link, unreachable) -> unreachable == null
                        ? CompletableFuture.completedStage(link)
                        : CompletableFuture.<Link>failedStage(new SyncException(
                                "“" + neighbour.name() + "” cannot be reached. " + sentence(unreachable), unreachable)))
                .thenCompose(stage -> stage)
                .thenComposeAsync(link -> begin(link).ready(), thread);
    }

    /** Somebody came who has seen this device's card. */
    public void visited(Link link) {
        thread.execute(() -> {
            long visitors = conversations.stream()
                    .filter(each -> !each.dialled() && !each.isOver())
                    .count();
            if (visitors >= MOST_VISITORS) {
                surroundings.refused("Too many devices nearby wanted to be paired at once.");
                link.close();
            } else {
                Conversation conversation = begin(link);
                conversation.paired().whenCompleteAsync((room, turnedAway) -> afterVisit(turnedAway != null), thread);
            }
        });
    }

    private void afterVisit(boolean turnedAway) {
        if (turnedAway && ++failed >= MOST_FAILED && own.isPresent()) {
            surroundings.refused(
                    "Too many devices nearby came and were turned away, so this one is not shown to them any more.");
            hide();
        }
    }

    private Conversation begin(Link link) {
        Conversation conversation = new Conversation(link, self, surroundings, machine, thread, this::changed);
        conversations.add(conversation);
        conversation.start();
        return conversation;
    }

    public CompletionStage<RoomId> confirm(Encounter encounter, Optional<RoomId> room) {
        return CompletableFuture.supplyAsync(
                        () -> find(encounter)
                                .map(conversation -> conversation.confirm(room))
                                .orElseGet(() -> CompletableFuture.failedFuture(
                                        new SyncException("“" + encounter.name() + "” has ended it. Begin again."))),
                        thread)
                .thenCompose(Function.identity());
    }

    public void reject(Encounter encounter) {
        thread.execute(() -> find(encounter)
                .ifPresent(conversation -> conversation.refuse("The person at the other device ended it.")));
    }

    private Optional<Conversation> find(Encounter encounter) {
        return conversations.stream()
                .filter(each -> each.id().equals(encounter.id()) && !each.isOver())
                .findFirst();
    }

    private void changed() {
        conversations.removeIf(Conversation::isOver);
        nearby = shown.entrySet().stream()
                .map(device ->
                        new Neighbour(device.getKey(), device.getValue().card.name()))
                .sorted(Comparator.comparing(Neighbour::name, new NameOrder()).thenComparing(Neighbour::id))
                .toList();
        encounters = conversations.stream()
                .flatMap(each -> each.encounter().stream())
                .toList();
        surroundings.changed();
    }

    static String sentence(Throwable failed) {
        Throwable cause = failed;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        thread.execute(
                () -> List.copyOf(conversations).forEach(each -> each.refuse("The other device has gone offline.")));
        thread.close();
    }
}
