// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Conflict;
import org.vaultsync.NameOrder;
import org.vaultsync.Offers.Offer;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Version;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.machine.Worker;
import org.vaultsync.core.store.HistoryTable.Kind;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables.RevisionRow;
import org.vaultsync.core.vault.HostVault;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Overwrite;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.Updates;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Put;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * Keeps the host's vault and the one document of an open room in step. As in a private room an edit is compared with the
 * revision that it was made from; where the room has moved on since, only what the person changed is written, and what that
 * writes over is kept as a conflict. Files are not shared in an open room: those of an item stay with the vault that has
 * them. Belongs to the room's thread.
 */
final class OpenItems {
    /** What this needs of the room around it. */
    interface Surroundings {
        /** The status of an item may have changed. */
        void changed(String item);

        /** Whether a new item comes into the vault at once. */
        boolean takes(String item, String type);

        /** Whether items of a type never leave this device, nor come to it. */
        boolean isSensitive(String type);

        /** Whether an item that a person wants in this room may be there. */
        boolean shares(Item item);

        /** An edit of this device: stored with what belongs to it, then sent. Completes when it is on disk. */
        CompletionStage<Void> add(byte[] update, List<String> items, Write... also);

        /** The name of this device. */
        String self();

        /** What a writer calls itself; empty text if that is not known. */
        String nameOf(long writer);
    }

    private static final Logger LOG = LoggerFactory.getLogger(OpenItems.class);
    private static final String CLASH = "clash-";
    /** In the place of a digest, which an item that has no document of its own does not have. */
    private static final byte[] SENT = {1};
    /** The same of an item that is to be shared once it is known how items lie in the room; kept across restarts. */
    private static final byte[] WAITING = {0, 0};

    private final RoomId room;
    private final Documents documents;
    private final OpenContent content;
    private final Store store;
    private final HostVault host;
    private final Worker thread;
    private final Machine machine;
    private final Clock clock;
    private final Surroundings surroundings;
    private final OpenConflicts conflicts;
    private final OpenHistory history;
    private final Map<String, Document> items = new TreeMap<>(); // those that this device knows, also such as are gone
    private final BeingShared beingShared = new BeingShared();
    private final Sharing.Items shared = new Sharing.Items() {
        @Override
        public boolean isKnown(String item) {
            return OpenItems.this.isKnown(item);
        }

        @Override
        public CompletionStage<Void> share(List<Stored> held, List<String> refused) {
            return OpenItems.this.share(held, refused);
        }

        @Override
        public void saved(Stored stored) {
            OpenItems.this.saved(stored);
        }

        @Override
        public void changed(String item) {
            surroundings.changed(item);
        }

        @Override
        public CompletionStage<Void> whenAnswered(Collection<String> some) {
            return questions.whenAnswered(
                    some.stream().flatMap(item -> known(item).stream()).filter(document -> document.left));
        }
    };
    private final VaultQuestions questions;

    OpenItems(
            RoomId room,
            Documents documents,
            OpenContent content,
            Store store,
            HostVault host,
            Worker thread,
            Machine machine,
            Surroundings surroundings) {
        this.room = room;
        this.documents = documents;
        this.content = content;
        this.store = store;
        this.host = host;
        this.thread = thread;
        this.machine = machine;
        this.clock = machine.clock();
        this.surroundings = surroundings;
        this.questions = new VaultQuestions(room, documents, host, thread, new VaultQuestions.Editor() {
            @Override
            public void edit(Document document, Stored stored) {
                OpenItems.this.edit(document, stored);
            }

            @Override
            public void gone(Document document) {
                // Deleted while nobody told us: giving it back harms less than deleting it everywhere.
                document.host = Optional.empty();
                show(document);
            }

            @Override
            public void readAgain(Document document) {
                OpenItems.this.readAgain(document);
            }

            @Override
            public void left(Document document) {
                surroundings.changed(document.item.orElseThrow());
            }
        });
        this.conflicts = new OpenConflicts(room, store, clock);
        this.history = new OpenHistory(room, content, store, thread, clock);
        for (Document document : documents.all()) {
            document.item.ifPresent(item -> items.put(item, document));
        }
    }

    // What is where

    boolean isSynced(String item) {
        return content.has(item)
                && known(item).filter(document -> !document.left).isPresent();
    }

