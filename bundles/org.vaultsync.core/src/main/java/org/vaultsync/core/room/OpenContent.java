// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.vaultsync.Fingerprint;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.RoomItems;
import org.vaultsync.crdt.RoomItems.RoomItem;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Stored;

/**
 * What lies in the document of an open room, as items in the form of {@link ItemJson} without their files, whichever
 * profile the room has. Belongs to the room's thread.
 */
final class OpenContent {
    private static final Logger LOG = LoggerFactory.getLogger(OpenContent.class);
    private static final String NO_ITEM = "00000000000000000000000000000000";

    private final Documents documents;
    private final Document room;
    private final Clock clock;
    private Optional<DocumentKind> profile;
    private final Set<String> ids = new TreeSet<>();
    private final Map<String, String> read = new HashMap<>(); // what is there, by id, so far as it was asked for

    /** Where in which item something is; an empty field is the whole item. */
    record Place(String item, String field) {}

    OpenContent(Documents documents, Clock clock, Optional<DocumentKind> profile) {
        this.documents = documents;
        this.room = roomIn(documents);
        this.clock = clock;
        this.profile = profile;
    }

    /** The document that is the room. */
    static Document roomIn(Documents documents) {
        return documents.get(NO_ITEM);
    }

    /** Under which name is stored what this device knows of an item besides its content. */
    static String documentOf(String item) {
        return Fingerprint.of(item.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }

    Optional<DocumentKind> profile() {
        return profile;
    }

    /** Whether it is known how items lie in the room, so that they can be read and written. */
    boolean isKnown() {
        return profile.isPresent();
    }

    void become(DocumentKind kind) {
        profile = Optional.of(kind);
    }

    /** Items lie otherwise than was taken: those that lie like this are there, and no others. If it fails, all is as before. */
    void becomeInstead(DocumentKind kind) throws ReplicaException {
        Optional<DocumentKind> profileBefore = profile;
        Set<String> before = Set.copyOf(ids);
        documents.close(room);
        profile = Optional.of(kind);
        ids.clear();
        read.clear();
        try {
            integrate();
        } catch (ReplicaException failed) {
            failed(failed);
            profile = profileBefore;
            ids.clear();
            ids.addAll(before);
            throw failed;
        }
    }

    private String root() {
        return profile.orElseThrow().roots().getFirst();
    }

    private boolean isWhole() {
        return profile.filter(DocumentKind.VAULT_ITEMS::equals).isPresent();
    }

    /** Integrates what has come, and says which items it changed, added or removed. */
    Set<String> integrate() throws ReplicaException {
        boolean first = room.replica.isEmpty();
        Documents.Integrated done = documents.integrate(room);
        Set<String> changed = new HashSet<>();
        for (String member : done.members()) {
            locate(member).ifPresent(place -> changed.add(place.item()));
        }
        read.keySet().removeAll(changed);
        if (first) {
            // At once: each by itself would be a call of JavaScript.
            Set<String> before = Set.copyOf(ids);
            ids.clear();
            read.clear();
            ItemJson.parse(done.replica().json()).path(root()).properties().forEach(entry -> {
                if (isItem(entry.getKey(), entry.getValue())) {
                    ids.add(entry.getKey());
                    read.put(entry.getKey(), canonical(entry.getKey(), entry.getValue()));
                }
            });
            before.stream().filter(item -> !ids.contains(item)).forEach(changed::add);
        } else {
            for (String item : changed) {
                Optional<String> value = done.replica().json(pointer(item));
                if (value.isPresent() && isItem(item, ItemJson.parse(value.get()))) {
                    ids.add(item);
                } else {
                    ids.remove(item);
                }
            }
        }
        return changed;
    }

    /** Others may put there what is no item; it stays there. */
    private boolean isItem(String id, JsonNode value) {
        return !id.isEmpty() && value.path(isWhole() ? "data" : "content").isObject();
    }

    /** What was read of items may be there no more. */
    void changedAsAWhole() {
        read.clear();
    }

    /** A replica that failed is opened anew with the next use. */
    void failed(ReplicaException why) {
        documents.failed(room, why);
        read.clear();
    }

    private Replica replica() throws ReplicaException {
        if (room.replica.isEmpty()) {
            integrate();
        }
        return room.replica.orElseThrow();
    }

    Set<String> ids() {
        return Set.copyOf(ids);
    }

    boolean has(String item) {
        return ids.contains(item);
    }

    /** An item that is there. */
    Optional<String> json(String item) {
        if (!ids.contains(item)) {
            return Optional.empty();
        }
        String known = read.get(item);
        if (known == null) {
            try {
                known = canonical(item, replica().json(pointer(item)).orElse("{}"));
            } catch (ReplicaException failed) {
                LOG.warn("an item of an open room cannot be read: {}", failed.getMessage());
                failed(failed);
                return Optional.empty();
            }
            read.put(item, known);
        }
        return Optional.of(known);
    }

    /** What stands in the room, as an item. */
    String canonical(String item, String inRoom) {
        return canonical(item, ItemJson.parse(inRoom));
    }

    private String canonical(String item, JsonNode value) {
        ObjectNode document = ItemJson.JSON.createObjectNode();
        JsonNode content = value.path(isWhole() ? "data" : "content");
        document.set("content", content.isObject() ? content : ItemJson.JSON.createObjectNode());
        JsonNode meta = isWhole() ? value : value.path("meta");
        document.putObject("meta")
                .put("name", meta.path("name").asText(""))
                .put("type", meta.path("type").asText(""));
        if (!isWhole() && value.path("refs").isObject()) {
            document.set("refs", value.path("refs"));
        }
        try {
            return ItemJson.write(ItemJson.read(item, document.toString()));
        } catch (InvalidContentException tooLarge) {
            LOG.warn("an item of an open room cannot be read whole: {}", tooLarge.getMessage());
            return document.toString();
        }
    }

    /** What the vault holds, as it would stand in the room. */
    String canonical(Item item) throws InvalidContentException {
        return ItemJson.write(withoutFiles(item));
    }

    Item withoutFiles(Item item) {
        return new Item(
                item.id(),
                item.type(),
                item.name(),
                item.content(),
                List.of(),
                isWhole() ? List.of() : item.references());
    }

    /** What came from the room, with what never goes there and the vault has. */
    Item withOwnFiles(Item item, Optional<Stored> held) {
        return new Item(
                item.id(),
                item.type(),
                item.name(),
                item.content(),
                held.map(stored -> stored.item().attachments()).orElse(List.of()),
                isWhole() ? held.map(stored -> stored.item().references()).orElse(List.of()) : item.references());
    }

    /**
     * Writes what a person changed of an item, and only that. An item that is not there any more comes back whole.
     *
     * @param base what the editor started from; empty for a new item
     * @return the update; empty when nothing changed
     */
    byte[] edit(String item, Optional<String> base, String next) throws ReplicaException, InvalidContentException {
        Replica replica = replica();
        Optional<String> present = json(item);
        byte[] update;
        if (isWhole()) {
            String merged = present.isPresent() && base.isPresent()
                    ? merged(ItemJson.parse(base.get()), ItemJson.parse(present.get()), ItemJson.parse(next))
                            .toString()
                    : next;
            update = new RoomItems(replica)
                    .put(present.map(json -> roomItem(item, json)), roomItem(item, merged), clock.instant());
        } else {
            String none = ItemJson.JSON
                    .createObjectNode()
                    .set(root(), ItemJson.JSON.createObjectNode())
                    .toString();
            update = replica.edit(
                    present.isPresent() && base.isPresent() ? wrapped(item, base.get()) : none, wrapped(item, next));
        }
        if (update.length > 0) {
            read.remove(item);
            ids.add(item);
        }
        return update;
    }

    byte[] remove(String item) throws ReplicaException {
        byte[] update = new RoomItems(replica()).remove(item);
        read.remove(item);
        ids.remove(item);
        return update;
    }

    /** What a person changed, put into what stands now: where both changed one value, the person's counts. */
    private static JsonNode merged(JsonNode base, JsonNode present, JsonNode next) {
        if (ItemJson.same(base, next)) {
            return present;
        }
        if (!base.isObject() || !present.isObject() || !next.isObject()) {
            return next;
        }
        ObjectNode merged = ItemJson.JSON.createObjectNode();
        Set<String> names = new TreeSet<>();
        List.of(base, present, next).forEach(each -> each.fieldNames().forEachRemaining(names::add));
        for (String name : names) {
            JsonNode value = merged(base.path(name), present.path(name), next.path(name));
            if (!value.isMissingNode()) {
                merged.set(name, value);
            }
        }
        return merged;
    }

    private static RoomItem roomItem(String id, String json) {
        Item item = ItemJson.read(id, json);
        return new RoomItem(id, item.type(), item.name(), item.content());
    }

    private String wrapped(String item, String json) {
        ObjectNode value = (ObjectNode) ItemJson.parse(json);
        value.remove("attachments");
        if (value.path("refs").isEmpty()) {
            value.remove("refs");
        }
        ObjectNode document = ItemJson.JSON.createObjectNode();
        document.putObject(root()).set(item, value);
        return document.toString();
    }

    private String pointer(String item) {
        return "/" + root() + "/" + item.replace("~", "~0").replace("/", "~1");
    }

    /** Where in an item a place of the document is. */
    Optional<Place> locate(String pointer) {
        List<String> steps = new ArrayList<>(List.of(pointer.split("/", -1)));
        if (steps.size() < 3 || !steps.get(1).equals(root())) {
            return Optional.empty();
        }
        String item = steps.get(2).replace("~1", "/").replace("~0", "~");
        String field = steps.size() == 3 ? "" : "/" + String.join("/", steps.subList(3, steps.size()));
        return Optional.of(new Place(item, field));
    }
}
