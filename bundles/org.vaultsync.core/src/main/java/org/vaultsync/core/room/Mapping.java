// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.room.Documents.Integrated;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables.RevisionRow;
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
        /** An edit of this device, on disk now. */
        void edited(Document document, byte[] update, Instant time);

        /** Before an update is added to a document. */
        void changing(Document document);

        /** The status of an item may have changed. */
        void changed(String item);

        /** The vault holds this now, or is about to. */
        void shown(Item item);

        /** The public keys of the members, present and past, by fingerprint. */
        Map<Fingerprint, byte[]> keys();

        /** What the member calls itself. */
        String nameOf(Fingerprint member);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Mapping.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String CLASH = "clash-";

    private final RoomId room;
    private final DeviceKey key;
    private final Documents documents;
    private final Store store;
    private final HostVault host;
    private final Executor thread;
    private final Clock clock;
    private final Surroundings surroundings;
    private final Index index = new Index();
    private final Deque<Document> toIntegrate = new ArrayDeque<>();
    private final Set<Document> queued = new HashSet<>();
    private final Map<Document, List<String>> hashes = new HashMap<>();
    private boolean indexRead;

    Mapping(
            RoomId room,
            DeviceKey key,
            Documents documents,
            Store store,
            HostVault host,
            Executor thread,
            Clock clock,
            Surroundings surroundings) {
        this.room = room;
        this.key = key;
        this.documents = documents;
        this.store = store;
        this.host = host;
        this.thread = thread;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    // What is where

    /** The document that stands for an item; empty if the item is not in this room. */
    Optional<Document> documentOf(String item) {
        return live(item).stream().findFirst();
    }

    private List<Document> live(String item) {
        return index.documentsOf(item).stream()
                .map(documents::get)
                .filter(document -> !hasEnded(document))
                .toList();
    }

    private boolean hasEnded(Document document) {
        return index.end(document.name.docId())
                .filter(end -> end.known()
                        .writes()
                        .covers(documents.knowledge(document).writes()))
                .isPresent();
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

    /** Whether the vault holds what the document says, so far as we know. */
    boolean isShown(Document document) {
        return document.host.isPresent() && !document.waiting && !document.putting;
    }

    /** Whether something about the document waits for a person. */
    boolean hasConflict(Document document) {
        String item = document.item.orElse("");
        return document.clash.isPresent()
                || index.openConflicts().stream()
                        .map(id -> index.get(Index.CONFLICT + id).orElseThrow())
                        .anyMatch(conflict -> conflict.path("item").asText().equals(item));
    }

    private Optional<JsonNode> looked(String conflict) {
        return index.get(Index.LOOKED + conflict);
    }

    // From the network to the vault

    /** An update came for a document: integrate it when there is time, the latest first. */
    void arrived(Document document) {
        if (queued.add(document)) {
            toIntegrate.addFirst(document);
        }
    }

    /** Integrates one document. Tells whether there are more. */
    boolean step() {
        // The index goes first: without it nobody knows what the others are.
        Document next = queued.contains(documents.index()) ? documents.index() : toIntegrate.pollFirst();
        if (next == null) {
            return false;
        }
        toIntegrate.remove(next);
        queued.remove(next);
        if (next.isIndex()) {
            integrateIndex();
        } else {
            integrate(next);
        }
        return !toIntegrate.isEmpty();
    }

    private void integrate(Document document) {
        if (document.item.isEmpty() || document.left || !host.isPresent()) {
            return;
        }
        String item = document.item.get();
        List<Document> live = live(item);
        try {
            if (live.size() > 1) {
                uniteTwins(item, live);
            }
            if (documentOf(item).filter(shown -> shown == document).isEmpty()) {
                return;
            }
            Integrated integrated = documents.integrate(document);
            report(document, integrated.overwrites());
            show(document, integrated.replica());
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            document.problem = Optional.of("Its shared state cannot be read on this device.");
        }
        surroundings.changed(item);
    }

    /** Reads the index for the first time in this run. */
    void open() {
        if (!indexRead) {
            integrateIndex();
        }
    }

    private void integrateIndex() {
        Set<String> changed;
        try {
            Integrated integrated = documents.integrate(documents.index());
            changed = index.read(integrated, !indexRead);
            indexRead = true;
        } catch (ReplicaException failed) {
            documents.failed(documents.index(), failed);
            return;
        }
        Set<String> touched = new HashSet<>();
        for (String entry : changed) {
            if (entry.startsWith(Index.ITEM)) {
                Document document = documents.get(Index.documentOf(entry));
                String item = Index.itemOf(entry);
                if (document.item.isEmpty() && !item.isEmpty()) {
                    document.item = Optional.of(item);
                    documents.save(document);
                }
                touched.add(item);
            } else if (entry.startsWith(Index.END)) {
                documents.get(Index.documentOf(entry)).item.ifPresent(touched::add);
            } else if (entry.startsWith(Index.CONFLICT)) {
                index.get(entry).map(conflict -> conflict.path("item").asText()).ifPresent(surroundings::changed);
            } else if (entry.startsWith(Index.LOOKED)) {
                index.get(Index.CONFLICT + entry.substring(Index.LOOKED.length()))
                        .map(conflict -> conflict.path("item").asText())
                        .ifPresent(surroundings::changed);
            }
        }
        for (String item : touched) {
            for (String id : index.documentsOf(item)) {
                Document document = documents.get(id);
                if (hasEnded(document)) {
                    removeFromVault(document);
                } else if (!document.left) {
                    arrived(document);
                }
            }
            surroundings.changed(item);
        }
    }

    /** Two members shared the item while apart. The smaller document stays; whoever made the other one moves its content over. */
    private void uniteTwins(String item, List<Document> live) throws ReplicaException {
        Document stays = live.getFirst();
        for (Document goes : live.subList(1, live.size())) {
            if (goes.host.isPresent() && stays.host.isEmpty()) {
                stays.host = goes.host;
                goes.host = Optional.empty();
                adoptRevision(stays, goes);
                documents.save(stays);
                documents.save(goes);
            }
            String creator = index.get(Index.itemKey(item, goes.name.docId()))
                    .map(entry -> entry.path("creator").asText())
                    .orElse("");
            boolean bothHere = !documents.knowledge(stays).writes().clocks().isEmpty();
            if (!creator.equals(key.fingerprint().hex()) || !bothHere) {
                continue;
            }
            Replica target = documents.integrate(stays).replica();
            String standing = target.json();
            String other = documents.integrate(goes).replica().json();
            if (!ItemJson.same(standing, other)) {
                byte[] update = editOrThrow(target, standing, other);
                add(stays, update);
                reportDifferences(stays, item, goes.name.docId(), ItemJson.parse(other), ItemJson.parse(standing));
            }
            Map<String, JsonNode> end = Index.changes();
            end.put(
                    Index.END + goes.name.docId(),
                    Index.endEntry("replaced-by " + stays.name.docId(), key.fingerprint(), documents.knowledge(goes)));
            writeIndex(end);
            LOG.info("room {}: document {} was united with {}", room, goes, stays);
        }
    }

    /** The vault holds a revision of the document that goes: from now on it counts as one of the document that stays. */
    private void adoptRevision(Document stays, Document goes) {
        String name = stays.host.get().name();
        documents.revision(goes, name).ifPresent(row -> {
            RevisionRow moved = new RevisionRow(name, row.item(), new byte[] {0, 0});
            Write write = documents.remember(stays, moved);
            store.write(write).thenRunAsync(() -> documents.remembered(stays, moved), thread);
        });
    }

    private void removeFromVault(Document document) {
        if (document.host.isEmpty() || document.left || document.putting) {
            return;
        }
        Revision held = document.host.get();
        String item = document.item.orElseThrow();
        document.putting = true;
        host.ask(vault -> vault.remove(item, held) ? Optional.<Stored>empty() : vault.get(item))
                .whenCompleteAsync(
                        (newer, failed) -> {
                            document.putting = false;
                            if (failed != null) {
                                problem(document, failed);
                            } else if (newer.isPresent()) {
                                edit(document, newer.get());
                            } else {
                                document.host = Optional.empty();
                                documents.save(document);
                                if (!hasEnded(document)) {
                                    arrived(document);
                                }
                            }
                            surroundings.changed(item);
                        },
                        thread);
    }

    /** Puts the document into the vault, if the vault holds something else. */
    private void show(Document document, Replica replica) throws ReplicaException {
        if (document.putting || document.left || document.clash.isPresent() || !host.isPresent()) {
            return;
        }
        String item = document.item.orElseThrow();
        String json = replica.json();
        boolean upToDate = document.host
                .flatMap(held -> documents.revision(document, held.name()))
                .filter(held -> ItemJson.same(held.item(), json))
                .isPresent();
        Item shown = ItemJson.read(item, json);
        names(document, shown);
        surroundings.shown(shown);
        if (upToDate) {
            return;
        }
        byte[] name = new byte[8];
        RANDOM.nextBytes(name);
        Revision revision = new Revision(HexFormat.of().formatHex(name));
        RevisionRow row = new RevisionRow(revision.text(), json, documents.state(document));
        Optional<Revision> replaces = document.host;
        byte[] digest = document.digest;
        document.putting = true;
        // The revision is on disk before the vault holds it: an edit made from it must never be without its origin.
        store.write(documents.remember(document, row))
                .thenCompose(stored -> host.ask(vault -> vault.put(shown, revision, replaces)))
                .whenCompleteAsync(
                        (put, failed) -> {
                            document.putting = false;
                            documents.remembered(document, row);
                            if (failed != null) {
                                problem(document, failed);
                            } else {
                                answered(document, put, row, revision, digest);
                            }
                            surroundings.changed(item);
                        },
                        thread);
    }

    private void names(Document document, Item item) {
        hashes.put(document, item.attachments().stream().map(Attachment::sha256).toList());
    }

    private void answered(Document document, Put put, RevisionRow row, Revision revision, byte[] digest) {
        switch (put) {
            case Put.Taken(Item asStored) -> {
                document.host = Optional.of(revision);
                document.problem = Optional.empty();
                documents.save(document);
                try {
                    String normalised = ItemJson.write(asStored);
                    if (!ItemJson.same(normalised, row.item())) {
                        store.write(documents.remember(document, new RevisionRow(row.name(), normalised, row.state())));
                    }
                } catch (InvalidContentException strangeHost) {
                    document.problem = Optional.of(strangeHost.getMessage());
                }
                if (hasEnded(document)) {
                    removeFromVault(document);
                } else if (!java.util.Arrays.equals(digest, document.digest)) {
                    arrived(document);
                }
            }
            case Put.Newer() -> readAgain(document);
            case Put.Refused(String why) -> document.problem = Optional.of(why);
        }
    }

    /** The vault holds something that we did not know of. */
    private void readAgain(Document document) {
        String item = document.item.orElseThrow();
        host.ask(vault -> vault.get(item))
                .whenCompleteAsync(
                        (stored, failed) -> {
                            if (failed != null) {
                                problem(document, failed);
                            } else if (stored.isPresent()) {
                                edit(document, stored.get());
                            } else {
                                document.host = Optional.empty();
                                arrived(document);
                            }
                        },
                        thread);
    }

    private void problem(Document document, Throwable failed) {
        Throwable cause = failed instanceof CompletionException wrapped ? wrapped.getCause() : failed;
        LOG.warn("room {}: the vault failed on an item: {}", room, cause.toString());
        if (host.isPresent()) {
            document.problem = Optional.of("The application could not store it: " + cause.getMessage());
        }
    }

    // From the vault to the network

    /** The vault has come: compare everything with what it holds. */
    void vaultArrived() {
        for (String item : List.copyOf(index.items())) {
            documentOf(item).filter(document -> !document.left).ifPresent(this::compare);
            index.documentsOf(item).stream()
                    .map(documents::get)
                    .filter(this::hasEnded)
                    .forEach(this::removeFromVault);
        }
    }

    private void compare(Document document) {
        String item = document.item.orElseThrow();
        host.ask(vault -> vault.get(item))
                .whenCompleteAsync(
                        (stored, failed) -> {
                            if (failed != null) {
                                problem(document, failed);
                            } else if (stored.isPresent()) {
                                edit(document, stored.get());
                                surroundings.shown(stored.get().item());
                            } else {
                                // Deleted while nobody told us, or a vault that lost its files: giving the item back
                                // harms less than deleting it everywhere.
                                document.host = Optional.empty();
                                arrived(document);
                            }
                            if (document.waiting) {
                                arrived(document);
                            }
                        },
                        thread);
    }

    /** A person saved an item. */
    void saved(Stored stored) {
        String item = stored.item().id();
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
                .filter(document ->
                        !document.left && baseOf(document, stored.revision()).isPresent())
                .findFirst()
                .ifPresent(document -> edit(document, stored));
    }

    /** A person deleted an item: it is deleted for everybody. */
    void deleted(String item) {
        documentOf(item).filter(document -> !document.left).ifPresent(document -> {
            document.host = Optional.empty();
            if (document.clash.isPresent()) {
                document.clash = Optional.empty();
                arrived(document);
            } else {
                Map<String, JsonNode> end = Index.changes();
                end.put(
                        Index.END + document.name.docId(),
                        Index.endEntry("deleted", key.fingerprint(), documents.knowledge(document)));
                writeIndex(end);
            }
            documents.save(document);
            surroundings.changed(item);
        });
    }

    private Optional<RevisionRow> baseOf(Document document, Revision revision) {
        return revision.lineage().stream()
                .map(name -> documents.revision(document, name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Makes of what the vault holds an edit of the document, if it is one. */
    private void edit(Document document, Stored stored) {
        String item = stored.item().id();
        names(document, stored.item());
        try {
            String json = ItemJson.write(stored.item());
            Optional<RevisionRow> base = baseOf(document, stored.revision());
            if (base.isEmpty()) {
                meet(document, stored, json);
            } else if (ItemJson.same(base.get().item(), json)) {
                sameAsBase(document, stored, base.get());
            } else {
                editFrom(document, stored, base.get(), json);
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
        surroundings.changed(item);
    }

    private void sameAsBase(Document document, Stored stored, RevisionRow base) throws ReplicaException {
        String name = stored.revision().name();
        if (!stored.revision().equals(document.host.orElse(null))) {
            document.host = Optional.of(stored.revision());
            if (!base.name().equals(name)) {
                RevisionRow row = new RevisionRow(name, base.item(), base.state());
                store.write(documents.remember(document, row))
                        .thenRunAsync(() -> documents.remembered(document, row), thread);
            }
            documents.save(document);
        }
        if (!isStateOf(document, base)) {
            arrived(document);
        }
    }

    private void editFrom(Document document, Stored stored, RevisionRow base, String json)
            throws ReplicaException, InvalidContentException {
        Integrated integrated = documents.integrate(document);
        report(document, integrated.overwrites());
        Replica replica = integrated.replica();
        boolean movedOn = !isStateOf(document, base);
        boolean hasFork = movedOn && base.state().length > 2;
        byte[] update;
        byte[] state;
        Optional<Applied> merged = Optional.empty();
        if (hasFork) {
            long client = documents.forkClient();
            sign(client);
            try (Replica fork = documents.fork(client, base.state())) {
                update = fork.edit(base.item(), json);
            }
            if (update.length > 0) {
                surroundings.changing(document);
                merged = Optional.of(replica.apply(update));
                report(document, merged.get().overwrites());
            }
            state = merged(base.state(), update);
        } else {
            sign(documents.client());
            update = replica.edit(base.item(), json);
            state = null;
        }
        if (update.length == 0) {
            sameAsBase(document, stored, base);
            return;
        }
        document.host = Optional.of(stored.revision());
        names(document, stored.item());
        if (!hasFork) {
            surroundings.changing(document);
        }
        Instant now = clock.instant();
        byte[] made = update;
        // The edit and the revision that it made go to disk together: half of it would be made again after a crash.
        RevisionRow row = new RevisionRow(
                stored.revision().name(), json, state != null ? state : merged(documents.state(document), update));
        Write also = documents.remember(document, row);
        documents
                .add(document, made, true, Optional.of(key.fingerprint().hex()), now, also)
                .thenRunAsync(
                        () -> {
                            documents.remembered(document, row);
                            surroundings.edited(document, made, now);
                        },
                        thread);
        merged.ifPresent(applied -> documents.implied(document, applied));
        if (movedOn) {
            show(document, replica);
        }
    }

    private boolean isStateOf(Document document, RevisionRow base) {
        try {
            return Knowledge.of(List.of(base.state())).equals(documents.knowledge(document));
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
        Integrated integrated = documents.integrate(document);
        report(document, integrated.overwrites());
        String shared = integrated.replica().json();
        if (documents.knowledge(document).writes().clocks().isEmpty()) {
            return; // The index names the document, but its content has not come yet.
        }
        if (ItemJson.same(shared, json)) {
            document.clash = Optional.empty();
            document.host = Optional.of(stored.revision());
            RevisionRow row = new RevisionRow(stored.revision().name(), json, documents.state(document));
            store.write(documents.remember(document, row))
                    .thenRunAsync(() -> documents.remembered(document, row), thread);
            documents.save(document);
        } else {
            document.clash = Optional.of(stored);
        }
    }

    // Sharing

    /** Shares items that the vault holds; those that cannot be are told in one exception, and the others are shared all the same. */
    CompletionStage<Void> share(List<Stored> items) {
        open();
        Map<String, JsonNode> entries = Index.changes();
        List<String> refused = new ArrayList<>();
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
                byte[] id = new byte[16];
                RANDOM.nextBytes(id);
                Document document = documents.get(HexFormat.of().formatHex(id));
                byte[] update = documents.integrate(document).replica().edit("{}", json);
                document.item = Optional.of(item);
                document.host = Optional.of(stored.revision());
                names(document, stored.item());
                RevisionRow row = new RevisionRow(stored.revision().name(), json, update);
                Instant now = clock.instant();
                documents
                        .add(
                                document,
                                update,
                                true,
                                Optional.of(key.fingerprint().hex()),
                                now,
                                documents.remember(document, row))
                        .thenRunAsync(
                                () -> {
                                    documents.remembered(document, row);
                                    surroundings.edited(document, update, now);
                                },
                                thread);
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
            sign(documents.client());
            last = writeIndex(entries);
        }
        items.forEach(stored -> surroundings.changed(stored.item().id()));
        return refused.isEmpty()
                ? last
                : last.thenCompose(
                        done -> CompletableFuture.failedStage(new SyncException(String.join("\n", refused))));
    }

    /** This device takes no further part in the sync of these items. */
    CompletionStage<Void> stop(Collection<String> items) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : items) {
            for (Document document : live(item)) {
                document.left = true;
                document.clash = Optional.empty();
                documents.close(document);
                last = documents.save(document);
            }
            surroundings.changed(item);
        }
        return last;
    }

    // Conflicts

    /** The conflicts of an item that nobody has looked at, oldest first. */
    List<Conflict> conflicts(String item) {
        List<Conflict> conflicts = new ArrayList<>();
        documentOf(item)
                .filter(document -> !document.left)
                .ifPresent(document -> document.clash.ifPresent(mine -> conflicts.add(clash(document, mine))));
        for (String id : index.openConflicts()) {
            JsonNode entry = index.get(Index.CONFLICT + id).orElseThrow();
            if (entry.path("item").asText().equals(item)) {
                conflicts.add(new Conflict(
                        id,
                        item,
                        entry.path("field").asText(),
                        entry.path("standing").asText(),
                        entry.path("lost").asText(),
                        entry.path("standingWriter").asText(),
                        entry.path("lostWriter").asText(),
                        Instant.ofEpochMilli(entry.path("found").asLong())));
            }
        }
        conflicts.sort(Comparator.comparing(Conflict::found));
        return conflicts;
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

    private void report(Document document, List<Overwrite> overwrites) {
        Map<String, JsonNode> entries = Index.changes();
        for (Overwrite overwrite : overwrites) {
            boolean says = overwrite.losing().isPresent() && !overwrite.losing().equals(overwrite.winning());
            if (says && looked(overwrite.id()).isEmpty() && document.item.isPresent()) {
                entries.put(
                        Index.CONFLICT + overwrite.id(),
                        conflictEntry(
                                document.item.get(),
                                overwrite.path(),
                                overwrite.winning().orElse(""),
                                overwrite.losing().get(),
                                writer(overwrite.winner().client()),
                                writer(overwrite.loser().client())));
            }
        }
        entries.entrySet()
                .removeIf(entry -> index.get(entry.getKey())
                        .filter(known -> sameConflict(known, entry.getValue()))
                        .isPresent());
        if (!entries.isEmpty()) {
            writeIndex(entries);
            surroundings.changed(document.item.get());
        }
    }

    private static boolean sameConflict(JsonNode one, JsonNode other) {
        return one.path("standing").equals(other.path("standing"))
                && one.path("lost").equals(other.path("lost"));
    }

    private void reportDifferences(Document document, String item, String other, JsonNode standing, JsonNode lost) {
        Map<String, JsonNode> entries = Index.changes();
        differences("", standing, lost, (path, values) -> {
            String id = HexFormat.of()
                    .formatHex(java.util.Arrays.copyOf(
                            org.vaultsync.Fingerprint.of((document.name.docId() + other + path)
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                    .bytes(),
                            16));
            entries.put(
                    Index.CONFLICT + id,
                    conflictEntry(
                            item,
                            path,
                            values[0].isMissingNode() ? "" : values[0].toString(),
                            values[1].isMissingNode() ? "" : values[1].toString(),
                            surroundings.nameOf(key.fingerprint()),
                            document.author
                                    .map(Fingerprint::new)
                                    .map(surroundings::nameOf)
                                    .orElse("")));
        });
        if (!entries.isEmpty()) {
            writeIndex(entries);
        }
    }

    private static void differences(
            String path, JsonNode one, JsonNode other, java.util.function.BiConsumer<String, JsonNode[]> found) {
        if (one.isObject() && other.isObject()) {
            Set<String> names = new java.util.TreeSet<>();
            one.fieldNames().forEachRemaining(names::add);
            other.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                String escaped = name.replace("~", "~0").replace("/", "~1");
                differences(path + "/" + escaped, one.path(name), other.path(name), found);
            }
        } else if (!one.equals(other) && !other.isMissingNode()) {
            found.accept(path, new JsonNode[] {one, other});
        }
    }

    private JsonNode conflictEntry(
            String item, String field, String standing, String lost, String standingWriter, String lostWriter) {
        return ItemJson.JSON
                .createObjectNode()
                .put("item", item)
                .put("field", field)
                .put("standing", standing)
                .put("lost", lost)
                .put("standingWriter", standingWriter)
                .put("lostWriter", lostWriter)
                .put("found", clock.millis());
    }

    private String writer(long client) {
        return index.deviceOf(room, client, surroundings.keys())
                .map(surroundings::nameOf)
                .orElse("");
    }

    /** A person has looked at a conflict. */
    CompletionStage<Void> settle(Conflict conflict, boolean takeLost) {
        Optional<Document> found = documentOf(conflict.itemId());
        if (found.isEmpty()) {
            return CompletableFuture.failedStage(new SyncException("This item is not shared any more."));
        }
        Document document = found.get();
        try {
            if (conflict.id().startsWith(CLASH)) {
                settleClash(document, takeLost);
                return document.durable;
            }
            if (takeLost) {
                Replica replica = documents.integrate(document).replica();
                String present = replica.json();
                String wanted = with(present, conflict.field(), conflict.lost());
                byte[] update = editOrThrow(replica, present, wanted);
                if (update.length > 0) {
                    add(document, update);
                    show(document, replica);
                }
            }
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return CompletableFuture.failedStage(
                    new SyncException("The item cannot be read at the moment. Try again."));
        }
        Map<String, JsonNode> looked = Index.changes();
        looked.put(
                Index.LOOKED + conflict.id(),
                ItemJson.JSON.createObjectNode().put("device", key.fingerprint().hex()));
        if (index.has(Index.CONFLICT + conflict.id())) {
            looked.put(Index.CONFLICT + conflict.id(), null);
        }
        CompletionStage<Void> written = writeIndex(looked);
        surroundings.changed(conflict.itemId());
        return written;
    }

    private void settleClash(Document document, boolean takeLost) throws ReplicaException {
        Stored mine = document.clash.orElse(null);
        if (mine == null) {
            return;
        }
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

    /** The document with one field set to a value, or without the field where the value is empty text. */
    private static String with(String json, String pointer, String value) {
        JsonNode root = ItemJson.parse(json);
        com.fasterxml.jackson.core.JsonPointer path = com.fasterxml.jackson.core.JsonPointer.compile(pointer);
        if (path.matches()) {
            return value.isEmpty() ? json : value;
        }
        JsonNode parent = root.at(path.head());
        com.fasterxml.jackson.core.JsonPointer last = path.last();
        if (parent instanceof ObjectNode object) {
            if (value.isEmpty()) {
                object.remove(last.getMatchingProperty());
            } else {
                object.set(last.getMatchingProperty(), ItemJson.parse(value));
            }
        } else if (parent instanceof ArrayNode array && last.mayMatchElement()) {
            if (value.isEmpty()) {
                array.remove(last.getMatchingIndex());
            } else if (last.getMatchingIndex() < array.size()) {
                array.set(last.getMatchingIndex(), ItemJson.parse(value));
            }
        }
        return root.toString();
    }

    // Writing

    private byte[] editOrThrow(Replica replica, String base, String next) throws ReplicaException {
        sign(documents.client());
        try {
            return replica.edit(base, next);
        } catch (InvalidContentException neverOfWhatIsShared) {
            throw new IllegalStateException(neverOfWhatIsShared);
        }
    }

    private CompletionStage<Void> add(Document document, byte[] update) {
        surroundings.changing(document);
        Instant now = clock.instant();
        CompletionStage<Void> durable = documents.add(
                document, update, true, Optional.of(key.fingerprint().hex()), now);
        durable.thenRunAsync(() -> surroundings.edited(document, update, now), thread);
        return durable;
    }

    /** Signs a client id over to this device, once. */
    private void sign(long client) {
        if (!index.has(Index.CLIENT + client)) {
            Map<String, JsonNode> entry = Index.changes();
            entry.put(Index.CLIENT + client, Index.clientEntry(room, client, key));
            writeIndex(entry);
        }
    }

    private CompletionStage<Void> writeIndex(Map<String, JsonNode> entries) {
        open();
        Document document = documents.index();
        try {
            // What waits is read first, or the replica would move on without us having looked.
            if (document.waiting) {
                integrateIndex();
            }
            byte[] update = index.write(documents.integrate(document).replica(), entries);
            return update.length == 0 ? document.durable : add(document, update);
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return CompletableFuture.failedStage(
                    new SyncException("The room's index cannot be written: " + failed.getMessage()));
        }
    }
}
