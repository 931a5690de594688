// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.vaultsync.FieldChange;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.Version;
import org.vaultsync.core.machine.Machine;
import org.vaultsync.core.store.HistoryTable;
import org.vaultsync.core.store.HistoryTable.HistoryRow;
import org.vaultsync.core.store.HistoryTable.Kind;
import org.vaultsync.core.store.Store;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.store.Tables.Piece;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.MalformedUpdateException;
import org.vaultsync.crdt.update.Update;

/** Writes down what happens to the items of a room, and tells it. Belongs to the room's thread. */
public final class History {
    /** Reads a document, with all that has come for it. */
    @FunctionalInterface
    interface Contents {
        String json(Document document) throws ReplicaException;
    }

    private static final int MOST_DELETED = 500;
    private static final Write NOTHING = database -> {};

    private final RoomId room;
    private final Fingerprint self;
    private final Documents documents;
    private final Contents contents;
    private final Index index;
    private final Store store;
    private final Executor thread;
    private final Machine machine;
    private final Mapping.Surroundings surroundings;
    private final Map<Long, Fingerprint> devices = new HashMap<>(); // by client, those that have signed

    History(
            RoomId room,
            Fingerprint self,
            Documents documents,
            Contents contents,
            Index index,
            Store store,
            Executor thread,
            Machine machine,
            Mapping.Surroundings surroundings) {
        this.room = room;
        this.self = self;
        this.documents = documents;
        this.contents = contents;
        this.index = index;
        this.store = store;
        this.thread = thread;
        this.machine = machine;
        this.surroundings = surroundings;
    }

    // What happens. Each write belongs into the transaction of what it tells.

    /**
     * This device changed a document.
     *
     * @param before the document until then, as JSON; empty if there was nothing in it
     */
    Write changed(Document document, Kind kind, String before) {
        return row(
                document,
                kind,
                Optional.of(self.hex()),
                List.of(),
                false,
                machine.clock().instant(),
                before);
    }

    /** Others changed a document. What was there before this device came to the room is not told one by one. */
    Write integrated(Document document, String before, List<Piece> updates) {
        Piece last = updates.getLast();
        boolean merged = last.author().isEmpty();
        if (before.isEmpty() && merged) {
            return NOTHING;
        }
        Kind kind = before.isEmpty() ? Kind.BEGUN : Kind.EDITED;
        return row(document, kind, last.author(), clients(updates), merged, last.time(), before);
    }

    /** This device deletes an item for everybody. */
    Write deleted(Document document) {
        return ended(document, Optional.of(self.hex()));
    }

    /** Somebody has ended a document, and its item is gone from the vault. */
    Write ended(Document document) {
        Optional<JsonNode> end = index.get(Index.END + document.name.docId());
        String why = end.map(entry -> entry.path("why").asText()).orElse("");
        Optional<String> device = end.map(entry -> entry.path("device").asText())
                .filter(hex -> Index.FINGERPRINT.matcher(hex).matches());
        return why.startsWith("replaced") ? NOTHING : ended(document, device);
    }

    private Write ended(Document document, Optional<String> device) {
        try {
            return row(
                    document,
                    Kind.DELETED,
                    device,
                    List.of(),
                    false,
                    machine.clock().instant(),
                    contents.json(document));
        } catch (ReplicaException unreadable) {
            documents.failed(document, unreadable);
            return NOTHING;
        }
    }

    private Write row(
            Document document,
            Kind kind,
            Optional<String> author,
            List<Long> clients,
            boolean merged,
            Instant time,
            String before) {
        return document.item
                .map(item -> HistoryTable.add(
                        room,
                        item,
                        new HistoryRow(0, document.name.docId(), kind, time, author, clients, merged, before)))
                .orElse(NOTHING);
    }

    private static List<Long> clients(List<Piece> updates) {
        TreeSet<Long> clients = new TreeSet<>();
        for (Piece update : updates) {
            try {
                clients.addAll(Update.decode(update.bytes()).reach().clocks().keySet());
            } catch (MalformedUpdateException neverPastTheGate) {
                throw new IllegalStateException(neverPastTheGate);
            }
        }
        return List.copyOf(clients);
    }

    // What happened

