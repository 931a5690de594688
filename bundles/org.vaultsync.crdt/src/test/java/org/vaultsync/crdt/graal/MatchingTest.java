// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

    /** That takes minutes where each is compared with each. */
    @Test
    @Timeout(60)
    void nothingIsFoundInALongListThatHasNothingOfTheOther() {
        List<Json> first = numbers(0, 300_000);
        assertTrue(Arrays.stream(Matching.of(first, numbers(300_000, 600_000))).allMatch(place -> place == -1));
        assertTrue(Arrays.stream(Matching.of(objects(0, 300_000), objects(300_000, 600_000)))
                .allMatch(place -> place == -1));
    }

    /** One of them has no identity, so that they are not told apart by it alone. */
    private static List<Json> objects(int from, int until) {
        return Stream.concat(
                        numbers(from, until).stream().map(number -> new Json.JsonObject(Map.of("id", number))),
                        Stream.of(new Json.Text("end " + from)))
                .map(Json.class::cast)
                .toList();
    }

    private static List<Json> numbers(int from, int until) {
        return IntStream.range(from, until)
                .mapToObj(number -> (Json) Json.Number.of(Integer.toString(number)))
                .toList();
    }

    @Test
    void whatIsOfOneSortIsTheSameOneChanged() throws Exception {
        assertArrayEquals(new int[] {0, 1}, matched("[{\"a\":1},[1]]", "[{\"a\":2},[2]]"));
        assertArrayEquals(new int[] {1}, matched("[[1],{\"a\":1}]", "[{\"a\":2}]"));
        assertArrayEquals(new int[] {-1, 0}, matched("[{\"id\":1,\"a\":1},5]", "[{\"id\":2},{\"id\":1,\"a\":2}]"));
        assertArrayEquals(new int[] {-1, 0}, matched("[{\"uuid\":1}]", "[{\"id\":1},{\"uuid\":1,\"a\":2}]"));
        assertArrayEquals(new int[] {0, -1}, matched("[[1],7]", "[[2],[3]]"));
        assertArrayEquals(new int[] {0, -1}, matched("[\"a\\nb\",\"c\"]", "[\"a\\nd\",\"e\"]"));
        // None crosses another.
        assertArrayEquals(new int[] {1, -1}, matched("[{\"a\":1},[1],5]", "[[2],{\"a\":2}]"));
    }

    private static int[] matched(String first, String second) throws Exception {
        return Matching.of(
                ((Json.JsonArray) Json.parse(first)).elements(), ((Json.JsonArray) Json.parse(second)).elements());
    }
}
