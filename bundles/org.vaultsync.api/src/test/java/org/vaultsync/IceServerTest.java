// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IceServerTest {
    private static String refusal(String line) {
        return assertThrows(IllegalArgumentException.class, () -> IceServer.parse(line))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stun:example.org",
                "stun:example.org:3478",
                "stuns:192.168.1.20:65535",
                "stun:[fd00::20]:3478",
                "turn:example.org:3478 ann secret",
                "turn:example.org?transport=udp ann secret",
                "turns:example.org:443?transport=tcp ann s:e?c&r=et"
            })
    void whatIsWrittenIsReadAgain(String line) {
        assertEquals(line, IceServer.parse(line).line());
    }

    @Test
    void aLineIsTheAddressTheUserAndThePassword() {
        assertEquals(
                new IceServer("turn:example.org:3478", "ann", "secret"),
                IceServer.parse("  turn:example.org:3478 \t ann   secret\n"));
        assertEquals(new IceServer("stun:example.org", "", ""), IceServer.parse("stun:example.org"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org:3478",
                "http://example.org",
                "stun://example.org",
                "stun:",
                "stun:two_words!",
                "stun:example.org:0",
                "stun:example.org:65536",
                "stun:example.org:99999",
                "stun:example.org:123456",
                "stun:[fd00::20",
                "turn:example.org?transport=sctp"
            })
    void whatIsNoAddressIsQuotedAndAnExampleGiven(String url) {
        String said = assertThrows(IllegalArgumentException.class, () -> new IceServer(url, "", ""))
                .getMessage();
        assertTrue(said.startsWith("“" + url + "” is not the address of a STUN or TURN server"), said);
        assertTrue(said.contains("stun:example.org:3478"), said);
    }

    @ParameterizedTest
    @CsvSource({
        "stun:example.org ann,                       A server is one line",
        "turn:example.org ann secret more,           A server is one line",
        "stun:example.org?transport=tcp,             A STUN server has no transport",
        "stun:example.org ann secret,                A STUN server takes no user and password",
        "turn:example.org,                           A TURN server takes a user and a password",
        "turns:example.org:443?transport=tcp,        A TURN server takes a user and a password"
    })
    void eachMistakeIsSaid(String line, String said) {
        assertTrue(refusal(line).startsWith(said), () -> refusal(line));
    }

    @Test
    void userAndPasswordAreShortAndWithoutSpaces() {
        String longest = "x".repeat(256);
        assertEquals(longest, new IceServer("turn:example.org", longest, longest).password());
        for (String wrong : new String[] {longest + "x", "two words", "tab\there", "del\u007fete"}) {
            assertThrows(IllegalArgumentException.class, () -> new IceServer("turn:example.org", wrong, "secret"));
            String said = assertThrows(
                            IllegalArgumentException.class, () -> new IceServer("turn:example.org", "ann", wrong))
                    .getMessage();
            assertTrue(said.contains("256 characters, without spaces"), said);
            assertFalse(said.contains(wrong), "the password is told");
        }
        assertThrows(IllegalArgumentException.class, () -> new IceServer("turn:example.org", "ann", ""));
    }

    @Test
    void thePasswordIsNotShown() {
        assertEquals("turn:example.org", new IceServer("turn:example.org", "ann", "secret").toString());
    }
}