    /** The versions of an item that is not stopped here, the newest first. */
    CompletionStage<List<Version>> versions(String item) {
        // The rows are those of what the documents say now: what is written meanwhile is for who asks then.
        Map<String, Present> present;
        try {
            present = presentOf(item);
        } catch (ReplicaException unreadable) {
            return cannotBeRead(unreadable);
        }
        return HistoryTable.untilNow(store, thread, room, item)
                .thenApply(rows -> chains(item, present, byDocument(rows)))
                .thenCompose(chains -> compared(item, chains))
                .exceptionallyCompose(History::cannotBeRead);
    }

    private static <T> CompletionStage<T> cannotBeRead(Throwable why) {
        return CompletableFuture.failedStage(
                new SyncException("The history of this item cannot be read at the moment.", why));
    }

    /** What the documents of an item say that this device takes part in, by id. */
    private Map<String, Present> presentOf(String item) throws ReplicaException {
        Map<String, Present> present = new TreeMap<>();
        for (Document document : List.copyOf(documents.all())) {
            if (document.item.equals(Optional.of(item)) && !document.left) {
                try {
                    String json = contents.json(document);
                    boolean empty =
                            documents.knowledge(document).writes().clocks().isEmpty();
                    present.put(document.name.docId(), new Present(json, !empty && !index.hasEnded(document)));
                } catch (ReplicaException unreadable) {
                    documents.failed(document, unreadable);
                    throw unreadable;
                }
            }
        }
        return present;
    }

    private List<Chain> chains(String item, Map<String, Present> present, Map<String, List<HistoryRow>> rows) {
        List<Chain> chains = new ArrayList<>();
        rows.forEach((id, ofIt) -> {
            if (present.containsKey(id)) {
                List<Told> told =
                        ofIt.stream().map(row -> new Told(row, writers(row))).toList();
                chains.add(
                        new Chain(id, told, creator(item, id), present.get(id).json()));
            }
        });
        present.forEach((id, said) -> {
            if (said.isShown() && !rows.containsKey(id)) {
                chains.add(new Chain(id, List.of(), creator(item, id), said.json()));
            }
        });
        // The newest version is the item as it is: of two documents the smaller stands for it.
        Optional<String> standing = present.keySet().stream()
                .filter(id -> present.get(id).isShown())
                .findFirst();
        chains.sort(Comparator.comparing(
                chain -> standing.filter(chain.document()::equals).isPresent()));
        return chains;
    }

    /** The items that were deleted and are not back, each as its deletion with the item as it was before. */
    CompletionStage<List<Version>> deleted() {
        return store.written()
                .thenApplyAsync(
                        written -> {
                            List<Version> deleted = new ArrayList<>();
                            for (String item :
                                    store.read(database -> HistoryTable.deleted(database, room, MOST_DELETED))) {
                                boolean back = index.documentsOf(item).stream()
                                        .anyMatch(id -> !index.hasEnded(documents.get(id)));
                                if (!back) {
                                    HistoryRow last = store.read(database -> HistoryTable.of(database, room, item))
                                            .getLast();
                                    deleted.add(deletion(item, last));
                                }
                            }
                            return deleted;
                        },
                        thread);
    }

    private Version deletion(String item, HistoryRow row) {
        return new Version(
                String.valueOf(row.number()),
                room,
                item,
                Version.Kind.DELETED,
                writers(row),
                Optional.of(row.time()),
                row.merged(),
                List.of(),
                Optional.of(ItemJson.read(item, row.before())));
    }

    /**
     * What a document says at one moment.
     *
     * @param isShown whether there is something in it, and it has not ended
     */
    private record Present(String json, boolean isShown) {}

    /**
     * A row with the names of its writers.
     *
     * @param row of which only what is told is looked at
     */
    private record Told(HistoryRow row, List<String> writers) {}

    /**
     * What happened to one document.
     *
     * @param creator of the document, as the index has it
     * @param present the document as JSON
     */
    private record Chain(String document, List<Told> rows, Optional<String> creator, String present) {}

    private static Map<String, List<HistoryRow>> byDocument(List<HistoryRow> rows) {
        Map<String, List<HistoryRow>> sorted = new LinkedHashMap<>();
        rows.forEach(row ->
                sorted.computeIfAbsent(row.document(), id -> new ArrayList<>()).add(row));
        return sorted;
    }

