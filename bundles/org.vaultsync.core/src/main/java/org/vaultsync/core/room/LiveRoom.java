// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Badge;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.ItemStatus;
import org.vaultsync.LogEntry;
import org.vaultsync.Offers.Offer;
import org.vaultsync.Presence.Open;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Transfers.Progress;
import org.vaultsync.Version;
import org.vaultsync.core.attachment.Attachments;
import org.vaultsync.core.attachment.CopiedFiles;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.log.Logbook;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.membership.Membership;
import org.vaultsync.core.membership.Membership.Person;
import org.vaultsync.core.membership.MembershipRecord;
import org.vaultsync.core.membership.Statement;
import org.vaultsync.core.membership.Statement.Admit;
import org.vaultsync.core.membership.Statement.Grant;
import org.vaultsync.core.membership.Statement.Remove;
import org.vaultsync.core.membership.Statement.Role;
import org.vaultsync.core.membership.Statement.Share;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.AskAttachment;
import org.vaultsync.core.wire.Message.AttachmentPiece;
import org.vaultsync.core.wire.Message.Aware;
import org.vaultsync.core.wire.Message.BucketDigests;
import org.vaultsync.core.wire.Message.BucketEntries;
import org.vaultsync.core.wire.Message.CloseRoom;
import org.vaultsync.core.wire.Message.Envelope;
import org.vaultsync.core.wire.Message.OpenRoom;
import org.vaultsync.core.wire.Message.Records;
import org.vaultsync.core.wire.Message.RoomDigest;
import org.vaultsync.core.wire.Message.Step1;
import org.vaultsync.core.wire.Message.Step2;
import org.vaultsync.core.wire.Message.Whereabouts;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/** A private room that this device is in. Everything happens on the room's own thread; the methods hand over to it and return at once. */
public final class LiveRoom implements AutoCloseable {
    /**
     * A room at one moment.
     *
     * @param items the ids of the items that this device syncs in it
     * @param offered how many items there are in it that this device does not sync
     * @param members all of them, this device too, while it is one
     * @param everybody those who were members once, too
     * @param holding how many of the items each member has in their latest state
     */
    public record Summary(
            String name,
            List<String> items,
            int offered,
            Map<Fingerprint, Person> members,
            Map<Fingerprint, Person> everybody,
            Map<Fingerprint, Integer> holding) {}

    /** Says which items are shared. Called on the room's thread; returns at once. */
    @FunctionalInterface
    public interface Choice {
        /** Whether an item that is about to be read is in no other room: there it may be that the vault is yet to be told of it. */
        default boolean isFree(String item) {
            return true;
        }

        /**
         * Whether an item that has been read is shared.
         *
         * @throws SyncException with a sentence for people, if it cannot be shared
         */
        boolean shares(Item item) throws SyncException;
    }

    /** Who is told what happens in the room. Called on the room's thread; returns at once. */
    public interface Listener {
        void statusChanged(LiveRoom room, ItemStatus status, List<Conflict> conflicts);

        /** An item is not in this room, and the vault has answered all that it was asked and told about it. */
        void letGo(LiveRoom room, String item);

        void summaryChanged(LiveRoom room);

        /** A member has other items open than before; none if it is gone. */
        void openedBy(LiveRoom room, Fingerprint member, List<Open> items);

        /** The members, or their keys, changed. */
        void membersChanged(LiveRoom room);

        /** Files up to this size are fetched at once. */
        long fetchedAtOnce();

        /** How far a file has come. */
        void transfer(String sha256, Progress progress);

        /** Whether a new item comes into the vault at once. */
        boolean takes(String item, String type);

        /** Whether items of a type never leave this device, nor come to it. */
        boolean isSensitive(String type);

        /** Somebody told where a member may be dialled. */
        void whereabouts(Fingerprint member, List<String> addresses);
    }

