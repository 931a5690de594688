// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Looks at every queue and map that core keeps, however deep, and names those that hold too much. */
final class Growth {
    /** Those that hold nothing once there is nothing to do. */
    private static final Set<String> EMPTY_AT_REST = Set.of(
            "Store.queue",
            "Document.tail",
            "Document.unapplied",
            "Document.revisions",
            "Document.meanwhile",
            "Counts.awaited",
            "Mapping.toIntegrate",
            "Mapping.queued",
            "Mapping.claims",
            "Partner.wanted",
            "Partner.asked",
            "Switchboard.strangers");

    private final Map<String, Integer> largest = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();

    private Growth() {}

    /** What holds more than it may, with its size; empty if nothing does. */
    static String of(List<?> roots, int bound) {
        Growth growth = new Growth();
        growth.toVisit.addAll(roots);
        while (!growth.toVisit.isEmpty()) {
            growth.visit(growth.toVisit.remove());
        }
        growth.largest
                .entrySet()
                .removeIf(entry -> entry.getValue() <= (EMPTY_AT_REST.contains(entry.getKey()) ? 0 : bound));
        return growth.largest.isEmpty() ? "" : growth.largest.toString();
    }

    private void visit(Object object) {
        if (!seen.add(object)) {
            return;
        }
        for (Class<?> type = object.getClass(); isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    try {
                        field.setAccessible(true);
                        follow(type.getSimpleName() + '.' + field.getName(), field.get(object));
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }
    }

    private void follow(String where, Object value) {
        switch (value) {
            case null -> {}
            case Optional<?> optional -> optional.ifPresent(inner -> follow(where, inner));
            case Map<?, ?> map -> {
                largest.merge(where, map.size(), Math::max);
                map.keySet().forEach(key -> follow(where, key));
                map.values().forEach(inner -> follow(where, inner));
            }
            case Collection<?> all -> {
                largest.merge(where, all.size(), Math::max);
                all.forEach(inner -> follow(where, inner));
            }
            case Object[] all -> List.of(all).forEach(inner -> follow(where, inner));
            default -> {
                if (isOurs(value.getClass())) {
                    toVisit.add(value);
                }
            }
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith("org.vaultsync.core.")
                && !type.getSimpleName().startsWith("Simulat")
                && !type.getName().contains("MemoryVault");
    }
}
