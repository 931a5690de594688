// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds which elements of two lists are the same ones. */
final class Matching {
    /** Members by which people's data tells elements apart. */
    private static final List<String> IDENTITIES = List.of("id", "uuid", "key", "_id");

    private static final long LARGEST_TABLE = 4_000_000;

    private Matching() {}

    /** For each element of the second list its place in the first, or -1. No place is given twice. */
    static int[] of(List<Json> first, List<Json> second) {
        for (String identity : IDENTITIES) {
            Map<Json, Integer> places = places(first, identity);
            if (places != null && places(second, identity) != null) {
                return second.stream()
                        .mapToInt(element -> places.getOrDefault(((Json.JsonObject) element).get(identity), -1))
                        .toArray();
            }
        }
        int[] matched = common(first, second);
        pairChanged(first, second, matched);
        return matched;
    }

    /** The place of each element by its identity; null where the identity does not tell them apart. */
    private static Map<Json, Integer> places(List<Json> list, String identity) {
        Map<Json, Integer> places = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Json.JsonObject object)) {
                return null;
            }
            Json value = object.members().get(identity);
            if (!(value instanceof Json.Text || value instanceof Json.Number) || places.put(value, i) != null) {
                return null;
            }
        }
        return places;
    }

    /** A longest common subsequence, by equality. */
    static <T> int[] common(List<T> first, List<T> second) {
        int[] matched = new int[second.size()];
        Arrays.fill(matched, -1);
        int start = 0;
        while (start < first.size() && start < second.size() && first.get(start).equals(second.get(start))) {
            matched[start] = start;
            start++;
        }
        int firstEnd = first.size();
        int secondEnd = second.size();
        while (firstEnd > start && secondEnd > start && first.get(firstEnd - 1).equals(second.get(secondEnd - 1))) {
            matched[--secondEnd] = --firstEnd;
        }
        if (start < firstEnd && start < secondEnd) {
            middle(first.subList(start, firstEnd), second.subList(start, secondEnd), start, matched);
        }
        return matched;
    }

    private static <T> void middle(List<T> first, List<T> second, int offset, int[] matched) {
        Map<T, Integer> names = new HashMap<>();
        int[] a = named(first, names);
        int[] b = named(second, names);
        if ((long) (a.length + 1) * (b.length + 1) > LARGEST_TABLE) {
            onlyOnce(a, b, names.size(), offset, matched);
            return;
        }
        int[][] longest = new int[a.length + 1][b.length + 1];
        for (int i = a.length - 1; i >= 0; i--) {
            for (int j = b.length - 1; j >= 0; j--) {
                longest[i][j] =
                        a[i] == b[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            if (a[i] == b[j]) {
                matched[offset + j++] = offset + i++;
            } else if (longest[i + 1][j] >= longest[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
    }

    private static <T> int[] named(List<T> list, Map<T, Integer> names) {
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = names.computeIfAbsent(list.get(i), value -> names.size());
        }
        return numbers;
    }

    /** For very long lists: matches what stands exactly once in each, in the same order. */
    private static void onlyOnce(int[] a, int[] b, int names, int offset, int[] matched) {
        int[] placeInA = placesOfSingles(a, names);
        int[] placeInB = placesOfSingles(b, names);
        int[] places = new int[b.length];
        Arrays.fill(places, -1);
        for (int name = 0; name < names; name++) {
            if (placeInA[name] >= 0 && placeInB[name] >= 0) {
                places[placeInB[name]] = placeInA[name];
            }
        }
        boolean[] inOrder = longestAscending(places);
        for (int j = 0; j < b.length; j++) {
            if (inOrder[j]) {
                matched[offset + j] = offset + places[j];
            }
        }
    }

    private static int[] placesOfSingles(int[] list, int names) {
        int[] places = new int[names];
        Arrays.fill(places, -1);
        for (int i = 0; i < list.length; i++) {
            places[list[i]] = places[list[i]] == -1 ? i : -2;
        }
        return places;
    }

    /** Marks a longest ascending part of the values; values below 0 do not count. */
    static boolean[] longestAscending(int[] values) {
        int[] tails = new int[values.length];
        int[] before = new int[values.length];
        int length = 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0) {
                continue;
            }
            int low = 0;
            int high = length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (values[tails[middle]] < values[i]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            before[i] = low == 0 ? -1 : tails[low - 1];
            tails[low] = i;
            length = Math.max(length, low + 1);
        }
        boolean[] marked = new boolean[values.length];
        for (int i = length == 0 ? -1 : tails[length - 1]; i >= 0; i = before[i]) {
            marked[i] = true;
        }
        return marked;
    }

    /** Between what stayed equal, takes a container of the same kind for the same one, changed. */
    private static void pairChanged(List<Json> first, List<Json> second, int[] matched) {
        int from = 0;
        int j = 0;
        while (j < matched.length) {
            if (matched[j] >= 0) {
                from = matched[j++] + 1;
                continue;
            }
            int gapEnd = j;
            while (gapEnd < matched.length && matched[gapEnd] < 0) {
                gapEnd++;
            }
            int until = gapEnd < matched.length ? matched[gapEnd] : first.size();
            pairGap(first, second, from, until, j, gapEnd, matched);
            j = gapEnd;
        }
    }

    /** The first that is left of the same sort, behind those that were taken before. */
    private static void pairGap(
            List<Json> first, List<Json> second, int from, int until, int begin, int end, int[] matched) {
        Map<Sort, Deque<Integer>> free = new HashMap<>();
        for (int i = from; i < until; i++) {
            int place = i;
            Sort.of(first.get(i))
                    .ifPresent(sort -> free.computeIfAbsent(sort, any -> new ArrayDeque<>())
                            .add(place));
        }
        int next = from;
        for (int j = begin; j < end; j++) {
            Deque<Integer> places = Sort.of(second.get(j)).map(free::get).orElseGet(() -> new ArrayDeque<>());
            while (!places.isEmpty() && matched[j] < 0) {
                int place = places.remove();
                if (place >= next) {
                    matched[j] = place;
                    next = place + 1;
                }
            }
        }
    }

    /**
     * Elements of one sort may be the same one, changed.
     *
     * @param identity by which it is told apart; {@link Json.Word#NULL} if by nothing
     */
    private record Sort(String kind, Json identity) {
        static Optional<Sort> of(Json element) {
            return switch (element) {
                case Json.JsonObject object ->
                    Optional.of(IDENTITIES.stream()
                            .filter(name -> object.get(name) != Json.Word.NULL)
                            .findFirst()
                            .map(name -> new Sort(name, object.get(name)))
                            .orElse(new Sort("object", Json.Word.NULL)));
                case Json.JsonArray array -> Optional.of(new Sort("array", Json.Word.NULL));
                case Json.Text text when text.value().contains("\n") -> Optional.of(new Sort("text", Json.Word.NULL));
                default -> Optional.empty();
            };
        }
    }
}