    /** Whether the vault is asked or told about an item. Until it has answered, the item may be in no other room. */
    boolean isAsked(String item) {
        return known(item).filter(document -> document.putting).isPresent();
    }

    /** The items that are to be shared once it is known how items lie in the room. */
    List<String> waiting() {
        return items.keySet().stream().filter(this::isWaiting).toList();
    }

    boolean isWaiting(String item) {
        return known(item)
                .filter(document -> !document.left && document.digest.length == WAITING.length)
                .isPresent();
    }

    private Optional<Document> known(String item) {
        return Optional.ofNullable(items.get(item));
    }

    private Document document(String item) {
        return items.computeIfAbsent(item, id -> {
            Document document = documents.get(OpenContent.documentOf(id));
            document.item = Optional.of(id);
            return document;
        });
    }

    Optional<String> problem(String item) {
        return known(item).flatMap(document -> document.problem);
    }

    boolean hasConflict(String item) {
        return known(item).filter(document -> document.clash.isPresent()).isPresent() || conflicts.hasOpen(item);
    }

    /** Whether the vault holds what the room says, so far as we know. */
    boolean isShown(String item) {
        return known(item)
                .filter(document -> document.host.isPresent() && !document.putting)
                .isPresent();
    }

    /** Whether somebody was sent the last change of an item, or brought it; kept across restarts. */
    boolean wasSent(String item) {
        return known(item)
                .filter(document -> document.digest.length == SENT.length)
                .isPresent();
    }

    /** Notes that somebody was sent the last change of an item, or that there is a new one which nobody was sent yet. */
    void sent(String item, boolean sent) {
        known(item).filter(document -> wasSent(item) != sent).ifPresent(document -> {
            document.digest = sent ? SENT : Knowledge.NOTHING.digest();
            documents.save(document);
        });
    }

    Optional<String> lastWriter(String item) {
        return known(item).flatMap(document -> document.author);
    }

    String nameOf(String item) {
        return content.json(item).map(json -> ItemJson.read(item, json).name()).orElse("");
    }

    private String typeOf(String item) {
        return content.json(item).map(json -> ItemJson.read(item, json).type()).orElse("");
    }

    // From the room to the vault

    /** These items were changed, added or removed by others. */
    void arrived(Collection<String> changed, String writer) {
        for (String item : changed) {
            if (content.has(item)) {
                boolean isNew = !items.containsKey(item);
                Document document = document(item);
                document.digest = SENT;
                document.author = Optional.of(writer).filter(name -> !name.isEmpty());
                document.changed = clock.instant();
                if (isNew) {
                    document.left = !surroundings.takes(item, typeOf(item));
                }
                documents.save(document);
                show(document);
            } else {
                known(item).ifPresent(this::removeFromVault);
            }
            surroundings.changed(item);
        }
    }

    /** Somebody wrote over values that they did not know of. */
    void overwritten(List<Overwrite> overwrites) {
        for (Overwrite overwrite : overwrites) {
            if (overwrite.losing().isEmpty() || overwrite.losing().equals(overwrite.winning())) {
                continue;
            }
            // Each write that lost by itself: who goes on writing may lose again.
            String id = Conflicts.id(overwrite.id() + " " + overwrite.loser());
            content.locate(overwrite.path()).ifPresent(place -> {
                if (!isTaken(place.item())) {
                    return;
                }
                String winner = overwrite
                        .winner()
                        .map(write -> nameOfWriter(write.client()))
                        .orElse("");
                String loser = nameOfWriter(overwrite.loser().client());
                if (place.field().isEmpty()) {
                    String lost =
                            content.canonical(place.item(), overwrite.losing().get());
                    String standing = overwrite
                            .winning()
                            .map(json -> content.canonical(place.item(), json))
                            .orElse("{}");
                    conflicts.reportDifferences(id, place.item(), standing, lost, winner, loser);
                } else {
                    conflicts.report(
                            id,
                            place.item(),
                            place.field(),
                            overwrite.winning().orElse(""),
                            overwrite.losing().get(),
                            winner,
                            loser);
                }
                surroundings.changed(place.item());
            });
        }
    }

    private boolean isTaken(String item) {
        return known(item).filter(document -> !document.left).isPresent();
    }

    private String nameOfWriter(long client) {
        return documents.ownClients().contains(client) ? surroundings.self() : surroundings.nameOf(client);
    }

