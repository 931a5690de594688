// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
    /** SHA-256 of "abc", as FIPS 180 gives it. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private final Fingerprint fingerprint = Fingerprint.of("abc".getBytes(StandardCharsets.US_ASCII));

    @Test
    void itIsTheSha256OfTheKey() {
        assertEquals(new Fingerprint(ABC), fingerprint);
        assertArrayEquals(HexFormat.of().parseHex(ABC), fingerprint.bytes());
    }

    @Test
    void peopleCompareItInGroupsOfFour() {
        assertEquals(
                "ba78 16bf 8f01 cfea 4141 40de 5dae 2223 b003 61a3 9617 7a9c b410 ff61 f200 15ad",
                fingerprint.grouped());
        assertEquals("ba7816bf", fingerprint.brief());
        assertEquals("ba7816bf", fingerprint.toString());
    }

    /** Both sides of a pair have to agree on who is smaller. */
    @Test
    void theOrderIsThatOfTheBytes() {
        Fingerprint zero = new Fingerprint("0".repeat(64));
        Fingerprint most = new Fingerprint("f".repeat(64));
        assertTrue(zero.compareTo(fingerprint) < 0);
        assertTrue(most.compareTo(fingerprint) > 0);
        assertEquals(0, fingerprint.compareTo(new Fingerprint(ABC)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ba7816bf", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
    void nothingElseIsOne(String hex) {
        assertThrows(IllegalArgumentException.class, () -> new Fingerprint(hex));
    }
}
