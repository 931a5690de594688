// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.vaultsync.Conflict;
import org.vaultsync.Fingerprint;
import org.vaultsync.crdt.Overwrite;

/** Values that were overwritten by somebody who did not know of them, kept in the index until a person has looked. Belongs to the room's thread. */
final class Conflicts {
    /** The member of an entry that names the two writes which did not know of each other. */
    private static final String BETWEEN = "between";

    /** The member of an entry that names the write which lost. */
    private static final String LOSER = "loser";

    /** Deeper than any content. */
    private static final int DEEPEST_FIELD = 256;

    private final Fingerprint self;
    private final Index index;
    private final Clock clock;
    private final Mapping.Surroundings surroundings;

    Conflicts(Fingerprint self, Index index, Clock clock, Mapping.Surroundings surroundings) {
        this.self = self;
        this.index = index;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    /** Whether an entry of the index names a field, as deep as one may be. */
    static boolean isReadable(JsonNode entry) {
        String field = entry.path("field").asText();
        return (field.isEmpty() || field.startsWith("/"))
                && field.chars().filter(each -> each == '/').count() <= DEEPEST_FIELD;
    }

    boolean hasOpen(String item) {
        return index.openConflicts().stream()
                .map(id -> index.get(Index.CONFLICT + id).orElseThrow())
                .anyMatch(conflict -> conflict.path("item").asText().equals(item));
    }

    /**
     * Those of an item that nobody has looked at.
     *
     * @param present the item as it is now: what stands may have been written over since
     */
    List<Conflict> open(String item, String present) {
        JsonNode document = ItemJson.parse(present);
        List<Conflict> conflicts = new ArrayList<>();
        for (String id : index.openConflicts()) {
            JsonNode entry = index.get(Index.CONFLICT + id).orElseThrow();
            if (entry.path("item").asText().equals(item)) {
                conflicts.add(new Conflict(
                        id,
                        item,
                        entry.path("field").asText(),
                        standing(
                                document,
                                entry.path("field").asText(),
                                entry.path("standing").asText()),
                        entry.path("lost").asText(),
                        entry.path("standingWriter").asText(),
                        entry.path("lostWriter").asText(),
                        Instant.ofEpochMilli(entry.path("found").asLong())));
            }
        }
        return conflicts;
    }

    /** What is there now; inside of a list, where places shift, what was there then. */
    static String standing(JsonNode document, String field, String then) {
        JsonPointer path = JsonPointer.compile(field);
        for (JsonPointer above = path; !above.matches(); ) {
            above = above.head();
            if (document.at(above).isArray()) {
                return then;
            }
        }
        JsonNode value = document.at(path);
        return value.isMissingNode() ? "" : value.toString();
    }

    /**
     * Why a value cannot be put where a conflict was found; nothing if it can. A path through a list names what has its
     * place there now, so that what stood there then must stand there still.
     */
    static Optional<String> misplaced(String present, Conflict conflict) {
        JsonPointer path = JsonPointer.compile(conflict.field());
        if (path.matches()) {
            return Optional.empty();
        }
        JsonNode document = ItemJson.parse(present);
        boolean stays = document.at(path.head()).isContainerNode();
        boolean inElement = false;
        for (JsonPointer above = path.head(); !above.matches(); ) {
            above = above.head();
            inElement |= document.at(above).isArray();
        }
        return stays && (!inElement || has(present, conflict.field(), conflict.standing()))
                ? Optional.empty()
                : Optional.of("What this value belongs to is gone, or has changed or moved in its list since. Copy the"
                        + " value, put it in by hand, and then keep the present one here.");
    }

    /** A value was chosen for a conflict, and what it replaces was not what the person saw: keep that as a conflict. */
    void reportUnseen(Document document, Conflict chosen, String value, String present) {
        String replaced = standing(ItemJson.parse(present), chosen.field(), chosen.standing());
        if (!replaced.isEmpty() && !replaced.equals(chosen.standing()) && !replaced.equals(value)) {
            Map<String, JsonNode> entries = Index.changes();
            entries.put(
                    Index.CONFLICT + id(chosen.id() + replaced),
                    conflictEntry(
                            chosen.itemId(),
                            chosen.field(),
                            value,
                            replaced,
                            value.equals(chosen.lost()) ? chosen.lostWriter() : surroundings.nameOf(self),
                            document.author
                                    .map(Fingerprint::new)
                                    .map(surroundings::nameOf)
                                    .orElse("")));
            index.write(entries);
        }
    }

    /**
     * Keeps what an edit wrote over without its author having seen it.
     *
     * @param base what its author had seen
     * @param before what stood before the edit
     * @param after what stands now
     */
    void reportUnseen(Document document, String base, String before, String after) {
        Map<String, JsonNode> entries = Index.changes();
        unseen("", ItemJson.parse(base), ItemJson.parse(before), ItemJson.parse(after), (path, values) -> {
            String standing = values[0].isMissingNode() ? "" : values[0].toString();
            String lost = values[1].toString();
            entries.put(
                    Index.CONFLICT + id(document.name.docId() + path + lost + standing),
                    conflictEntry(document.item.orElseThrow(), path, standing, lost, surroundings.nameOf(self), ""));
        });
        entries.keySet().removeIf(entry -> index.has(Index.LOOKED + entry.substring(Index.CONFLICT.length())));
        if (!entries.isEmpty()) {
            index.write(entries);
        }
    }

    /** Values that stood before an edit whose author had not seen them: what stands now and what did, by path. */
    static void unseen(
            String path, JsonNode base, JsonNode before, JsonNode after, BiConsumer<String, JsonNode[]> found) {
        if (before.equals(after) || before.equals(base) || before.isMissingNode()) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            before.fieldNames().forEachRemaining(name -> {
                String escaped = name.replace("~", "~0").replace("/", "~1");
                unseen(path + "/" + escaped, base.path(name), before.path(name), after.path(name), found);
            });
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < before.size(); i++) {
                JsonNode element = before.get(i);
                if (!contains(after, element) && !contains(base, element)) {
                    found.accept(path + "/" + i, new JsonNode[] {MissingNode.getInstance(), element});
                }
            }
        } else {
            found.accept(path, new JsonNode[] {after, before});
        }
    }

    private static boolean contains(JsonNode array, JsonNode element) {
        return StreamSupport.stream(array.spliterator(), false).anyMatch(element::equals);
    }

    /** An id that is the same for the same. */
    static String id(String of) {
        return HexFormat.of()
                .formatHex(Arrays.copyOf(
                        Fingerprint.of(of.getBytes(StandardCharsets.UTF_8)).bytes(), 16));
    }

    /** Writes down what an integration found: of two who did not know of each other, each write that lost by itself. */
    void report(Document document, List<Overwrite> overwrites) {
        if (document.item.isEmpty()) {
            return;
        }
        Map<String, JsonNode> entries = Index.changes();
        for (Overwrite overwrite : overwrites) {
            // A device writes under one client id in all documents of a run, so struct ids are the same in many of
            // them.
            String between = id(document.name.docId() + " " + overwrite.id());
            if (overwrite.losing().isPresent() && !overwrite.losing().equals(overwrite.winning())) {
                writtenOver(between, overwrite, overwrites, entries);
                // Whoever has written inside of it since without knowing that it lost has lost more than the others
                // know.
                entries.put(
                        Index.CONFLICT
                                + id(between + " " + overwrite.loser() + " "
                                        + overwrite.losing().get()),
                        conflictEntry(
                                        document.item.get(),
                                        overwrite.path(),
                                        overwrite.winning().orElse(""),
                                        overwrite.losing().get(),
                                        overwrite
                                                .winner()
                                                .map(write -> writer(write.client()))
                                                .orElse(""),
                                        writer(overwrite.loser().client()))
                                .put(BETWEEN, between)
                                .put(LOSER, overwrite.loser().toString()));
            }
        }
        entries.entrySet()
                .removeIf(entry -> index.has(Index.LOOKED + entry.getKey().substring(Index.CONFLICT.length()))
                        || index.get(entry.getKey())
                                .filter(known -> sameConflict(known, entry.getValue()))
                                .isPresent());
        if (!entries.isEmpty()) {
            index.write(entries);
            surroundings.changed(document.item.get());
        }
    }

    /**
     * Takes out what somebody lost who has gone on writing, knowing that value, and lost again. Had they not known of each
     * other, that would be told, too.
     */
    private void writtenOver(String between, Overwrite now, List<Overwrite> told, Map<String, JsonNode> entries) {
        Predicate<JsonNode> rests = before -> before != null
                && before.path(BETWEEN).asText().equals(between)
                && !before.path(LOSER).asText().equals(now.loser().toString())
                && told.stream()
                        .noneMatch(other -> !other.id().equals(now.id())
                                && other.loser()
                                        .toString()
                                        .equals(before.path(LOSER).asText()));
        entries.values().removeIf(rests);
        for (String id : index.openConflicts()) {
            if (rests.test(index.get(Index.CONFLICT + id).orElseThrow())) {
                entries.put(Index.CONFLICT + id, null);
            }
        }
    }

    private static boolean sameConflict(JsonNode one, JsonNode other) {
        return other != null
                && one.path("standing").equals(other.path("standing"))
                && one.path("lost").equals(other.path("lost"));
    }

    /** Writes down in what two documents of one item differed when they were united. */
    void reportDifferences(Document document, String item, String other, JsonNode standing, JsonNode lost) {
        Map<String, JsonNode> entries = Index.changes();
        differences("", standing, lost, (path, values) -> {
            // With the value: what came back after it was united is united again.
            String id = id(document.name.docId() + other + path + values[1]);
            entries.put(
                    Index.CONFLICT + id,
                    conflictEntry(
                            item,
                            path,
                            values[0].isMissingNode() ? "" : values[0].toString(),
                            values[1].isMissingNode() ? "" : values[1].toString(),
                            surroundings.nameOf(self),
                            document.author
                                    .map(Fingerprint::new)
                                    .map(surroundings::nameOf)
                                    .orElse("")));
        });
        if (!entries.isEmpty()) {
            index.write(entries);
        }
    }

    /** In what two differ: what the one has and what the other has, by path. */
    static void differences(String path, JsonNode one, JsonNode other, BiConsumer<String, JsonNode[]> found) {
        if (one.isObject() && other.isObject()) {
            Set<String> names = new TreeSet<>();
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

    private ObjectNode conflictEntry(
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
        return index.deviceOf(client, surroundings.keys())
                .map(surroundings::nameOf)
                .orElse("");
    }

    /** A person has looked. */
    CompletionStage<Void> looked(Conflict conflict) {
        Map<String, JsonNode> entries = Index.changes();
        entries.put(
                Index.LOOKED + conflict.id(), ItemJson.JSON.createObjectNode().put("device", self.hex()));
        if (index.has(Index.CONFLICT + conflict.id())) {
            entries.put(Index.CONFLICT + conflict.id(), null);
        }
        return index.write(entries);
    }

    /** What a person decided is taken back. */
    CompletionStage<Void> reopen(Conflict conflict) {
        Map<String, JsonNode> entries = Index.changes();
        entries.put(Index.LOOKED + conflict.id(), null);
        entries.put(
                Index.CONFLICT + conflict.id(),
                conflictEntry(
                        conflict.itemId(),
                        conflict.field(),
                        conflict.standing(),
                        conflict.lost(),
                        conflict.standingWriter(),
                        conflict.lostWriter()));
        return index.write(entries);
    }

    /** Whether a field of the document has a value; empty text for no such field. */
    static boolean has(String json, String pointer, String value) {
        JsonNode there = ItemJson.parse(json).at(JsonPointer.compile(pointer));
        return value.isEmpty()
                ? there.isMissingNode()
                : !there.isMissingNode() && ItemJson.same(there.toString(), value);
    }

    /**
     * The document with one field set to a value, or without the field where the value is empty text. An element of an
     * array is put back beside the others: only deleted ones are in conflict.
     */
    static String with(String json, String pointer, String value) {
        JsonNode root = ItemJson.parse(json);
        JsonPointer path = JsonPointer.compile(pointer);
        if (path.matches()) {
            return value.isEmpty() ? json : value;
        }
        JsonNode parent = root.at(path.head());
        JsonPointer last = path.last();
        if (parent instanceof ObjectNode object) {
            if (value.isEmpty()) {
                object.remove(last.getMatchingProperty());
            } else {
                object.set(last.getMatchingProperty(), ItemJson.parse(value));
            }
        } else if (parent instanceof ArrayNode array && last.mayMatchElement()) {
            if (value.isEmpty()) {
                array.remove(last.getMatchingIndex());
            } else {
                array.insert(Math.min(last.getMatchingIndex(), array.size()), ItemJson.parse(value));
            }
        }
        return root.toString();
    }
}
