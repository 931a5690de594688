// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vaultsync.ui.conflicts.Merge.Choice;
import org.vaultsync.ui.conflicts.Merge.Lines;
import org.vaultsync.ui.conflicts.Merge.Side;

class MergeTest {
    @Test
    void takesWhatOnlyOneOfThemChanged() {
        Merge merge = new Merge("A\nb\nc", Optional.of("a\nb\nc"), "a\nb\nC\nd");
        assertEquals(0, merge.count());
        assertEquals("A\nb\nC\nd", merge.result());
    }

    @Test
    void leavesToSomebodyWhatBothChanged() {
        Merge merge = new Merge("a\nmine\nc", Optional.of("a\nb\nc"), "a\ntheirs\nc\nd");
        assertEquals(1, merge.count());
        assertEquals("a\nmine\nc\nd", merge.result());
        merge.choose(0, Choice.LOST);
        assertEquals("a\ntheirs\nc\nd", merge.result());
        merge.choose(0, Choice.BOTH);
        assertEquals("a\nmine\ntheirs\nc\nd", merge.result());
        assertEquals(new Lines(1, 2), merge.inResult(0));
        assertEquals(new Lines(1, 1), merge.where(0, Side.STANDING));
    }

    @Test
    void keepsWhatBothAdded() {
        assertEquals("a\nmine\ntheirs", new Merge("a\nmine", Optional.of("a"), "a\ntheirs").result());
        assertEquals("a\nsame", new Merge("a\nsame", Optional.of("a"), "a\nsame").result());
    }

    @Test
    void asksForEverythingWhereItIsNotKnownWhatBothWereMadeFrom() {
        Merge merge = new Merge("a\nmine\nc", Optional.empty(), "a\ntheirs\nc\nd");
        assertEquals(2, merge.count());
        assertEquals("a\nmine\nc\nd", merge.result());
    }

    @Test
    void mergesWithNothing() {
        assertEquals("a", new Merge("", Optional.empty(), "a").result());
        assertEquals("a", new Merge("a", Optional.empty(), "").result());
        assertEquals("", new Merge("", Optional.of("a"), "").result());
        assertEquals("a\n", new Merge("a\n", Optional.empty(), "a\n").result());
    }
}
