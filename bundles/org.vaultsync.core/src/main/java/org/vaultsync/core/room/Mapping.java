// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.NameOrder;
import org.vaultsync.Offers.Offer;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.HistoryTable.Kind;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.crdt.Applied;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Keeps the host's vault and the documents of a room in step. An edit is compared with the revision that it was made
 * from, never with the present state; where the document has moved on it is made on a fork and merged by Yjs. Belongs to
 * the room's thread.
 */
final class Mapping {
    /** What the mapping needs of the room around it. */
    interface Surroundings {
        /** The status of an item may have changed. */
        void changed(String item);

        /** Whether a new item comes into the vault at once. */
        boolean takes(String item, String type);

        /** Whether items of a type never leave this device, nor come to it. */
        boolean isSensitive(String type);

        /** The vault holds this now, or is about to. */
        void shown(Item item);

        /** An item does not name these files any more. */
        void unnamed(Collection<String> files);

        /** The vault holds this now, which is no item of the room. */
        void copied(Item copy);

        /** Who belongs to the room now, this device too. */
        Collection<Fingerprint> members();

        /** The public keys of the members, present and past, by fingerprint. */
        Map<Fingerprint, byte[]> keys();

        /** Somebody else said to write for this member. */
        void forged(Fingerprint member);

        /** What the member calls itself. */
        String nameOf(Fingerprint member);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Mapping.class);
    private static final String CLASH = "clash-";

    private static final String NOT_STORED = "What you wanted to share could not be stored for sync, and is not shared."
            + " What you wrote is in your vault. Restart the application, and share it again.";

    /** Begins the name of the revision of a document that was put into another; the id of that follows. */
    private static final String UNITED = "united-";

    /** What the vault is asked about in the background: an edit does not wait long behind it, however slow the vault is. */
    private static final int ASKED_AT_ONCE = 64;
    /** Each takes the check of a signature, and a fresh peer hears of thousands. */
    private static final int CLAIMS_AT_ONCE = 32;

    /** The update with nothing in it: of revisions that no fork can be made from. */
    private static final byte[] NO_STATE = {0, 0};

    private final RoomId room;
    private final DeviceKey key;
    private final Documents documents;
    private final Store store;
    private final HostVault host;
    private final Worker thread;
    private final OwnEdits own;
    private final Machine machine;
    private final Surroundings surroundings;
    private final Index index;
    private final Conflicts conflicts;
    private final History history;
    private final Deque<Document> edited = new ArrayDeque<>(); // to be integrated before the others
    private final Deque<Document> toIntegrate = new ArrayDeque<>(); // also some that are not queued any more
    private final Set<Document> queued = new HashSet<>();
    private final Set<Document> toCompare = new LinkedHashSet<>(); // with the vault
    private final Set<String> unseen = new HashSet<>(); // items whose last change the vault may not have told yet
    private final Deque<String> claims = new ArrayDeque<>(); // entries of clients that have yet to be checked
    private final BeingShared beingShared = new BeingShared();
    private final Sharing.Items shared = new Sharing.Items() {
        @Override
        public boolean isKnown(String item) {
            return Mapping.this.isKnown(item);
        }

        @Override
        public CompletionStage<Void> share(List<Stored> held, List<String> refused) {
            return Mapping.this.share(held, refused);
        }

        @Override
        public void saved(Stored stored) {
            Mapping.this.saved(stored);
        }

        @Override
        public void changed(String item) {
            surroundings.changed(item);
        }

        @Override
        public CompletionStage<Void> whenAnswered(Collection<String> items) {
            return questions.whenAnswered(items.stream()
                    .flatMap(Mapping.this::documents)
                    .filter(document -> document.left || index.hasEnded(document)));
        }
    };
    private boolean integrating; // what was edited, soon
    private final Map<Document, List<String>> hashes = new HashMap<>();

    private final VaultQuestions questions;

    Mapping(
            RoomId room,
            DeviceKey key,
            Documents documents,
            Store store,
            HostVault host,
            OwnEdits own,
            Worker thread,
            Machine machine,
            Surroundings surroundings) {
        this.room = room;
        this.key = key;
        this.documents = documents;
        this.store = store;
        this.host = host;
        this.thread = thread;
        this.own = own;
        this.machine = machine;
        this.surroundings = surroundings;
        this.questions = new VaultQuestions(room, documents, host, thread, new VaultQuestions.Editor() {
            @Override
            public void edit(Document document, Stored stored) {
                Mapping.this.edit(document, stored);
            }

            @Override
            public void gone(Document document) {
                // Deleted while nobody told us, or a vault that lost its files: giving the item back harms less than
                // deleting it everywhere.
                document.host = Optional.empty();
                document.item.ifPresent(unseen::remove);
                arrived(document);
            }

            @Override
            public void readAgain(Document document) {
                Mapping.this.readAgain(document);
            }

            @Override
            public void left(Document document) {
                document.item.ifPresent(surroundings::changed);
            }
        });
        this.index = new Index(room, key, documents, own, this::indexChanged, claims::add);
        this.conflicts = new Conflicts(key.fingerprint(), index, machine.clock(), surroundings);
        this.history = new History(
                room, key.fingerprint(), documents, this::present, index, store, thread, machine, surroundings);
        documents.all().stream()
                .filter(document -> document.host.isPresent())
                .forEach(document -> document.item.ifPresent(unseen::add));
        documents.all().stream()
                .filter(document -> document.left)
                .forEach(document -> document.item
                        .filter(item -> document.name.docId().equals(OpenContent.documentOf(item)))
                        .ifPresent(beingShared::wasStopped));
    }

    // What is where

    /** The document that stands for an item; empty if the item is not in this room. */
    Optional<Document> documentOf(String item) {
        List<Document> live = live(item);
        // One whose content nobody has any more must not hide another that is there.
        for (Document document : live) {
            if (live.size() == 1 || !isBlank(document)) {
                return Optional.of(document);
            }
        }
        return live.stream().findFirst();
    }

    /** The index may name a document before its content has come. */
    private boolean isBlank(Document document) {
        return documents.knowledge(document).writes().clocks().isEmpty();
    }

    /** Whether the vault is asked or told about an item. Until it has answered, the item may be in no other room. */
    boolean isAsked(String item) {
        return documents(item).anyMatch(document -> document.putting);
    }

