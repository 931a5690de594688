// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameOrderTest {
    private final Locale before = Locale.getDefault();

    @AfterEach
    void speakAsBefore() {
        Locale.setDefault(before);
    }

    private static void assertOrder(String... names) {
        List<String> shuffled = new ArrayList<>(List.of(names));
        for (long seed = 0; seed < 20; seed++) {
            Collections.shuffle(shuffled, new Random(seed));
            assertEquals(
                    List.of(names), shuffled.stream().sorted(new NameOrder()).toList(), "seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void numbersCountByTheirValue(String language) {
        Locale.setDefault(Locale.of(language));
        assertOrder("Item", "Item 1", "item 2", "Item 2", "Item 2b", "Item 009", "Item 10", "Item 100", "Item x");
        assertOrder("2 x 9", "2 x 10", "10 x 1");
        assertOrder("7", "8", "9".repeat(30), "1" + "0".repeat(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void lettersStandWhereTheLanguageHasThem(String language) {
        Locale.setDefault(Locale.of(language));
        assertOrder("ahorn", "Ahorn", "Ähre", "Birke", "öde", "Opal", "Otter", "Zeder");
    }

    @Test
    void anotherLanguageHasThemElsewhere() {
        Locale.setDefault(Locale.of("sv"));
        assertOrder("Ahorn", "Opal", "Zeder", "Ähre", "öde");
    }
}
