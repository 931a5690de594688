// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextSizeTest {
    @Test
    void aWordIsWhatStandsBetweenWhiteSpace() {
        assertEquals(5, TextSize.longestWord("one\nthree\ttwo"));
        assertEquals(0, TextSize.longestWord(" \n"));
    }

    @Test
    void inChineseAndJapaneseALineMayEndAfterEachLetter() {
        assertEquals(3, TextSize.longestWord("日本語のテキスト" + "one" + "日本語"));
    }

    @Test
    void aLineEndsWithALineFeed() {
        assertEquals(5, TextSize.longestLine("one\nthree\ntwo"));
        assertEquals(7, TextSize.longestLine("one\nthe end"));
        assertEquals(0, TextSize.longestLine("\n"));
    }

    @Test
    void theBeginningIsNotCutWithinALetter() {
        assertEquals("short", TextSize.beginning("short"));
        assertEquals("x".repeat(1_000), TextSize.beginning("x".repeat(1_000)));
        assertEquals("x".repeat(1_000) + "…", TextSize.beginning("x".repeat(5_000)));
        assertEquals("x".repeat(999) + "…", TextSize.beginning("x".repeat(999) + "😀".repeat(5)));
    }
}
