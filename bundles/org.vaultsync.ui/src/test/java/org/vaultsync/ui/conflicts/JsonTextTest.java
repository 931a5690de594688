// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void showsATextWithoutItsQuotationMarks() {
        assertEquals("a \"b\"\n\\ \u00e9", JsonText.readable("\"a \\\"b\\\"\\n\\\\ \\u00e9\""));
        assertEquals("", JsonText.readable("\"\""));
        assertEquals("55", JsonText.readable(" 55 "));
    }

    @Test
    void indentsWhatHasParts() {
        assertEquals("""
                {
                  "name": "a,b: {c}",
                  "at": [
                    1,
                    2
                  ],
                  "none": [],
                  "nothing": {}
                }""", JsonText.readable("{\"name\":\"a,b: {c}\",\"at\":[1, 2],\"none\":[ ],\"nothing\":{}}"));
    }

    @Test
    void survivesWhatIsNoJson() {
        assertEquals("x\"", JsonText.readable("\"x\\\""));
        assertEquals("", JsonText.readable("\""));
        assertEquals("12", JsonText.readable("\"\\u12\""));
        assertEquals("\n}", JsonText.readable("}"));
    }

    @Test
    void saysWhereAFieldIs() {
        assertEquals("armor › 0 › points", JsonText.path("/content/armor/0/points"));
        assertEquals("name", JsonText.path("/meta/name"));
        assertEquals("", JsonText.path("/content"));
        assertEquals("contents › a/b~", JsonText.path("/contents/a~1b~0"));
    }
}
