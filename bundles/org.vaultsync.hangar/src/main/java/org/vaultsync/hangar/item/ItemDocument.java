// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.item;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.vault.Attachment;
import org.vaultsync.vault.Item;

/** An item as one JSON object: {@code meta}, {@code content} and {@code attachments}. What it refers to follows from these. */
public final class ItemDocument {
    public static final JsonPointer NAME = JsonPointer.compile("/meta/name");
    public static final JsonPointer CONTENT = JsonPointer.compile("/content");
    public static final JsonPointer ATTACHMENTS = JsonPointer.compile("/attachments");

    private ItemDocument() {}

    /** @throws JsonProblem if the content is not a JSON object that Hangar takes */
    public static ObjectNode of(Item item) throws JsonProblem {
        ObjectNode document = Json.empty();
        document.putObject("meta").put("name", item.name());
        document.set("content", Json.object(item.content()));
        ObjectNode attachments = document.putObject("attachments");
        for (Attachment attachment : item.attachments()) {
            attachments.set(attachment.key(), node(attachment));
        }
        return document;
    }

    /** The item that a document shows. */
    public static Item item(String id, String type, ObjectNode document, List<String> formerReferences) {
        ObjectNode content = (ObjectNode) document.get("content");
        return new Item(
                id,
                type,
                document.at(NAME).asText(),
                Json.line(content),
                attachments(document),
                ItemType.of(type).references(content).orElse(formerReferences));
    }

    public static List<Attachment> attachments(ObjectNode document) {
        List<Attachment> attachments = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : document.path("attachments").properties()) {
            JsonNode value = member.getValue();
            attachments.add(new Attachment(
                    member.getKey(),
                    value.path("name").asText(),
                    value.path("sha256").asText(),
                    value.path("size").asLong(),
                    value.path("mediaType").asText()));
        }
        return attachments;
    }

    /** An attachment without its key. */
    public static ObjectNode node(Attachment attachment) {
        ObjectNode node = Json.empty();
        node.put("name", attachment.name());
        node.put("sha256", attachment.sha256());
        node.put("size", attachment.size());
        node.put("mediaType", attachment.mediaType());
        return node;
    }
}
