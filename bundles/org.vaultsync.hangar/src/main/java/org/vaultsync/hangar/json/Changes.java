// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.json;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What differs between two objects, field by field. A field is whatever is not an object: a text, a number, a list as a
 * whole. An object that is new counts as its fields, so that two people may each add a member to it; one that is gone
 * counts as a whole.
 *
 * @param fields where, and the new value; a {@link MissingNode} where the field is gone
 */
public record Changes(Map<JsonPointer, JsonNode> fields) {
    public Changes {
        fields = new LinkedHashMap<>(fields);
    }

    public static Changes between(JsonNode before, JsonNode after) {
        Map<JsonPointer, JsonNode> found = new LinkedHashMap<>();
        compare(JsonPointer.empty(), before, after, found);
        return new Changes(found);
    }

    private static void compare(JsonPointer at, JsonNode before, JsonNode after, Map<JsonPointer, JsonNode> found) {
        boolean descend = after.isObject() && (before.isObject() || before.isMissingNode() && !after.isEmpty());
        if (!descend) {
            if (!Json.same(before, after)) {
                found.put(at, after.deepCopy());
            }
            return;
        }
        for (Map.Entry<String, JsonNode> member : after.properties()) {
            compare(at.appendProperty(member.getKey()), before.path(member.getKey()), member.getValue(), found);
        }
        for (Map.Entry<String, JsonNode> member : before.properties()) {
            if (!after.has(member.getKey())) {
                found.put(at.appendProperty(member.getKey()), MissingNode.getInstance());
            }
        }
    }

    /** Makes these changes in an object. A field whose place is taken by something that is no object replaces that. */
    public void applyTo(ObjectNode object) {
        fields.forEach((at, value) -> set(object, at, value));
    }

    /** Sets one field, with the objects around it where they are not there yet; a missing value removes it. */
    public static void set(ObjectNode object, JsonPointer at, JsonNode value) {
        ObjectNode place = object;
        JsonPointer rest = at;
        while (!rest.tail().matches()) {
            JsonNode next = place.get(rest.getMatchingProperty());
            if (!(next instanceof ObjectNode)) {
                if (value.isMissingNode()) {
                    return;
                }
                next = place.putObject(rest.getMatchingProperty());
            }
            place = (ObjectNode) next;
            rest = rest.tail();
        }
        if (value.isMissingNode()) {
            place.remove(rest.getMatchingProperty());
        } else {
            place.set(rest.getMatchingProperty(), value.deepCopy());
        }
    }

    /**
     * The fields of these changes that the others change too: the same field to another value, or one within the other.
     *
     * @param unfinished fields that count as changed here to no value yet
     */
    public Set<JsonPointer> against(Changes others, Collection<JsonPointer> unfinished) {
        Set<JsonPointer> around = new HashSet<>();
        for (JsonPointer theirs : others.fields.keySet()) {
            for (JsonPointer at = theirs.head(); at != null && !at.matches(); at = at.head()) {
                around.add(at);
            }
        }
        Set<JsonPointer> both = new LinkedHashSet<>();
        fields.forEach((at, value) -> {
            JsonNode theirs = others.fields.get(at);
            boolean agree = theirs != null && Json.same(theirs, value) && !unfinished.contains(at);
            if (!agree && others.touches(at, around)) {
                both.add(at);
            }
        });
        for (JsonPointer at : unfinished) {
            if (others.touches(at, around)) {
                both.add(at);
            }
        }
        return both;
    }

    private boolean touches(JsonPointer at, Set<JsonPointer> around) {
        if (around.contains(at)) {
            return true;
        }
        for (JsonPointer outer = at; outer != null && !outer.matches(); outer = outer.head()) {
            if (fields.containsKey(outer)) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }
}
