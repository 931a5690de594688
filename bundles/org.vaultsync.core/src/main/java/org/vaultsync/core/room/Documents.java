// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.RoomId;
import org.vaultsync.core.identity.Sha256;
import org.vaultsync.core.room.Document.OnItsWay;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.store.Tables.DocumentRow;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.core.store.Tables.Pieces;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.EngineException;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.vault.Revision;

/**
 * The documents of a room: as bytes in the store, and as open replicas for those that are in use. Belongs to the room's
 * thread.
 */
final class Documents implements AutoCloseable {
    /** Is told of updates that opening a replica brought to light, so that they are sent like any other. */
    interface Listener {
        void changing(Document document);

        /** The deletes are on disk. */
        void implied(Document document, byte[] update);

        /** An update will never be on disk, and the document is without it now. */
        void notStored(Document document);

        /**
         * Updates of one author were integrated, and changed what the document says.
         *
         * @param document of one item: of others nothing is told
         * @param before the document until then, as JSON; empty if there was nothing in it
         * @return is written in the same transaction as that they were integrated
         */
        Write integrated(Document document, String before, List<Piece> updates);

        /** Somebody wrote over values that they did not know of. Comes before the updates count as integrated. */
        void overwritten(Document document, List<Overwrite> overwrites);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Documents.class);
    private static final String NOT_STORED = "A change could not be stored for sync. What you wrote is in your vault."
            + " Restart the application, then it is taken up again.";
    private static final int OPEN_REPLICAS = 100;
    private static final int PIECES_BEFORE_COMPACTION = 64;

    private final RoomId room;
    private final Store store;
    private final Executor thread;
    private final ReplicaFactory factory;
    private final Listener listener;
    private final Function<Document, DocumentKind> kinds;
    private final ReplicaEngine engine;
    private final long client;
    private final Set<Long> ownClients = new HashSet<>();
    private final Digests digests = new Digests();
    private final Map<String, Document> documents = new HashMap<>();
    private final LinkedHashMap<String, Document> open = new LinkedHashMap<>(64, 0.75f, true);
    private final Set<String> quarantined = new HashSet<>();
    private final Fresh fresh = new Fresh();

    Documents(
            RoomId room,
            Store store,
            Executor thread,
            ReplicaFactory factory,
            TextFields textFields,
            Function<Document, DocumentKind> kinds,
            Listener listener) {
        this.listener = listener;
        this.kinds = kinds;
        this.room = room;
        this.store = store;
        this.thread = thread;
        this.factory = factory;
        this.engine = factory.openEngine(textFields);
        this.client = factory.freshClientId();
        ownClients.add(client);
        for (DocumentRow row : store.read(database -> Tables.documents(database, room))) {
            Document document = get(row.id());
            document.stored = true;
            document.item = row.item();
            digest(document, row.digest());
            document.host = row.host().map(Revision::new);
            document.left = row.left();
            document.author = row.author();
            document.changed = row.changed();
        }
        store.read(database -> Tables.waitingDocuments(database, room)).forEach(id -> {
            get(id).stored = true;
            get(id).waiting = true;
        });
        quarantined.addAll(store.read(database -> Tables.quarantined(database, room)));
        store.read(database -> Tables.documentsWithQuarantined(database, room))
                .forEach(id -> get(id).lacksWhatWasSetAside = true);
    }

    /** A document; one that nobody has seen yet is empty. */
    Document get(String docId) {
        return documents.computeIfAbsent(docId, id -> new Document(new DocumentName(room, id)));
    }

    /** A document that is here; empty for any other id that somebody names. */
    Optional<Document> find(String docId) {
        return Optional.ofNullable(documents.get(docId));
    }

    Document index() {
        return get(DocumentName.INDEX);
    }

    private void digest(Document document, byte[] digest) {
        document.digest = digest;
        digests.put(document.name.docId(), digest);
    }

    Digests digests() {
        return digests;
    }

    Collection<Document> all() {
        return documents.values();
    }

    /** The id under which replicas of this room write during this run. */
    long client() {
        return client;
    }

    /** The ids under which nobody but this run writes. */
    Set<Long> ownClients() {
        return ownClients;
    }

    /** An id for one fork. */
    long forkClient() {
        long fork = factory.freshClientId();
        ownClients.add(fork);
        return fork;
    }

    Replica fork(long forkClient, byte[] state) throws ReplicaException {
        return engine.open(DocumentKind.ITEM, forkClient, List.of(state));
    }

    boolean isQuarantined(byte[] update) {
        return !quarantined.isEmpty() && quarantined.contains(hash(update));
    }

    Knowledge knowledge(Document document) {
        if (document.knowledge.isEmpty()) {
            document.knowledge = Optional.of(knowledgeOf(pieces(document).all()));
        }
        return document.knowledge.get();
    }

