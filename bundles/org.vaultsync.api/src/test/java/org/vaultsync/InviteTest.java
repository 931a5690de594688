// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InviteTest {
    private static final String TOKEN = "00112233445566778899aabbccddeeff";
    private static final Invite INVITE = new Invite(
            new RoomId("0123456789abcdef0123456789abcdef"),
            TOKEN,
            Fingerprint.of("key".getBytes(StandardCharsets.US_ASCII)),
            List.of("192.168.1.20:8765", "laptop.local:8765", "[fe80::1]:8765"),
            List.of("wss://example.org:4444"));

    private static String refusal(String pasted) {
        return assertThrows(SyncException.class, () -> Invite.parse(pasted)).getMessage();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws SyncException {
        assertEquals(INVITE, Invite.parse(INVITE.line()));
        Invite bare = new Invite(INVITE.room(), TOKEN, INVITE.inviter(), List.of(), List.of());
        assertEquals(bare, Invite.parse(bare.line()));
    }

    @Test
    void lineBreaksOfAMailProgramDoNoHarm() throws SyncException {
        assertEquals(INVITE, Invite.parse("  " + INVITE.line().replaceAll("(.{20})", "$1\r\n ") + "\n"));
    }

    @Test
    void everyCharacterThatIsAlteredOrMissingIsNoticed() {
        String line = INVITE.line();
        for (int i = "vaultsync:".length(); i < line.length(); i++) {
            char other = line.charAt(i) == 'A' ? 'B' : 'A';
            String altered = line.substring(0, i) + other + line.substring(i + 1);
            String cut = line.substring(0, i);
            assertTrue(refusal(cut).contains("Copy the whole line again."), cut);
            // The last digit of base64 has bits that mean nothing.
            if (i < line.length() - 1 || line.length() % 4 == 0) {
                assertThrows(SyncException.class, () -> Invite.parse(altered), altered);
            }
        }
    }

    @Test
    void whatIsSomethingElseIsToldSo() {
        assertEquals("Paste the invite that the other person copied for you.", refusal(" \n"));
        assertEquals("This is not an invite: an invite begins with \"vaultsync:\".", refusal("ABC-DEF"));
        assertEquals("This is not an invite: it is far too long.", refusal("vaultsync:" + "A".repeat(9000)));
        assertEquals("This invite was damaged on the way. Copy the whole line again.", refusal("vaultsync:no*base64"));
        assertEquals(
                "This invite is incomplete or was damaged on the way. Copy the whole line again.",
                refusal("vaultsync:"));
    }

    @Test
    void oneOfANewerVersionAsksForAnUpdate() {
        byte[] bytes = Base64.getUrlDecoder().decode(INVITE.line().substring("vaultsync:".length()));
        bytes[0] = 2;
        assertEquals(
                "This invite was made by a newer version. Update this application to use it.",
                refusal("vaultsync:" + Base64.getUrlEncoder().encodeToString(bytes)));
    }

    @Test
    void theTokenIsASecretThatLogsDoNotShow() {
        assertFalse(INVITE.toString().contains(TOKEN));
        assertEquals("Invite to 01234567 by " + INVITE.inviter().brief(), INVITE.toString());
    }

    @Test
    void whatNoInviteCanBeIsRefused() {
        List<String> many = Collections.nCopies(33, "a:1");
        for (String token : List.of("", TOKEN.toUpperCase(), TOKEN + "0")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Invite(INVITE.room(), token, INVITE.inviter(), List.of(), List.of()));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new Invite(INVITE.room(), TOKEN, INVITE.inviter(), many, List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Invite(INVITE.room(), TOKEN, INVITE.inviter(), List.of(), many));
    }
}
