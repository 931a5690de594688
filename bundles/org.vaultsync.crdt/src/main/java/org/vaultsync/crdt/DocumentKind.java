// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.crdt.update.Update;

/** Which roots a document has, and how JSON is laid into them. Fixed for a document's life. */
public enum DocumentKind {
    /**
     * One item of a private room. Objects and arrays merge member by member, long texts of several lines letter by
     * letter.
     */
    ITEM(true, "attachments", "content", "meta", "refs"),
    /** The index of a private room: flat keys, each with one plain JSON value that is written as a whole. */
    INDEX(false, "index"),
    /** An open room: each member of the root is one item, laid out as the content of {@link #ITEM}. */
    ITEMS(true, "items"),
    /** An open room shared with the MekStation web app: each member of the root is one item as one plain value. */
    VAULT_ITEMS(false, "vault-items");

    private final boolean nested;
    private final List<String> roots;

    DocumentKind(boolean nested, String... roots) {
        this.nested = nested;
        this.roots = List.of(roots);
    }

    /**
     * Tells of an open room which profile it has, by what is in its document. Where both are, it is that of the web app,
     * which can read no other.
     *
     * @return empty while nobody has put an item there
     */
    public static Optional<DocumentKind> ofRoom(Update document) {
        return ofRoom(document.roots());
    }

    /** The same by the names of the roots that are there. */
    public static Optional<DocumentKind> ofRoom(Set<String> named) {
        return List.of(VAULT_ITEMS, ITEMS).stream()
                .filter(kind -> named.containsAll(kind.roots()))
                .findFirst();
    }

    /** Whether values inside the roots merge member by member; otherwise a root's members are written whole. */
    public boolean nested() {
        return nested;
    }

    /** The names of the roots, ascending. Each is an object in the JSON of the document, also while it is empty. */
    public List<String> roots() {
        return roots;
    }
}