    private Optional<String> creator(String item, String document) {
        return index.get(Index.itemKey(item, document))
                .map(entry -> entry.path("creator").asText())
                .filter(hex -> Index.FINGERPRINT.matcher(hex).matches())
                .map(this::name);
    }

    /**
     * Whoever signed for the clients that wrote; nobody where one of these is not signed for, whatever the update says. Of
     * deletions only what the update says is known.
     */
    private List<String> writers(HistoryRow row) {
        if (row.clients().isEmpty()) {
            return row.author().map(this::name).stream().toList();
        }
        List<Optional<Fingerprint>> signed =
                row.clients().stream().map(this::deviceOf).toList();
        return signed.contains(Optional.<Fingerprint>empty())
                ? List.of()
                : signed.stream()
                        .flatMap(Optional::stream)
                        .distinct()
                        .map(device -> name(device.hex()))
                        .toList();
    }

    private Optional<Fingerprint> deviceOf(long client) {
        Optional<Fingerprint> known = Optional.ofNullable(devices.get(client));
        if (known.isEmpty()) {
            known = index.deviceOf(client, surroundings.keys());
            known.ifPresent(device -> devices.put(client, device));
        }
        return known;
    }

    private String name(String fingerprint) {
        Fingerprint device = new Fingerprint(fingerprint);
        String name = surroundings.nameOf(device);
        return name.isEmpty() ? device.brief() : name;
    }

    /** Comparing takes a while, and nothing of the room: it is done elsewhere. */
    private CompletionStage<List<Version>> compared(String item, List<Chain> chains) {
        return CompletableFuture.supplyAsync(
                () -> versions(item, chains), task -> machine.run("vaultsync history", Duration.ZERO, task));
    }

    private List<Version> versions(String item, List<Chain> chains) {
        List<Version> versions = new ArrayList<>();
        for (Chain chain : chains) {
            List<Told> rows = chain.rows();
            String first =
                    rows.isEmpty() ? chain.present() : rows.getFirst().row().before();
            if (!first.isEmpty()) {
                versions.add(earlier(item, chain, first));
            }
            for (int i = 0; i < rows.size(); i++) {
                HistoryRow row = rows.get(i).row();
                boolean last = i + 1 == rows.size();
                boolean gone = isEnd(row);
                String after = gone
                        ? ""
                        : last ? chain.present() : rows.get(i + 1).row().before();
                boolean back = i > 0 && isEnd(rows.get(i - 1).row());
                versions.add(new Version(
                        String.valueOf(row.number()),
                        room,
                        item,
                        kind(row, back),
                        rows.get(i).writers(),
                        Optional.of(row.time()),
                        row.merged(),
                        changes(row, after),
                        after.isEmpty() ? Optional.empty() : Optional.of(ItemJson.read(item, after))));
            }
        }
        return versions.reversed();
    }

    /** What differs between two versions. Thread-safe. */
    public static List<FieldChange> compare(Version before, Version after) {
        return Differences.between(json(before), json(after));
    }

    private static String json(Version version) {
        try {
            return version.item().isPresent() ? ItemJson.write(version.item().get()) : "";
        } catch (InvalidContentException notOfOurs) {
            throw new IllegalArgumentException("not a version of an item", notOfOurs);
        }
    }

    private Version earlier(String item, Chain chain, String json) {
        return new Version(
                chain.document(),
                room,
                item,
                Version.Kind.EARLIER,
                chain.rows().isEmpty() ? chain.creator().stream().toList() : List.of(),
                Optional.empty(),
                true,
                List.of(),
                Optional.of(ItemJson.read(item, json)));
    }

    private static boolean isEnd(HistoryRow row) {
        return row.kind() == Kind.DELETED;
    }

    private static Version.Kind kind(HistoryRow row, boolean cameBack) {
        return switch (row.kind()) {
            case BEGUN -> Version.Kind.SHARED;
            case EDITED -> cameBack ? Version.Kind.CAME_BACK : Version.Kind.EDITED;
            case RESTORED -> Version.Kind.RESTORED;
            case DELETED -> Version.Kind.DELETED;
        };
    }

    private static List<FieldChange> changes(HistoryRow row, String after) {
        return row.before().isEmpty() || after.isEmpty() ? List.of() : Differences.between(row.before(), after);
    }
}
