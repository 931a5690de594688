// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LineBreaksTest {
    @Test
    void aValueComesOutOfAWidgetAsItWentIn() {
        for (String value : new String[] {"", "one", "one\n", "one\n\ntwo\nthree"}) {
            assertEquals(value, LineBreaks.read(LineBreaks.shown(value, "\r\n")));
            assertEquals(value, LineBreaks.shown(value, "\n"));
        }
        assertEquals("one\r\n\r\ntwo", LineBreaks.shown("one\n\ntwo", "\r\n"));
    }

    @Test
    void aValueOfWindowsIsShownWithTheEndsOfLinesOfTheWidget() {
        assertEquals("one\r\ntwo\r\n", LineBreaks.shown("one\r\ntwo\n", "\r\n"));
        assertEquals("one\ntwo\n", LineBreaks.shown("one\r\ntwo\n", "\n"));
    }

    @Test
    void aCaretStaysInItsLineOnWindows() {
        String before = LineBreaks.shown("one\ntwo\nthree\nfour", "\r\n");
        String after = LineBreaks.shown("zero\none\ntwo\nthree\nfour", "\r\n");
        for (String line : new String[] {"one", "two", "three", "four"}) {
            assertEquals(after.indexOf(line) + 1, Caret.moved(before, after, before.indexOf(line) + 1), line);
        }
    }
}
