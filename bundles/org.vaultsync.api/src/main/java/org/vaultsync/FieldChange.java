// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

/**
 * One place of an item that differs between two of its states.
 *
 * @param field where it is, as a JSON pointer from the item, as in {@link Conflict#field()}: {@code /content/tonnage},
 *     {@code /meta/name}. An element of a list is named by its position after the change, one that is gone by its
 *     position before it
 * @param before the value as JSON; empty text if there was none
 * @param after the value as JSON; empty text if there is none
 */
public record FieldChange(String field, String before, String after) {}
