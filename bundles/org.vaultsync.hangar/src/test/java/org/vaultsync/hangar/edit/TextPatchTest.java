// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextPatchTest {
    @Test
    void patchesMakeTheOneTextOfTheOther() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            String before = text(random);
            String after = text(random);
            StringBuilder patched = new StringBuilder(before);
            for (TextPatch patch : TextPatch.between(before, after)) {
                patched.replace(patch.offset(), patch.offset() + patch.length(), patch.text());
            }
            assertEquals(after, patched.toString(), "seed " + seed);
        }
    }

    @Test
    void linesThatStayAreNotTouched() {
        List<TextPatch> patches = TextPatch.between("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n");
        assertEquals(List.of(new TextPatch(8, 0, "e\n"), new TextPatch(2, 2, "B\n")), patches);
        assertTrue(TextPatch.between("a\nb", "a\nb").isEmpty());
    }

    @Test
    void aCaretStaysWithTheTextAroundIt() {
        assertEquals(3, Caret.moved("abc def", "abc xx def", 3));
        assertEquals(10, Caret.moved("abc def", "abc xx def", 7));
        assertEquals(5, Caret.moved("hello world", "say hello world", 1));
        assertEquals(0, Caret.moved("abc", "", 2));
        assertEquals(2, Caret.moved("abc", "abX", 2));
        assertEquals(7, Caret.moved("one two three", "0 one two three 4", 5));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(12); left > 0; left--) {
            text.append((char) ('a' + random.nextInt(4))).append(random.nextInt(5) == 0 ? "" : "\n");
        }
        return text.toString();
    }
}
