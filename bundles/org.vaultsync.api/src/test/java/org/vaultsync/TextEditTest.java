// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextEditTest {
    private static String pulled(String base, String mine, String theirs) {
        return TextEdit.all(TextEdit.pull(base, mine, theirs), mine);
    }

    @Test
    void whatOthersDidComesBetweenAndBehindWhatIsTyped() {
        assertEquals(
                List.of(new TextEdit(0, 0, "Zero. "), new TextEdit(21, 0, ", four")),
                TextEdit.pull("One two three.", "One 2 two three.", "Zero. One two three, four."));
        assertEquals(
                "Zero. One 2 two three, four.",
                pulled("One two three.", "One 2 two three.", "Zero. One two three, four."));
    }

    @Test
    void atOnePlaceTheOthersStandFirst() {
        assertEquals("a theirs mine", pulled("a", "a mine", "a theirs"));
    }

    @Test
    void whatOneTookOutStaysOutAndWhatTheOtherPutInThereStands() {
        assertEquals("one new three", pulled("one two three", "one three", "one two new three"));
        assertEquals("", pulled("one two", "", "two"));
        assertEquals("one four", pulled("one two three four", "one four", "one three four"));
        assertEquals("one new four", pulled("one two three four", "one four", "one two new three four"));
    }

    @Test
    void whereOneSideDidNothingItIsTheOther() {
        assertEquals("b c", pulled("a", "a", "b c"));
        assertEquals(List.of(), TextEdit.pull("a", "b c", "a"));
    }

    @Test
    void surrogatePairsAreNotCut() {
        String one = new String(Character.toChars(0x1F600));
        String other = new String(Character.toChars(0x1F601));
        for (TextEdit edit : TextEdit.between("a" + one + "b", "a" + other + "b")) {
            assertEquals(new TextEdit(1, 2, other), edit);
        }
        assertEquals("a" + other + one + "b", pulled("ab", "a" + one + "b", "a" + other + "b"));
    }

    @Test
    void thereIsNoEditBeforeTheBeginning() {
        assertThrows(IllegalArgumentException.class, () -> new TextEdit(-1, 0, ""));
        assertThrows(IllegalArgumentException.class, () -> new TextEdit(0, -1, ""));
    }

    @Test
    void inRandomTextsNothingIsLostAndNothingComesBack() {
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            int[] words = {0};
            List<String> base = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                base.add(word(words));
            }
            List<String> mine = edited(base, random, words);
            List<String> theirs = edited(base, random, words);
            String both = pulled(text(base), text(mine), text(theirs));
            for (int i = 1; i <= words[0]; i++) {
                String word = name(i);
                boolean stays = base.contains(word)
                        ? mine.contains(word) && theirs.contains(word)
                        : mine.contains(word) || theirs.contains(word);
                assertEquals(stays, both.contains(word), "seed " + seed + ": " + word + " in " + both);
            }
        }
    }

    /** Names have no letter in common: a word that both replace is put together letter by letter. */
    private static String name(int number) {
        return String.valueOf((char) ('a' + number)).repeat(3);
    }

    private static String word(int[] words) {
        return name(++words[0]);
    }

    private static String text(List<String> words) {
        return words.stream().map(word -> word + " ").collect(Collectors.joining());
    }

    /** Words come and go in one or two places. */
    private static List<String> edited(List<String> base, Random random, int[] words) {
        List<String> edited = new ArrayList<>(base);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(edited.size() + 1);
            if (random.nextBoolean() || at == edited.size()) {
                edited.add(at, word(words));
            } else {
                edited.remove(at);
            }
        }
        return edited;
    }

    @Test
    void aLongTextIsComparedByItsLinesFirst() {
        String text = IntStream.range(0, 900)
                .mapToObj(line -> "All work and no play makes line " + line + ".\n")
                .collect(Collectors.joining());
        String mine = text.replace("makes line 450.", "makes mine 450.");
        String theirs = "Theirs. " + text.replace("line 449.", "line 449!") + "The end.";
        assertEquals("Theirs. " + mine.replace("line 449.", "line 449!") + "The end.", pulled(text, mine, theirs));
    }

    @Test
    void nothingIsLostWhereATextIsTooLongToBeCompared() {
        String text = "All work and no play.\n".repeat(40_000);
        String mine = text.substring(0, 440_000) + "Mine. " + text.substring(440_000);
        String both = pulled(text, mine, "Theirs. " + text + "The end.");
        assertTrue(both.contains("Theirs. ") && both.contains("The end.") && both.contains("Mine. "));
        String other = "x y ".repeat(100_000);
        assertEquals(other, TextEdit.all(TextEdit.between(text, other), text));
    }
}
