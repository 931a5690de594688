// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vaultsync.crdt.InvalidContentException;

/** What a host gives as the content of an item. */
class JsonTest {
    @Test
    void allEscapesAreRead() throws Exception {
        assertEquals(
                new Json.Text("\"\\/\b\f\n\r\t\u00e4\ud83d\ude00"),
                Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E4\\ud83d\\uDE00\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} 1            | something follows after its end",
                "{\"a\":         | it ends too early",
                "{\"a\":nil}     | an unknown word",
                "{\"a\":\"b      | a text does not end",
                "{\"a\":\"\\     | a text does not end",
                "{\"a\":\"\\u00e | a text does not end",
                "{\"a\":\"\\x\"} | an unknown escape in a text",
                "{\"a\":\"\\u00g0\"} | an unknown escape in a text",
                "{\"a\" 1}       | a colon is expected",
                "{a:1}           | a name is expected",
                "{\"a\":1 2}     | a comma or the end of an object is expected",
                "{\"a\":[1 2]}   | a comma or the end of an array is expected"
            })
    void whatIsNoJsonIsRefusedWithWhatIsWrong(String text, String what) {
        String said = assertThrows(InvalidContentException.class, () -> Json.parse(text))
                .getMessage();
        assertTrue(said.contains(what), said);
    }

    @Test
    void whatIsTooMuchIsRefusedInASentence() {
        refused("[" + "0,".repeat(Json.MOST_VALUES) + "0]", "more than " + Json.MOST_VALUES + " values.");
        refused("1".repeat(Json.LONGEST_NUMBER + 1), "more than " + Json.LONGEST_NUMBER + " digits.");
        refused("1e99999999999", "a number that is too large.");
    }

    private static void refused(String text, String end) {
        String said = assertThrows(InvalidContentException.class, () -> Json.parse(text))
                .getMessage();
        assertTrue(said.startsWith("The content ") && said.endsWith(end), said);
    }
}
