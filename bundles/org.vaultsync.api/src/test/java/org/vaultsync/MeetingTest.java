// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeetingTest {
    private static final IceServer STUN = IceServer.parse("stun:example.org");
    private static final IceServer TURN = IceServer.parse("turns:example.org:443?transport=tcp anna secret");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stun:example.org",
                "stuns:example.org:5349",
                "stun:[2001:db8::1]:3478",
                "turn:192.0.2.1:3478?transport=udp anna secret",
                "turns:example.org anna secret"
            })
    void aServerIsReadFromItsLineAndWrittenAsSuch(String line) {
        assertEquals(line, IceServer.parse("  " + line.replace(" ", "  ") + " ").line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "http://example.org",
                "stun:",
                "stun:exa mple",
                "stun:example.org:0",
                "stun:example.org:65536",
                "stun:example.org anna secret",
                "stun:example.org?transport=tcp",
                "turn:example.org",
                "turn:example.org anna",
                "turn:example.org?transport=sctp anna secret",
                "turn:example.org anna secret more"
            })
    void whatIsNoServerIsRefusedWithASentence(String line) {
        String told = assertThrows(IllegalArgumentException.class, () -> IceServer.parse(line))
                .getMessage();
        assertTrue(told.endsWith(".") && told.contains("server"), told);
    }

    @Test
    void thePasswordOfAServerIsNotLogged() {
        assertEquals("turns:example.org:443?transport=tcp", TURN.toString());
        assertFalse(new Meeting(List.of(), List.of(TURN), true).toString().contains("secret"));
    }

    @Test
    void relaysOnlyTakesARelay() {
        assertTrue(new Meeting(List.of(), List.of(STUN, TURN), true).relayOnly());
        assertEquals(
                "To use relays only, name a TURN server.",
                assertThrows(IllegalArgumentException.class, () -> new Meeting(List.of(), List.of(STUN), true))
                        .getMessage());
    }

    @Test
    void thereAreNotHundredsOfServers() {
        assertThrows(
                IllegalArgumentException.class, () -> new Meeting(Collections.nCopies(17, "ws://a"), List.of(), false));
        assertThrows(
                IllegalArgumentException.class, () -> new Meeting(List.of(), Collections.nCopies(17, STUN), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://localhost", "wss://example.org:4444/some/path?query"})
    void anAddressOfASignalingServerIsTakenAsItIs(String address) {
        assertEquals(address, Meeting.checked(address).toString());
        assertEquals(List.of(address), new Meeting(List.of(address), List.of(), false).signaling());
    }
}
