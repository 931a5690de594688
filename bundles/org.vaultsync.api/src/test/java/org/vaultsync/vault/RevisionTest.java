// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RevisionTest {
    private static final Revision GIVEN = new Revision("0123456789abcdef");

    @Test
    void aSaveKnowsWhatItWasMadeFrom() {
        Revision once = GIVEN.edited();
        Revision twice = once.edited();
        assertEquals(List.of(twice.name(), once.name(), GIVEN.name()), twice.lineage());
        assertEquals(twice, new Revision(twice.text()));
    }

    @Test
    void twoSavesOfOneRevisionAreTwo() {
        assertNotEquals(GIVEN.edited(), GIVEN.edited());
    }

    @Test
    void whatSyncHasNeverSeenHasNoName() {
        assertEquals(List.of(""), Revision.NONE.lineage());
        assertEquals("", Revision.NONE.edited().lineage().getLast());
    }

    /** However often people save without sync: what the host stores stays short, and the edit is compared with the right thing. */
    @Test
    void theLineageIsBoundedAndNeverLosesItsBeginningNorWhatWasSavedLast() {
        Revision saved = GIVEN;
        String before = "";
        for (int i = 0; i < 1000; i++) {
            before = saved.name();
            saved = saved.edited();
        }
        assertTrue(saved.lineage().size() <= 24, saved.text());
        assertTrue(saved.text().length() < 250, saved.text());
        assertEquals(GIVEN.name(), saved.lineage().getLast());
        assertEquals(List.of(saved.name(), before), saved.lineage().subList(0, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "a~b", "a~0123456", "a~0123456g", "~"})
    void whatIsNotOfSyncIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> new Revision(text));
    }
}
