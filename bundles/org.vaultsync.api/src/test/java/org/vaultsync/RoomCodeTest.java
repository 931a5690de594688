// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomCodeTest {
    @ParameterizedTest
    @ValueSource(strings = {"ABC-DEF", "abcdef", " aBc dEf\n", "A-B-C-D-E-F", "abc\u2013def"})
    void howSomebodyTypesItDoesNotMatter(String typed) throws SyncException {
        assertEquals(new RoomCode("ABCDEF"), RoomCode.parse(typed));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "' - '|Type the code of the room; one looks like ABC-DEF.",
                "abc-de|A code has 6 characters, and this has 5.",
                "abc-def-g|A code has 6 characters, and this has 7.",
                "abc-de1|No code has “1” in it: there are the letters without I and O, and the digits 2 to 9.",
                "o23456|No code has “O” in it: there are the letters without I and O, and the digits 2 to 9.",
                "ab😀cde|No code has “😀” in it: there are the letters without I and O, and the digits 2 to 9."
            })
    void whatIsWrongIsTold(String typed, String sentence) {
        assertEquals(
                sentence,
                assertThrows(SyncException.class, () -> RoomCode.parse(typed)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcdef", "ABC-DEF", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEI"})
    void aCodeIsNothingElse(String letters) {
        assertThrows(IllegalArgumentException.class, () -> new RoomCode(letters));
    }

    @Test
    void newOnesUseTheWholeAlphabetAndCanBeReadBack() throws SyncException {
        Random random = new Random(5);
        Set<Integer> used = IntStream.range(0, 500)
                .mapToObj(i -> RoomCode.random(random))
                .flatMap(code -> code.letters().chars().boxed())
                .collect(Collectors.toSet());
        assertEquals(RoomCode.ALPHABET.chars().boxed().collect(Collectors.toSet()), used);
        RoomCode code = RoomCode.random(random);
        assertEquals(code, RoomCode.parse(code.toString()));
    }
}
