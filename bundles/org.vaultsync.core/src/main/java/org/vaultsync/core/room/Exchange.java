// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.room.Document.Held;
import org.vaultsync.core.session.Receipt;
import org.vaultsync.core.session.Session;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables;
import org.vaultsync.core.store.Tables.HeldRow;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.core.wire.Frames.Stream;
import org.vaultsync.core.wire.Message;
import org.vaultsync.core.wire.Message.BucketDigests;
import org.vaultsync.core.wire.Message.BucketEntries;
import org.vaultsync.core.wire.Message.Durable;
import org.vaultsync.core.wire.Message.Entry;
import org.vaultsync.core.wire.Message.Envelope;
import org.vaultsync.core.wire.Message.RoomDigest;
import org.vaultsync.core.wire.Message.Step1;
import org.vaultsync.core.wire.Message.Step2;
import org.vaultsync.core.wire.Messages;
import org.vaultsync.core.wire.ProtocolException;
import org.vaultsync.crdt.update.Gate;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.StateVector;
import org.vaultsync.crdt.update.Update;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.crdt.update.Verdict;

/**
 * Brings documents to the partners that are linked and takes theirs: as bytes, without JavaScript. Knows what each member
 * has on disk, and counts only what the member has shown or acknowledged. Belongs to the room's thread.
 */
final class Exchange {
    /** What happens to documents here. */
    interface Listener {
        /**
         * An update was taken from outside.
         *
         * @param edit whether somebody has just made it
         */
        void arrived(Document document, boolean edit);

        /** Who holds the document may have changed. */
        void heldChanged(Document document);
    }

    /** What a partner wants to have of a document. */
    private record Question(Document document, StateVector theirs, Receipt receipt) {}

    /** A member that is linked and has opened this room. */
    private static final class Partner {
        final Session session;
        final Map<String, Knowledge> known = new HashMap<>();
        final LinkedHashSet<String> wanted = new LinkedHashSet<>();
        final Set<String> asked = new HashSet<>();
        final Set<String> again = new HashSet<>(); // asked for, and wanted once more since
        final Deque<Question> questions = new ArrayDeque<>(); // not answered yet
        long underWay; // bytes of answers that it has not stored yet
        byte[] told = {}; // the digest of the room that it was told last