    /** All of an item, also those that have ended. */
    private Stream<Document> documents(String item) {
        return index.documentsOf(item).stream().map(documents::get);
    }

    private List<Document> live(String item) {
        List<Document> live = new ArrayList<>(1);
        for (String id : index.documentsOf(item)) {
            Document document = documents.get(id);
            if (!index.hasEnded(document)) {
                live.add(document);
            }
        }
        return live;
    }

    Collection<String> items() {
        return index.items();
    }

    /** The hashes of the attachments that items of this room name. */
    Set<String> attachments() {
        Set<String> all = new HashSet<>();
        hashes.values().forEach(all::addAll);
        return all;
    }

    boolean isAttached(String sha256) {
        return hashes.values().stream().anyMatch(of -> of.contains(sha256));
    }

    /** Whether the vault holds what the document says, so far as we know. */
    boolean isShown(Document document) {
        return document.host.isPresent() && !document.waiting && !document.putting && !queued.contains(document);
    }

    /** Whether nothing is left to be read from the vault, or to be put into it, while there is one. */
    boolean isIdle() {
        return !host.isPresent()
                || queued.isEmpty() && toCompare.isEmpty() && unseen.isEmpty() && questions.open() == 0;
    }

    /** Whether the vault may hold a change of an item that was made while nobody told us of it. */
    boolean isUnseen(String item) {
        return unseen.contains(item);
    }

    /** Whether something about the document waits for a person. */
    boolean hasConflict(Document document) {
        return document.clash.isPresent() || conflicts.hasOpen(document.item.orElse(""));
    }

    // From the network to the vault

    /** An update came for a document: integrate it when there is time, the latest first. */
    void arrived(Document document) {
        if (queued.add(document)) {
            toIntegrate.addFirst(document);
        }
    }

    /**
     * Somebody edits the document now. If the vault holds the item, integrate it before all else, and also while much else
     * comes.
     */
    void editArrived(Document document) {
        if (document.host.isEmpty()) {
            arrived(document);
            return;
        }
        queued.add(document);
        edited.addLast(document);
        integrateSoon();
    }

    private void integrateSoon() {
        if (!integrating) {
            integrating = true;
            thread.execute(() -> {
                integrating = false;
                step();
                if (!edited.isEmpty()) {
                    integrateSoon();
                }
            });
        }
    }

    /** Does one step of what is to be done in the background. Tells whether it can go on at once. */
    boolean step() {
        // The index goes first: without it nobody knows what the others are.
        if (queued.remove(documents.index())) {
            index.integrate();
            return true;
        }
        Document next = nextQueued(edited);
        if (next == null && isWaiting()) {
            return false; // The answers go on with it.
        }
        if (next == null) {
            next = nextQueued(toIntegrate);
        }
        if (next != null) {
            queued.remove(next);
            integrate(next);
            return true;
        }
        Iterator<Document> left = toCompare.iterator();
        if (!left.hasNext()) {
            checkClaims();
            return !claims.isEmpty();
        }
        Document oldest = left.next();
        left.remove();
        compare(oldest);
        return true;
    }

    /** Whether the background waits for answers of the vault. */
    boolean isWaiting() {
        return questions.open() >= ASKED_AT_ONCE;
    }

    private Document nextQueued(Deque<Document> from) {
        Document next = from.pollFirst();
        while (next != null && !queued.contains(next)) {
            next = from.pollFirst();
        }
        return next;
    }

    private void integrate(Document document) {
        if (document.item.isEmpty() || !host.isPresent()) {
            return;
        }
        String item = document.item.get();
        List<Document> live = live(item);
        try {
            // Also one that this device has left: nobody else may unite what this device has made.
            if (live.size() > 1) {
                uniteTwins(item, live);
            }
            if (document.left
                    || isBlank(document)
                    || documentOf(item).filter(shown -> shown == document).isEmpty()) {
                return;
            }
            show(document, documents.integrate(document).replica());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            document.problem = Optional.of("Its shared state cannot be read on this device.");
        }
        surroundings.changed(item);
    }

    /** Somebody wrote over values that they did not know of. */
    void overwritten(Document document, List<Overwrite> overwrites) {
        conflicts.report(document, overwrites);
    }

    /** Reads what is in the room. */
    void open() {
        index.open();
    }

    /** What this device wrote into the index is not there. */
    void indexNotStored() {
        index.readAgain();
    }

    private void indexChanged(Set<String> entries) {
        checkClaims();
        Set<String> touched = new HashSet<>();
        for (String entry : entries) {
            if (entry.startsWith(Index.ITEM)) {
                Document document = documents.get(Index.documentOf(entry));
                String item = Index.itemOf(entry);
                if (document.item.isEmpty() && !item.isEmpty()) {
                    document.left = hasLeft(item)
                            || beingShared.isStopped(item)
                            || !isTaken(item) && !surroundings.takes(item, index.typeOf(item, document));
                    document.item = Optional.of(item);
                    if (document.stored) {
                        documents.save(document); // else with what comes of it
                    }
                }
                touched.add(item);
            } else if (entry.startsWith(Index.END)) {
                documents.get(Index.documentOf(entry)).item.ifPresent(touched::add);
            } else if (entry.startsWith(Index.CONFLICT) || entry.startsWith(Index.LOOKED)) {
                index.itemOfConflict(entry.substring(Index.CONFLICT.length())).ifPresent(surroundings::changed);
            }
        }
        for (String item : touched) {
            for (String id : index.documentsOf(item)) {
                Document document = documents.get(id);
                if (index.hasEnded(document) && index.isUnshared(document)) {
                    leave(document);
                } else if (index.hasEnded(document)) {
                    removeFromVault(document);
                } else {
                    arrived(document);
                }
            }
            surroundings.changed(item);
        }
    }

    /** Tells of entries that say for whom a client writes and are not signed by that member; they count for nothing. */
    private void checkClaims() {
        if (claims.isEmpty()) {
            return;
        }
        Map<Fingerprint, byte[]> keys = surroundings.keys();
        for (int i = 0; i < CLAIMS_AT_ONCE && !claims.isEmpty(); i++) {
            index.forgedFor(claims.remove(), keys).ifPresent(surroundings::forged);
        }
    }

    /** Whether this device takes no part in the sync of the item while others do. */
    private boolean hasLeft(String item) {
        return live(item).stream().anyMatch(document -> document.left);
    }

