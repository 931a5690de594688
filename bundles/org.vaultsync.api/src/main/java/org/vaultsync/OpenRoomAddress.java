// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.Arrays;
import java.util.List;

/**
 * Where an open room is found: its code, and the signaling servers where those who are in it look for each other. A code
 * alone finds a room where both sides know the same server.
 *
 * @param signaling addresses of signaling servers; none for those that each side knows by itself
 */
public record OpenRoomAddress(RoomCode code, List<String> signaling) {
    private static final String LINK = "vaultsync:";
    private static final int MOST_SERVERS = 16;

    public OpenRoomAddress {
        signaling = List.copyOf(signaling);
        if (signaling.size() > MOST_SERVERS) {
            throw new IllegalArgumentException("An open room has at most " + MOST_SERVERS + " signaling servers.");
        }
        signaling.forEach(Meeting::checked);
    }

    /** For people: {@code ABC-DEF @ wss://example.org:4444}. */
    public String text() {
        return signaling.isEmpty() ? code.toString() : code + " @ " + String.join(" ", signaling);
    }

    /** For a link and a QR code: {@code vaultsync:ABC-DEF@wss://example.org:4444}. */
    public String link() {
        return LINK + code + "@" + String.join(",", signaling);
    }

    /** The part of what a person typed or pasted that should be a code. */
    public static String codeIn(String typed) {
        String text = typed.strip();
        if (text.regionMatches(true, 0, LINK, 0, LINK.length())) {
            text = text.substring(LINK.length());
        }
        int at = text.indexOf('@');
        return at < 0 ? text : text.substring(0, at);
    }

    /** The part of what a person typed or pasted that should be addresses of servers. */
    public static List<String> serversIn(String typed) {
        int at = typed.indexOf('@');
        return at < 0
                ? List.of()
                : Arrays.stream(typed.substring(at + 1).split("[\\s,]+"))
                        .filter(word -> !word.isEmpty())
                        .toList();
    }

    /**
     * Reads a code alone, a code with servers, or a link.
     *
     * @throws SyncException if it is none of them, with a sentence that says what is wrong
     */
    public static OpenRoomAddress parse(String typed) throws SyncException {
        RoomCode code = RoomCode.parse(codeIn(typed));
        try {
            return new OpenRoomAddress(code, serversIn(typed));
        } catch (IllegalArgumentException noServer) {
            throw new SyncException(noServer.getMessage(), noServer);
        }
    }

    @Override
    public String toString() {
        return text();
    }
}