    /** The whole document as one update. */
    byte[] state(Document document) {
        List<byte[]> all = pieces(document).all();
        try {
            return all.size() == 1 ? all.getFirst() : Updates.merge(all);
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException("document " + document, neverPastTheGate);
        }
    }

    /**
     * Adds an update that passed the gate or was made here.
     *
     * @param integrated whether the open replica has it already
     * @param also to be written in the same transaction
     * @return completes on the store's thread when it is on disk
     */
    CompletionStage<Void> add(
            Document document,
            byte[] update,
            boolean integrated,
            Optional<String> author,
            Instant time,
            Write... also) {
        try {
            return add(document, Update.decode(update), integrated, author, time, also);
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException("document " + document, neverPastTheGate);
        }
    }

    /** The same for an update that was read through already. */
    CompletionStage<Void> add(
            Document document,
            Update update,
            boolean integrated,
            Optional<String> author,
            Instant time,
            Write... also) {
        documents.putIfAbsent(document.name.docId(), document);
        Knowledge before = knowledge(document);
        document.knowledge = Optional.of(before.plus(update));
        digest(document, document.knowledge.get().digest());
        boolean nothingWritten = document.knowledge.get().writes().equals(before.writes());
        document.author = author.isEmpty() && nothingWritten ? document.author : author;
        document.changed = time;
        Piece piece = new Piece(update.bytes(), author, time, integrated);
        OnItsWay queued = new OnItsWay(
                piece,
                Stream.of(also)
                        .filter(Remembering.class::isInstance)
                        .map(Remembering.class::cast)
                        .toList());
        document.tail.add(queued);
        if (before.equals(Knowledge.NOTHING)) {
            fresh.put(document, piece);
        } else {
            fresh.forget(document);
        }
        if (!integrated) {
            document.waiting = true;
            if (document.replica.isPresent()) {
                document.unapplied.add(piece);
            }
        }
        DocumentRow row = row(document);
        CompletionStage<Void> former = document.durable;
        document.durable = store.write(database -> {
            afterWhat(former);
            Tables.addPiece(room, document.name.docId(), piece).to(database);
            Tables.putDocument(room, row).to(database);
            for (Write write : also) {
                write.to(database);
            }
        });
        CompletionStage<Void> durable = document.durable;
        durable.whenCompleteAsync(
                (done, failed) -> {
                    boolean counted = document.tail.remove(queued);
                    if (failed != null && document.durable == durable) {
                        document.durable = CompletableFuture.completedFuture(null);
                    }
                    if (failed != null && counted) {
                        notStored(document, queued);
                    }
                },
                thread);
        if (!queued.made().isEmpty()) {
            durable.thenRunAsync(
                    () -> queued.made().forEach(made -> remembered(made.document(), made.revision())), thread);
        }
        return durable;
    }

    /** Writes nothing, and fails, and what is written with it, if one of these could not be stored. */
    static Write after(List<CompletionStage<Void>> all) {
        return database -> all.forEach(Documents::afterWhat);
    }

    /** What was made of an update that is not on disk would be a part of a document that nobody can read. */
    private static void afterWhat(CompletionStage<Void> former) {
        if (former.toCompletableFuture().isCompletedExceptionally()) {
            throw new IllegalStateException("a change that this rests on could not be stored");
        }
    }

    /**
     * Stores what changed of a document besides its content.
     *
     * @param also to be written in the same transaction
     */
    CompletionStage<Void> save(Document document, Write... also) {
        DocumentRow row = row(document);
        return store.write(database -> {
            Tables.putDocument(room, row).to(database);
            for (Write write : also) {
                write.to(database);
            }
        });
    }

    /** The write that stores what is known of a document besides its content. */
    Write write(Document document) {
        return Tables.putDocument(room, row(document));
    }

    private static DocumentRow row(Document document) {
        document.stored = true;
        return new DocumentRow(
                document.name.docId(),
                document.item,
                document.digest,
                document.host.map(Revision::text),
                document.left,
                document.author,
                document.changed);
    }

    /** What a revision of the document was, if it is still known. */
    Optional<RevisionRow> revision(Document document, String revision) {
        RevisionRow fresh = document.revisions.get(revision);
        return fresh != null
                ? Optional.of(fresh)
                : store.read(database -> Tables.revision(database, room, document.name.docId(), revision));
    }

