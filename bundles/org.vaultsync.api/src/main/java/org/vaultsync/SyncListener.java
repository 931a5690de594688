// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Set;

/** Is told that something changed, and asks for what it wants to know. Called on threads of sync; returns at once. */
public interface SyncListener {
    /** The status of these items changed. */
    default void itemsChanged(Set<String> itemIds) {}

    /** Who else has these items open, or is in which of their fields, changed: see {@link Presence}. */
    default void presenceChanged(Set<String> itemIds) {}

    /** Rooms, their members or their links changed, what is taken of them, this device, who is nearby, or who waits to be let in. */
    default void roomsChanged() {}

    /** How far these files have come has changed: see {@link Transfers}. */
    default void filesChanged(Set<String> sha256s) {}
}
