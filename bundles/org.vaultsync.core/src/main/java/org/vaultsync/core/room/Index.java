// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.vaultsync.Fingerprint;
import org.vaultsync.RoomId;
import org.vaultsync.SyncException;
import org.vaultsync.core.identity.DeviceKey;
import org.vaultsync.core.room.Documents.Integrated;
import org.vaultsync.core.store.Store.Write;
import org.vaultsync.core.wire.DocumentName;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.update.Knowledge;
import org.vaultsync.crdt.update.MalformedUpdateException;

/**
 * What the index of a room says, as it is read from its document and written into it: flat keys, each with a small
 * object.
 *
 * <ul>
 *   <li>{@code i/<item>/<document>}: the document is this item; type, creator
 *   <li>{@code x/<document>}: the document has ended; why, the device, and what that device knew of it
 *   <li>{@code c/<client>}: the client writes for this device; signature
 *   <li>{@code k/<conflict>}: a conflict that nobody has looked at yet
 *   <li>{@code l/<conflict>}: somebody has looked
 * </ul>
 *
 * <p>Belongs to the room's thread.
 */
final class Index {
    static final String ITEM = "i/";
    static final String END = "x/";
    static final String CLIENT = "c/";
    static final String CONFLICT = "k/";
    static final String LOOKED = "l/";

    /** Why a document ended whose item everybody keeps. */
    static final String UNSHARED = "unshared";

    /** A fingerprint, as others wrote it. */
    static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

    private static final int FEW = 64;

    /** How a document ended. */
    private record End(String why, Knowledge known) {}

    private final RoomId room;
    private final DeviceKey key;
    private final Documents documents;
    private final OwnEdits own;
    private final Consumer<Set<String>> changed;
    private final Consumer<String> claimed;
    private final Map<String, JsonNode> entries = new HashMap<>();
    private final Map<String, Set<String>> documentsOfItem = new HashMap<>();
    private final Map<String, End> ends = new HashMap<>(); // by document
    private final Set<String> conflicts = new TreeSet<>();
    private final Map<String, String> itemOfConflict = new HashMap<>(); // also of those that were removed
    private boolean opened;

    /**
     * @param changed is told which entries changed
     * @param claimed is told of each entry that came in this run and says for whom a client writes
     */
    Index(
            RoomId room,
            DeviceKey key,
            Documents documents,
            OwnEdits own,
            Consumer<Set<String>> changed,
            Consumer<String> claimed) {
        this.room = room;
        this.key = key;
        this.documents = documents;
        this.own = own;
        this.changed = changed;
        this.claimed = claimed;
    }

    /** Reads the index for the first time in this run; later calls do nothing. */
    void open() {
        if (!opened) {
            integrate();
        }
    }

    /** Takes in what came for the index, and tells which keys changed. */
    void integrate() {
        Set<String> keys = new HashSet<>();
        try {
            Integrated integrated = documents.integrate(documents.index());
            if (opened) {
                readMembers(integrated, keys);
            } else {
                readAll(integrated, keys);
            }
            opened = true;
        } catch (ReplicaException failed) {
            documents.failed(documents.index(), failed);
        }
        changed.accept(keys);
    }

    private void readAll(Integrated integrated, Set<String> keys) throws ReplicaException {
        ItemJson.parse(integrated.replica().json()).path("index").properties().forEach(entry -> {
            read(entry.getKey(), entry.getValue(), keys);
        });
    }

    /** What this device wrote last is not on disk, and never will be: the index says what it says there. */
    void readAgain() {
        Set<String> keys = new HashSet<>();
        try {
            JsonNode there = ItemJson.parse(
                            documents.integrate(documents.index()).replica().json())
                    .path("index");
            for (String key : List.copyOf(entries.keySet())) {
                if (!there.has(key)) {
                    put(key, null);
                    keys.add(key);
                }
            }
            there.properties().forEach(entry -> {
                if (!entry.getValue().equals(entries.get(entry.getKey()))) {
                    read(entry.getKey(), entry.getValue(), keys);
                }
            });
        } catch (ReplicaException failed) {
            documents.failed(documents.index(), failed);
        }
        changed.accept(keys);
    }