    /** Whether this device syncs the item, or did until it ended, by whatever document. */
    private boolean isTaken(String item) {
        return index.documentsOf(item).stream()
                .map(documents::get)
                .anyMatch(document -> document.item.isPresent() && !document.left);
    }

    /** Two members shared the item while apart. The smaller document stays; whoever made the other one moves its content over. */
    private void uniteTwins(String item, List<Document> live) throws ReplicaException {
        Document stays = live.getFirst();
        for (Document goes : live.subList(1, live.size())) {
            if (stays.left && !goes.left) {
                // It had ended, and the item was shared again before somebody's edit brought it back.
                stays.left = false;
                stays.host = Optional.empty();
                documents.save(stays);
            }
            if (goes.clash.isPresent()) {
                giveWayWithChoice(goes, stays);
            } else if (goes.host.isPresent() && stays.host.isEmpty()) {
                giveWay(goes, stays);
            }
            if (!isToUnite(item, goes) || isBlank(stays)) {
                continue;
            }
            Replica target = editable(stays);
            String standing = target.json();
            String other = documents.integrate(goes).replica().json();
            // What came back after it was united brings only what was written into it since.
            Optional<RevisionRow> united = documents.revision(goes, UNITED + stays.name.docId());
            String base = united.map(RevisionRow::item).orElse(standing);
            if (!ItemJson.same(base, other)) {
                byte[] update;
                try {
                    update = target.edit(base, other);
                } catch (InvalidContentException notByThisVersion) {
                    stays.problem = Optional.of(notByThisVersion.getMessage());
                    continue;
                }
                if (update.length > 0) {
                    own.add(stays, update, history.changed(stays, Kind.EDITED, standing));
                }
                if (united.isPresent()) {
                    conflicts.reportUnseen(stays, base, standing, target.json());
                } else {
                    conflicts.reportDifferences(
                            stays, item, goes.name.docId(), ItemJson.parse(other), ItemJson.parse(standing));
                }
                arrived(stays);
            }
            documents.store(goes, new RevisionRow(UNITED + stays.name.docId(), other, NO_STATE));
            index.end(goes, "replaced-by " + stays.name.docId(), documents.knowledge(goes));
            names(goes, List.of());
            LOG.info("room {}: document {} was united with {}", room, goes, stays);
        }
    }

    /** Only one device may do it: the one that made the document, or if that belongs to the room no more, the first of the others. */
    private boolean isToUnite(String item, Document goes) {
        String maker = index.get(Index.itemKey(item, goes.name.docId()))
                .map(entry -> entry.path("creator").asText())
                .orElse("");
        Collection<Fingerprint> members = surroundings.members();
        Fingerprint first = members.stream().min(Comparator.naturalOrder()).orElseThrow();
        boolean isMember = members.stream().anyMatch(member -> member.hex().equals(maker));
        return key.fingerprint().hex().equals(isMember ? maker : first.hex());
    }

    /** What they have yet to unite is for somebody else to unite now. */
    void membersLeft() {
        for (String item : index.items()) {
            live(item).stream().skip(1).forEach(this::arrived);
        }
    }

    private void removeFromVault(Document document) {
        document.clash = Optional.empty(); // the vault goes its own way, until somebody's edit brings the document back
        names(document, List.of());
        if (document.host.isEmpty() || document.left || document.putting) {
            return;
        }
        Revision held = document.host.get();
        String item = document.item.orElseThrow();
        questions.ask(
                document,
                () -> host.ask(vault -> vault.remove(item, held) ? Optional.<Stored>empty() : vault.get(item)),
                newer -> {
                    if (newer.isPresent()) {
                        questions.look(document, newer.get());
                        return;
                    }
                    document.host = Optional.empty();
                    documents.save(document, history.ended(document));
                    goneFromVault(item, held);
                    if (!index.hasEnded(document)) {
                        arrived(document);
                    }
                },
                () -> surroundings.changed(item));
    }

    /** Another document of the item may have taken over what the vault held. */
    private void goneFromVault(String item, Revision held) {
        for (String id : index.documentsOf(item)) {
            Document other = documents.get(id);
            if (other.host.filter(held::equals).isPresent() && !other.left) {
                other.host = Optional.empty();
                documents.save(other);
                arrived(other);
            }
        }
    }

    /** Puts the document into the vault, if the vault holds something else. */
    private void show(Document document, Replica replica) throws ReplicaException {
        if (!document.left) {
            tellVault(document, replica.json(), () -> documents.state(document));
        }
    }

    /** @param state of what it says, where that is needed */
    private void tellVault(Document document, String json, Supplier<byte[]> state) {
        if (document.putting || document.clash.isPresent() || !host.isPresent()) {
            return;
        }
        String item = document.item.orElseThrow();
        Optional<RevisionRow> same = document.host
                .flatMap(held -> documents.revision(document, held.name()))
                .filter(held -> ItemJson.same(held.item(), json));
        Item shown = ItemJson.read(item, json);
        if (surroundings.isSensitive(shown.type())) {
            leaveUnshown(document); // whatever it was when it was shared
            return;
        }
        noteFiles(document, shown);
        document.readOnly = !ItemJson.hasKnownShape(json);
        surroundings.shown(shown);
        if (same.isPresent()) {
            // It came from another document and says the same: who deletes it has seen this one, and no value that
            // lost.
            RevisionRow held = same.get();
            if (held.state().length <= NO_STATE.length && !hasConflict(document)) {
                documents.store(document, new RevisionRow(held.name(), held.item(), state.get()));
            }
            return;
        }
        Revision revision = new Revision(machine.randomName(8));
        RevisionRow row = new RevisionRow(revision.text(), json, state.get());
        Optional<Revision> replaces = document.host;
        byte[] digest = document.digest;
        questions.ask(
                document,
                // The revision is on disk before the vault holds it: an edit made from it must never be without its
                // origin.
                () -> store.write(documents.remember(document, row))
                        .thenCompose(stored -> host.ask(vault -> vault.put(shown, revision, replaces))),
                put -> answered(document, put, shown, row, revision, digest),
                () -> {
                    documents.remembered(document, row);
                    surroundings.changed(item);
                });
    }

    private void noteFiles(Document document, Item item) {
        names(document, item.attachments().stream().map(Attachment::sha256).toList());
    }

