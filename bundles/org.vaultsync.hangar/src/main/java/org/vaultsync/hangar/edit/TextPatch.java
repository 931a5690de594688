// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A piece of a text to be replaced.
 *
 * @param offset in the text as it is once the patches after this one in the list are made
 */
public record TextPatch(int offset, int length, String text) {
    private static final long MOST_WORK = 4_000_000;

    /** What makes the one text of the other, whole lines at a time; to be done in the order of the list, from the end on. */
    public static List<TextPatch> between(String before, String after) {
        List<String> old = lines(before);
        List<String> young = lines(after);
        int head = 0;
        while (head < Math.min(old.size(), young.size()) && old.get(head).equals(young.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(old.size(), young.size()) - head
                && old.get(old.size() - 1 - tail).equals(young.get(young.size() - 1 - tail))) {
            tail++;
        }
        int oldEnd = old.size() - tail;
        int youngEnd = young.size() - tail;
        int[] offsets = new int[old.size() + 1];
        for (int i = 0; i < old.size(); i++) {
            offsets[i + 1] = offsets[i] + old.get(i).length();
        }
        List<TextPatch> patches = new ArrayList<>();
        if ((long) (oldEnd - head) * (youngEnd - head) > MOST_WORK) {
            add(patches, offsets, head, oldEnd, young.subList(head, youngEnd));
        } else {
            align(patches, offsets, old, young, head, oldEnd, youngEnd);
        }
        Collections.reverse(patches);
        return patches;
    }

    private static void align(
            List<TextPatch> patches,
            int[] offsets,
            List<String> old,
            List<String> young,
            int head,
            int oldEnd,
            int youngEnd) {
        int[][] common = new int[oldEnd - head + 1][youngEnd - head + 1];
        for (int i = oldEnd - head - 1; i >= 0; i--) {
            for (int j = youngEnd - head - 1; j >= 0; j--) {
                common[i][j] = old.get(head + i).equals(young.get(head + j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < oldEnd - head || j < youngEnd - head) {
            int fromOld = i;
            int fromYoung = j;
            while ((i < oldEnd - head || j < youngEnd - head)
                    && !(i < oldEnd - head
                            && j < youngEnd - head
                            && old.get(head + i).equals(young.get(head + j)))) {
                if (j >= youngEnd - head || i < oldEnd - head && common[i + 1][j] >= common[i][j + 1]) {
                    i++;
                } else {
                    j++;
                }
            }
            if (i > fromOld || j > fromYoung) {
                add(patches, offsets, head + fromOld, head + i, young.subList(head + fromYoung, head + j));
            }
            while (i < oldEnd - head && j < youngEnd - head && old.get(head + i).equals(young.get(head + j))) {
                i++;
                j++;
            }
        }
    }

    private static void add(List<TextPatch> patches, int[] offsets, int from, int to, List<String> lines) {
        if (from < to || !lines.isEmpty()) {
            patches.add(new TextPatch(offsets[from], offsets[to] - offsets[from], String.join("", lines)));
        }
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
}