    /** Puts what the room says into the vault, if the vault holds something else. */
    private void show(Document document) {
        if (!document.left) {
            content.json(document.item.orElseThrow()).ifPresent(json -> tellVault(document, json));
        }
    }

    private void tellVault(Document document, String json) {
        String item = document.item.orElseThrow();
        if (document.putting || document.clash.isPresent() || !host.isPresent() || isHeld(document, json)) {
            return;
        }
        if (surroundings.isSensitive(typeOf(item))) {
            stop(List.of(item)); // whatever it was before
            return;
        }
        Optional<RevisionRow> before = document.host.flatMap(held -> documents.revision(document, held.name()));
        Revision revision = new Revision(machine.randomName(8));
        RevisionRow row = new RevisionRow(revision.text(), json, Updates.empty());
        Optional<Revision> replaces = document.host;
        questions.ask(
                document,
                // The revision is on disk before the vault holds it: an edit made from it must never be without its
                // origin.
                () -> store.write(documents.remember(document, row))
                        .thenCompose(stored -> host.ask(vault -> vault.put(
                                content.withOwnFiles(ItemJson.read(item, json), vault.get(item)), revision, replaces))),
                put -> answered(document, put, row, revision, before),
                () -> {
                    documents.remembered(document, row);
                    surroundings.changed(item);
                });
    }

    private boolean isHeld(Document document, String json) {
        return document.host
                .flatMap(held -> documents.revision(document, held.name()))
                .filter(row -> ItemJson.same(row.item(), json))
                .isPresent();
    }

    private void answered(
            Document document, Put put, RevisionRow row, Revision revision, Optional<RevisionRow> before) {
        switch (put) {
            case Put.Taken(Item asStored) -> {
                document.host = Optional.of(revision);
                document.problem = Optional.empty();
                documents.save(
                        document,
                        history.row(
                                document,
                                before.isPresent() ? Kind.EDITED : Kind.BEGUN,
                                before.map(RevisionRow::item).orElse("")));
                try {
                    String normalised = content.canonical(asStored);
                    if (!ItemJson.same(normalised, row.item())) {
                        documents.store(document, new RevisionRow(row.name(), normalised, row.state()));
                        document.shownAs = Optional.of(row.item());
                    }
                } catch (InvalidContentException strangeHost) {
                    document.problem = Optional.of(strangeHost.getMessage());
                }
                follow(document, row.item());
            }
            case Put.Newer() -> readAgain(document);
            case Put.Refused(String why) -> document.problem = Optional.of(why);
        }
    }

    /** The room may say something else by now than what was just put. */
    private void follow(Document document, String shown) {
        Optional<String> now = content.json(document.item.orElseThrow());
        if (now.isEmpty()) {
            removeFromVault(document);
        } else if (!ItemJson.same(now.get(), shown)) {
            show(document);
        }
    }

    private void removeFromVault(Document document) {
        if (document.host.isEmpty() || document.left || document.putting || !host.isPresent()) {
            return;
        }
        Revision held = document.host.get();
        String item = document.item.orElseThrow();
        questions.ask(
                document,
                // What is removed can be had back from the history, with its files.
                () -> host.ask(vault -> {
                    Optional<Stored> before = vault.get(item);
                    return new Removal(before, !vault.remove(item, held));
                }),
                removal -> removed(document, item, removal),
                () -> surroundings.changed(item));
    }

    private void removed(Document document, String item, Removal removal) {
        if (removal.kept() && removal.before().isPresent()) {
            questions.look(document, removal.before().get());
            return;
        }
        document.host = Optional.empty();
        documents.save(
                document,
                removal.before()
                        .map(stored -> history.row(document, Kind.DELETED, whole(stored.item())))
                        .orElse(database -> {}));
        conflicts.forget(item);
        if (content.has(item)) {
            show(document);
        }
    }

    /**
     * What became of an item that is to be removed.
     *
     * @param kept whether the vault held something newer
     */
    private record Removal(Optional<Stored> before, boolean kept) {}

    private static String whole(Item item) {
        try {
            return ItemJson.write(item);
        } catch (InvalidContentException cannot) {
            return "{}";
        }
    }

    /** Once nothing is left that people did and the vault's answer is awaited for. */
    CompletionStage<Void> settled() {
        return questions.settled();
    }

    private void readAgain(Document document) {
        questions.read(document, held -> surroundings.changed(document.item.orElseThrow()));
    }

