// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.vaultsync.FieldChange;

/** What differs between two documents, by field, for people to read. */
final class Differences {
    private final List<FieldChange> found = new ArrayList<>();

    private Differences() {}

    /** Of documents as JSON; empty text is a document with nothing in it. */
    static List<FieldChange> between(String before, String after) {
        Differences differences = new Differences();
        differences.compare("", parse(before), parse(after));
        return differences.found;
    }

    private static JsonNode parse(String json) {
        return json.isEmpty() ? ItemJson.JSON.createObjectNode() : ItemJson.parse(json);
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.isObject() && after.isObject()) {
            Set<String> names = new TreeSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                compare(path + "/" + name.replace("~", "~0").replace("/", "~1"), before.path(name), after.path(name));
            }
        } else if (before.isArray() && after.isArray()) {
            compareLists(path, before, after);
        } else if (before.isObject() && after.isMissingNode() && path.indexOf('/', 1) < 0) {
            compare(path, before, ItemJson.JSON.createObjectNode()); // a root that the other lacks is an empty one
        } else if (after.isObject() && before.isMissingNode() && path.indexOf('/', 1) < 0) {
            compare(path, ItemJson.JSON.createObjectNode(), after);
        } else if (!ItemJson.same(before, after)) {
            found.add(new FieldChange(path, text(before), text(after)));
        }
    }

    /** Lists of one length are compared by position; of others, what is equal at both ends is left out. */
    private void compareLists(String path, JsonNode before, JsonNode after) {
        int first = 0;
        int shorter = Math.min(before.size(), after.size());
        if (before.size() == after.size()) {
            for (int i = 0; i < shorter; i++) {
                compare(path + "/" + i, before.get(i), after.get(i));
            }
            return;
        }
        while (first < shorter && ItemJson.same(before.get(first), after.get(first))) {
            first++;
        }
        int last = 0;
        while (last < shorter - first
                && ItemJson.same(before.get(before.size() - 1 - last), after.get(after.size() - 1 - last))) {
            last++;
        }
        boolean onlyAdded = first + last == before.size();
        boolean onlyRemoved = first + last == after.size();
        if (onlyAdded || onlyRemoved) {
            for (int i = first; i < before.size() - last; i++) {
                compare(path + "/" + i, before.get(i), MissingNode.getInstance());
            }
            for (int i = first; i < after.size() - last; i++) {
                compare(path + "/" + i, MissingNode.getInstance(), after.get(i));
            }
        } else {
            found.add(new FieldChange(path, text(before), text(after)));
        }
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "" : node.toString();
    }
}
