// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordingTest {
    @Test
    void writesTextsAsTheyAre() throws Exception {
        Wording wording = Wording.of("\"one \\\"two\\\"\\nthree \\u00e4\"", "\"x\"", "");
        assertEquals(Wording.TEXT, wording);
        assertEquals("one \"two\"\nthree ä", wording.text("\"one \\\"two\\\"\\nthree \\u00e4\""));
        assertEquals("\"a\\\\b \\\"c\\\"\\nd\"", wording.json("a\\b \"c\"\nd"));
    }

    @Test
    void writesAListOfTextsLineByLine() throws Exception {
        Wording wording = Wording.of("[\"a, b\",\"c\"]", "[]");
        assertEquals(Wording.TEXTS, wording);
        assertEquals("a, b\nc", wording.text("[\"a, b\",\"c\"]"));
        assertEquals("[\"a, b\",\"d\"]", wording.json("a, b\n\nd\n"));
        assertEquals("[]", wording.json(""));
    }

    @Test
    void writesOtherListsAsJsonLineByLine() throws Exception {
        String list = "[{\"id\":1,\"n\":\"]},\"}, 12.50,[1,2],\"two\\nlines\"]";
        Wording wording = Wording.of(list, "[\"a\"]");
        assertEquals(Wording.ELEMENTS, wording);
        assertEquals(List.of("{\"id\":1,\"n\":\"]},\"}", "12.50", "[1,2]", "\"two\\nlines\""), Wording.elements(list));
        assertEquals(list.replace(" ", ""), wording.json(wording.text(list)).replace(" ", ""));
        assertThrows(Wording.NoValue.class, () -> wording.json("1\ntwo"));
    }

    @Test
    void whatNobodyChangesStaysAsItWas() throws Exception {
        for (String value : List.of(
                "\"\"",
                "\" a \\n\\n b \\\\ \"",
                "[]",
                "[\"a\",\" b\"]",
                "[\"\",\"a\"]",
                "[\"a\",\"\",\"\"]",
                "[\"\"]",
                "[\" \",\"a\"]",
                "[\"a\\nb\",\"\"]",
                "[null,\"\",0,{\"\":\"\"},[\"\"]]",
                "12.50",
                "true",
                "null",
                "{\"a\":[\"\"]}")) {
            Wording wording = Wording.of(value, value);
            assertEquals(
                    value, wording.json(wording.text(value)).replaceAll("\\n *| (?=:)|(?<=:) ", ""), wording::name);
        }
        Wording wording = Wording.of("[\"a\"]", "[\"\"]");
        assertEquals("[\"a\"]", wording.json(wording.text("[\"a\"]") + "\n \n"));
    }

    @Test
    void aNumberStaysANumberWithItsDigits() throws Exception {
        Wording wording = Wording.of("55", "60.50");
        assertEquals(Wording.NUMBER, wording);
        assertEquals("57.250", wording.json(" 57.250 "));
        assertThrows(Wording.NoValue.class, () -> wording.json("much"));
        assertThrows(Wording.NoValue.class, () -> wording.json(""));
        assertThrows(Wording.NoValue.class, () -> wording.json("1 2"));
    }

    @Test
    void readsOtherValuesAsJson() throws Exception {
        assertEquals(Wording.JSON, Wording.of("true", "\"yes\""));
        assertEquals("{\"a\":1}", Wording.JSON.json(" {\"a\":1} "));
        assertThrows(Wording.NoValue.class, () -> Wording.JSON.json("{\"a\":1"));
        assertThrows(Wording.NoValue.class, () -> Wording.JSON.json("a"));
    }
}
