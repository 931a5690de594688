// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.vaultsync.crdt.TextEdit;

/** What happens to a text from its beginning on, in UTF-16 units: some are kept, some taken out, some put in. */
record TextChange(List<Run> runs) {
    static final TextChange NONE = new TextChange(List.of());

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

    static TextChange of(TextEdit edit) {
        return new TextChange(List.of(new Run.Keep(edit.at()), new Run.Take(edit.count()), new Run.Put(edit.text())));
    }

    /** What makes one text of another, in one piece. */
    static TextChange between(String before, String after) {
        int start = 0;
        int shorter = Math.min(before.length(), after.length());
        while (start < shorter && before.charAt(start) == after.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start
                && before.charAt(before.length() - 1 - end) == after.charAt(after.length() - 1 - end)) {
            end++;
        }
        return of(new TextEdit(start, before.length() - start - end, after.substring(start, after.length() - end)));
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

    /** The text after it. */
    String in(String before) {
        String text = before;
        for (TextEdit edit : edits()) {
            text = edit.in(text);
        }
        return text;
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
            if (!hasMore()) {
                return new Run.Keep(length);
            }
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
                case Run.Put(String all) -> {
                    runs.push(new Run.Put(all.substring(length)));
                    yield new Run.Put(all.substring(0, length));
                }
            };
        }
    }
}