    /** What has ended names no files. */
    private void names(Document document, List<String> files) {
        List<String> before =
                index.hasEnded(document) || files.isEmpty() ? hashes.remove(document) : hashes.put(document, files);
        if (before != null && !before.equals(hashes.get(document))) {
            surroundings.unnamed(before);
        }
    }

    private void answered(Document document, Put put, Item shown, RevisionRow row, Revision revision, byte[] digest) {
        switch (put) {
            case Put.Taken(Item asStored) -> {
                document.host = Optional.of(revision);
                document.problem = Optional.empty();
                unseen.remove(shown.id());
                documents.save(document);
                if (!asStored.equals(shown) || !ItemJson.isWhole(shown, row.item())) {
                    normalised(document, asStored, row);
                }
                if (index.hasEnded(document)) {
                    removeFromVault(document);
                } else if (!Arrays.equals(digest, document.digest)) {
                    editArrived(document); // It was kept waiting already.
                }
            }
            case Put.Newer() -> readAgain(document);
            case Put.Refused(String why) -> document.problem = Optional.of(why);
        }
    }

    /** The vault, or an item as such, does not hold all that the document has, or holds it otherwise. */
    private void normalised(Document document, Item asStored, RevisionRow row) {
        try {
            String normalised = ItemJson.write(asStored);
            if (!ItemJson.same(normalised, row.item())) {
                documents.store(document, new RevisionRow(row.name(), normalised, row.state()));
            }
        } catch (InvalidContentException strangeHost) {
            document.problem = Optional.of(strangeHost.getMessage());
        }
    }

    /** Once nothing is left that people did and the vault's answer is awaited for. */
    CompletionStage<Void> settled() {
        return questions.settled();
    }

    /** The vault holds something that we did not know of. */
    private void readAgain(Document document) {
        questions.read(document, held -> {});
    }

    // From the vault to the network

    /** The vault has come: compare everything with what it holds. */
    void vaultArrived() {
        unseen.clear();
        for (String item : List.copyOf(index.items())) {
            List<Document> live = live(item);
            live.stream().findFirst().filter(document -> !document.left).ifPresent(document -> {
                toCompare.add(document);
                unseen.add(item);
                surroundings.changed(item);
            });
            live.stream().skip(1).forEach(this::arrived);
            index.documentsOf(item).stream()
                    .map(documents::get)
                    .filter(index::hasEnded)
                    .forEach(this::removeFromVault);
        }
    }

    private void compare(Document document) {
        questions.read(document, held -> {
            held.map(Stored::item).ifPresent(surroundings::shown);
            if (document.waiting) {
                arrived(document);
            }
            surroundings.changed(document.item.orElseThrow());
        });
    }

    /** A person saved an item. */
    void saved(Stored stored) {
        String item = stored.item().id();
        beingShared.saved(stored);
        Optional<Document> shown = documentOf(item);
        if (shown.isPresent()) {
            if (!shown.get().left) {
                edit(shown.get(), stored);
            }
            return;
        }
        // The item was deleted elsewhere while somebody here was editing it: the edit brings it back.
        index.documentsOf(item).stream()
                .map(documents::get)
                .filter(document -> !document.left
                        && documents.baseOf(document, stored.revision()).isPresent())
                .findFirst()
                .ifPresent(document -> edit(document, stored));
    }

    /** A person deleted an item: it is deleted for everybody, unless it has come to hold what that person did not see. */
    void deleted(String item, Revision revision) {
        beingShared.deleted(item);
        Optional<Document> live = documentOf(item);
        if (live.isPresent()) {
            live.filter(document -> !document.left).ifPresent(document -> deleted(document, item, revision));
            return;
        }
        // It was deleted elsewhere, and an edit of it that brings it back waits for the vault.
        index.documentsOf(item).stream()
                .map(documents::get)
                .filter(document -> !document.left && !document.savedMeanwhile.isEmpty())
                .forEach(document -> document.meanwhile.add(() -> deleted(item, revision)));
    }

    private void deleted(Document document, String item, Revision revision) {
        if (document.putting) {
            document.meanwhile.add(() -> deleted(item, revision));
            return;
        }
        boolean putAgain = document.host.filter(held -> !held.equals(revision)).isPresent();
        Optional<RevisionRow> seen = documents.baseOf(document, revision).filter(base -> document.clash.isEmpty());
        if (!putAgain) {
            document.host = Optional.empty();
        }
        seen.ifPresent(base -> index.end(document, "deleted", knowledge(base), history.deleted(document)));
        document.clash = Optional.empty();
        if (!index.hasEnded(document)) {
            arrived(document);
        } else {
            removeFromVault(document); // if it was put there again
        }
        documents.save(document);
        surroundings.changed(item);
    }

    /** Makes of what the vault holds an edit of the document, if it is one. */
    private void edit(Document document, Stored stored) {
        if (document.putting) {
            document.meanwhile.add(() -> edit(document, stored));
            document.savedMeanwhile.add(stored.revision().name());
            return;
        }
        if (document.left) {
            return; // It was stopped while the vault was asked.
        }
        String item = stored.item().id();
        unseen.remove(item);
        if (surroundings.isSensitive(stored.item().type())) {
            index.documentsOf(item).forEach(id -> leaveUnshown(documents.get(id)));
            surroundings.changed(item);
            return;
        }
        try {
            String json = ItemJson.write(stored.item());
            if (document.passedOver.remove(stored.revision().name())) {
                // What was made from it is here already, with what it changed. Others may have been made from it, too.
                documents.store(document, new RevisionRow(stored.revision().name(), json, NO_STATE));
                return;
            }
            Optional<Document> twin = nearerTwin(document, stored.revision());
            Optional<RevisionRow> base = documents
                    .baseOf(document, stored.revision())
                    .filter(row -> ItemJson.same(row.item(), json) || isOfOneDocument(row, document));
            document.readOnly =
                    base.isPresent() && !ItemJson.hasKnownShape(base.get().item());
            if (twin.isPresent()) {
                editTwin(document, twin.get(), stored, json);
            } else if (base.isEmpty()) {
                meet(document, stored, json);
            } else if (ItemJson.same(base.get().item(), json)) {
                sameAsBase(document, stored, base.get());
                tellOwn(document);
            } else {
                editFrom(document, stored, base.get(), json);
                tellOwn(document);
            }
            if (!document.problem.equals(Optional.empty()) && document.clash.isEmpty()) {
                document.problem = Optional.empty();
            }
        } catch (InvalidContentException cannot) {
            document.problem = Optional.of(cannot.getMessage());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            document.problem = Optional.of("The last change could not be merged. It is safe in your vault.");
        }
        if (live(item).size() > 1) {
            arrived(document); // What was written into one that was united already is to come over, too.
        }
        surroundings.changed(item);
    }

