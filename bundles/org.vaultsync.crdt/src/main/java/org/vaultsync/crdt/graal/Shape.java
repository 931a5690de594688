// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.TextFields;

/**
 * How JSON is laid into a document, at one place of it and below: which texts merge letter by letter although they are
 * short. Follows from the item's type alone, and never changes what is there.
 */
final class Shape {
    /** Nothing is said of what is here. */
    static final Shape PLAIN = new Shape();

    /** A document says which version of the layout it has in {@code /meta/shape}; where it says nothing, this one. */
    private static final Json VERSION = Json.Number.of("1");

    private static final String ANY = "*";

    private final Map<String, Shape> steps = new HashMap<>();
    private boolean text;

    private Shape() {}

    /** Of a document that is to hold this. */
    static Shape of(DocumentKind kind, Json.JsonObject document, TextFields fields) {
        Shape shape = new Shape();
        switch (kind) {
            case ITEM -> shape.item(document, fields);
            case ITEMS -> {
                Shape items = shape.step(kind.roots().getFirst());
                if (document.get(kind.roots().getFirst()) instanceof Json.JsonObject all) {
                    all.members().forEach((id, item) -> {
                        if (item instanceof Json.JsonObject object) {
                            items.step(id).item(object, fields);
                        }
                    });
                }
            }
            case INDEX, VAULT_ITEMS -> {}
        }
        return shape;
    }

    private void item(Json.JsonObject item, TextFields fields) {
        if (item.get("meta") instanceof Json.JsonObject meta && meta.get("type") instanceof Json.Text(String type)) {
            for (String pointer : fields.of(type)) {
                Shape at = step("content");
                for (String step : Pointer.steps(pointer)) {
                    at = at.step(step);
                }
                at.text = true;
            }
        }
    }

    private Shape step(String name) {
        return steps.computeIfAbsent(name, any -> new Shape());
    }

    /** @throws InvalidContentException where a newer version of sync has laid the item out in a way that is not known here */
    static void checkKnown(DocumentKind kind, Json.JsonObject document) throws InvalidContentException {
        if (kind == DocumentKind.ITEM
                && document.get("meta") instanceof Json.JsonObject meta
                && meta.members().containsKey("shape")
                && !meta.get("shape").equals(VERSION)) {
            throw new InvalidContentException("A newer version of sync made this item. It can be read here, but not"
                    + " changed: what you change stays on this device until sync is updated.");
        }
    }

    /** Whether a text here merges letter by letter. */
    boolean isText() {
        return text;
    }

    Shape member(String name) {
        return steps.getOrDefault(name, steps.getOrDefault(ANY, PLAIN));
    }

    Shape element() {
        return steps.getOrDefault(ANY, PLAIN);
    }

    /** @param path names as they stand in the document, and places in arrays */
    Shape at(Collection<Object> path) {
        Shape at = this;
        for (Object step : path) {
            at = step instanceof String key ? at.memberOf(key) : at.element();
        }
        return at;
    }

    private Shape memberOf(String key) {
        for (Map.Entry<String, Shape> step : steps.entrySet()) {
            if (Keys.escape(step.getKey()).equals(key)) {
                return step.getValue();
            }
        }
        return element();
    }
}
