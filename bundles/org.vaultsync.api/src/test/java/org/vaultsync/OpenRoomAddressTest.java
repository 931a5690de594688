// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenRoomAddressTest {
    private static final RoomCode CODE = new RoomCode("ABCDEF");
    private static final OpenRoomAddress BARE = new OpenRoomAddress(CODE, List.of());
    private static final OpenRoomAddress ONE = new OpenRoomAddress(CODE, List.of("wss://example.org:4444"));
    private static final OpenRoomAddress TWO =
            new OpenRoomAddress(CODE, List.of("wss://example.org:4444", "ws://192.168.1.20:4444/path"));

    @Test
    void textAndLinkAreReadAgain() throws SyncException {
        assertEquals("ABC-DEF", BARE.text());
        assertEquals("ABC-DEF @ wss://example.org:4444", ONE.text());
        assertEquals("vaultsync:ABC-DEF@wss://example.org:4444,ws://192.168.1.20:4444/path", TWO.link());
        for (OpenRoomAddress address : List.of(BARE, ONE, TWO)) {
            assertEquals(address, OpenRoomAddress.parse(address.text()));
            assertEquals(address, OpenRoomAddress.parse(address.link()));
            assertEquals(address.text(), address.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abcdef@wss://example.org:4444",
                " abc-def  @  wss://example.org:4444 ",
                "VAULTSYNC:abc-def@wss://example.org:4444",
                "abc-def @ ,wss://example.org:4444,"
            })
    void howSomebodyTypesItDoesNotMatter(String typed) throws SyncException {
        assertEquals(ONE, OpenRoomAddress.parse(typed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org",
                "example.org:4444",
                "wss://",
                "wss://example.org:99999",
                "wss://example.org:0",
                "wss://user@example.org",
                "wss://example.org/#part",
                "wss://exa{mple.org"
            })
    void whatIsNoServerIsTold(String server) {
        SyncException refused = assertThrows(SyncException.class, () -> OpenRoomAddress.parse("ABC-DEF @ " + server));
        assertEquals(
                "“" + server + "” is not the address of a signaling server; one looks like wss://example.org:4444.",
                refused.getMessage());
    }

    @Test
    void anInviteIsNoAddressOfAnOpenRoom() {
        assertTrue(assertThrows(SyncException.class, () -> OpenRoomAddress.parse("vaultsync:AQEjRWeJq83vASNFZ4mrze8A"))
                .getMessage()
                .startsWith("A code has 6 characters"));
    }

    @Test
    void thereAreNotHundredsOfServers() {
        List<String> many = Collections.nCopies(17, "ws://a");
        assertThrows(IllegalArgumentException.class, () -> new OpenRoomAddress(CODE, many));
    }
}
