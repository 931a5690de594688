// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WrappingTest {
    @Test
    void anEndlessWordIsNotWrappedAtOnce() {
        assertFalse(Wrapping.isQuick("See " + "x".repeat(2_001) + " there"));
        assertTrue(Wrapping.isQuick("See " + "x".repeat(2_000) + " " + "y".repeat(2_000)));
        assertTrue(Wrapping.isQuick("日本語のテキスト".repeat(1_000)));
    }

    @Test
    void anEndlessLineIsNotWrappedAtOnce() {
        assertFalse(Wrapping.isQuick("word ".repeat(20_001)));
        assertTrue(Wrapping.isQuick("word ".repeat(20_000)));
        assertTrue(Wrapping.isQuick("all work and no play\n".repeat(50_000)));
    }
}
