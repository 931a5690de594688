// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What people wrote in a simulation. Every value that anybody writes is a word of its own, so that each can be looked
 * for: it has to be there in the end, unless somebody who saw it replaced it, deleted it or chose another.
 */
final class Ledger {
    /** One value that somebody wrote. */
    record Word(String word, String item, SimulatedDevice by, String where) {}

    private static final Pattern WORD = Pattern.compile("w[0-9]+w");

    private final Map<String, Word> written = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>(); // up, and why

    String write(String item, SimulatedDevice by, String where) {
        String word = "w" + written.size() + "w";
        written.put(word, new Word(word, item, by, where));
        return word;
    }

    boolean isOf(String word, String item) {
        return written.get(word).item().equals(item);
    }

    /** All that was written into some items. */
    Set<String> ofItems(Set<String> items) {
        return written.values().stream()
                .filter(word -> items.contains(word.item()))
                .map(Word::word)
                .collect(Collectors.toSet());
    }

    static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>();
        for (Matcher word = WORD.matcher(text); word.find(); ) {
            words.add(word.group());
        }
        return words;
    }

    /** Somebody who saw these words let them go. */
    void letGo(Set<String> words, String why) {
        words.forEach(word -> given.putIfAbsent(word, why));
    }

    /** Somebody writes these words again, and nobody has let go what is written now. */
    void writeAgain(Set<String> words, SimulatedDevice by) {
        for (String word : words) {
            if (given.remove(word) != null) {
                written.computeIfPresent(
                        word, (same, first) -> new Word(word, first.item(), by, first.where() + ", again"));
            }
        }
    }

    /** Those that must be found. */
    Iterable<Word> owed() {
        return written.values().stream().filter(word -> !given.containsKey(word.word()))::iterator;
    }

    int size() {
        return written.size();
    }

    int owedCount() {
        return written.size() - given.size();
    }
}
