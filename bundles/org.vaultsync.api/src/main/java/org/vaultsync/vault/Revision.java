// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.vault;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

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
    private static final Pattern FORM = Pattern.compile("[0-9A-Za-z]{0,64}(~[0-9a-f]{8})*");

    /** Of an item that sync has never seen. */
    public static final Revision NONE = new Revision("");

    private static final int LONGEST_CHAIN = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    public Revision {
        if (!FORM.matcher(text).matches()) {
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

    /**
     * Names of the states that the content went through, newest first. The last one was given out by sync, or is empty.
     * Where people saved very often without sync, some in the middle are left out.
     */
    public List<String> lineage() {
        return List.of(text.split("~", -1)).reversed();
    }

    /** The name of the state itself: the first of its {@link #lineage()}. */
    public String name() {
        return text.substring(text.lastIndexOf('~') + 1);
    }
}
