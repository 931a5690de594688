// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/** An item as the JSON of its document, and back. */
final class ItemJson {
    private static final int DEEPEST = 144; // of what others wrote: 128 levels in an item
    private static final int LARGEST = 8 << 20;

    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(2 * LARGEST)
                            .maxNumberLength(2000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Of values that others follow. */
    private static final ObjectReader PART = JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Comparator<JsonNode> BY_VALUE = (one, other) -> one.isNumber() && other.isNumber()
            ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1;

    private ItemJson() {}

    /**
     * The document of an item.
     *
     * @throws InvalidContentException with a sentence for people, if the item's content cannot be synced
     */
    static String write(Item item) throws InvalidContentException {
        if (item.content().length() > LARGEST) {
            throw new InvalidContentException("It is too large to be synced: "
                    + item.content().length() + " characters, and at most " + LARGEST + " can be.");
        }
        JsonNode content;
        try {
            content = JSON.readTree(item.content());
        } catch (JsonProcessingException notJson) {
            throw new InvalidContentException(
                    notJson.getMessage().contains("nesting depth")
                            ? "The content is nested too deep to be shared: more than " + Replica.DEEPEST + " levels."
                            : "Its content is not valid JSON: " + notJson.getOriginalMessage());
        }
        if (!content.isObject()) {
            throw new InvalidContentException("Its content is not a JSON object, and only objects can be synced.");
        }
        return document(item, content.toString());
    }

    /** With the roots in the order in which a replica has them. */
    private static String document(Item item, String content) {
        ObjectNode attachments = JSON.createObjectNode();
        for (Attachment attachment : item.attachments()) {
            attachments
                    .putObject(attachment.key())
                    .put("mediaType", attachment.mediaType())
                    .put("name", attachment.name())
                    .put("sha256", attachment.sha256())
                    .put("size", attachment.size());
        }
        ObjectNode meta = JSON.createObjectNode().put("name", item.name()).put("type", item.type());
        ObjectNode references = JSON.createObjectNode();
        item.references().forEach(reference -> references.put(reference, true));
        return "{\"attachments\":" + attachments + ",\"content\":" + content + ",\"meta\":" + meta + ",\"refs\":"
                + references + "}";
    }

    /** Whether an item that was read from a document is all that it holds. Of some it is not said, of almost none. */
    static boolean isWhole(Item read, String json) {
        return document(read, read.content()).equals(json);
    }

    /** Whether a document can be written here: one of a newer version of sync says so, and {@code Replica.edit} refuses it. */
    static boolean hasKnownShape(String json) {
        return !json.contains("\"shape\"")
                || parse(json).path("meta").path("shape").asInt(1) == 1;
    }

    /** The item that a document holds. What a strange document lacks is empty. Its content is as the document has it. */
    static Item read(String id, String json) {
        String content = "{}";
        Map<String, JsonNode> others = new HashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            for (String root = parser.nextFieldName(); root != null; root = parser.nextFieldName()) {
                if (parser.nextToken() == JsonToken.START_OBJECT && root.equals("content")) {
                    int begin = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    content =
                            json.substring(begin, (int) parser.currentLocation().getCharOffset());
                } else {
                    others.put(root, PART.readTree(parser));
                }
            }
        } catch (IOException neverOfAReplica) {
            throw new IllegalStateException(neverOfAReplica);
        }
        JsonNode meta = others.getOrDefault("meta", MissingNode.getInstance());
        return new Item(
                id,
                meta.path("type").asText(),
                meta.path("name").asText(),
                content,
                attachments(others.getOrDefault("attachments", MissingNode.getInstance())),
                names(others.getOrDefault("refs", MissingNode.getInstance())));
    }

    private static List<Attachment> attachments(JsonNode of) {
        List<Attachment> attachments = new ArrayList<>();
        of.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            String hash = value.path("sha256").asText();
            if (hash.matches("[0-9a-f]{64}") && !entry.getKey().isEmpty()) {
                attachments.add(new Attachment(
                        entry.getKey(),
                        value.path("name").asText(),
                        hash,
                        Math.max(0, value.path("size").asLong()),
                        value.path("mediaType").asText()));
            }
        });
        return attachments;
    }

    private static List<String> names(JsonNode of) {
        List<String> names = new ArrayList<>();
        of.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** An item under a new id. Texts in it that are old ids, of itself or of an item that it refers to, become the new ones. */
    static Item copy(Item item, Map<String, String> newIds) {
        Map<String, String> replaced = new HashMap<>(newIds);
        replaced.keySet()
                .removeIf(id -> !id.equals(item.id()) && !item.references().contains(id));
        return new Item(
                newIds.get(item.id()),
                item.type(),
                item.name(),
                replaced(parse(item.content()), replaced).toString(),
                item.attachments(),
                item.references().stream()
                        .map(id -> replaced.getOrDefault(id, id))
                        .toList());
    }

    private static JsonNode replaced(JsonNode node, Map<String, String> texts) {
        if (node.isTextual() && texts.containsKey(node.asText())) {
            return JSON.getNodeFactory().textNode(texts.get(node.asText()));
        }
        if (node instanceof ObjectNode object) {
            object.properties().forEach(member -> member.setValue(replaced(member.getValue(), texts)));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, replaced(array.get(i), texts));
            }
        }
        return node;
    }

    /** Whether two documents say the same: the order of members does not count, and numbers count by value. */
    static boolean same(String one, String other) {
        return one.equals(other) || same(parse(one), parse(other));
    }

    static boolean same(JsonNode one, JsonNode other) {
        return one.equals(BY_VALUE, other);
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException neverOfAReplica) {
            throw new IllegalStateException(neverOfAReplica);
        }
    }

    /** What somebody says of itself, which anybody may have written: where it cannot be read, nothing. */
    static JsonNode said(String state) {
        try {
            return JSON.readTree(state);
        } catch (JsonProcessingException unreadable) {
            return MissingNode.getInstance();
        }
    }
}
