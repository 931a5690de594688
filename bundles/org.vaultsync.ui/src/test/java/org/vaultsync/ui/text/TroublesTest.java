// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vaultsync.Trouble;
import org.vaultsync.Trouble.Kind;

class TroublesTest {
    @Test
    void eachHasASentenceOfItsOwnThatIsFilledInAndSaysWhatToDo() {
        Set<String> sentences = new HashSet<>();
        for (Kind kind : Kind.values()) {
            Trouble trouble = new Trouble(kind, List.of("18000", "7"), "in English");
            String said = Troubles.all(trouble);
            assertTrue(sentences.add(Troubles.sentence(trouble)), said);
            assertFalse(said.matches(".*\\{\\d}.*"), said);
            assertEquals(kind == Kind.OTHER, said.equals("in English"), said);
            assertEquals(kind == Kind.OTHER, Troubles.advice(trouble).isEmpty(), said);
        }
        assertEquals(Arrays.asList(Kind.values()).size(), sentences.size());
    }

    @Test
    void howFarAClockIsOffIsSaidInWhatOneCounts() {
        assertEquals("Its clock is 5 hours behind the one of this device.", clock(Kind.CLOCK_BEHIND, 18_000));
        assertEquals("Its clock is 3 minutes ahead of the one of this device.", clock(Kind.CLOCK_AHEAD, 200));
        assertEquals("Its clock is 3 days ahead of the one of this device.", clock(Kind.CLOCK_AHEAD, 3 * 86_400 + 60));
    }

    private static String clock(Kind kind, long seconds) {
        return Troubles.sentence(new Trouble(kind, List.of(String.valueOf(seconds)), ""));
    }
}
