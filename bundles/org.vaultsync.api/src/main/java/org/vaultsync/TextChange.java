// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What happens to a text from its beginning on, in UTF-16 units: some are kept, some taken out, some put in. */
record TextChange(List<Run> runs) {
    /** Beyond so many pairs of words, lines are compared first; beyond so many pairs of lines nothing is. */
    private static final long MOST_PAIRS = 1_000_000;

    /** What two texts are compared by. */
    private enum By {
        WORDS,
        LINES,
        WORDS_OF_LINES
    }

    /** A part of a change. */
    sealed interface Run {
        int length();

        record Keep(int length) implements Run {}

        record Take(int length) implements Run {}

        record Put(String text) implements Run {
            @Override
            public int length() {
                return text.length();
            }
        }
    }

    TextChange {
        runs = List.copyOf(runs);
    }

    /** What makes one text of another, word by word. */
    static TextChange between(String before, String after) {
        List<Run> runs = new ArrayList<>();
        compare(before, after, By.WORDS, runs);
        return new TextChange(runs);
    }

    private static void compare(String before, String after, By by, List<Run> runs) {
        List<String> old = by == By.LINES ? lines(before) : words(before);
        List<String> young = by == By.LINES ? lines(after) : words(after);
        int head = 0;
        while (head < Math.min(old.size(), young.size()) && old.get(head).equals(young.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(old.size(), young.size()) - head
                && old.get(old.size() - 1 - tail).equals(young.get(young.size() - 1 - tail))) {
            tail++;
        }
        runs.add(new Run.Keep(length(old.subList(0, head))));
        align(old.subList(head, old.size() - tail), young.subList(head, young.size() - tail), by, runs);
        runs.add(new Run.Keep(length(old.subList(old.size() - tail, old.size()))));
    }

    private static int length(List<String> parts) {
        return parts.stream().mapToInt(String::length).sum();
    }

    /** By a longest common subsequence. */
    private static void align(List<String> old, List<String> young, By by, List<Run> runs) {
        if ((long) old.size() * young.size() > MOST_PAIRS) {
            if (by == By.WORDS) {
                compare(String.join("", old), String.join("", young), By.LINES, runs);
            } else {
                replace(String.join("", old), String.join("", young), runs);
            }
            return;
        }
        int[][] common = new int[old.size() + 1][young.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = young.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(young.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        StringBuilder removed = new StringBuilder();
        StringBuilder added = new StringBuilder();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < young.size()) {
            if (i < old.size() && j < young.size() && old.get(i).equals(young.get(j))) {
                change(removed, added, by, runs);
                runs.add(new Run.Keep(old.get(i).length()));
                i++;
                j++;
            } else if (j == young.size() || i < old.size() && common[i + 1][j] >= common[i][j + 1]) {
                removed.append(old.get(i++));
            } else {
                added.append(young.get(j++));
            }
        }
        change(removed, added, by, runs);
    }

    private static void change(StringBuilder removed, StringBuilder added, By by, List<Run> runs) {
        if (by == By.LINES) {
            compare(removed.toString(), added.toString(), By.WORDS_OF_LINES, runs);
        } else {
            replace(removed.toString(), added.toString(), runs);
        }
        removed.setLength(0);
        added.setLength(0);
    }

    /** Without what both begin and end with, and without cutting a surrogate pair. */
    private static void replace(String removed, String added, List<Run> runs) {
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
        runs.add(new Run.Keep(start));
        runs.add(new Run.Take(removed.length() - start - end));
        runs.add(new Run.Put(added.substring(start, added.length() - end)));
        runs.add(new Run.Keep(end));
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(text.substring(start, end + 1));
            start = end + 1;
        }
        lines.add(text.substring(start));
        return lines;
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

    /**
     * This change, when another one that was made to the same text has been made already.
     *
     * @param otherFirst whether what the other one puts in at the same place stands first
     */
    TextChange after(TextChange other, boolean otherFirst) {
        List<Run> moved = new ArrayList<>();
        Rest mine = new Rest(runs);
        Rest theirs = new Rest(other.runs);
        while (mine.hasMore()) {
            if (theirs.peek() instanceof Run.Put put && (otherFirst || !(mine.peek() instanceof Run.Put))) {
                moved.add(new Run.Keep(put.length()));
                theirs.next(put.length());
            } else if (mine.peek() instanceof Run.Put put) {
                moved.add(put);
                mine.next(put.length());
            } else {
                int length = Math.min(mine.peek().length(), theirs.left());
                Run run = mine.next(length);
                if (!(theirs.next(length) instanceof Run.Take)) {
                    moved.add(run);
                }
            }
        }
        return new TextChange(moved);
    }

    /** As edits, one after the other. */
    List<TextEdit> edits() {
        List<TextEdit> edits = new ArrayList<>();
        int at = 0;
        int count = 0;
        StringBuilder text = new StringBuilder();
        for (Run run : runs) {
            switch (run) {
                case Run.Keep(int length) when length == 0 -> {}
                case Run.Keep(int length) -> {
                    at += flush(edits, at, count, text) + length;
                    count = 0;
                    text.setLength(0);
                }
                case Run.Take(int length) -> count += length;
                case Run.Put(String put) -> text.append(put);
            }
        }
        flush(edits, at, count, text);
        return edits;
    }

    private static int flush(List<TextEdit> edits, int at, int count, StringBuilder text) {
        if (count > 0 || !text.isEmpty()) {
            edits.add(new TextEdit(at, count, text.toString()));
        }
        return text.length();
    }

    /** What is left of a change, to be taken in pieces; after its end all is kept. */
    private static final class Rest {
        private final Deque<Run> runs = new ArrayDeque<>();

        Rest(List<Run> runs) {
            runs.stream().filter(run -> run.length() > 0).forEach(this.runs::add);
        }

        boolean hasMore() {
            return !runs.isEmpty();
        }

        Run peek() {
            return hasMore() ? runs.peek() : new Run.Keep(Integer.MAX_VALUE);
        }

        int left() {
            return peek().length();
        }

        /** As much of the next run as is asked for and is there. */
        Run next(int length) {
            Run run = runs.pop();
            if (run.length() == length) {
                return run;
            }
            return switch (run) {
                case Run.Keep(int all) -> {
                    runs.push(new Run.Keep(all - length));
                    yield new Run.Keep(length);
                }
                case Run.Take(int all) -> {
                    runs.push(new Run.Take(all - length));
                    yield new Run.Take(length);
                }
                case Run.Put put -> throw new IllegalStateException("cannot be cut: " + put);
            };
        }
    }
}
