// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.OpenText;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.TextEdit;

/**
 * A Y.Text and an editor that runs ahead of it by what it has queued, and behind it by what it has not pulled. Each side
 * keeps what the other may not have heard of yet, and moves what it hears of behind that, and that behind it. What goes
 * over says how much of the other's was known, so both move the same changes past each other and end alike.
 */
final class GraalText implements OpenText {
    /** @param pulled how many changes of others the editor had pulled before */
    private record Done(TextChange change, int pulled) {}

    /** @param written how many changes of the editor were written before */
    private record Come(TextChange change, int written) {}

    private final GraalReplica replica;
    private final int handle;
    private final Runnable changed;
    private final Queue<Done> queued = new ConcurrentLinkedQueue<>();
    private final Queue<Come> held = new ConcurrentLinkedQueue<>();
    private volatile int written; // counts up on the engine's thread, after what was held before
    private volatile boolean stands = true;

    private String text; // editor's thread only
    private final Deque<TextChange> unwritten = new ArrayDeque<>(); // as far as the editor knows; its thread only
    private int knownWritten; // editor's thread only
    private int pulled; // editor's thread only

    private String present; // the text in the document; engine's thread only
    private final Deque<TextChange> unpulled = new ArrayDeque<>(); // as far as the engine knows; its thread only
    private int knownPulled; // engine's thread only

    GraalText(GraalReplica replica, int handle, String text, Runnable changed) {
        this.replica = replica;
        this.handle = handle;
        this.text = text;
        this.present = text;
        this.changed = changed;
    }

    @Override
    public String text() {
        return text;
    }

    @Override
    public void edit(TextEdit edit) {
        if (edit.at() + edit.count() > text.length()
                || cutsPair(edit.at())
                || cutsPair(edit.at() + edit.count())
                || Keys.hasHalfPair(edit.text())) {
            throw new IllegalArgumentException("a text of " + text.length() + " units has no such edit: at " + edit.at()
                    + ", " + edit.count() + " units by " + edit.text().length());
        }
        TextChange change = TextChange.of(edit);
        text = edit.in(text);
        forgetWritten();
        unwritten.add(change);
        queued.add(new Done(change, pulled));
    }

    private boolean cutsPair(int at) {
        return at > 0
                && at < text.length()
                && Character.isHighSurrogate(text.charAt(at - 1))
                && Character.isLowSurrogate(text.charAt(at));
    }

    /** Where nothing is held, all that will come knows of what is written by now. */
    private void forgetWritten() {
        int until = written;
        if (held.isEmpty()) {
            forgetWritten(until);
        }
    }

    private void forgetWritten(int until) {
        while (knownWritten < until) {
            unwritten.remove();
            knownWritten++;
        }
    }

    @Override
    public List<TextEdit> pull() {
        List<TextEdit> edits = new ArrayList<>();
        for (Come come = held.poll(); come != null; come = held.poll()) {
            forgetWritten(come.written());
            TextChange change = past(come.change(), unwritten, false);
            pulled++;
            edits.addAll(change.edits());
            text = change.in(text);
        }
        return edits;
    }

    /** Moves a change behind others that it did not know of, and them behind it. */
    private static TextChange past(TextChange change, Deque<TextChange> others, boolean othersFirst) {
        TextChange moved = change;
        for (int i = others.size(); i > 0; i--) {
            TextChange other = others.remove();
            others.add(other.after(moved, !othersFirst));
            moved = moved.after(other, othersFirst);
        }
        return moved;
    }

    @Override
    public byte[] write() throws ReplicaException {
        JsonText edits = new JsonText().beginArray();
        int count = 0;
        String after = present;
        for (Done done = stands ? queued.poll() : null; done != null; done = queued.poll()) {
            while (knownPulled < done.pulled()) {
                unpulled.remove();
                knownPulled++;
            }
            TextChange change = past(done.change(), unpulled, true);
            for (TextEdit edit : change.edits()) {
                edits.beginArray()
                        .number(edit.at())
                        .number(edit.count())
                        .text(edit.text())
                        .endArray();
            }
            after = change.in(after);
            count++;
        }
        if (count == 0) {
            return new byte[0];
        }
        byte[] update =
                (byte[]) replica.call("writeText", handle, edits.endArray().toString())[0];
        present = after;
        written += count;
        replica.changed();
        return update;
    }

    /** Takes over what others did since. */
    void refresh() throws ReplicaException {
        Object[] come = replica.call("textChanges", handle);
        if (come[0] == null) {
            stands = false;
            replica.forget(this);
            tell();
            return;
        }
        boolean news = false;
        for (TextChange change : changes((String) come[0])) {
            news |= hold(change);
        }
        // Yjs gives a surrogate pair up that somebody tore apart, and does not tell
        if (come[1] != null && !come[1].equals(present)) {
            news |= hold(TextChange.between(present, (String) come[1]));
        }
        if (news) {
            tell();
        }
    }

    private boolean hold(TextChange change) {
        if (change.edits().isEmpty()) {
            return false;
        }
        present = change.in(present);
        unpulled.add(change);
        held.add(new Come(change, written));
        return true;
    }

    /** From what Yjs tells of a text that has changed. */
    private static List<TextChange> changes(String json) {
        try {
            List<TextChange> changes = new ArrayList<>();
            for (Json event : ((Json.JsonArray) Json.parse(json)).elements()) {
                List<TextChange.Run> runs = new ArrayList<>();
                for (Json part : ((Json.JsonArray) event).elements()) {
                    List<Json> pair = ((Json.JsonArray) part).elements();
                    runs.add(
                            switch (pair.get(1)) {
                                case Json.Text put -> new TextChange.Run.Put(put.value());
                                case Json.Number length
                                when pair.get(0).equals(new Json.Text("keep")) ->
                                    new TextChange.Run.Keep(Integer.parseInt(length.wire()));
                                case Json.Number length -> new TextChange.Run.Take(Integer.parseInt(length.wire()));
                                default -> throw new IllegalStateException("not a part of a change: " + pair);
                            });
                }
                changes.add(new TextChange(runs));
            }
            return changes;
        } catch (InvalidContentException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an editor does wrong must not look like a fault of an update. */
    private void tell() {
        try {
            changed.run();
        } catch (RuntimeException e) {
            System.getLogger(GraalText.class.getName())
                    .log(System.Logger.Level.ERROR, "text: an editor could not be told of a change", e);
        }
    }

    @Override
    public boolean stands() {
        return stands;
    }

    /** The replica is closed, or broke. */
    void end() {
        if (stands) {
            stands = false;
            tell();
        }
    }

    @Override
    public void close() {
        if (!stands) {
            return;
        }
        stands = false;
        replica.closed(this, handle);
    }
}
