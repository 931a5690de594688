// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.compare.rangedifferencer.IRangeComparator;
import org.eclipse.compare.rangedifferencer.RangeDifference;
import org.eclipse.compare.rangedifferencer.RangeDifferencer;

/**
 * Two texts that were made of one, line by line. What only one of them changed is taken; for the rest somebody chooses.
 * Where it is not known what they were made from, everything that differs is to be chosen.
 */
final class Merge {
    /** The texts. */
    enum Side {
        STANDING,
        BEFORE,
        LOST
    }

    /** What becomes of a difference. */
    enum Choice {
        STANDING,
        LOST,
        BOTH
    }

    /** Some lines of one of the texts, or of the result. */
    record Lines(int first, int count) {
        int end() {
            return first + count;
        }
    }

    /** Lines in which the texts differ, or do not. */
    private static final class Part {
        private final Map<Side, Lines> where = new EnumMap<>(Side.class);
        private final boolean differs;
        private Choice choice;

        Part(boolean differs, Choice choice) {
            this.differs = differs;
            this.choice = choice;
        }
    }

    private final Map<Side, List<String>> texts = new EnumMap<>(Side.class);
    private final List<Part> parts = new ArrayList<>();
    private final List<Part> differences;

    Merge(String standing, Optional<String> before, String lost) {
        texts.put(Side.STANDING, lines(standing));
        texts.put(Side.BEFORE, before.map(Merge::lines).orElse(List.of()));
        texts.put(Side.LOST, lines(lost));
        Comparison left = new Comparison(texts.get(Side.STANDING));
        Comparison right = new Comparison(texts.get(Side.LOST));
        RangeDifference[] ranges = before.isPresent()
                ? RangeDifferencer.findRanges(new Comparison(texts.get(Side.BEFORE)), left, right)
                : RangeDifferencer.findRanges(left, right);
        for (RangeDifference range : ranges) {
            // Of two texts alone every difference is a change; of three, only what both changed is for somebody to
            // choose.
            boolean open = range.kind() == (before.isPresent() ? RangeDifference.CONFLICT : RangeDifference.CHANGE);
            Choice choice = Choice.STANDING;
            if (open && added(range, before.isPresent())) {
                choice = Choice.BOTH;
            } else if (!open && range.kind() == RangeDifference.RIGHT) {
                choice = Choice.LOST;
            }
            Part part = new Part(open, choice);
            part.where.put(Side.STANDING, new Lines(range.leftStart(), range.leftLength()));
            part.where.put(Side.BEFORE, new Lines(range.ancestorStart(), range.ancestorLength()));
            part.where.put(Side.LOST, new Lines(range.rightStart(), range.rightLength()));
            parts.add(part);
        }
        differences = parts.stream().filter(part -> part.differs).toList();
    }

    /** Whether nothing is replaced: then nothing is lost if both are kept. */
    private static boolean added(RangeDifference range, boolean beforeIsKnown) {
        return beforeIsKnown ? range.ancestorLength() == 0 : range.leftLength() == 0 || range.rightLength() == 0;
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
    }

    /** How many differences somebody may choose about. */
    int count() {
        return differences.size();
    }

    void choose(int difference, Choice choice) {
        differences.get(difference).choice = choice;
    }

    Choice choice(int difference) {
        return differences.get(difference).choice;
    }

    /** Where a difference is in one of the texts. */
    Lines where(int difference, Side side) {
        return differences.get(difference).where.get(side);
    }

    /** Where a difference is in the result. */
    Lines inResult(int difference) {
        int first = 0;
        for (Part part : parts) {
            int count = result(part).size();
            if (part == differences.get(difference)) {
                return new Lines(first, count);
            }
            first += count;
        }
        throw new IndexOutOfBoundsException(difference);
    }

    /** What becomes of the texts. */
    String result() {
        return String.join(
                "\n", parts.stream().flatMap(part -> result(part).stream()).toList());
    }

    private List<String> result(Part part) {
        List<String> standing = of(part, Side.STANDING);
        List<String> lost = of(part, Side.LOST);
        return switch (part.choice) {
            case STANDING -> standing;
            case LOST -> lost;
            case BOTH -> {
                List<String> both = new ArrayList<>(standing);
                lost.stream().filter(line -> !standing.contains(line)).forEach(both::add);
                yield both;
            }
        };
    }

    private List<String> of(Part part, Side side) {
        Lines lines = part.where.get(side);
        return texts.get(side).subList(lines.first(), lines.end());
    }

    /** Lines for the platform to compare. */
    private record Comparison(List<String> lines) implements IRangeComparator {
        @Override
        public int getRangeCount() {
            return lines.size();
        }

        @Override
        public boolean rangesEqual(int mine, IRangeComparator other, int theirs) {
            return lines.get(mine).equals(((Comparison) other).lines.get(theirs));
        }

        @Override
        public boolean skipRangeComparison(int length, int longest, IRangeComparator other) {
            return false;
        }
    }
}
