// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.wire;

import java.util.regex.Pattern;
import org.vaultsync.RoomId;

/**
 * Names a document on the wire: {@code <room id>/<document id>}.
 *
 * @param docId 32 lower-case hexadecimal digits, or {@link #INDEX}
 */
public record DocumentName(RoomId room, String docId) {
    /** The document of a room that says which document is which item. */
    public static final String INDEX = "index";

    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{32}");

    public DocumentName {
        if (!docId.equals(INDEX) && !isOfAnItem(docId)) {
            throw new IllegalArgumentException("not a document id");
        }
    }

    /** Whether it is the id of a document of an item, as somebody wrote it. */
    public static boolean isOfAnItem(String docId) {
        return DIGITS.matcher(docId).matches();
    }

    static DocumentName parse(String text) throws ProtocolException {
        int slash = text.indexOf('/');
        try {
            return new DocumentName(new RoomId(text.substring(0, Math.max(slash, 0))), text.substring(slash + 1));
        } catch (IllegalArgumentException malformed) {
            throw new ProtocolException("a malformed document name", malformed);
        }
    }

    @Override
    public String toString() {
        return room.hex() + "/" + docId;
    }
}
