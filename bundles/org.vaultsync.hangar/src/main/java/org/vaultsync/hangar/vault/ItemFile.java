// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * What is in the file of an item: the item and its revision in one, so that no crash can pair a content with the revision
 * of another.
 */
final class ItemFile {
    private static final int FORMAT = 1;

    private ItemFile() {}

    static byte[] bytes(Stored stored) throws JsonProblem {
        Item item = stored.item();
        ObjectNode file = Json.empty();
        file.put("hangar", FORMAT);
        file.put("revision", stored.revision().text());
        file.put("id", item.id());
        file.put("type", item.type());
        file.put("name", item.name());
        ArrayNode attachments = file.putArray("attachments");
        for (Attachment attachment : item.attachments()) {
            ObjectNode node = attachments.addObject();
            node.put("key", attachment.key());
            node.setAll(ItemDocument.node(attachment));
        }
        ArrayNode references = file.putArray("references");
        item.references().forEach(references::add);
        file.set("content", Json.object(item.content()));
        return wellFormed(Json.pretty(file) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static Stored read(byte[] bytes) throws JsonProblem, VaultException {
        JsonNode file = Json.tree(bytes);
        if (!file.path("hangar").isInt() || !file.path("content").isObject()) {
            throw new VaultException(Words.of("it is not an item of Hangar."));
        }
        if (file.path("hangar").intValue() > FORMAT) {
            throw new VaultException(Words.of("it was written by a newer version."));
        }
        try {
            List<Attachment> attachments = new ArrayList<>();
            for (JsonNode node : file.path("attachments")) {
                attachments.add(new Attachment(
                        text(node, "key"),
                        text(node, "name"),
                        text(node, "sha256"),
                        node.path("size").asLong(),
                        text(node, "mediaType")));
            }
            List<String> references = new ArrayList<>();
            file.path("references").forEach(id -> references.add(id.asText()));
            Item item = new Item(
                    text(file, "id"),
                    text(file, "type"),
                    text(file, "name"),
                    Json.line(file.get("content")),
                    attachments,
                    references);
            return new Stored(item, new Revision(text(file, "revision")));
        } catch (IllegalArgumentException badValue) {
            throw new VaultException(badValue.getMessage(), badValue);
        }
    }

    private static String text(JsonNode node, String member) {
        JsonNode value = node.path(member);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("\"" + member + "\" is missing or is no text.");
        }
        return value.textValue();
    }

    /** UTF-8 has no half of a surrogate pair, but a JSON text may hold one: it is written as an escape. */
    private static String wellFormed(String json) {
        StringBuilder escaped = null;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < json.length()
                    && Character.isLowSurrogate(json.charAt(i + 1));
            if (pair) {
                if (escaped != null) {
                    escaped.append(c).append(json.charAt(i + 1));
                }
                i++;
            } else if (Character.isSurrogate(c)) {
                if (escaped == null) {
                    escaped = new StringBuilder(json.length() + 16).append(json, 0, i);
                }
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? json : escaped.toString();
    }

    /** The members of a file that a card shows, read for the index. */
    static Card card(Stored stored) {
        Item item = stored.item();
        return new Card(item.id(), item.type(), item.name(), stored.revision(), Optional.empty());
    }
}