    /**
     * The latest revision known here that this one was made from. An item that sync has never seen has no name, so one
     * that was made anew looks like one that was shared and edited: it is that while the vault holds what was shared.
     */
    Optional<RevisionRow> baseOf(Document document, Revision revision) {
        return revision.lineage().stream()
                .filter(name -> !name.isEmpty() || document.host.isPresent())
                .map(name -> revision(document, name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Puts a revision on disk, unless what it rests on could not be stored. */
    record Remembering(RoomId room, Document document, RevisionRow revision, CompletionStage<Void> former)
            implements Write {
        @Override
        public void to(Connection database) throws SQLException {
            afterWhat(former);
            Tables.putRevision(room, document.name.docId(), revision).to(database);
        }
    }

    /**
     * Remembers a revision at once; whoever needs it on disk runs the write. If that is not done together with adding an
     * update, {@link #remembered} is to be called afterwards.
     */
    Remembering remember(Document document, RevisionRow revision) {
        document.revisions.put(revision.name(), revision);
        return new Remembering(room, document, revision, document.durable);
    }

    /** Remembers a revision that the vault holds already. */
    void store(Document document, RevisionRow revision) {
        store.write(remember(document, revision))
                .whenCompleteAsync((done, failed) -> remembered(document, revision), thread);
    }

    /** The write of {@link #remember} is on disk, or never will be. */
    void remembered(Document document, RevisionRow revision) {
        document.revisions.remove(revision.name(), revision);
    }

    /** What integrating the waiting updates of a document did. */
    record Integrated(Replica replica, Set<String> members) {}

    /** Opens the replica of a document, if it is not open, and integrates what waits. Updates that it cannot take are set aside. */
    Integrated integrate(Document document) throws ReplicaException {
        Set<String> members = new HashSet<>();
        List<Overwrite> overwrites = new ArrayList<>();
        List<Write> history = new ArrayList<>();
        List<Piece> toApply = new ArrayList<>(document.unapplied);
        document.unapplied.clear();
        boolean blank = false;
        boolean isItem = kinds.apply(document) == DocumentKind.ITEM;
        Replica replica;
        boolean opened = document.replica.isEmpty();
        if (!opened) {
            replica = document.replica.get();
            open.get(document.name.docId());
        } else {
            Pieces pieces = pieces(document);
            replica = engine.open(kinds.apply(document), client, pieces.integrated());
            implied(document, replica.opening());
            toApply = pieces.waiting();
            blank = pieces.integrated().isEmpty();
            document.replica = Optional.of(replica);
            open.put(document.name.docId(), document);
        }
        for (List<Piece> updates : byAuthor(toApply)) {
            String before = blank || !isItem ? "" : replica.json();
            boolean says = false;
            for (Piece piece : updates) {
                byte[] update = piece.bytes();
                try {
                    Applied applied = replica.apply(update);
                    says |= applied.changed() && !piece.integrated();
                    members.addAll(applied.members());
                    overwrites.addAll(applied.overwrites());
                    implied(document, applied);
                } catch (EngineException notTheUpdate) {
                    // it is on disk, or on its way there, and is integrated when the document is opened again
                    document.waiting = true;
                    close(document);
                    throw notTheUpdate;
                } catch (ReplicaException poisonous) {
                    LOG.error(
                            "document {}: an update of {} bytes is set aside: {}",
                            document,
                            update.length,
                            poisonous.getMessage());
                    setAside(document, update);
                    return integrate(document);
                }
            }
            if (says && isItem) {
                history.add(listener.integrated(document, before, updates));
            }
            blank = false;
        }
        if (!overwrites.isEmpty()) {
            listener.overwritten(document, overwrites);
        }
        if (document.waiting) {
            document.waiting = false;
            fresh.integrated(document);
            store.write(database -> {
                Tables.integrated(room, document.name.docId()).to(database);
                for (Write write : history) {
                    write.to(database);
                }
            });
            opened = true;
        }
        if (opened) {
            // also where all that has gathered is our own
            compact(document, replica);
        }
        closeOld();
        return new Integrated(replica, members);
    }

    /** Updates that follow each other and are of one author, together. */
    private static List<List<Piece>> byAuthor(List<Piece> pieces) {
        List<List<Piece>> groups = new ArrayList<>();
        for (Piece piece : pieces) {
            if (groups.isEmpty()
                    || !groups.getLast().getLast().author().equals(piece.author())
                    || groups.getLast().getLast().integrated() != piece.integrated()) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(piece);
        }
        return groups;
    }

    /** Deletes that opening brought to light are an update like any other; the caller's digest follows. */
    void implied(Document document, Applied applied) {
        byte[] deletes = applied.impliedDeletes();
        if (deletes.length > 0) {
            listener.changing(document);
            add(document, deletes, true, Optional.empty(), document.changed)
                    .thenRunAsync(() -> listener.implied(document, deletes), thread);
        }
    }

    private void setAside(Document document, byte[] update) {
        String hash = hash(update);
        listener.changing(document); // The others are told that it is not here after all.
        quarantined.add(hash);
        fresh.forget(document);
        close(document);
        document.tail.removeIf(queued -> queued.piece().bytes() == update);
        List<byte[]> rest = new ArrayList<>(pieces(document).all());
        rest.removeIf(piece -> Arrays.equals(piece, update));
        document.knowledge = Optional.of(knowledgeOf(rest));
        digest(document, document.knowledge.get().digest());
        document.lacksWhatWasSetAside = true;
        DocumentRow row = row(document);
        store.write(database -> {
            Tables.quarantine(room, document.name.docId(), hash, update).to(database);
            Tables.putDocument(room, row).to(database);
        });
    }

    /** An update will never be on disk, nor what is queued behind it: nobody is to count on it, this device neither. */
    private void notStored(Document document, OnItsWay first) {
        listener.changing(document);
        List<Remembering> made = Stream.concat(Stream.of(first), document.tail.stream())
                .flatMap(queued -> queued.made().stream())
                .toList();
        document.tail.clear();
        document.durable = CompletableFuture.completedFuture(null);
        made.forEach(lost -> lost.document().revisions.remove(lost.revision().name()));
        made.forEach(this::takeBack);
        fresh.forget(document);
        close(document);
        List<byte[]> rest = List.of();
        try {
            rest = pieces(document).all();
        } catch (IllegalStateException unreadable) {
            LOG.error("document {}: {}", document, unreadable.getMessage());
        }
        document.knowledge = Optional.of(knowledgeOf(rest));
        digest(document, document.knowledge.get().digest());
        document.problem = Optional.of(NOT_STORED);
        listener.notStored(document);
    }

    /**
     * What the vault holds counts as made from the last revision that is known: it is not written over, and whoever reads
     * it next makes the edit once more.
     */
    private void takeBack(Remembering made) {
        Document document = made.document();
        document.durable = CompletableFuture.completedFuture(null);
        document.problem = Optional.of(NOT_STORED); // of the item, also where the document is that of an open room
        document.passedOver.clear();
        Revision held = document.host.orElse(Revision.NONE);
        if (held.name().equals(made.revision().name())) {
            List<String> lineage = held.lineage();
            document.host = baseOf(document, held)
                    .map(base -> lineage.subList(lineage.indexOf(base.name()), lineage.size()))
                    .map(known -> new Revision(String.join("~", known.reversed())));
        }
    }

    /** Updates on disk and those on the way there; what is on both lists does no harm. */
    private Pieces pieces(Document document) {
        Optional<Piece> only = fresh.of(document);
        if (only.isPresent()) {
            return only.get().integrated()
                    ? new Pieces(List.of(only.get().bytes()), List.of())
                    : new Pieces(List.of(), List.of(only.get()));
        }
        Pieces stored = document.stored
                ? store.read(database -> Tables.pieces(database, room, document.name.docId()))
                : new Pieces(List.of(), List.of());
        List<byte[]> there = stored.all();
        List<Piece> waiting = new ArrayList<>(stored.waiting());
        // What has come to the disk just now is still in the tail. Of two, the second would need JavaScript.
        document.tail.stream()
                .map(OnItsWay::piece)
                .filter(piece -> there.stream().noneMatch(bytes -> Arrays.equals(bytes, piece.bytes())))
                .forEach(waiting::add);
        waiting.removeIf(piece -> isQuarantined(piece.bytes()));
        return new Pieces(stored.integrated(), waiting);
    }

    private Knowledge knowledgeOf(List<byte[]> pieces) {
        try {
            return Knowledge.of(pieces);
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException("room " + room, neverPastTheGate);
        }
    }

    private void compact(Document document, Replica replica) throws ReplicaException {
        String id = document.name.docId();
        if (document.tail.isEmpty()
                && fresh.of(document).isEmpty()
                && store.read(database -> Tables.pieceCount(database, room, id)) > PIECES_BEFORE_COMPACTION) {
            store.write(Tables.compact(room, id, replica.state()));
        }
    }

    private void closeOld() {
        List<Document> idle = open.values().stream()
                .filter(document -> document.unapplied.isEmpty() && !document.isIndex())
                .limit(Math.max(0, open.size() - OPEN_REPLICAS))
                .toList();
        idle.forEach(this::close);
    }

    void close(Document document) {
        document.replica.ifPresent(Replica::close);
        document.replica = Optional.empty();
        document.unapplied.clear();
        open.remove(document.name.docId());
    }

    /** Forgets a replica that failed, so that the next use opens it anew from the store. */
    void failed(Document document, ReplicaException why) {
        LOG.error("document {}: the replica failed and is reopened: {}", document, why.getMessage());
        close(document);
    }

    @Override
    public void close() {
        engine.close();
    }

    private static String hash(byte[] update) {
        return HexFormat.of().formatHex(Sha256.of(update));
    }
}
