// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatchingTest {
    /** The longest of these are not compared element by element any more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 2_500})
    void whatStayedIsFoundWhereOthersCameAndWent(int size) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Integer> first = IntStream.range(0, size).boxed().toList();
            List<Integer> second = new ArrayList<>(first);
            second.removeIf(each -> random.nextInt(10) == 0);
            Set<Integer> stayed = new HashSet<>(second);
            for (int i = 0; i <= size / 5; i++) {
                second.add(random.nextInt(second.size() + 1), size + i);
            }
            int[] matched = Matching.common(first, second);
            for (int j = 0; j < matched.length; j++) {
                Integer element = second.get(j);
                assertEquals(stayed.contains(element) ? element : -1, matched[j], "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 2_500})
    void noPlaceIsGivenTwiceWhereElementsAreEqualOrMove(int size) {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Integer> first = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                first.add(random.nextInt(size));
            }
            List<Integer> second = new ArrayList<>(first);
            for (int i = 0; i < size / 5; i++) {
                second.add(random.nextInt(second.size()), second.remove(random.nextInt(second.size())));
            }
            int last = -1;
            int[] matched = Matching.common(first, second);
            for (int j = 0; j < matched.length; j++) {
                if (matched[j] >= 0) {
                    assertEquals(first.get(matched[j]), second.get(j), "seed " + seed);
                    assertTrue(matched[j] > last, "seed " + seed);
                    last = matched[j];
                }
            }
            assertTrue(last >= 0, "nothing was found, seed " + seed);
        }
    }
}