    private void readMembers(Integrated integrated, Set<String> keys) throws ReplicaException {
        // Each one read by itself is a call into JavaScript, and that of a fresh peer's index need not run at all; but
        // an index of many, read by JavaScript as a whole for the sake of some, would stop the room for seconds.
        JsonNode whole = integrated.members().size() > FEW + entries.size() / 4
                ? ItemJson.parse(integrated.replica().json()).path("index")
                : null;
        for (String pointer : integrated.members()) {
            String entry =
                    pointer.substring("/index/".length()).replace("~1", "/").replace("~0", "~");
            read(
                    entry,
                    whole != null
                            ? whole.get(entry)
                            : integrated
                                    .replica()
                                    .json(pointer)
                                    .map(ItemJson::parse)
                                    .orElse(null),
                    keys);
            if (entry.startsWith(CLIENT)) {
                claimed.accept(entry);
            }
        }
    }

    /**
     * Writes entries and has them sent; null removes one.
     *
     * @param also to be written in the same transaction
     * @return completes when they are on disk
     */
    CompletionStage<Void> write(Map<String, JsonNode> changes, Write... also) {
        open();
        Document document = documents.index();
        try {
            // What waits is read first, or the replica would move on without anybody having looked.
            if (document.waiting) {
                integrate();
            }
            byte[] update = edit(documents.integrate(document).replica(), changes);
            return update.length == 0 ? document.durable : own.add(document, update, also);
        } catch (ReplicaException failed) {
            documents.failed(document, failed);
            return CompletableFuture.failedStage(
                    new SyncException("The room's index cannot be written: " + failed.getMessage()));
        }
    }

    private byte[] edit(Replica replica, Map<String, JsonNode> changes) throws ReplicaException {
        ObjectNode base = ItemJson.JSON.createObjectNode();
        ObjectNode next = ItemJson.JSON.createObjectNode();
        changes.forEach((entry, value) -> {
            if (entries.containsKey(entry)) {
                base.set(entry, entries.get(entry));
            }
            if (value != null) {
                next.set(entry, value);
            }
        });
        try {
            byte[] update = replica.edit(
                    ItemJson.JSON.createObjectNode().set("index", base).toString(),
                    ItemJson.JSON.createObjectNode().set("index", next).toString());
            changes.forEach(this::put);
            return update;
        } catch (InvalidContentException neverOfOurs) {
            throw new IllegalStateException(neverOfOurs);
        }
    }

    /** Signs a client id over to this device, once. */
    void sign(long client) {
        if (!has(CLIENT + client)) {
            Map<String, JsonNode> entry = changes();
            entry.put(
                    CLIENT + client,
                    ItemJson.JSON
                            .createObjectNode()
                            .put("device", key.fingerprint().hex())
                            .put("signature", key.sign(clientStatement(room, client))));
            write(entry);
        }
    }

    /**
     * Says that a document has ended.
     *
     * @param known what whoever ends it has seen of it; what is written beyond that brings it back
     * @param also to be written in the same transaction
     */
    CompletionStage<Void> end(Document document, String why, Knowledge known, Write... also) {
        Map<String, JsonNode> entry = changes();
        entry.put(
                END + document.name.docId(),
                ItemJson.JSON
                        .createObjectNode()
                        .put("why", why)
                        .put("device", key.fingerprint().hex())
                        .put("known", Base64.getEncoder().encodeToString(known.encode())));
        return write(entry, also);
    }

    /** Whether a document was ended so that everybody keeps the item. */
    boolean isUnshared(Document document) {
        End end = ends.get(document.name.docId());
        return end != null && end.why().equals(UNSHARED);
    }

    /** The type that the item had when it was shared. */
    String typeOf(String item, Document document) {
        return get(itemKey(item, document.name.docId()))
                .map(entry -> entry.path("type").asText())
                .orElse("");
    }

    /** The device that says it shared the item. */
    Optional<Fingerprint> creatorOf(String item, Document document) {
        return get(itemKey(item, document.name.docId()))
                .map(entry -> entry.path("creator").asText())
                .filter(hex -> FINGERPRINT.matcher(hex).matches())
                .map(Fingerprint::new);
    }

    /** Whether a document has ended, and nobody has written into it without knowing that. */
    boolean hasEnded(Document document) {
        End end = ends.get(document.name.docId());
        return end != null
                && end.known().writes().covers(documents.knowledge(document).writes());
    }

    /** Takes an entry as somebody wrote it. One that no device of ours writes is passed over, as if it were not there. */
    private void read(String key, JsonNode value, Set<String> keys) {
        if (names(key)) {
            put(key, value != null && key.startsWith(CONFLICT) && !Conflicts.isReadable(value) ? null : value);
            keys.add(key);
        }
    }

