// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import java.util.List;

/**
 * One item of a vault, as the host stores it and as sync hands it over.
 *
 * @param id what the host knows the item by; the same on every device
 * @param type the host's word for what it is, such as {@code unit}
 * @param name as people see it
 * @param content a JSON object, as text
 * @param attachments files that belong to it, in no particular order
 * @param references ids of other items that it refers to, such as the units of a force, in no particular order
 */
public record Item(
        String id, String type, String name, String content, List<Attachment> attachments, List<String> references) {
    public Item {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("an item needs an id");
        }
        attachments = List.copyOf(attachments);
        references = List.copyOf(references);
    }

    /** An item without attachments and references. */
    public Item(String id, String type, String name, String content) {
        this(id, type, name, content, List.of(), List.of());
    }
}
