// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LongLinesTest {
    @Test
    void whatTakesLongIsNotWrapped() {
        assertFalse(LongLines.areWrapped("See " + "x".repeat(2_001)));
        assertFalse(LongLines.areWrapped("word ".repeat(4_001)));
        assertTrue(LongLines.areWrapped("See " + "x".repeat(2_000) + "\n" + "word ".repeat(4_000)));
        assertTrue(LongLines.areWrapped("日本語のテキスト".repeat(1_000)));
    }

    @Test
    void onlyLinesThatAreTooLongAreCut() {
        String shown = "one\n" + "x".repeat(100_000) + "\n";
        assertSame(shown, LongLines.cut(shown));
        assertEquals(
                "one\n" + "x".repeat(1_000) + "… (" + "%,d".formatted(100_001)
                        + " characters in one line, of which the beginning is shown)\ntwo\n",
                LongLines.cut("one\n" + "x".repeat(100_001) + "\ntwo\n"));
        assertTrue(LongLines.cut("x".repeat(999) + "😀".repeat(50_000)).startsWith("x".repeat(999) + "…"));
    }
}