    /**
     * Another document of the item that this was made from, which may have ended: it knows a later revision of those that
     * this was made from than the document does. The last of these may be one without a name, which every document of the
     * item began with.
     */
    private Optional<Document> nearerTwin(Document document, Revision revision) {
        return index.documentsOf(document.item.orElseThrow()).stream()
                .map(documents::get)
                .filter(other -> other != document && !other.left)
                .filter(other -> distance(other, revision) < distance(document, revision))
                .min(Comparator.comparingInt(other -> distance(other, revision)));
    }

    /** Not so of what had no revision yet, if another document of the item began without one, too, and with something else. */
    private boolean isOfOneDocument(RevisionRow base, Document document) {
        return !base.name().isEmpty()
                || index.documentsOf(document.item.orElseThrow()).stream()
                        .map(documents::get)
                        .filter(other -> other != document)
                        .flatMap(other -> documents.revision(other, base.name()).stream())
                        .allMatch(other -> ItemJson.same(other.item(), base.item()));
    }

    /** How many saves ago the document knew what this was made from. */
    private int distance(Document document, Revision revision) {
        return documents
                .baseOf(document, revision)
                .map(base -> revision.lineage().indexOf(base.name()))
                .orElse(Integer.MAX_VALUE);
    }

    /** What was made from a twin is an edit of that, and the two are united; what says the same gives way to the document. */
    private void editTwin(Document document, Document twin, Stored stored, String json) {
        if (ItemJson.same(
                        documents.baseOf(twin, stored.revision()).orElseThrow().item(), json)
                && index.hasEnded(twin)) {
            twin.host = Optional.of(stored.revision());
            giveWay(twin, document);
        } else {
            document.host = Optional.empty(); // what the vault holds is of the twin
            documents.save(document);
            edit(twin, stored);
        }
        arrived(document);
    }

    /** What the vault holds counts as a revision of the document that stays from now on. */
    private void giveWay(Document goes, Document stays) {
        Revision held = goes.host.orElseThrow();
        documents
                .baseOf(goes, held)
                .ifPresent(row -> documents.store(stays, new RevisionRow(held.name(), row.item(), NO_STATE)));
        stays.host = goes.host;
        goes.host = Optional.empty();
        documents.save(stays);
        documents.save(goes);
        arrived(stays);
    }

    /** What the vault holds was of neither document: the one that stays meets it anew, and a person chooses there. */
    private void giveWayWithChoice(Document goes, Document stays) {
        goes.clash = Optional.empty();
        goes.host = Optional.empty();
        stays.host = Optional.empty();
        documents.save(goes);
        documents.save(stays);
        arrived(stays);
    }

    private void sameAsBase(Document document, Stored stored, RevisionRow base) {
        noteFiles(document, stored.item());
        String name = stored.revision().name();
        if (!stored.revision().equals(document.host.orElse(null))) {
            document.host = Optional.of(stored.revision());
            if (!base.name().equals(name)) {
                documents.store(document, new RevisionRow(name, base.item(), base.state()));
            }
            documents.save(document);
        }
        if (index.hasEnded(document)) {
            removeFromVault(document); // it ended while the vault was asked
        } else if (!isStateOf(document, base)) {
            arrived(document);
        }
    }

    private void editFrom(Document document, Stored stored, RevisionRow base, String json)
            throws ReplicaException, InvalidContentException {
        boolean movedOn = !isStateOf(document, base);
        boolean hasFork = movedOn && base.state().length > NO_STATE.length;
        long client = hasFork ? documents.forkClient() : documents.client();
        index.sign(client);
        if (document.left) {
            return; // The index has just said that somebody stopped the item for all.
        }
        Replica replica = documents.integrate(document).replica();
        String before = replica.json();
        byte[] update;
        byte[] state;
        Optional<Applied> merged = Optional.empty();
        List<Overwrite> overwrites = new ArrayList<>();
        if (hasFork) {
            try (Replica fork = documents.fork(client, base.state())) {
                update = fork.edit(base.item(), json);
                if (update.length > 0) {
                    merged = Optional.of(replica.apply(update));
                    overwrites.addAll(merged.get().overwrites());
                }
                if (merged.isPresent() && merged.get().buried()) {
                    // what was edited is deleted by now, and only the fork still has it
                    overwrites.addAll(fork.apply(documents.state(document)).overwrites());
                }
            }
            state = merged(base.state(), update);
        } else {
            update = replica.edit(base.item(), json);
            // Of another document, what the vault holds is no state of this one until that is shown.
            state = movedOn ? NO_STATE : merged(documents.state(document), update);
        }
        if (update.length == 0) {
            sameAsBase(document, stored, base);
            return;
        }
        document.host = Optional.of(stored.revision());
        stored.revision().lineage().stream()
                .skip(1)
                .takeWhile(name -> !name.equals(base.name()))
                .forEach(document.passedOver::add);
        // The edit and the revision that it made go to disk together: half of it would be made again after a crash.
        own.add(
                document,
                update,
                documents.remember(document, new RevisionRow(stored.revision().name(), json, state)),
                history.changed(document, Kind.EDITED, before));
        noteFiles(document, stored.item());
        // The edit goes out before the conflict that it made: nobody should settle what they do not have yet.
        merged.ifPresent(applied -> documents.implied(document, applied));
        conflicts.report(document, overwrites);
        if (movedOn && !hasFork) {
            // The revision is of another document of this item, so what was written over cannot be told from the
            // structure.
            conflicts.reportUnseen(document, base.item(), before, replica.json());
        }
        // Read while the disk writes: the next edit is compared with it.
        replica.json();
        if (movedOn) {
            show(document, replica);
        }
    }

    private boolean isStateOf(Document document, RevisionRow base) {
        return knowledge(base).equals(documents.knowledge(document));
    }

