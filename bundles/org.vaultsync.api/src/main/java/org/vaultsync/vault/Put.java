// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

/** What became of an item that sync put into a vault. */
public sealed interface Put {
    /**
     * The vault holds it now.
     *
     * @param item as the vault holds it, which may differ from what was put where the host normalises what it stores;
     *     the difference is not taken for an edit
     */
    record Taken(Item item) implements Put {}

    /** The vault holds another revision than the one to be replaced, because somebody edited the item meanwhile. */
    record Newer() implements Put {}

    /**
     * The host cannot hold this item. Sync of it stops on this device until it changes, and the reason is shown.
     *
     * @param why a sentence for people
     */
    record Refused(String why) implements Put {}
}
