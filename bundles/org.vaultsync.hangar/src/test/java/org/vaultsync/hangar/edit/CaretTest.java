// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CaretTest {
    @Test
    void aCaretStaysWithTheTextAroundIt() {
        assertEquals(3, Caret.moved("abc def", "abc xx def", 3));
        assertEquals(10, Caret.moved("abc def", "abc xx def", 7));
        assertEquals(5, Caret.moved("hello world", "say hello world", 1));
        assertEquals(0, Caret.moved("abc", "", 2));
        assertEquals(2, Caret.moved("abc", "abX", 2));
        assertEquals(7, Caret.moved("one two three", "0 one two three 4", 5));
    }
}