    private static boolean names(String key) {
        if (key.startsWith(ITEM)) {
            return !itemOf(key).isEmpty() && DocumentName.isOfAnItem(documentOf(key));
        }
        return !key.startsWith(END) || DocumentName.isOfAnItem(key.substring(END.length()));
    }

    private void put(String key, JsonNode value) {
        if (value == null) {
            entries.remove(key);
        } else {
            entries.put(key, value);
        }
        if (key.startsWith(END)) {
            if (value == null) {
                ends.remove(key.substring(END.length()));
            } else {
                ends.put(key.substring(END.length()), end(value));
            }
        }
        if (key.startsWith(CONFLICT)) {
            if (value == null) {
                conflicts.remove(key);
            } else {
                conflicts.add(key);
                itemOfConflict.put(
                        key.substring(CONFLICT.length()), value.path("item").asText());
            }
        }
        if (key.startsWith(ITEM) && key.lastIndexOf('/') > ITEM.length()) {
            Set<String> documents = documentsOfItem.computeIfAbsent(itemOf(key), item -> new TreeSet<>());
            if (value != null) {
                documents.add(documentOf(key));
            } else if (documents.remove(documentOf(key)) && documents.isEmpty()) {
                documentsOfItem.remove(itemOf(key));
            }
        }
    }

    static String itemOf(String key) {
        return key.substring(ITEM.length(), Math.max(ITEM.length(), key.lastIndexOf('/')));
    }

    static String documentOf(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    static String itemKey(String item, String document) {
        return ITEM + item + "/" + document;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    Optional<JsonNode> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** The documents that are, or were, this item, the smallest id first. */
    Collection<String> documentsOf(String item) {
        return documentsOfItem.getOrDefault(item, Set.of());
    }

    Set<String> items() {
        return documentsOfItem.keySet();
    }

    private static End end(JsonNode entry) {
        Knowledge known;
        try {
            known = Knowledge.decode(
                    Base64.getDecoder().decode(entry.path("known").asText()));
        } catch (MalformedUpdateException | IllegalArgumentException malformed) {
            known = Knowledge.NOTHING;
        }
        return new End(entry.path("why").asText(), known);
    }

    /** What a device signs to say that a client writes for it. */
    private static byte[] clientStatement(RoomId room, long client) {
        return ("vaultsync client 1\0" + room.hex() + "\0" + client).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The device that a client writes for, if that device has signed so.
     *
     * @param keys of the members, by fingerprint
     */
    Optional<Fingerprint> deviceOf(long client, Map<Fingerprint, byte[]> keys) {
        return get(CLIENT + client)
                .flatMap(entry -> claimed(entry).filter(device -> isSigned(entry, client, keys.get(device))));
    }

    /**
     * The member that an entry of a client names without that having signed it.
     *
     * @param key of the entry
     * @param keys of the members, by fingerprint
     */
    Optional<Fingerprint> forgedFor(String key, Map<Fingerprint, byte[]> keys) {
        String client = key.substring(CLIENT.length());
        return get(key).flatMap(entry -> claimed(entry)
                .filter(keys::containsKey)
                .filter(device ->
                        !client.matches("[0-9]{1,18}") || !isSigned(entry, Long.parseLong(client), keys.get(device))));
    }

    private static Optional<Fingerprint> claimed(JsonNode entry) {
        return Optional.of(entry.path("device").asText())
                .filter(hex -> FINGERPRINT.matcher(hex).matches())
                .map(Fingerprint::new);
    }

    private boolean isSigned(JsonNode entry, long client, byte[] publicKey) {
        try {
            byte[] signature = entry.path("signature").binaryValue();
            return publicKey != null
                    && signature != null
                    && DeviceKey.verify(publicKey, clientStatement(room, client), signature);
        } catch (IOException malformed) {
            return false;
        }
    }

    /** The ids of the conflicts that nobody has looked at. */
    List<String> openConflicts() {
        return conflicts.stream()
                .map(key -> key.substring(CONFLICT.length()))
                .filter(id -> !entries.containsKey(LOOKED + id))
                .toList();
    }

    /** The item that a conflict is, or was, about. */
    Optional<String> itemOfConflict(String id) {
        return Optional.ofNullable(itemOfConflict.get(id));
    }

    static Map<String, JsonNode> changes() {
        return new LinkedHashMap<>();
    }
}