    // From the vault to the room

    /** The vault has come, or the room was opened: compare everything with what it holds. */
    void vaultArrived() {
        if (!content.isKnown()) {
            return;
        }
        for (String item : content.ids()) {
            boolean isNew = !items.containsKey(item);
            Document document = document(item);
            if (isNew) {
                document.left = !surroundings.takes(item, typeOf(item));
                documents.save(document);
            }
            readAgain(document);
        }
        items.values().stream()
                .filter(document -> !content.has(document.item.orElseThrow()))
                .forEach(this::removeFromVault);
        goOn();
    }

    /** A person saved an item. */
    void saved(Stored stored) {
        String item = stored.item().id();
        beingShared.saved(stored);
        if (isWaiting(item)) {
            goOn(); // if the vault has failed before
        } else {
            known(item).filter(document -> !document.left).ifPresent(document -> edit(document, stored));
        }
    }

    /** A person deleted an item: it is deleted for everybody, unless it has come to hold what that person did not see. */
    void deleted(String item, Revision revision) {
        beingShared.deleted(item);
        known(item).filter(document -> !document.left).ifPresent(document -> deleted(document, item, revision));
    }

    private void deleted(Document document, String item, Revision revision) {
        if (document.putting) {
            document.meanwhile.add(() -> deleted(item, revision));
            return;
        }
        if (isWaiting(item)) {
            document.digest = Knowledge.NOTHING.digest();
        }
        boolean putAgain = document.host.filter(held -> !held.equals(revision)).isPresent();
        Optional<RevisionRow> seen = documents.baseOf(document, revision).filter(base -> document.clash.isEmpty());
        Optional<String> present = content.json(item);
        if (!putAgain) {
            document.host = Optional.empty();
        }
        document.clash = Optional.empty();
        if (present.isPresent() && seen.isPresent() && saysTheSame(document, seen.get(), present.get())) {
            try {
                byte[] update = content.remove(item);
                surroundings.add(
                        update,
                        List.of(item),
                        documents.write(document),
                        history.row(document, Kind.DELETED, present.get()));
                conflicts.forget(item);
                if (putAgain) {
                    removeFromVault(document);
                }
            } catch (ReplicaException failed) {
                failed(document, failed);
            }
        } else {
            documents.save(document);
            show(document);
        }
        surroundings.changed(item);
    }

    /** The host may hold what the room says in another form. */
    private boolean saysTheSame(Document document, RevisionRow seen, String present) {
        return ItemJson.same(seen.item(), present)
                || document.shownAs
                        .filter(shown -> ItemJson.same(shown, present))
                        .isPresent();
    }

