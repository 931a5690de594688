// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void saysWhatIsWrongWithAName() {
        assertEquals(Optional.empty(), Names.complaint(" Anna's laptop "));
        assertEquals(Optional.empty(), Names.complaint("x".repeat(64)));
        assertEquals(Optional.of(Messages.nameMissing), Names.complaint(" \t "));
        assertEquals(Optional.of(Messages.nameControl), Names.complaint("a\u0007b"));
        assertEquals(
                Optional.of("A name has at most 64 characters; this one has 65."), Names.complaint("x".repeat(65)));
    }

    @Test
    void keepsAnAmpersandInALabel() {
        assertEquals("Tom && Ann", Names.literal("Tom & Ann"));
    }

    @Test
    void cutsAnEndlessNameInALabel() {
        String longest = "x".repeat(200);
        assertEquals(
                "Delete “" + longest.substring(1) + "… now?",
                Names.literal("Delete “" + "x".repeat(40_000) + "” now?"));
        assertEquals(longest + " " + longest, Names.literal(longest + " " + longest));
        assertEquals(4_001, Names.literal("word ".repeat(10_000)).length());
    }
}
