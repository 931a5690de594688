// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Names the state of an item that some content was made from. A host stores it beside each item, hands it to an editor
 * with the content, and on saving calls {@link #edited()} on the revision that the editor <em>started</em> from. Beyond
 * that it is opaque.
 *
 * <p>It carries where it came from: a revision that was given out by sync, then one mark for each save since. That is
 * how an edit which was made while sync was away is still compared with what it was made from.
 *
 * @param text what the host stores; empty for an item that was never synced or edited
 */
public record Revision(String text) {
    /** Of an item that sync has never seen. */
    public static final Revision NONE = new Revision("");

    private static final int LONGEST_CHAIN = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    public Revision {
        if (!text.matches("[0-9A-Za-z]{0,64}(~[0-9a-f]{8})*")) {
            throw new IllegalArgumentException("not a revision: " + text);
        }
    }

    /** The revision of content that a person made from the content of this one. */
    public Revision edited() {
        List<String> marks = new ArrayList<>(List.of(text.split("~", -1)));
        if (marks.size() == LONGEST_CHAIN) {
            marks.remove(LONGEST_CHAIN / 2);
        }
        marks.add(HexFormat.of().toHexDigits(RANDOM.nextInt()));
        return new Revision(String.join("~", marks));
    }

    /** This revision and those that it was made from, newest first; the last one was given out by sync, or is none. */
    public List<Revision> lineage() {
        List<Revision> lineage = new ArrayList<>();
        for (String rest = text; ; rest = rest.substring(0, rest.lastIndexOf('~'))) {
            lineage.add(new Revision(rest));
            if (rest.indexOf('~') < 0) {
                return lineage;
            }
        }
    }
}