    /** Makes of what the vault holds an edit of the room, if it is one. */
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
        if (surroundings.isSensitive(stored.item().type())) {
            stop(List.of(item));
            return;
        }
        try {
            String json = content.canonical(stored.item());
            if (document.passedOver.remove(stored.revision().name())) {
                documents.store(document, new RevisionRow(stored.revision().name(), json, Updates.empty()));
                return;
            }
            Optional<RevisionRow> base = documents.baseOf(document, stored.revision());
            if (base.isEmpty()) {
                meet(document, stored, json);
            } else if (ItemJson.same(base.get().item(), json)) {
                sameAsBase(document, stored, base.get());
                tellOwn(document);
            } else {
                editFrom(document, stored, base.get(), json);
                tellOwn(document);
            }
            if (document.clash.isEmpty()) {
                document.problem = Optional.empty();
            }
        } catch (InvalidContentException cannot) {
            document.problem = Optional.of(cannot.getMessage());
        } catch (ReplicaException failed) {
            failed(document, failed);
        }
        surroundings.changed(item);
    }

    private void failed(Document document, ReplicaException failed) {
        content.failed(failed);
        document.problem = Optional.of("The last change could not be merged. It is safe in your vault.");
    }

    private void sameAsBase(Document document, Stored stored, RevisionRow base) {
        String name = stored.revision().name();
        if (!stored.revision().equals(document.host.orElse(null))) {
            document.host = Optional.of(stored.revision());
            if (!base.name().equals(name)) {
                documents.store(document, new RevisionRow(name, base.item(), base.state()));
            }
            documents.save(document);
        }
        follow(document, document.shownAs.orElse(base.item()));
    }

    private void editFrom(Document document, Stored stored, RevisionRow base, String json)
            throws ReplicaException, InvalidContentException {
        String item = stored.item().id();
        Optional<String> before = content.json(item);
        byte[] update = content.edit(item, Optional.of(base.item()), json);
        if (update.length == 0) {
            sameAsBase(document, stored, new RevisionRow(base.name(), json, base.state()));
            return;
        }
        document.host = Optional.of(stored.revision());
        document.shownAs = Optional.empty();
        stored.revision().lineage().stream()
                .skip(1)
                .takeWhile(name -> !name.equals(base.name()))
                .forEach(document.passedOver::add);
        RevisionRow row = new RevisionRow(stored.revision().name(), json, Updates.empty());
        write(document, update, row, history.row(document, Kind.EDITED, before.orElse("")));
        String after = content.json(item).orElse("{}");
        if (before.isPresent() && !ItemJson.same(before.get(), base.item())) {
            conflicts.reportUnseen(item, base.item(), before.get(), after, surroundings.self());
        }
        if (!ItemJson.same(after, json)) {
            show(document);
        }
    }

    /** The edit and the revision that it made go to disk together: half of it would be made again after a crash. */
    private CompletionStage<Void> write(Document document, byte[] update, RevisionRow revision, Write told) {
        document.author = Optional.of(surroundings.self());
        document.changed = clock.instant();
        CompletionStage<Void> stored = surroundings.add(
                update,
                List.of(document.item.orElseThrow()),
                documents.write(document),
                documents.remember(document, revision),
                told);
        document.durable = stored;
        return stored;
    }

    /** The vault holds an item that it did not get from this room. Equal content is adopted; else a person has to choose. */
    private void meet(Document document, Stored stored, String json) {
        Optional<String> shared = content.json(stored.item().id());
        if (shared.isEmpty()) {
            document.clash = Optional.empty(); // what comes back is compared with the vault anew
            return;
        }
        if (ItemJson.same(shared.get(), json)) {
            document.clash = Optional.empty();
            document.host = Optional.of(stored.revision());
            documents.store(document, new RevisionRow(stored.revision().name(), json, Updates.empty()));
            documents.save(document);
        } else {
            document.clash = Optional.of(stored);
            document.host = Optional.empty(); // what the vault holds is not of this document, whatever it held before
        }
    }

    /** One's own item that waited for a choice is not in the vault any more: an editor of the shared one wrote over it. */
    private void tellOwn(Document document) throws InvalidContentException {
        if (document.clash.isPresent()) {
            Stored mine = document.clash.get();
            document.clash = Optional.empty();
            String item = mine.item().id();
            conflicts.reportDifferences(
                    Conflicts.id(item + " " + mine.revision().name()),
                    item,
                    content.json(item).orElse("{}"),
                    content.canonical(mine.item()),
                    surroundings.self(),
                    surroundings.self());
            show(document);
        }
    }

    // Sharing

    /**
     * Shares items that the vault holds; those that cannot be are told in one exception, and the others are shared all the
     * same.
     */
    CompletionStage<Void> share(Collection<String> ids, boolean onlyNew, LiveRoom.Choice choice) {
        return new Sharing(ids, onlyNew, choice, beingShared, host, thread, shared).begin();
    }

    /** Whether an item is, or was, in the room, or a person stopped it before it came there. */
    private boolean isKnown(String item) {
        return items.containsKey(item) && !isWaiting(item) || beingShared.isStopped(item);
    }

    private CompletionStage<Void> share(List<Stored> held, List<String> refused) {
        CompletionStage<Void> last = CompletableFuture.completedStage(null);
        for (Stored stored : held) {
            try {
                last = share(stored);
            } catch (SyncException cannot) {
                refused.add(cannot.getMessage());
                surroundings.changed(stored.item().id());
            }
        }
        return last;
    }

    private CompletionStage<Void> share(Stored stored) throws SyncException {
        String item = stored.item().id();
        Document document = document(item);
        if (content.has(item)) {
            document.left = false;
            CompletionStage<Void> saved = documents.save(document);
            edit(document, stored);
            show(document);
            return saved;
        }
        try {
            String json = content.canonical(stored.item());
            if (!content.isKnown()) {
                return await(document);
            }
            byte[] update = content.edit(item, Optional.empty(), json);
            document.digest = Knowledge.NOTHING.digest();
            document.left = false;
            document.host = Optional.of(stored.revision());
            document.problem = Optional.empty();
            CompletionStage<Void> written = write(
                    document,
                    update,
                    new RevisionRow(stored.revision().name(), json, Updates.empty()),
                    history.row(document, Kind.BEGUN, ""));
            surroundings.changed(item);
            return written;
        } catch (InvalidContentException cannot) {
            throw new SyncException("“" + stored.item().name() + "” cannot be shared. " + cannot.getMessage(), cannot);
        } catch (ReplicaException failed) {
            content.failed(failed);
            throw new SyncException("“" + stored.item().name() + "” cannot be shared: " + failed.getMessage(), failed);
        }
    }

    private CompletionStage<Void> await(Document document) {
        document.digest = WAITING;
        document.left = false;
        document.problem = Optional.empty();
        surroundings.changed(document.item.orElseThrow());
        return documents.save(document);
    }

    /** Shares what has waited, as the vault holds it now, if it is known how items lie in the room. */
    void goOn() {
        List<String> waiting = waiting();
        if (waiting.isEmpty() || !content.isKnown() || !host.isPresent()) {
            return;
        }
        new Sharing(waiting, true, surroundings::shares, beingShared, host, thread, shared)
                .begin()
                .whenCompleteAsync((done, failed) -> waiting.forEach(item -> wentOn(item, failed)), thread);
    }

    private void wentOn(String item, Throwable failed) {
        if (!isWaiting(item)) {
            return;
        }
        Document document = document(item);
        if (failed == null) {
            // The vault does not hold it any more, or it is not to be shared after all.
            document.digest = Knowledge.NOTHING.digest();
            documents.save(document);
        } else {
            Throwable cause = failed instanceof CompletionException wrapped ? wrapped.getCause() : failed;
            LOG.warn("room {}: what waited cannot be shared: {}", room, cause.toString());
            if (cause instanceof SyncException) {
                document.problem = Optional.of(cause.getMessage());
            } else if (host.isPresent()) {
                document.problem = Optional.of("The application could not read it: " + cause.getMessage());
            }
        }
        surroundings.changed(item);
    }

    /**
     * Items lie in another way from now on: what lay as this device took it until now is laid so, too. Where it lies so
     * already, what nobody was sent is kept as a conflict; else what is there was made from it.
     *
     * @param before by id
     */
    void moved(Map<String, String> before) {
        before.forEach((item, json) -> {
            try {
                String mine = content.canonical(ItemJson.read(item, json));
                Optional<String> there = content.json(item);
                if (there.isEmpty()) {
                    surroundings.add(content.edit(item, Optional.empty(), mine), List.of(item));
                } else if (isTaken(item) && !wasSent(item) && !ItemJson.same(there.get(), mine)) {
                    conflicts.reportDifferences(
                            Conflicts.id(item + " lay otherwise"), item, there.get(), mine, "", surroundings.self());
                }
            } catch (InvalidContentException cannot) {
                LOG.error("room {}: an item stays where it lay: {}", room, cannot.getMessage());
            } catch (ReplicaException failed) {
                content.failed(failed);
                LOG.error("room {}: an item stays where it lay: {}", room, failed.getMessage());
            }
            surroundings.changed(item);
        });
    }

    /** Shares an item unless it is, or was, in the room. */
    void shareIfNew(Stored stored, Predicate<Item> choice) {
        if (!isKnown(stored.item().id()) && choice.test(stored.item())) {
            try {
                share(stored);
            } catch (SyncException cannot) {
                LOG.warn("room {}: {}", room, cannot.getMessage());
                surroundings.changed(stored.item().id());
            }
        }
    }

    /** This device takes no further part in the sync of these items. */
    CompletionStage<Void> stop(Collection<String> ids) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : ids) {
            // Also of one that did not come into the room: by its document this device knows of that in another run.
            boolean takesPart = (content.has(item) || isWaiting(item)) && !document(item).left;
            if (beingShared.stopped(item) || takesPart) {
                last = leave(document(item));
                surroundings.changed(item);
            }
        }
        return last;
    }

    private CompletionStage<Void> leave(Document document) {
        String item = document.item.orElseThrow();
        if (document.putting && document.clash.isEmpty()) {
            // What was merged until now is the vault's, too.
            content.json(item).ifPresent(json -> document.meanwhile.add(() -> showAsLeft(document, json)));
        }
        document.left = true;
        document.clash = Optional.empty();
        conflicts.forget(item);
        return documents.save(document);
    }

    /** The vault has answered about what was left meanwhile. What it does not hold by now is not brought back. */
    private void showAsLeft(Document document, String json) {
        if (document.putting) {
            document.meanwhile.add(() -> showAsLeft(document, json));
        } else if (document.left && document.host.isPresent()) {
            tellVault(document, json);
        }
    }

    /** Fails if any of these is shared in this room, where nobody can tell the others to stop. */
    CompletionStage<Void> stopForAll(Collection<String> ids) {
        return ids.stream()
                        .anyMatch(
                                item -> beingShared.has(item) || isWaiting(item) || content.has(item) && isTaken(item))
                ? CompletableFuture.failedStage(new SyncException(
                        "In an open room each device stops for itself. To take an item out of the room"
                                + " for everybody, delete it: it can be had back from the history."))
                : CompletableFuture.completedStage(null);
    }

    /** This device takes no further part in the sync of items of a type. */
    CompletionStage<Void> stopType(String type) {
        CompletionStage<Void> stopped = stop(
                content.ids().stream().filter(item -> typeOf(item).equals(type)).toList());
        List<String> waiting = waiting();
        return waiting.isEmpty() || !host.isPresent()
                ? stopped
                : host.ask(vault -> waiting.stream()
                                .filter(item -> vault.get(item)
                                        .filter(stored -> stored.item().type().equals(type))
                                        .isPresent())
                                .toList())
                        .thenComposeAsync(this::stop, thread);
    }

    Set<String> types() {
        Set<String> types = new TreeSet<>();
        content.ids().forEach(item -> types.add(typeOf(item)));
        types.remove("");
        return types;
    }

    // What others share

    List<Offer> offers() {
        List<Offer> offers = new ArrayList<>();
        for (String item : content.ids()) {
            offers.add(
                    new Offer(item, typeOf(item), nameOf(item), lastWriter(item).orElse(""), isTaken(item)));
        }
        offers.sort(Comparator.comparing(Offer::name, new NameOrder()).thenComparing(Offer::itemId));
        return offers;
    }

    CompletionStage<Void> take(Collection<String> ids) {
        CompletionStage<Void> last = CompletableFuture.completedFuture(null);
        for (String item : ids) {
            if (content.has(item) && !isTaken(item)) {
                Document document = document(item);
                document.left = false;
                last = documents.save(document);
                readAgain(document);
            }
            surroundings.changed(item);
        }
        return last;
    }

    /** Puts copies of items, and of what they refer to, into the vault. */
    CompletionStage<List<String>> copy(Collection<String> ids) {
        return Copies.of(ids, item -> content.json(item).map(json -> ItemJson.read(item, json)))
                .map(copies -> copies.into(host))
                .orElseGet(() -> failed("An item is not shared any more, or its content has not come yet."));
    }

    // Conflicts

    List<Conflict> conflicts(String item) {
        String present = content.json(item).orElse("{}");
        List<Conflict> open = new ArrayList<>(conflicts.open(item, present));
        known(item).flatMap(document -> document.clash).ifPresent(mine -> open.addFirst(clash(mine, present)));
        return open;
    }

    private Conflict clash(Stored mine, String present) {
        return new Conflict(
                CLASH + mine.item().id(),
                mine.item().id(),
                "",
                present,
                whole(content.withoutFiles(mine.item())),
                lastWriter(mine.item().id()).orElse(""),
                surroundings.self(),
                document(mine.item().id()).changed);
    }

    /** A person has looked at a conflict. */
    CompletionStage<Void> settle(Conflict conflict, Optional<String> value) {
        Optional<Document> found = known(conflict.itemId()).filter(document -> isSynced(conflict.itemId()));
        if (found.isEmpty()) {
            return failed("This item is not shared any more.");
        }
        Document document = found.get();
        try {
            if (conflict.id().startsWith(CLASH)) {
                return settleClash(document, value);
            }
            if (value.isPresent()) {
                String present = content.json(conflict.itemId()).orElse("{}");
                Optional<String> misplaced = Conflicts.misplaced(present, conflict);
                if (misplaced.isPresent()) {
                    return failed(misplaced.get());
                }
                put(document, present, Conflicts.with(present, conflict.field(), value.get()));
                String seen = Conflicts.with(present, conflict.field(), conflict.standing());
                if (!Conflicts.has(present, conflict.field(), conflict.standing())) {
                    conflicts.reportUnseen(
                            conflict.itemId(),
                            seen,
                            present,
                            content.json(conflict.itemId()).orElse("{}"),
                            surroundings.self());
                }
            }
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            content.failed(failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
        CompletionStage<Void> looked = conflicts.looked(conflict);
        surroundings.changed(conflict.itemId());
        return looked;
    }

    /** Two items met under one id: what the person chose stands in the room, and then in the vault. */
    private CompletionStage<Void> settleClash(Document document, Optional<String> value)
            throws ReplicaException, InvalidContentException {
        String item = document.item.orElseThrow();
        Stored mine = document.clash.orElse(null);
        if (mine == null) {
            return failed("Somebody has settled this already.");
        }
        String present = content.json(item).orElse("{}");
        document.clash = Optional.empty();
        document.host = Optional.of(mine.revision());
        documents.store(
                document, new RevisionRow(mine.revision().name(), content.canonical(mine.item()), Updates.empty()));
        CompletionStage<Void> stored = documents.save(document, history.row(document, Kind.EDITED, whole(mine.item())));
        put(document, present, value.orElse(present));
        show(document);
        surroundings.changed(item);
        return stored;
    }

    /** Takes a settlement back. */
    CompletionStage<Void> reopen(Conflict conflict, Optional<String> value) {
        if (conflict.id().startsWith(CLASH)) {
            return failed(
                    "This cannot be taken back in an open room. The version before is in the history of the item.");
        }
        Optional<Document> found = known(conflict.itemId()).filter(document -> isSynced(conflict.itemId()));
        if (found.isEmpty()) {
            return failed("This item is not shared any more.");
        }
        try {
            String present = content.json(conflict.itemId()).orElse("{}");
            if (value.isPresent() && Conflicts.has(present, conflict.field(), value.get())) {
                put(found.get(), present, Conflicts.with(present, conflict.field(), conflict.standing()));
            }
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            content.failed(failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
        CompletionStage<Void> open = conflicts.reopen(conflict);
        surroundings.changed(conflict.itemId());
        return open;
    }

    /** Edits what stands in the room now, and shows that. */
    private CompletionStage<Void> put(Document document, String present, String next)
            throws ReplicaException, InvalidContentException {
        String item = document.item.orElseThrow();
        byte[] update = content.edit(item, Optional.of(present), next);
        if (update.length == 0) {
            return CompletableFuture.completedStage(null);
        }
        document.author = Optional.of(surroundings.self());
        document.changed = clock.instant();
        CompletionStage<Void> stored = surroundings.add(
                update, List.of(item), documents.write(document), history.row(document, Kind.EDITED, present));
        show(document);
        surroundings.changed(item);
        return stored;
    }

    // History

    /** The versions of an item that is not stopped here, the newest first. */
    CompletionStage<List<Version>> versions(String item) {
        return isTaken(item) ? history.versions(document(item)) : CompletableFuture.completedStage(List.of());
    }

    /** The items that were deleted and are not back, each as its deletion with the item as it was before. */
    CompletionStage<List<Version>> deleted() {
        return history.deleted();
    }

    /** Gives an item what it was earlier, as an edit of its present state; one that is gone is shared again. */
    CompletionStage<Void> restore(Item item) {
        Optional<String> present = content.json(item.id());
        Optional<Document> known = known(item.id());
        if (present.isEmpty()) {
            return shareAgain(item);
        }
        if (known.filter(document -> !document.left).isEmpty()) {
            return failed(Sharing.STOPPED);
        }
        if (known.get().clash.isPresent()) {
            return failed("There are two items under one id. Choose one of them first: press the badge of the item.");
        }
        try {
            return put(known.get(), present.get(), content.canonical(item));
        } catch (InvalidContentException cannot) {
            return failed(cannot.getMessage());
        } catch (ReplicaException failed) {
            content.failed(failed);
            return failed("The item cannot be read at the moment. Try again.");
        }
    }

    private CompletionStage<Void> shareAgain(Item item) {
        return Sharing.restore(item, new Revision(machine.randomName(8)), beingShared, host, thread, shared);
    }

    private static <T> CompletionStage<T> failed(String sentence) {
        return CompletableFuture.failedStage(new SyncException(sentence));
    }
}
