// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A piece of a text taken out and another put in, in UTF-16 units; never cuts a surrogate pair.
 *
 * @param at where it begins
 * @param count how much is taken out
 * @param text what is put in
 */
record TextSplice(int at, int count, String text) {
    /** What makes one text of another, word by word, from behind so that each stands where the text is yet unchanged. */
    static List<TextSplice> between(String before, String after) {
        List<String> first = words(before);
        List<String> second = words(after);
        int[] matched = Matching.common(first, second);
        List<TextSplice> splices = new ArrayList<>();
        int at = 0;
        int i = 0;
        StringBuilder added = new StringBuilder();
        for (int j = 0; j <= matched.length; j++) {
            if (j < matched.length && matched[j] < 0) {
                added.append(second.get(j));
                continue;
            }
            int until = j < matched.length ? matched[j] : first.size();
            StringBuilder removed = new StringBuilder();
            while (i < until) {
                removed.append(first.get(i++));
            }
            if (!removed.isEmpty() || !added.isEmpty()) {
                splices.add(trimmed(at, removed.toString(), added.toString()));
            }
            at += removed.length();
            added.setLength(0);
            if (j < matched.length) {
                at += first.get(i++).length();
            }
        }
        Collections.reverse(splices);
        return splices;
    }

    /** Without what both begin and end with. */
    private static TextSplice trimmed(int at, String removed, String added) {
        int shorter = Math.min(removed.length(), added.length());
        int start = 0;
        while (start < shorter && removed.charAt(start) == added.charAt(start)) {
            start++;
        }
        if (start > 0 && Character.isHighSurrogate(removed.charAt(start - 1))) {
            start--;
        }
        int end = 0;
        while (end < shorter - start
                && removed.charAt(removed.length() - 1 - end) == added.charAt(added.length() - 1 - end)) {
            end++;
        }
        if (end > 0 && Character.isLowSurrogate(removed.charAt(removed.length() - end))) {
            end--;
        }
        return new TextSplice(at + start, removed.length() - start - end, added.substring(start, added.length() - end));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start + Character.charCount(text.codePointAt(start));
            if (Character.isLetterOrDigit(text.codePointAt(start))) {
                while (end < text.length() && Character.isLetterOrDigit(text.codePointAt(end))) {
                    end += Character.charCount(text.codePointAt(end));
                }
            }
            words.add(text.substring(start, end));
            start = end;
        }
        return words;
    }
}
