// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.room;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vaultsync.core.store.Tables.Piece;

/**
 * Documents of which all there is came as one update during this run, as those of a room that was just joined: they are
 * opened and shown without asking the store, which is busy writing them. The last of them, so far as they are small together.
 * Belongs to the room's thread.
 */
final class Fresh {
    private static final int MOST_BYTES = 4 << 20;

    private final Map<Document, Piece> only = new LinkedHashMap<>();
    private long bytes;

    void put(Document document, Piece piece) {
        forget(document);
        only.put(document, piece);
        bytes += piece.bytes().length;
        for (Iterator<Piece> eldest = only.values().iterator(); bytes > MOST_BYTES; ) {
            bytes -= eldest.next().bytes().length;
            eldest.remove();
        }
    }

    Optional<Piece> of(Document document) {
        return Optional.ofNullable(only.get(document));
    }

    /** A replica has it now. */
    void integrated(Document document) {
        only.computeIfPresent(document, (same, piece) -> new Piece(piece.bytes(), piece.author(), piece.time(), true));
    }

    /** There is more of it, or less. */
    void forget(Document document) {
        Piece piece = only.remove(document);
        if (piece != null) {
            bytes -= piece.bytes().length;
        }
    }
}