        Partner(Session session) {
            this.session = session;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final int ASKED_AT_ONCE = 256;
    private static final long MOST_UNDER_WAY = 16 << 20;

    private final RoomId room;
    private final Documents documents;
    private final Store store;
    private final Worker thread;
    private final Clock clock;
    private final Listener listener;
    private final Map<Fingerprint, Partner> partners = new HashMap<>();
    private long changes; // of documents, so far
    private boolean comparing; // soon

    Exchange(RoomId room, Documents documents, Store store, Worker thread, Clock clock, Listener listener) {
        this.room = room;
        this.documents = documents;
        this.store = store;
        this.thread = thread;
        this.clock = clock;
        this.listener = listener;
        for (HeldRow row : store.read(database -> Tables.held(database, room))) {
            documents.get(row.document()).held.put(row.device(), new Held(row.digest(), row.at()));
        }
    }

    /** Starts with a member over a new link: compare first. */
    void open(Session session) {
        Partner partner = new Partner(session);
        partners.put(session.peer(), partner);
        tellDigest(partner);
        documents.all().forEach(listener::heldChanged);
    }

    void close(Session session) {
        Partner partner = partners.get(session.peer());
        if (partner != null && partner.session == session) {
            partners.remove(session.peer());
            partner.questions.forEach(question -> question.receipt().done());
            documents.all().forEach(listener::heldChanged);
        }
    }

    Collection<Fingerprint> linked() {
        return partners.keySet();
    }

    /** Whether somebody was asked for documents and has not brought all of them yet. */
    boolean isFetching() {
        return partners.values().stream().anyMatch(partner -> !partner.asked.isEmpty());
    }

    /** Whether the member has on disk all that this device has of the document. */
    boolean holds(Fingerprint member, Document document) {
        Held last = document.held.get(member);
        return last != null && Arrays.equals(last.digest(), document.digest);
    }

    /** A member has left the room, and what it had of it; should it come back, it shows what it has then. */
    void forget(Fingerprint member) {
        Optional.ofNullable(partners.get(member)).ifPresent(partner -> partner.known.clear());
        for (Document document : documents.all()) {
            if (document.held.remove(member) != null) {
                listener.heldChanged(document);
            }
        }
        store.writeSoon(Tables.removeHeld(room, member));
    }

    /** When a member last took the then latest change of the document. */
    Optional<Instant> lastHeld(Document document) {
        Instant latest = null;
        for (Held last : document.held.values()) {
            latest = latest == null || last.at().isAfter(latest) ? last.at() : latest;
        }
        return Optional.ofNullable(latest);
    }

    // What this device made

    /** To be called before an update is added to a document: whoever held all of it until now is remembered to. */
    void changing(Document document) {
        compareWhenQuiet();
        for (Partner partner : partners.values()) {
            if (!partner.known.containsKey(document.name.docId()) && holds(partner.session.peer(), document)) {
                partner.known.put(document.name.docId(), documents.knowledge(document));
            }
        }
    }

    /** Sends an edit to everybody, once it is on disk. */
    void send(Document document, byte[] update, Fingerprint author, Instant time) {
        Envelope envelope = new Envelope(document.name, author, time, update);
        for (Partner partner : List.copyOf(partners.values())) {
            acknowledgedBy(partner, document, send(partner, document, Stream.LIVE, envelope), update);
        }
        listener.heldChanged(document);
    }

    /** Sends deletes that nobody in particular made, which the document has by now. */
    void send(Document document) {
        List.copyOf(partners.values()).forEach(partner -> sendWhole(partner, document));
        listener.heldChanged(document);
    }

    /**
     * Sends what the partner is not known to have. What nobody in particular wrote goes out this way: the writes that made
     * somebody delete a value may still be on their way, and it must not be gone there before they stand in its place.
     */
    private void sendWhole(Partner partner, Document document) {
        StateVector there = partner.known
                .getOrDefault(document.name.docId(), Knowledge.NOTHING)
                .writes();
        byte[] update = lackedBy(there, document);
        onDisk(document, partner, () -> {
            Step2 step = new Step2(document.name, update);
            acknowledgedBy(partner, document, send(partner, document, Stream.LIVE, step), update);
        });
    }

    // What comes

    void received(Session session, Envelope envelope, Receipt receipt) {
        take(session, envelope.document(), envelope.update(), Optional.of(envelope.author()), envelope.time(), receipt);
    }

    void received(Session session, Step2 step, Receipt receipt) {
        Partner partner = partners.get(session.peer());
        if (partner != null) {
            String id = step.document().docId();
            partner.asked.remove(id);
            if (partner.again.remove(id)) {
                partner.wanted.addFirst(id);
            }
            askMore(partner);
        }
        take(session, step.document(), step.update(), Optional.empty(), clock.instant(), receipt);
    }

    void received(Session session, Step1 step, Receipt receipt) {
        StateVector theirs;
        try {
            theirs = StateVector.decode(step.stateVector());
        } catch (MalformedUpdateException malformed) {
            session.close("refused", "A malformed state vector: " + malformed.getMessage());
            receipt.done();
            return;
        }
        Partner partner = partners.get(session.peer());
        if (partner == null || partner.session != session) {
            receipt.done();
            return;
        }
        Optional<Document> document = documents.find(step.document().docId());
        if (document.isEmpty()) {
            session.send(Stream.BULK, new Step2(step.document(), Updates.empty()));
            receipt.done();
            return;
        }
        partner.questions.add(new Question(document.get(), theirs, receipt));
        answerMore(partner);
    }

    /** Large documents are read only as fast as they are stored there: what waits for the line waits in memory. */
    private void answerMore(Partner partner) {
        while (partner.underWay < MOST_UNDER_WAY && !partner.questions.isEmpty()) {
            Question next = partner.questions.remove();
            try {
                answer(partner, next);
            } catch (IllegalStateException unreadable) {
                LOG.error("document {}: {}", next.document(), unreadable.getMessage());
                next.receipt().done();
            }
        }
    }

    private void answer(Partner partner, Question question) {
        Document document = question.document();
        byte[] update = lackedBy(question.theirs(), document);
        Knowledge sent = documents.knowledge(document);
        partner.underWay += update.length;
        document.durable.whenCompleteAsync(
                (durable, failed) -> {
                    if (partners.get(partner.session.peer()) != partner) {
                        question.receipt().done();
                    } else if (failed != null) {
                        // Once more, without what could not be stored.
                        partner.underWay -= update.length;
                        partner.questions.addFirst(question);
                        answerMore(partner);
                    } else {
                        question.receipt().done();
                        sendAnswer(partner, document, update, sent);
                    }
                },
                thread);
    }

    private void sendAnswer(Partner partner, Document document, byte[] update, Knowledge sent) {
        Stream stream = document.isIndex() ? Stream.LIVE : Stream.BULK;
        send(partner, document, stream, new Step2(document.name, update))
                .thenAcceptAsync(
                        stored -> {
                            partner.underWay -= update.length;
                            if (stored) {
                                knows(partner, document, sent);
                            }
                            answerMore(partner);
                        },
                        thread);
    }

    /** What no message holds is told to the person, and counts as refused. */
    private CompletionStage<Boolean> send(Partner partner, Document document, Stream stream, Durable message) {
        try {
            return partner.session.send(stream, message);
        } catch (IllegalArgumentException tooLarge) {
            LOG.error("document {}: it cannot be sent: {}", document, tooLarge.getMessage());
            document.problem =
                    Optional.of("It has grown too large to be sent to others. What you wrote is in your vault.");
            listener.heldChanged(document);
            return CompletableFuture.completedFuture(false);
        }
    }

    /** What the document is now without what is there. */
    private byte[] lackedBy(StateVector there, Document document) {
        try {
            return Updates.diff(documents.state(document), there);
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException(neverPastTheGate);
        }
    }

    /** An edit goes out only when it is on disk, also as a part of the document as it is now. */
    private void onDisk(Document document, Partner partner, Runnable send) {
        document.durable.thenRunAsync(
                () -> {
                    if (partners.get(partner.session.peer()) == partner) {
                        send.run();
                    }
                },
                thread);
    }

    private void take(
            Session session,
            DocumentName name,
            byte[] update,
            Optional<Fingerprint> author,
            Instant time,
            Receipt receipt) {
        // It is kept once something of it is taken, and not because somebody names it.
        Optional<Document> here = documents.find(name.docId());
        Document document = here.orElseGet(() -> new Document(name));
        Partner partner = partners.get(session.peer());
        if (documents.isQuarantined(update)) {
            receipt.refuse(name, "an update that could not be read before");
            return;
        }
        Verdict verdict = Gate.check(documents.knowledge(document), update, documents.ownClients());
        switch (verdict) {
            case Verdict.Accepted(byte[] whole) ->
                store(partner, document, whole, author, time, receipt::done, receipt);
            case Verdict.Partly(byte[] part, String missing) -> {
                LOG.debug("document {}: part of an update of {} waits: {}", document, session.peer(), missing);
                if (part.length > 0) {
                    store(
                            partner,
                            document,
                            part,
                            author,
                            time,
                            () -> receipt.refuse(name, "part of it rests on what is missing here"),
                            receipt);
                } else {
                    receipt.refuse(name, "it rests on what is missing here");
                }
                want(partner, name.docId());
            }
            case Verdict.NothingNew() -> {
                here.ifPresent(known -> knows(partner, known, update));
                document.durable.whenComplete((done, failed) -> {
                    if (failed == null) {
                        receipt.done();
                    } else {
                        receipt.refuse(name, "it could not be stored");
                    }
                });
            }
            case Verdict.Refused(String why) -> {
                LOG.warn("document {}: refused an update of {}: {}", document, session.peer(), why);
                receipt.refuse(name, why);
                session.close("refused", "An update was refused: " + why);
            }
        }
    }

    private void store(
            Partner from,
            Document document,
            byte[] update,
            Optional<Fingerprint> author,
            Instant time,
            Runnable stored,
            Receipt receipt) {
        Update decoded = decoded(update);
        changing(document);
        CompletionStage<Void> durable = documents.add(document, decoded, false, author.map(Fingerprint::hex), time);
        durable.whenComplete((done, failed) -> {
            if (failed == null) {
                synced(from);
                stored.run();
            } else {
                receipt.refuse(document.name, "it could not be stored");
            }
        });
        if (from != null) {
            knows(from, document, holdersKnowledge(decoded));
        }
        durable.thenRunAsync(() -> relay(from, document, update, author, time), thread);
        listener.arrived(document, author.isPresent());
    }

    private void relay(Partner from, Document document, byte[] update, Optional<Fingerprint> author, Instant time) {
        for (Partner partner : List.copyOf(partners.values())) {
            if (partner == from || covers(partner, document, update)) {
                continue;
            }
            if (author.isPresent()) {
                Envelope envelope = new Envelope(document.name, author.get(), time, update);
                acknowledgedBy(partner, document, send(partner, document, Stream.LIVE, envelope), update);
            } else {
                sendWhole(partner, document);
            }
        }
        listener.heldChanged(document);
    }

    /**
     * Takes a document that did not come over a link, so far as it passes the gate, and passes it on.
     *
     * @return completes when it is on disk
     */
    CompletionStage<Void> merge(Document document, byte[] update) {
        byte[] fresh;
        switch (Gate.check(documents.knowledge(document), update, documents.ownClients())) {
            case Verdict.Accepted(byte[] whole) -> fresh = whole;
            case Verdict.Partly(byte[] part, String missing) -> fresh = part;
            case Verdict.NothingNew() -> fresh = new byte[0];
            case Verdict.Refused(String why) -> {
                return CompletableFuture.failedStage(new SyncException("A document of it cannot be taken: " + why));
            }
        }
        if (fresh.length == 0) {
            return document.durable;
        }
        Instant now = clock.instant();
        changing(document);
        CompletionStage<Void> durable = documents.add(document, fresh, false, Optional.empty(), now);
        durable.thenRunAsync(() -> relay(null, document, fresh, Optional.empty(), now), thread);
        listener.arrived(document, false);
        return durable;
    }

    // Who has what

    private void acknowledgedBy(Partner partner, Document document, CompletionStage<Boolean> stored, byte[] update) {
        stored.thenAcceptAsync(
                safe -> {
                    if (safe) {
                        synced(partner);
                        knows(partner, document, update);
                    }
                },
                thread);
    }

    private static void synced(Partner partner) {
        if (partner != null) {
            partner.session.synced();
        }
    }

    private void knows(Partner partner, Document document, byte[] update) {
        if (partner != null) {
            knows(partner, document, holdersKnowledge(decoded(update)));
        }
    }

    /** What everybody has who has taken the update whole: its writes, and all that comes before them. */
    private static Knowledge holdersKnowledge(Update update) {
        return new Knowledge(update.reach(), update.allDeletes());
    }

    private static Update decoded(byte[] update) {
        try {
            return Update.decode(update);
        } catch (MalformedUpdateException neverPastTheGate) {
            throw new IllegalStateException(neverPastTheGate);
        }
    }

    private void knows(Partner partner, Document document, Knowledge more) {
        String id = document.name.docId();
        Knowledge known = partner.known.merge(id, more, Knowledge::join);
        if (known.covers(documents.knowledge(document))) {
            hasAll(partner, document);
        }
    }

    private void hasAll(Partner partner, Document document) {
        Fingerprint member = partner.session.peer();
        if (!holds(member, document)) {
            Held now = new Held(document.digest, clock.instant());
            document.held.put(member, now);
            store.writeSoon(Tables.putHeld(room, new HeldRow(document.name.docId(), member, now.digest(), now.at())));
            listener.heldChanged(document);
        }
    }

    private boolean covers(Partner partner, Document document, byte[] update) {
        return partner.known
                .getOrDefault(document.name.docId(), Knowledge.NOTHING)
                .covers(holdersKnowledge(decoded(update)));
    }

    // Comparing at link-up

    /**
     * Tells a partner what is here as soon as it is on disk: what is told, the partner counts on. It is also told when
     * nothing has changed for a while: who got what from whom is not always seen on the way, and what was refused because
     * something else had not come yet is asked for again.
     */
    private void tell(Session session, Message message) {
        store.written().thenRun(() -> session.send(message));
    }

    private void compareWhenQuiet() {
        changes++;
        if (!comparing) {
            comparing = true;
            compareUnlessChanged(changes);
        }
    }

    private void compareUnlessChanged(long seen) {
        thread.after(QUIET, () -> {
            if (changes != seen) {
                compareUnlessChanged(changes);
            } else {
                comparing = false;
                partners.values().forEach(this::tellDigest);
            }
        });
    }

    private void tellDigest(Partner partner) {
        partner.told = documents.digests().room();
        tell(partner.session, new RoomDigest(room, partner.told));
    }

    void received(Session session, RoomDigest theirs) {
        Partner partner = partners.get(session.peer());
        if (!Arrays.equals(theirs.digest(), documents.digests().room())) {
            tell(session, new BucketDigests(room, documents.digests().buckets()));
        } else if (partner != null) {
            LOG.debug("room {}: in step with {}", room, session.peer());
            for (int bucket = 0; bucket < Digests.BUCKETS; bucket++) {
                hasAll(partner, bucket);
            }
            if (!Arrays.equals(partner.told, theirs.digest())) {
                tellDigest(partner);
            }
        }
    }

    void received(Session session, BucketDigests theirs) {
        List<byte[]> mine = documents.digests().buckets();
        List<Integer> differing = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        Partner partner = partners.get(session.peer());
        for (int bucket = 0; bucket < Digests.BUCKETS; bucket++) {
            if (!Arrays.equals(mine.get(bucket), theirs.digests().get(bucket))) {
                differing.add(bucket);
                documents.digests().of(bucket).forEach((id, digest) -> entries.add(new Entry(id, digest)));
            } else if (partner != null) {
                hasAll(partner, bucket);
            }
        }
        tell(session, new BucketEntries(room, differing, entries));
    }

    private void hasAll(Partner partner, int bucket) {
        documents.digests().of(bucket).keySet().forEach(id -> hasAll(partner, documents.get(id)));
    }

    void received(Session session, BucketEntries theirs) throws ProtocolException {
        Partner partner = partners.get(session.peer());
        if (partner == null) {
            return;
        }
        for (Entry entry : theirs.entries()) {
            Optional<Document> document = documents.find(entry.docId());
            if (document.isPresent() && Arrays.equals(document.get().digest, entry.digest())) {
                hasAll(partner, document.get());
            } else {
                document.ifPresent(here -> holdsOnly(partner, here, entry.digest()));
                want(partner, entry.docId());
            }
        }
        if (partner.wanted.size() > Messages.MOST_DOCUMENTS) {
            throw new ProtocolException("a room of more than " + Messages.MOST_DOCUMENTS + " documents");
        }
    }

    /** What a member said to have it may have set aside since. */
    private void holdsOnly(Partner partner, Document document, byte[] digest) {
        Fingerprint member = partner.session.peer();
        if (holds(member, document)) {
            Held now = new Held(digest, document.held.get(member).at());
            document.held.put(member, now);
            partner.known.remove(document.name.docId());
            store.writeSoon(Tables.putHeld(room, new HeldRow(document.name.docId(), member, now.digest(), now.at())));
            listener.heldChanged(document);
        }
    }

    private void want(Partner partner, String id) {
        if (partner == null || partner.wanted.contains(id) || partner.wanted.size() > Messages.MOST_DOCUMENTS) {
            return;
        }
        if (partner.asked.contains(id)) {
            // What is on its way may have left before what is missing now was there.
            partner.again.add(id);
            return;
        }
        if (id.equals(DocumentName.INDEX)) {
            partner.wanted.addFirst(id);
        } else {
            partner.wanted.addLast(id);
        }
        askMore(partner);
    }

    private void askMore(Partner partner) {
        while (partner.asked.size() < ASKED_AT_ONCE && !partner.wanted.isEmpty()) {
            String id = partner.wanted.removeFirst();
            partner.asked.add(id);
            Knowledge here = documents.find(id).map(documents::knowledge).orElse(Knowledge.NOTHING);
            partner.session.send(
                    new Step1(new DocumentName(room, id), here.writes().encode()));
        }
    }
}
