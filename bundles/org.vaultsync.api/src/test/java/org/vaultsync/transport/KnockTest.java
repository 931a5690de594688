// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnockTest {
    private static final String TEXT = "000102030405060708090a0b0c0d0e0ff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

    @Test
    void itIsReadFromItsText() {
        Knock knock = Knock.parse(TEXT);
        assertEquals(0x0f, knock.nonce()[15]);
        assertEquals((byte) 0xf0, knock.mac()[0]);
        assertEquals(TEXT, knock.text());
    }

    @Test
    void itHasOneTextAlone() {
        // Else one that was heard already would count as another.
        assertEquals(TEXT, Knock.parse(TEXT.toUpperCase()).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", TEXT + "00", "g00102030405060708090a0b0c0d0e0ff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"})
    void nothingElseIsOne(String text) {
        assertThrows(IllegalArgumentException.class, () -> Knock.parse(text));
    }

    @Test
    void whatIsTooShortIsNone() {
        assertThrows(IllegalArgumentException.class, () -> new Knock(new byte[15], new byte[16]));
        assertThrows(IllegalArgumentException.class, () -> new Knock(new byte[16], new byte[17]));
    }

    @Test
    void anAnnouncementHoldsTokensOfOneLengthAndNotTooMany() {
        byte[] nonce = new byte[16];
        byte[] token = {1, 2, 3, 4, 5, 6, 7, 8};
        assertArrayEquals(
                token, new Announcement(nonce, List.of(token)).tokens().getFirst());
        List<byte[]> tooMany = Collections.nCopies(Announcement.MOST_TOKENS + 1, token);
        assertThrows(IllegalArgumentException.class, () -> new Announcement(nonce, tooMany));
        assertThrows(IllegalArgumentException.class, () -> new Announcement(new byte[8], List.of(token)));
        assertThrows(IllegalArgumentException.class, () -> new Announcement(nonce, List.of(new byte[7])));
    }
}