    private static Knowledge knowledge(RevisionRow base) {
        try {
            return Knowledge.of(List.of(base.state()));
        } catch (MalformedUpdateException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
    }

    private static byte[] merged(byte[] state, byte[] update) {
        if (update.length == 0) {
            return state;
        }
        try {
            return Updates.merge(List.of(state, update));
        } catch (MalformedUpdateException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
    }

    /** The vault holds an item that it did not get from this document. Equal content is adopted; else a person has to choose. */
    private void meet(Document document, Stored stored, String json) throws ReplicaException {
        String shared = documents.integrate(document).replica().json();
        if (isBlank(document)) {
            return;
        }
        noteFiles(document, ItemJson.read(stored.item().id(), shared)); // its own, whatever the vault holds
        if (ItemJson.same(shared, json)) {
            document.clash = Optional.empty();
            document.host = Optional.of(stored.revision());
            documents.store(document, new RevisionRow(stored.revision().name(), json, documents.state(document)));
            documents.save(document);
        } else {
            document.clash = Optional.of(stored);
            document.host = Optional.empty(); // what the vault holds is not of this document, whatever it held before
        }
    }

    /** One's own item that waited for a choice is not in the vault any more: an editor of the shared one wrote over it. */
    private void tellOwn(Document document) throws ReplicaException, InvalidContentException {
        if (document.clash.isPresent()) {
            Stored mine = document.clash.get();
            document.clash = Optional.empty();
            conflicts.reportDifferences(
                    document,
                    mine.item().id(),
                    mine.revision().name(),
                    ItemJson.parse(presentJson(document)),
                    ItemJson.parse(ItemJson.write(mine.item())));
            show(document, documents.integrate(document).replica());
        }
    }

    // Sharing

    /**
     * Shares items that the vault holds; those that cannot be are told in one exception, and the others are shared all the
     * same.
     *
     * @param onlyNew leaves out those that are, or were, in the room
     */
    CompletionStage<Void> share(Collection<String> items, boolean onlyNew, LiveRoom.Choice choice) {
        if (!onlyNew) {
            items.forEach(this::lift);
        }
        return new Sharing(items, onlyNew, choice, beingShared, host, thread, shared).begin();
    }

    /** Whether an item is, or was, in the room, or a person stopped it before it came there. */
    boolean isKnown(String item) {
        return index.items().contains(item) || beingShared.isStopped(item);
    }

    /** Shares one item that was just read, unless it cannot be. */
    CompletionStage<Void> shareHeld(Stored stored) {
        List<String> refused = new ArrayList<>();
        CompletionStage<Void> shared = share(List.of(stored), refused);
        return refused.isEmpty() ? shared : failed(refused.getFirst());
    }

    /** @param refused is told why some cannot be shared */
    private CompletionStage<Void> share(List<Stored> items, List<String> refused) {
        open();
        Map<String, JsonNode> entries = Index.changes();
        List<CompletionStage<Void>> contents = new ArrayList<>();
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (Stored stored : items) {
            String item = stored.item().id();
            Optional<Document> present = documentOf(item);
            if (present.isPresent()) {
                Document document = present.get();
                document.left = false;
                last = documents.save(document);
                edit(document, stored);
                arrived(document);
                continue;
            }
            try {
                String json = ItemJson.write(stored.item());
                Document document = documents.get(machine.randomName(16));
                byte[] update = documents.integrate(document).replica().edit("{}", json);
                document.item = Optional.of(item);
                document.host = Optional.of(stored.revision());
                noteFiles(document, stored.item());
                surroundings.shown(stored.item()); // what is restored may have lost its files
                contents.add(own.add(
                        document,
                        update,
                        documents.remember(
                                document, new RevisionRow(stored.revision().name(), json, update)),
                        history.changed(document, Kind.BEGUN, "")));
                entries.put(
                        Index.itemKey(item, document.name.docId()),
                        ItemJson.JSON
                                .createObjectNode()
                                .put("type", stored.item().type())
                                .put("creator", key.fingerprint().hex()));
            } catch (InvalidContentException cannot) {
                refused.add("“" + stored.item().name() + "” cannot be shared. " + cannot.getMessage());
            } catch (ReplicaException failed) {
                LOG.error("room {}: an item cannot be shared", room, failed);
                refused.add("“" + stored.item().name() + "” cannot be shared: " + failed.getMessage());
            }
        }
        if (!entries.isEmpty()) {
            index.sign(documents.client());
            // Nobody is to hear of an item whose content is not there, nor ever will be.
            last = index.write(entries, Documents.after(contents))
                    .exceptionallyComposeAsync(lost -> failed(NOT_STORED), thread);
        }
        items.forEach(stored -> surroundings.changed(stored.item().id()));
        return last;
    }

    /**
     * In the place of a document: what this device knows of an item that has none, which is that a person stopped it before
     * it came into the room. Nobody else hears of it, since it holds nothing.
     */
    private Document stop(String item) {
        return documents.get(OpenContent.documentOf(item));
    }

    private CompletionStage<Void> rememberStop(String item) {
        Document stop = stop(item);
        stop.item = Optional.of(item);
        stop.left = true;
        return documents.save(stop);
    }

    /** A person wants the item to be synced after all. */
    private void lift(String item) {
        if (beingShared.lift(item)) {
            Document stop = stop(item);
            stop.item = Optional.empty();
            stop.left = false;
            documents.save(stop);
        }
    }

    /** This device takes no further part in the sync of these items. */
    CompletionStage<Void> stop(Collection<String> items) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : items) {
            if (beingShared.stopped(item)) {
                last = rememberStop(item);
                surroundings.changed(item);
            }
            // Also those that have ended: somebody's edit may bring them back.
            for (Document document :
                    documents(item).filter(document -> !document.left).toList()) {
                last = leave(document);
                surroundings.changed(item);
            }
        }
        return last;
    }

    // History

    History history() {
        return history;
    }

    /** What a document says, with all that has come for it. */
    private String present(Document document) throws ReplicaException {
        return documents.integrate(document).replica().json();
    }