    private static final Logger LOG = LoggerFactory.getLogger(LiveRoom.class);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);
    private static final Duration OFTEN = Duration.ofMillis(200);
    private static final int STATUSES_AT_ONCE = 100;
    private static final int SUMMING_TO_REST = 10;

    private final RoomId id;
    private final DeviceKey key;
    private final Store store;
    private final HostVault host;
    private final Path files;
    private final Machine machine;
    private final Clock clock;
    private final Logbook logbook;
    private final Listener listener;
    private final Worker thread;
    private final Answers answers;
    private final Supplier<ReplicaFactory> factory;
    private final Membership membership; // room thread only, after the constructor
    private final Set<Session> offered = new LinkedHashSet<>(); // room thread only
    private final Set<Session> closedHere = new HashSet<>(); // room thread only; what is on its way is passed over
    private final Map<Fingerprint, Session> opened = new HashMap<>(); // room thread only
    private final Set<String> toPublish = new LinkedHashSet<>(); // room thread only; items
    private final Companions companions; // room thread only
    private Map<String, String> openedHere = Map.of(); // room thread only; item to field, of any room
    private boolean summaryStale; // room thread only
    private boolean telling; // room thread only; soon, also if there is much to do
    private long summarized; // room thread only; when
    private long summing; // room thread only; how long it took then
    private boolean paused; // room thread only
    private Optional<String> unusable = Optional.empty(); // room thread only; why, as a sentence for people
    private Documents documents; // room thread only
    private Exchange exchange; // room thread only
    private Mapping mapping; // room thread only
    private Attachments attachments; // room thread only
    private CopiedFiles copiedFiles; // room thread only
    private volatile boolean busy;
    private volatile Summary summary;
    private volatile Map<Fingerprint, Person> members;

    /** Reads who is in the room; does nothing else until it is started. */
    public LiveRoom(
            RoomId id,
            DeviceKey key,
            Store store,
            HostVault host,
            Path files,
            Supplier<ReplicaFactory> factory,
            Machine machine,
            Logbook logbook,
            Listener listener) {
        this.id = id;
        this.key = key;
        this.store = store;
        this.host = host;
        this.files = files;
        this.factory = factory;
        this.machine = machine;
        this.clock = machine.clock();
        this.logbook = logbook;
        this.listener = listener;
        this.thread = machine.worker("vaultsync room " + id, this::background);
        this.answers = new Answers(thread, this::failure);
        this.membership = new Membership(id);
        this.companions = new Companions(id, key.fingerprint(), clock);
        List<MembershipRecord> records = new ArrayList<>();
        for (byte[] bytes : store.read(database -> Tables.records(database, id))) {
            try {
                records.add(MembershipRecord.parse(bytes));
            } catch (ProtocolException unreadable) {
                LOG.warn("room {}: a stored membership record cannot be read: {}", id, unreadable.getMessage());
            }
        }
        membership.add(records);
        members = membership.members();
        summary = new Summary(membership.roomName(), List.of(), 0, members, membership.everybody(), Map.of());
        summarized = machine.nanos() - OFTEN.toNanos();
    }

    public void start() {
        thread.execute(() -> {
            try {
                open();
            } catch (RuntimeException | Error cannot) {
                LOG.error("room {}: cannot be opened", id, cannot);
                mapping = null;
                unusable = Optional.of("This room could not be opened, and nothing is synced in it. Your items are safe"
                        + " in your vault. Restart the application; if that does not help, look at its log. "
                        + Optional.ofNullable(cannot.getMessage()).orElse(cannot.toString()));
            }
        });
    }

    private void open() {
        documents = new Documents(
                id, store, thread, factory.get(), host::textFields, LiveRoom::kind, new Documents.Listener() {
                    @Override
                    public void changing(Document document) {
                        exchange.changing(document);
                    }

                    @Override
                    public void implied(Document document, byte[] update) {
                        exchange.send(document);
                    }

                    @Override
                    public void notStored(Document document) {
                        document.item.ifPresent(toPublish::add);
                        changed();
                        if (document.isIndex()) {
                            mapping.indexNotStored();
                        }
                    }

                    @Override
                    public Write integrated(Document document, String before, List<Piece> updates) {
                        return mapping.history().integrated(document, before, updates);
                    }

                    @Override
                    public void overwritten(Document document, List<Overwrite> overwrites) {
                        mapping.overwritten(document, overwrites);
                    }
                });
        exchange = new Exchange(id, documents, store, thread, clock, new Exchange.Listener() {
            @Override
            public void arrived(Document document, boolean edit) {
                if (edit) {
                    mapping.editArrived(document);
                } else {
                    mapping.arrived(document);
                }
                heldChanged(document);
            }

            @Override
            public void heldChanged(Document document) {
                document.item.ifPresent(toPublish::add);
                changed();
            }
        });
        OwnEdits own = new OwnEdits(key.fingerprint(), documents, exchange, thread, clock);
        mapping = new Mapping(id, key, documents, store, host, own, thread, machine, surroundings());
        copiedFiles = new CopiedFiles(id, store);
        attachments = new Attachments(
                id,
                host,
                files,
                thread,
                clock,
                () -> opened.values(),
                file -> mapping.isAttached(file) || copiedFiles.isLacking(file),
                listener::fetchedAtOnce,
                (sha256, progress) -> {
                    if (progress instanceof Progress.Nothing) {
                        copiedFiles.came(sha256);
                    }
                    listener.transfer(sha256, progress);
                });
        mapping.open();
        if (host.isPresent()) {
            askVault();
        }
        toPublish.addAll(mapping.items());
        // Also what the index does not name: until it is told, it counts as being here.
        documents.all().forEach(document -> document.item.ifPresent(toPublish::add));
        changed();
    }

    private static DocumentKind kind(Document document) {
        return document.isIndex() ? DocumentKind.INDEX : DocumentKind.ITEM;
    }

    public RoomId id() {
        return id;
    }

    public Summary summary() {
        return summary;
    }

    /** Who belongs to the room now, this device too. */
    public Map<Fingerprint, Person> members() {
        return members;
    }

    // What the person wants

    /**
     * Shares items of the vault.
     *
     * @param onlyNew leaves out those that are, or were, in the room
     * @param choice says which of them
     */
    public CompletionStage<Void> share(Collection<String> items, boolean onlyNew, Choice choice) {
        return ask(() -> mapping.share(items, onlyNew, choice));
    }

    public CompletionStage<Void> stop(Collection<String> items) {
        return ask(() -> mapping.stop(items));
    }

    /** Ends the sync of items that this device shared, for everybody. */
    public CompletionStage<Void> stopForAll(Collection<String> items) {
        return ask(() -> mapping.stopForAll(items));
    }

    /** Takes this device out of the sync of all items of a type. */
    public CompletionStage<Void> stopType(String type) {
        return ask(() -> mapping.stop(mapping.itemsOfType(type)));
    }

    /** Shares an item unless it is, or was, in the room. */
    public void shareIfNew(Stored stored, Predicate<Item> choice) {
        whileUsable(() -> {
            if (!mapping.isKnown(stored.item().id()) && choice.test(stored.item())) {
                mapping.shareHeld(stored);
            }
        });
    }

    /** Fetches a file, however large it is. */
    public void fetch(String sha256) {
        whileUsable(() -> attachments.fetch(sha256));
    }

    public CompletionStage<Set<String>> types() {
        return ask(() -> CompletableFuture.completedFuture(unusable.isPresent() ? Set.of() : mapping.types()));
    }

    public CompletionStage<List<Offer>> offers() {
        return ask(() -> CompletableFuture.completedFuture(mapping.offers()));
    }

    public CompletionStage<Void> take(Collection<String> items) {
        return ask(() -> mapping.take(items));
    }

    /** Puts copies of items into the vault, under new ids. */
    public CompletionStage<List<String>> copy(Collection<String> items) {
        return ask(() -> mapping.copy(items));
    }

    public CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        return ask(() -> mapping.settle(conflict, value));
    }

    public CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        return ask(() -> mapping.reopen(conflict, value));
    }

    /** The hashes of the files that items of the room name. */
    public CompletionStage<Set<String>> attachments() {
        return ask(() -> CompletableFuture.completedFuture(Set.copyOf(mapping.attachments())));
    }

    /** Takes a document that did not come over a link. Completes when it is on disk. */
    public CompletionStage<Void> merge(String document, byte[] update) {
        return ask(() -> exchange.merge(documents.get(document), update));
    }

    public CompletionStage<List<Version>> versions(String item) {
        return ask(() -> mapping.history().versions(item));
    }

    public CompletionStage<List<Version>> deleted() {
        return ask(() -> mapping.history().deleted());
    }

    public CompletionStage<Void> restore(Item item) {
        return ask(() -> mapping.restore(item));
    }

    /**
     * Makes, signs and stores a membership record, and tells the others.
     *
     * @return all records of the room
     */
    public CompletionStage<List<byte[]>> write(Statement statement) {
        return ask(() -> state(statement));
    }

    /**
     * Lets a device in; one that is in already stays as it is. Whoever asks again with an invite that let it in before learns what it may have missed, but does
     * not come back that way once it was removed.
     *
     * @param again whether it may come back after it was removed
     */
    public CompletionStage<List<byte[]>> admit(byte[] publicKey, String name, boolean again) {
        return ask(() -> {
            Fingerprint device = Fingerprint.of(publicKey);
            if (membership.members().containsKey(device)) {
                return CompletableFuture.completedFuture(records());
            }
            if (!again && membership.everybody().containsKey(device)) {
                return refused("This device was removed from the room, and its invite does not let it in again. Ask for"
                        + " a new one.");
            }
            return state(new Admit(publicKey, name, membership.grant(key, publicKey)));
        });
    }

    /** Takes the records of a room that this device was removed from, and is let into again. */
    public CompletionStage<Void> comeBack(List<MembershipRecord> records) {
        return ask(() -> take(records, Optional.empty()));
    }

    /** Takes a member out of the room, and renews the room's secret. */
    public CompletionStage<Void> removeMember(Fingerprint member) {
        return ask(() -> {
            Person person = membership.members().get(member);
            if (person == null) {
                return refused("This device is not in the room any more.");
            }
            Remove removal = new Remove(person.publicKey());
            return membership.allows(key, removal)
                    ? state(removal).thenApply(records -> null)
                    : refused("Only the one who made the room, and whom they named an admin, can remove others.");
        });
    }

    /** Makes a member an admin, or a plain member again. */
    public CompletionStage<Void> appoint(Fingerprint member, boolean admin) {
        return ask(() -> {
            Person person = membership.members().get(member);
            if (person == null) {
                return refused("This device is not in the room any more.");
            }
            Role role = new Role(person.publicKey(), admin);
            return membership.allows(key, role)
                    ? state(role).thenApply(records -> null)
                    : refused("Only the one who made the room names admins.");
        });
    }

    private static <T> CompletionStage<T> refused(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }

    private CompletionStage<List<byte[]>> state(Statement statement) {
        MembershipRecord record = membership.write(key, statement, clock.instant());
        return take(List.of(record), Optional.empty()).thenApplyAsync(stored -> records(), thread);
    }

    private List<byte[]> records() {
        return membership.records().stream().map(MembershipRecord::bytes).toList();
    }

    /** Says that this device leaves, and waits a little for the others to have heard it, and for the vault. */
    public CompletionStage<Void> leave() {
        return ask(() -> {
            if (unusable.isEmpty()) {
                mapping.showLast();
            }
            // First what was written, then the farewell: after it the others take nothing more.
            return machine.within(LONGEST_ANSWER, shown())
                    .handle((shown, takesLonger) -> null)
                    .thenCompose(waited -> store.written())
                    .handle((written, notStored) -> null)
                    .thenComposeAsync(written -> sayFarewell(), thread);
        });
    }

    private CompletionStage<Void> sayFarewell() {
        MembershipRecord record = membership.write(key, new Remove(key.publicKey()), clock.instant());
        Records farewell = new Records(id, List.of(record.bytes()));
        CompletableFuture<?>[] heard = opened.values().stream()
                .map(session -> session.send(Stream.LIVE, farewell).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return machine.within(Duration.ofSeconds(2), CompletableFuture.allOf(heard))
                .handle((all, someDidNot) -> null);
    }

    /** Once the vault was read, and has what it takes of the room. */
    private CompletionStage<Void> shown() {
        CompletableFuture<Void> shown = new CompletableFuture<>();
        awaitShown(shown);
        return shown;
    }

    private void awaitShown(CompletableFuture<Void> shown) {
        if (unusable.isPresent() || mapping.isIdle()) {
            shown.complete(null);
        } else if (!shown.isDone()) {
            thread.after(OFTEN, () -> awaitShown(shown));
        }
    }

    // Who is at what

    /** The person has these items open, of any room: item to field. */
    public void opened(Map<String, String> items) {
        whileUsable(() -> {
            openedHere = items;
            sayWhatIsOpen();
        });
    }

    /** Of an item that is in this room, and of no other. */
    private void sayWhatIsOpen() {
        companions.say(openedHere.entrySet().stream()
                .filter(each -> isShownHere(each.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private boolean isShownHere(String item) {
        return mapping.documentOf(item).filter(document -> !document.left).isPresent();
    }

    /** What a member has open: of items that are not here yet, it is told when they have come. */
    private void tellWhatIsOpen(Session session) {
        List<Open> open = new ArrayList<>();
        companions.openAt(session).forEach((item, field) -> {
            if (isShownHere(item)) {
                open.add(new Open(
                        session.peer(),
                        nameOf(session.peer()).orElse(session.peer().brief()),
                        item,
                        mapping.nameOf(item),
                        field));
            }
        });
        listener.openedBy(this, session.peer(), open);
    }

    // What the vault tells

    private void whileUsable(Runnable task) {
        thread.execute(() -> {
            if (unusable.isEmpty()) {
                task.run();
            }
        });
    }

    public void vaultArrived() {
        whileUsable(this::askVault);
    }

    private void askVault() {
        mapping.vaultArrived();
        wantCopiedFiles();
    }

    private void wantCopiedFiles() {
        copiedFiles.lacking().forEach(file -> attachments.wanted(file, () -> copiedFiles.came(file.sha256())));
    }

    public void saved(Stored stored) {
        whileUsable(() -> mapping.saved(stored));
    }

    public void deleted(String item, Revision revision) {
        whileUsable(() -> mapping.deleted(item, revision));
    }

    // What sessions bring

    /** A member is linked: offer the room. */
    public void linked(Session session) {
        thread.execute(() -> offer(session));
    }

    /** Takes part in the room over no link, or over all again; then those who are linked are to be told anew. */
    public void pause(boolean pause) {
        thread.execute(() -> {
            paused = pause;
            if (paused) {
                List.copyOf(offered).forEach(this::close);
            }
        });
    }

    private boolean isShut() {
        return paused || unusable.isPresent();
    }

    private void close(Session session) {
        sayClosed(session);
        shut(session);
    }

    private void sayClosed(Session session) {
        session.send(new CloseRoom(id));
    }

    private void shut(Session session) {
        offered.remove(session);
        closedHere.add(session);
        forget(session);
    }

    private void forget(Session session) {
        if (opened.remove(session.peer(), session)) {
            exchange.close(session);
            attachments.unlinked(session);
            companions.unlinked(session);
            listener.openedBy(this, session.peer(), List.of());
            changed();
            LOG.info("room {}: closed for peer {}", id, session.peer());
        }
    }

    private void offer(Session session) {
        if (!isShut() && isMember() && offered.add(session)) {
            session.send(new OpenRoom(id, records()));
        }
    }

    public void unlinked(Session session) {
        thread.execute(() -> {
            offered.remove(session);
            closedHere.remove(session);
            forget(session);
        });
    }

    public void received(Session session, Message message, Receipt receipt) {
        thread.execute(() -> {
            try {
                handle(session, message, receipt);
            } catch (ProtocolException rulesBroken) {
                session.close(rulesBroken);
            } catch (RuntimeException ours) {
                // What comes after it is acknowledged only once there is an answer to this.
                LOG.error("room {}: a message of peer {} was not dealt with", id, session.peer(), ours);
                passOver(message, receipt, "an error of this device");
            }
        });
    }

    private void handle(Session session, Message message, Receipt receipt) throws ProtocolException {
        if (message instanceof OpenRoom open) {
            take(parse(open.records()), Optional.of(session));
            if (isShut()) {
                session.send(new CloseRoom(id));
            } else if (isMember() && membership.members().containsKey(session.peer())) {
                // The other side may be faster than the news of the link: nothing of the room may go out before the
                // offer.
                offer(session);
                closedHere.remove(session);
                Session former = opened.get(session.peer());
                if (former != session) {
                    if (former != null) {
                        forget(former);
                    }
                    opened.put(session.peer(), session);
                    LOG.info(
                            "room {}: peer {} linked over {}",
                            id,
                            session.peer(),
                            session.link().kind());
                    tellNews(session, open);
                    exchange.open(session);
                    attachments.linked();
                    companions.linked(session);
                    changed();
                }
            } else {
                LOG.warn("room {}: peer {} is no member and was not let in", id, session.peer());
                logbook.refused(id, session.peer(), "It is not a member of the room.");
            }
            receipt.done();
            return;
        }
        if (opened.get(session.peer()) != session) {
            if (message instanceof CloseRoom && offered.remove(session)) {
                receipt.done(); // the answer to the offer, of who has paused the room or cannot use it
                return;
            }
            if (!closedHere.contains(session)) {
                throw new ProtocolException("a message for a room that was not opened");
            }
            passOver(message, receipt, "the room is closed on this device");
            return;
        }
        switch (message) {
            case Records records ->
                take(parse(records.records()), Optional.of(session))
                        .whenComplete((stored, failed) -> receipt.done()); // all are told anew over the next link
            case Whereabouts whereabouts -> {
                heard(whereabouts);
                receipt.done();
            }
            case CloseRoom close -> {
                shut(session);
                receipt.done();
            }
            case Step1 step -> exchange.received(session, step, receipt);
            case Step2 step -> exchange.received(session, step, receipt);
            case Envelope envelope -> exchange.received(session, envelope, receipt);
            case RoomDigest digest -> {
                exchange.received(session, digest);
                receipt.done();
            }
            case BucketDigests digests -> {
                exchange.received(session, digests);
                receipt.done();
            }
            case BucketEntries entries -> {
                exchange.received(session, entries);
                receipt.done();
            }
            case Aware aware -> {
                companions.received(session, aware);
                tellWhatIsOpen(session);
                receipt.done();
            }
            case AskAttachment ask -> attachments.asked(session, ask, receipt, mapping::isAttached);
            case AttachmentPiece piece -> attachments.received(session, piece, receipt);
            default ->
                throw new ProtocolException(
                        "an unexpected message: " + message.getClass().getSimpleName());
        }
    }

    /** What became known between our offer and the other side's, and where everybody may be dialled. */
    private void tellNews(Session session, OpenRoom theirs) throws ProtocolException {
        Set<String> known = new HashSet<>();
        parse(theirs.records()).forEach(record -> known.add(record.hash()));
        List<byte[]> news = membership.records().stream()
                .filter(record -> !known.contains(record.hash()))
                .map(MembershipRecord::bytes)
                .toList();
        if (!news.isEmpty()) {
            session.send(Stream.LIVE, new Records(id, news));
        }
        Map<Fingerprint, List<String>> others = new HashMap<>();
        for (Fingerprint member : membership.members().keySet()) {
            if (!member.equals(session.peer()) && !member.equals(key.fingerprint())) {
                others.put(member, addresses(member));
            }
        }
        session.send(new Whereabouts(id, others));
        Whereabouts ofThisOne = new Whereabouts(id, Map.of(session.peer(), addresses(session.peer())));
        opened.values().stream().filter(other -> other != session).forEach(other -> other.send(ofThisOne));
    }

    private List<String> addresses(Fingerprint member) {
        return store.read(database -> Tables.addresses(database, member));
    }

    private void heard(Whereabouts whereabouts) {
        whereabouts.addresses().forEach((member, addresses) -> {
            if (membership.members().containsKey(member) && !member.equals(key.fingerprint())) {
                listener.whereabouts(member, addresses);
            }
        });
    }

    private static void passOver(Message message, Receipt receipt, String why) {
        switch (message) {
            case Step2 step -> receipt.refuse(step.document(), why);
            case Envelope envelope -> receipt.refuse(envelope.document(), why);
            default -> receipt.done();
        }
    }

    private static List<MembershipRecord> parse(List<byte[]> records) throws ProtocolException {
        List<MembershipRecord> parsed = new ArrayList<>();
        for (byte[] record : records) {
            parsed.add(MembershipRecord.parse(record));
        }
        return parsed;
    }

    /** Takes records, stores those that are new, and passes them on to everybody but the one who brought them. */
    private CompletionStage<Void> take(List<MembershipRecord> records, Optional<Session> from) {
        Map<Fingerprint, Person> before = members;
        List<MembershipRecord> fresh = from.map(session -> membership.addFrom(
                        session.peer(),
                        records,
                        forged -> logbook.refused(id, session.peer(), "It sent a record of members that is forged.")))
                .orElseGet(() -> membership.add(records));
        from.ifPresent(session -> fresh.stream()
                .filter(membership::isPresumptuous)
                .forEach(record -> logbook.refused(
                        id, record.author(), "It signed a record of members that it has no right to.")));
        members = membership.members();
        if (fresh.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        noteMembers(before);
        if (mapping != null && !members.keySet().containsAll(before.keySet())) {
            mapping.membersLeft();
        }
        if (exchange != null) {
            // Also of who is back by now: both may be heard of at once.
            for (MembershipRecord record : fresh) {
                if (record.statement() instanceof Remove(byte[] gone) && !membership.isPresumptuous(record)) {
                    exchange.forget(Fingerprint.of(gone));
                }
            }
        }
        List<byte[]> bytes = fresh.stream().map(MembershipRecord::bytes).toList();
        // Also to somebody who is removed by them, so that they know.
        List<Session> toTell = opened.values().stream()
                .filter(session -> from.filter(source -> source == session).isEmpty())
                .toList();
        List<Session> removed = shutOutRemoved();
        CompletionStage<Void> taken = store.write(putRecords(id, fresh))
                .thenRunAsync(
                        () -> {
                            toTell.forEach(session -> session.send(Stream.LIVE, new Records(id, bytes)));
                            // One that was let in again meanwhile has opened the room anew.
                            removed.stream().filter(closedHere::contains).forEach(this::sayClosed);
                            listener.membersChanged(this);
                        },
                        thread);
        toPublish.addAll(items());
        changed();
        sumUp();
        keepSecret();
        return taken;
    }

    /**
     * Nothing more of the room goes to who does not belong to it, from now on, however long the disk takes. If that is this
     * device, to nobody. They are told later.
     */
    private List<Session> shutOutRemoved() {
        List<Session> removed = opened.values().stream()
                .filter(session -> !isMember() || !membership.members().containsKey(session.peer()))
                .toList();
        removed.forEach(this::shut);
        return removed;
    }

    private boolean isMember() {
        return membership.members().containsKey(key.fingerprint());
    }

    /** Renews the room's secret when somebody who knew it was removed, and gives it to members who lack it. */
    private void keepSecret() {
        Person self = membership.members().get(key.fingerprint());
        if (self == null) {
            return;
        }
        if (self.admin() && membership.needsEpoch()) {
            state(membership.newEpoch(key));
        } else if (membership.secret(key).isPresent()) {
            for (Person person : membership.withoutSecret()) {
                if (self.admin() || person.admittedBy().equals(self.fingerprint())) {
                    Grant grant = membership.grant(key, person.publicKey());
                    if (!grant.epoch().isEmpty()) {
                        // Of many, each in a turn of its own.
                        thread.execute(() -> share(person, grant));
                        return;
                    }
                }
            }
        }
    }

    /** Unless somebody else has done so, or what is to be given is not the present secret any more. */
    private void share(Person person, Grant grant) {
        if (membership.withoutSecret().stream()
                        .anyMatch(other -> other.fingerprint().equals(person.fingerprint()))
                && membership.isPresent(grant)) {
            state(new Share(person.publicKey(), grant));
        }
    }

    private void noteMembers(Map<Fingerprint, Person> before) {
        members.forEach((member, person) -> {
            if (!before.containsKey(member) && !member.equals(key.fingerprint())) {
                logbook.note(
                        LogEntry.Kind.ROOM,
                        id,
                        member,
                        "Let in by " + person.admittedBy().brief() + ".");
            }
        });
        before.keySet().stream()
                .filter(member -> !members.containsKey(member))
                .forEach(member -> logbook.note(LogEntry.Kind.ROOM, id, member, "It belongs to the room no more."));
    }

    public static Write putRecords(RoomId room, List<MembershipRecord> records) {
        return database -> {
            for (MembershipRecord record : records) {
                Tables.putRecord(room, record.hash(), record.bytes()).to(database);
            }
        };
    }

    private Mapping.Surroundings surroundings() {
        return new Mapping.Surroundings() {
            @Override
            public void changed(String item) {
                toPublish.add(item);
                LiveRoom.this.changed();
            }

            @Override
            public boolean takes(String item, String type) {
                return listener.takes(item, type);
            }

            @Override
            public boolean isSensitive(String type) {
                return listener.isSensitive(type);
            }

            @Override
            public void shown(Item item) {
                attachments.wanted(item);
            }

            @Override
            public void unnamed(Collection<String> files) {
                attachments.unnamed(files);
            }

            @Override
            public void copied(Item copy) {
                copiedFiles.add(copy);
                wantCopiedFiles();
            }

            @Override
            public Collection<Fingerprint> members() {
                return membership.members().keySet();
            }

            @Override
            public Map<Fingerprint, byte[]> keys() {
                Map<Fingerprint, byte[]> keys = new HashMap<>();
                membership.everybody().forEach((member, person) -> keys.put(member, person.publicKey()));
                return keys;
            }

            @Override
            public void forged(Fingerprint member) {
                logbook.refused(id, member, "Somebody wrote in its name what it has not signed. It counts for nobody.");
            }

            @Override
            public String nameOf(Fingerprint member) {
                return LiveRoom.this.nameOf(member).orElse("");
            }
        };
    }

    // Status

    private boolean background() {
        if (unusable.isPresent()) {
            busy = false;
            return false;
        }
        boolean more = mapping.step() || !mapping.isWaiting() && publish();
        busy = more || mapping.isWaiting() || exchange.isFetching();
        return more;
    }

    /** Whether much is coming or being shown. */
    public boolean isBusy() {
        return busy;
    }

    /** Something is to be told: as soon as there is nothing else to do, and soon in any case. */
    private void changed() {
        busy = true;
        summaryStale = true;
        if (!telling) {
            telling = true;
            thread.after(OFTEN, () -> {
                telling = false;
                publish();
                sumUpInTime();
                if (summaryStale || !toPublish.isEmpty()) {
                    changed();
                }
            });
        }
    }

    /** Tells the status of some of the items for which it may have changed, and says whether there are more. */
    private boolean publish() {
        List<String> some = toPublish.stream().limit(STATUSES_AT_ONCE).toList();
        some.forEach(toPublish::remove);
        for (String item : some) {
            try {
                ItemStatus status = status(item);
                listener.statusChanged(this, status, conflicts(status));
                if (status.room().isEmpty() && !mapping.isAsked(item)) {
                    listener.letGo(this, item);
                }
            } catch (RuntimeException ours) {
                // Of this one nothing is told, the others are to go on.
                LOG.error("room {}: the status of an item cannot be told", id, ours);
            }
        }
        if (toPublish.isEmpty()) {
            sumUpInTime();
        }
        return !toPublish.isEmpty();
    }

    /** Also of an item that has another trouble, which its badge tells first. */
    private List<Conflict> conflicts(ItemStatus status) {
        boolean inConflict = status.badge() != Badge.NOT_SHARED
                && mapping.documentOf(status.itemId())
                        .filter(mapping::hasConflict)
                        .isPresent();
        return inConflict ? mapping.conflicts(status.itemId()) : List.of();
    }

    /** Of many items summing up takes long, and is to cost little beside what changes them. */
    private void sumUpInTime() {
        if (machine.nanos() - summarized >= Math.max(OFTEN.toNanos(), SUMMING_TO_REST * summing)) {
            sumUp();
        }
    }

    private void sumUp() {
        if (summaryStale) {
            long began = machine.nanos();
            summaryStale = false;
            if (unusable.isEmpty()) {
                sayWhatIsOpen();
                opened.values().forEach(this::tellWhatIsOpen);
            }
            summary = summarize();
            listener.summaryChanged(this);
            summarized = machine.nanos();
            summing = summarized - began;
        }
    }

    private ItemStatus status(String item) {
        Document document =
                mapping.documentOf(item).filter(shown -> !shown.left).orElse(null);
        // Who was removed has yet to decide: it may be that nobody else has what lost.
        if (document == null || !isMember() && !mapping.hasConflict(document)) {
            return ItemStatus.notShared(item);
        }
        Set<Fingerprint> all = membership.members().keySet();
        List<Fingerprint> holders = new ArrayList<>(all.size());
        for (Fingerprint member : all) {
            if (holds(member, item, document)) {
                holders.add(member);
            }
        }
        boolean linkedLacks = !holders.containsAll(exchange.linked());
        Badge badge;
        if (document.trouble().isPresent()) {
            badge = Badge.ERROR;
        } else if (mapping.hasConflict(document)) {
            badge = Badge.CONFLICT;
        } else if (linkedLacks || mapping.isUnseen(item) || host.isPresent() && !mapping.isShown(document)) {
            badge = Badge.SYNCING;
        } else {
            badge = holders.isEmpty() ? Badge.PENDING : Badge.SYNCED;
        }
        return new ItemStatus(
                item,
                badge,
                Optional.of(id),
                mapping.isSharedHere(item),
                holders,
                all.size() - 1,
                exchange.lastHeld(document),
                document.author.map(Fingerprint::new).flatMap(this::nameOf),
                document.trouble(),
                document.readOnly);
    }

    /** Nobody is known to have the last change of an item while that may be one which this device has yet to find in the vault. */
    private boolean holds(Fingerprint member, String item, Document document) {
        return !mapping.isUnseen(item) && exchange.holds(member, document);
    }

    /** A member's name; if this device has the same, with the beginning of the fingerprint, to tell them apart. */
    private Optional<String> nameOf(Fingerprint member) {
        Optional<String> name =
                Optional.ofNullable(membership.everybody().get(member)).map(Person::name);
        boolean namesake = !member.equals(key.fingerprint())
                && Optional.ofNullable(membership.members().get(key.fingerprint()))
                        .map(Person::name)
                        .equals(name);
        return namesake ? name.map(same -> same + " (" + member.brief() + ")") : name;
    }

    private Collection<String> items() {
        return unusable.isPresent() ? List.of() : mapping.items();
    }

    private Summary summarize() {
        List<String> items = new ArrayList<>();
        Set<Fingerprint> members = membership.members().keySet();
        Map<Fingerprint, Integer> holding = new HashMap<>();
        int offered = 0;
        for (String item : items()) {
            Document document = mapping.documentOf(item).orElse(null);
            if (document != null && document.left) {
                offered++;
            } else if (document != null) {
                items.add(item);
                for (Fingerprint member : members) {
                    if (holds(member, item, document)) {
                        holding.merge(member, 1, Integer::sum);
                    }
                }
            }
        }
        return new Summary(
                membership.roomName(), items, offered, membership.members(), membership.everybody(), holding);
    }

    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return answers.of(question);
    }

    private SyncException failure(Throwable ours) {
        if (unusable.isPresent()) {
            // Who is in the room can still be asked and changed; all else is not there.
            return new SyncException(unusable.get());
        }
        LOG.error("room {}: an error of this side", id, ours);
        return Answers.wentWrong(ours);
    }

    /** Ends what is queued, and what waits for the vault's answer, and closes the replicas. What is not done by then fails. */
    @Override
    public void close() {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        thread.execute(() -> {
            if (mapping == null) {
                settled.complete(null);
            } else {
                mapping.settled().thenRun(() -> settled.complete(null));
            }
        });
        machine.await(settled, LONGEST_ANSWER);
        thread.close();
        answers.close();
        busy = false;
        if (documents != null) {
            documents.close();
        }
    }
}
