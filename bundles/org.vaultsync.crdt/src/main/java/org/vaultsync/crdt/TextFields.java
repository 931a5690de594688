// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.Set;

/** Says of each type of items which texts merge letter by letter from the beginning, however short they are. */
@FunctionalInterface
public interface TextFields {
    /** No type has any; texts that are long and of several lines when they are first written merge all the same. */
    TextFields NONE = type -> Set.of();

    /**
     * The texts of a type. Called on the engine's thread, with every edit.
     *
     * @return JSON Pointers into the content of an item, such as {@code /notes}; a step {@code *} is every element of an
     *     array, or every member
     */
    Set<String> of(String type);
}