    /** Gives an item what it was earlier, as an edit of its present state; one that is gone is shared again. */
    CompletionStage<Void> restore(Item item) {
        Optional<Document> shown = documentOf(item.id());
        if (shown.isEmpty()) {
            return shareAgain(item);
        }
        Document document = shown.get();
        if (document.left) {
            return failed(Sharing.STOPPED);
        }
        if (document.clash.isPresent()) {
            return failed("There are two items under one id. Choose one of them first: press the badge of the item.");
        }
        try {
            String before = present(document);
            Replica replica = editable(document);
            byte[] update = replica.edit(before, ItemJson.write(item));
            if (update.length == 0) {
                return document.durable;
            }
            CompletionStage<Void> stored = own.add(document, update, history.changed(document, Kind.RESTORED, before));
            show(document, replica);
            surroundings.changed(item.id());
            return stored;
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
    }

    private CompletionStage<Void> shareAgain(Item item) {
        lift(item.id());
        return Sharing.restore(item, new Revision(machine.randomName(8)), beingShared, host, thread, shared);
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }

    private CompletionStage<Void> leave(Document document) {
        if (!document.left && document.clash.isEmpty()) {
            showLast(document);
        }
        return leaveUnshown(document);
    }

    private CompletionStage<Void> leaveUnshown(Document document) {
        document.left = true;
        document.clash = Optional.empty();
        document.item.filter(item -> !isTaken(item)).ifPresent(unseen::remove);
        documents.close(document);
        return documents.save(document);
    }

    /** What the vault did not take it may take now, before the room goes. */
    void showLast() {
        for (String item : List.copyOf(index.items())) {
            documentOf(item)
                    .filter(document -> !document.left && document.problem.isPresent())
                    .ifPresent(this::showLast);
        }
    }

    /**
     * What was merged until now is the vault's, too: an old editor may have saved over it the moment before. Also of what
     * was stopped for all, which everybody keeps.
     */
    private void showLast(Document document) {
        Optional<Document> live = document.item.flatMap(this::documentOf);
        boolean isKept =
                live.map(shown -> shown == document).orElse(index.isUnshared(document) && document.host.isPresent());
        if (!isKept || isBlank(document)) {
            return;
        }
        try {
            String json = present(document);
            byte[] state = documents.state(document);
            if (document.putting) {
                document.meanwhile.add(() -> showAsLeft(document, json, state));
            } else {
                tellVault(document, json, () -> state);
            }
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
        }
    }

    /** The vault has answered about what was left meanwhile. What it does not hold by now is not brought back. */
    private void showAsLeft(Document document, String json, byte[] state) {
        if (document.putting) {
            document.meanwhile.add(() -> showAsLeft(document, json, state));
        } else if (document.left && document.host.isPresent()) {
            tellVault(document, json, () -> state);
        }
    }

    /** Whether this device can stop the sync of an item for all. */
    boolean isSharedHere(String item) {
        return live(item).stream()
                .allMatch(document -> index.creatorOf(item, document)
                        .filter(key.fingerprint()::equals)
                        .isPresent());
    }

    /** Nobody takes further part in the sync of these items, and all keep them. */
    CompletionStage<Void> stopForAll(Collection<String> items) {
        List<String> notOurs = new ArrayList<>();
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : items) {
            if (beingShared.stopped(item)) {
                last = rememberStop(item);
            }
            for (Document document : live(item)) {
                Optional<Fingerprint> creator = index.creatorOf(item, document);
                if (creator.filter(key.fingerprint()::equals).isPresent()) {
                    last = index.end(document, Index.UNSHARED, documents.knowledge(document));
                    leave(document);
                } else {
                    notOurs.add(creator.map(surroundings::nameOf).orElse("another device"));
                }
            }
            surroundings.changed(item);
        }
        return notOurs.isEmpty()
                ? last
                : failed("Only the device that shared an item can stop it for everybody: "
                        + notOurs.stream().distinct().sorted(new NameOrder()).collect(Collectors.joining(", ")) + ".");
    }

    /** Those that are of a type in the vault, or were when they were shared; also such as somebody may bring back. */
    List<String> itemsOfType(String type) {
        return index.items().stream()
                .filter(item -> index.documentsOf(item).stream()
                        .map(documents::get)
                        .anyMatch(document ->
                                index.typeOf(item, document).equals(type) || isHeldAs(type, item, document)))
                .toList();
    }

    private boolean isHeldAs(String type, String item, Document document) {
        return document.host
                .flatMap(held -> documents.revision(document, held.name()))
                .filter(row -> ItemJson.read(item, row.item()).type().equals(type))
                .isPresent();
    }

    Set<String> types() {
        Set<String> types = new TreeSet<>();
        for (String item : index.items()) {
            live(item).forEach(document -> types.add(index.typeOf(item, document)));
        }
        types.remove("");
        return types;
    }

    // What others share

    /** The items of the room, by name. */
    List<Offer> offers() {
        List<Offer> offers = new ArrayList<>();
        for (String item : index.items()) {
            documentOf(item).ifPresent(document -> {
                Optional<Item> content = content(item, document);
                offers.add(new Offer(
                        item,
                        content.map(Item::type).orElseGet(() -> index.typeOf(item, document)),
                        content.map(Item::name).orElse(""),
                        index.creatorOf(item, document)
                                .map(surroundings::nameOf)
                                .orElse(""),
                        !document.left));
            });
        }
        offers.sort(Comparator.comparing(Offer::name, new NameOrder()).thenComparing(Offer::itemId));
        return offers;
    }

    /** What people call an item; empty text if that is not known here. */
    String nameOf(String item) {
        return documentOf(item)
                .flatMap(document -> content(item, document))
                .map(Item::name)
                .orElse("");
    }

    private Optional<Item> content(String item, Document document) {
        try {
            return isBlank(document) ? Optional.empty() : Optional.of(ItemJson.read(item, present(document)));
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return Optional.empty();
        }
    }

    CompletionStage<Void> take(Collection<String> items) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : items) {
            lift(item);
            Optional<Document> offered = documentOf(item).filter(document -> document.left);
            if (offered.isPresent()) {
                offered.get().left = false;
                last = documents.save(offered.get());
                compare(offered.get());
            }
            surroundings.changed(item);
        }
        return last;
    }

    /** Puts copies of items, and of what they refer to, into the vault. */
    CompletionStage<List<String>> copy(Collection<String> items) {
        Optional<Copies> copies =
                Copies.of(items, item -> documentOf(item).flatMap(document -> content(item, document)));
        return copies.isEmpty()
                ? failed("An item is not shared any more, or its content has not come yet.")
                : copies.get()
                        .into(host)
                        .thenApplyAsync(
                                ids -> {
                                    copies.get().items().forEach(surroundings::copied);
                                    return ids;
                                },
                                thread);
    }

    // Conflicts

    /** The conflicts of an item that nobody has looked at, oldest first. */
    List<Conflict> conflicts(String item) {
        List<Conflict> open = new ArrayList<>();
        documentOf(item)
                .filter(document -> !document.left)
                .ifPresent(document -> document.clash.ifPresent(mine -> open.add(clash(document, mine))));
        open.addAll(conflicts.open(item, documentOf(item).map(this::presentJson).orElse("{}")));
        open.sort(Comparator.comparing(Conflict::found));
        return open;
    }

    private String presentJson(Document document) {
        try {
            return documents.integrate(document).replica().json();
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return "{}";
        }
    }

    private Conflict clash(Document document, Stored mine) {
        String standing = "";
        String lost = "";
        try {
            standing = documents.integrate(document).replica().json();
            lost = ItemJson.write(mine.item());
        } catch (ReplicaException | InvalidContentException unreadable) {
            LOG.warn("document {}: {}", document, unreadable.getMessage());
        }
        return new Conflict(
                CLASH + document.name.docId(),
                mine.item().id(),
                "",
                standing,
                lost,
                document.author.map(Fingerprint::new).map(surroundings::nameOf).orElse(""),
                surroundings.nameOf(key.fingerprint()),
                document.changed);
    }

    /** A person has looked at a conflict. */
    CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        Optional<Document> found = documentOf(conflict.itemId()).filter(document -> !document.left);
        if (found.isEmpty()) {
            return failed("This item is not shared any more.");
        }
        Document document = found.get();
        try {
            if (conflict.id().startsWith(CLASH)) {
                settleClash(document, conflict, value);
                return document.durable;
            }
            if (value.isPresent()) {
                String present = documents.integrate(document).replica().json();
                Optional<String> misplaced = Conflicts.misplaced(present, conflict);
                if (misplaced.isPresent()) {
                    return failed(misplaced.get());
                }
                put(document, Conflicts.with(present, conflict.field(), value.get()));
                conflicts.reportUnseen(document, conflict, value.get(), present);
            }
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
        CompletionStage<Void> looked = conflicts.looked(conflict);
        surroundings.changed(conflict.itemId());
        return looked;
    }

    /** Either item may have changed since the person looked: of what is not chosen, what they have not seen is told. */
    private void settleClash(Document document, Conflict seen, Optional<String> value)
            throws ReplicaException, InvalidContentException {
        boolean takeLost = value.filter(seen.lost()::equals).isPresent();
        Optional<String> third = value.filter(chosen -> !chosen.equals(seen.lost()));
        String shared = present(document);
        if (document.clash.isPresent()) {
            Stored mine = document.clash.get();
            if (!takeLost) {
                String own = ItemJson.write(mine.item());
                conflicts.reportUnseen(document, seen.lost(), own, third.orElse(shared));
            }
            settleClash(document, mine, takeLost);
        }
        if (third.isPresent()) {
            put(document, third.get());
        }
        conflicts.reportUnseen(document, seen.standing(), shared, present(document));
    }

    private void settleClash(Document document, Stored mine, boolean takeLost) throws ReplicaException {
        document.clash = Optional.empty();
        document.host = Optional.of(mine.revision());
        Replica replica = documents.integrate(document).replica();
        if (takeLost) {
            try {
                String json = ItemJson.write(mine.item());
                RevisionRow shared = new RevisionRow(mine.revision().name(), replica.json(), documents.state(document));
                editFrom(document, mine, shared, json);
            } catch (InvalidContentException cannot) {
                document.problem = Optional.of(cannot.getMessage());
            }
        } else {
            show(document, replica);
        }
        surroundings.changed(mine.item().id());
    }

    /** A person takes back what they decided about a conflict. */
    CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        Optional<Document> found = documentOf(conflict.itemId()).filter(document -> !document.left);
        if (found.isEmpty()) {
            return failed("This item is not shared any more.");
        }
        Document document = found.get();
        try {
            String present = documents.integrate(document).replica().json();
            if (value.filter(chosen -> Conflicts.has(present, conflict.field(), chosen))
                    .isPresent()) {
                put(document, Conflicts.with(present, conflict.field(), conflict.standing()));
            }
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
        if (conflict.id().startsWith(CLASH)) {
            return meetAgain(document, ItemJson.read(conflict.itemId(), conflict.lost()));
        }
        CompletionStage<Void> reopened = conflicts.reopen(conflict);
        surroundings.changed(conflict.itemId());
        return reopened;
    }

    /** The vault gets back what it held before a person chose, as something that is new to the document. */
    private CompletionStage<Void> meetAgain(Document document, Item mine) {
        if (document.putting) {
            CompletableFuture<Void> later = new CompletableFuture<>();
            document.meanwhile.add(() -> meetAgain(document, mine).whenComplete((done, failed) -> {
                if (failed == null) {
                    later.complete(null);
                } else {
                    later.completeExceptionally(failed);
                }
            }));
            return later;
        }
        Revision revision = new Revision(machine.randomName(8));
        Optional<Revision> replaces = document.host;
        questions.asked(document);
        return host.ask(vault -> vault.put(mine, revision, replaces))
                .whenCompleteAsync((put, failed) -> questions.answered(document), thread)
                .thenCompose(put -> switch (put) {
                    case Put.Taken(Item held) -> {
                        edit(document, new Stored(held, revision));
                        yield document.durable;
                    }
                    case Put.Newer() -> failed("Somebody has changed the item since, so this cannot be taken back.");
                    case Put.Refused(String why) -> failed(why);
                })
                // It may complete on the store's thread.
                .whenCompleteAsync((done, failed) -> questions.goOnWithWhatWasDone(document), thread);
    }

    /** Edits the present state of a document, and shows that. */
    private void put(Document document, String json) throws ReplicaException, InvalidContentException {
        Replica replica = editable(document);
        String before = replica.json();
        byte[] update = replica.edit(before, json);
        if (update.length > 0) {
            own.add(document, update, history.changed(document, Kind.EDITED, before));
            show(document, replica);
        }
    }

    /** What this device is to edit. To sign for it reads the index, in which may be that the document has ended. */
    private Replica editable(Document document) throws ReplicaException {
        index.sign(documents.client());
        return documents.integrate(document).replica();
    }
}
