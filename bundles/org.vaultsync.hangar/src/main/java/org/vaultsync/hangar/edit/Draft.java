// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.edit;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vaultsync.TextEdit;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.item.ItemType;
import org.vaultsync.hangar.json.Changes;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.json.JsonProblem;
import org.vaultsync.vault.Item;
import org.vaultsync.vault.Revision;
import org.vaultsync.vault.Stored;

/**
 * An item in an open editor: what it started from, what the person made of it, and how that goes together with what
 * others save meanwhile. Used by one thread.
 *
 * <p>The rule that it keeps: what differs between the content of {@link #startedFrom()} and {@link #item()} is what this
 * person edited, and nothing else.
 */
public final class Draft {
    private static final int MOST_STEPS = 500;

    /** One thing that undo takes back: fields with their values before and after. */
    private record Step(Map<JsonPointer, JsonNode> before, Map<JsonPointer, JsonNode> after) {
        JsonPointer only() {
            return after.size() == 1 ? after.keySet().iterator().next() : JsonPointer.empty();
        }

        /** Brings what others made of a text into both of its values. */
        void bring(JsonPointer at, JsonNode from, JsonNode to) {
            for (Map<JsonPointer, JsonNode> values : List.of(before, after)) {
                values.computeIfPresent(at, (same, value) -> isText(value) ? merged(from, value, to) : value);
            }
        }
    }

    private final String id;
    private final String type;
    private final Deque<Step> undo = new ArrayDeque<>();
    private final Deque<Step> redo = new ArrayDeque<>();
    private final List<JsonPointer> textFields;
    private final Map<JsonPointer, String> unfinished = new LinkedHashMap<>();
    private List<String> references;
    private Revision startedFrom;
    private ObjectNode base;
    private ObjectNode mine;
    private Optional<Stored> held = Optional.empty();
    private boolean typing;
    private boolean deleted;

    /** @throws JsonProblem if the item has content that Hangar does not take */
    public Draft(Stored opened) throws JsonProblem {
        id = opened.item().id();
        type = opened.item().type();
        textFields = ItemType.of(type).texts().stream()
                .map(pointer -> ItemDocument.CONTENT.append(JsonPointer.compile(pointer)))
                .toList();
        references = opened.item().references();
        startedFrom = opened.revision();
        base = ItemDocument.of(opened.item());
        mine = base.deepCopy();
    }

    public String type() {
        return type;
    }

    /** What the next save is an edit of. */
    public Revision startedFrom() {
        return startedFrom;
    }

    /** The item as it would be saved now. */
    public Item item() {
        return ItemDocument.item(id, type, mine, references);
    }

    /** The value of a field as the person sees it; a missing node if it is not there. Not to be changed by the caller. */
    public JsonNode value(JsonPointer at) {
        return mine.at(at);
    }

    /** Whether there is something that a save would save, or that a close would lose. */
    public boolean isDirty() {
        return !unfinished.isEmpty() || deleted || !Changes.between(base, mine).isEmpty();
    }

    /** The item was deleted by somebody while it is open here; saving makes it again. */
    public boolean isDeleted() {
        return deleted;
    }

    /** Fields with a text in them that is no value yet, such as a number half typed. They cannot be saved. */
    public Map<JsonPointer, String> unfinished() {
        return Map.copyOf(unfinished);
    }

    /** Sets a field, as a step of its own. */
    public void edit(JsonPointer at, JsonNode value) {
        typing = false;
        set(at, value);
        typing = false;
    }

    /** Sets a field while its text is being typed: one step with what was typed into the same field just before. */
    public void type(JsonPointer at, JsonNode value) {
        set(at, value);
        typing = true;
    }

    /** A text is in a field that is no value yet; the field keeps the value that it had. */
    public void leaveUnfinished(JsonPointer at, String text) {
        unfinished.put(at, text);
    }

    /** What is typed from now on is another step. */
    public void pause() {
        typing = false;
    }

    private void set(JsonPointer at, JsonNode value) {
        unfinished.remove(at);
        JsonNode before = mine.at(at).deepCopy();
        if (Json.same(before, value) && before.equals(value)) {
            return;
        }
        ObjectNode former = mine.deepCopy();
        Changes.set(mine, at, value);
        Changes done = Changes.between(former, mine);
        if (done.isEmpty()) {
            return;
        }
        redo.clear();
        Step last = undo.peek();
        Map<JsonPointer, JsonNode> first = before(former, done.fields().keySet());
        if (typing
                && last != null
                && last.only().equals(at)
                && done.fields().keySet().equals(Set.of(at))) {
            undo.pop();
            if (!Json.same(last.before().get(at), value)) {
                undo.push(new Step(last.before(), done.fields()));
            }
            return;
        }
        push(new Step(first, done.fields()));
    }

    /**
     * Replaces the whole content, as the raw page does.
     *
     * @param sessionStart the content when the person began to edit the raw text: one step from there to here
     */
    public void replaceContent(ObjectNode content, Optional<ObjectNode> sessionStart) {
        unfinished.remove(ItemDocument.CONTENT);
        ObjectNode former = mine.deepCopy();
        mine.set("content", content.deepCopy());
        typing = false;
        Changes done = Changes.between(former, mine);
        if (done.isEmpty()) {
            return;
        }
        redo.clear();
        if (sessionStart.isPresent()) {
            ObjectNode start = former.deepCopy();
            start.set("content", sessionStart.get().deepCopy());
            Changes session = Changes.between(start, mine);
            if (!undo.isEmpty()) {
                Changes soFar = Changes.between(start, former);
                if (!soFar.isEmpty()
                        && undo.peek().after().keySet().equals(soFar.fields().keySet())) {
                    undo.pop();
                }
            }
            if (!session.isEmpty()) {
                push(new Step(before(start, session.fields().keySet()), session.fields()));
            }
            return;
        }
        push(new Step(before(former, done.fields().keySet()), done.fields()));
    }

    private void push(Step step) {
        undo.push(step);
        if (undo.size() > MOST_STEPS) {
            undo.removeLast();
        }
    }

    private static Map<JsonPointer, JsonNode> before(ObjectNode former, Collection<JsonPointer> fields) {
        Map<JsonPointer, JsonNode> values = new LinkedHashMap<>();
        fields.forEach(at -> values.put(at, former.at(at).deepCopy()));
        return values;
    }

    public boolean canUndo() {
        return !undo.isEmpty() || !unfinished.isEmpty();
    }

    public boolean canRedo() {
        return !redo.isEmpty();
    }

    /**
     * Takes back this person's last step, in those of its fields that nobody else has changed since.
     *
     * @param changed fields that have their former value again
     * @param refused fields that somebody else changed since, and that were left alone
     */
    public record Stepped(Set<JsonPointer> changed, Set<JsonPointer> refused) {}

    public Stepped undo() {
        boolean wasTyping = typing;
        typing = false;
        if (!unfinished.isEmpty()) {
            Set<JsonPointer> dropped = new LinkedHashSet<>(unfinished.keySet());
            unfinished.clear();
            // What was typed into the same field just before, such as emptying it, belongs to the same step.
            boolean sameRun =
                    wasTyping && !undo.isEmpty() && dropped.contains(undo.peek().only());
            Stepped stepped = sameRun ? step(undo, redo) : new Stepped(Set.of(), Set.of());
            dropped.addAll(stepped.changed());
            return new Stepped(dropped, stepped.refused());
        }
        return step(undo, redo);
    }

    public Stepped redo() {
        typing = false;
        return step(redo, undo);
    }

    private Stepped step(Deque<Step> from, Deque<Step> to) {
        Set<JsonPointer> changed = new LinkedHashSet<>();
        Set<JsonPointer> refused = new LinkedHashSet<>();
        if (from.isEmpty()) {
            return new Stepped(changed, refused);
        }
        Step step = from.pop();
        Map<JsonPointer, JsonNode> now = new LinkedHashMap<>();
        Map<JsonPointer, JsonNode> then = new LinkedHashMap<>();
        step.after().forEach((at, after) -> {
            if (Json.same(mine.at(at), after)) {
                now.put(at, mine.at(at).deepCopy());
                then.put(at, step.before().get(at));
            } else {
                refused.add(at);
            }
        });
        ObjectNode former = mine.deepCopy();
        then.forEach((at, value) -> Changes.set(mine, at, value));
        changed.addAll(Changes.between(former, mine).fields().keySet());
        if (!then.isEmpty()) {
            to.push(new Step(now, then));
        }
        return new Stepped(changed, refused);
    }

    /** What became of an item that somebody else saved, in this editor. */
    public sealed interface Reception {
        /** Nothing that is seen has changed. */
        record Same() implements Reception {}

        /** These fields show the new values now; what this person edited stands. */
        record Shown(Set<JsonPointer> changed) implements Reception {}

        /** These fields were edited here too, so the view stays as it is until saving puts both together. */
        record Held(Set<JsonPointer> both) implements Reception {}
    }

    /** Takes in what sync has put into the vault. Texts of several lines that both changed are put together at once. */
    public Reception take(Stored newest) throws JsonProblem {
        return take(newest, false);
    }

    /**
     * Takes in what the same person saved elsewhere in this host, such as a new name. No sync puts that together with what
     * is unsaved here, so it is done at once: a field changed in both places keeps what stands in this editor.
     */
    public Reception takeOwn(Stored newest) throws JsonProblem {
        return take(newest, held.isEmpty());
    }

    private Reception take(Stored newest, boolean mineWins) throws JsonProblem {
        ObjectNode theirs = ItemDocument.of(newest.item());
        boolean wasDeleted = deleted;
        deleted = false;
        Changes theirChanges = Changes.between(base, theirs);
        Changes myChanges = Changes.between(base, mine);
        Set<JsonPointer> overlap = myChanges.against(theirChanges, unfinished.keySet());
        Map<JsonPointer, JsonNode> texts = together(overlap, theirs);
        overlap.removeAll(texts.keySet());
        if (!overlap.isEmpty() && !mineWins) {
            held = Optional.of(newest);
            return new Reception.Held(Set.copyOf(overlap));
        }
        held = Optional.empty();
        ObjectNode together = theirs.deepCopy();
        myChanges.applyTo(together);
        texts.forEach((at, text) -> Changes.set(together, at, text));
        Set<JsonPointer> changed =
                new LinkedHashSet<>(Changes.between(mine, together).fields().keySet());
        if (!changed.isEmpty()
                && !undo.isEmpty()
                && changed.contains(undo.peek().only())) {
            typing = false;
        }
        keepSteps(theirs);
        base = theirs;
        mine = together;
        startedFrom = newest.revision();
        references = newest.item().references();
        return changed.isEmpty() && !wasDeleted ? new Reception.Same() : new Reception.Shown(changed);
    }

    /** Texts of several lines that both changed, letter by letter. */
    private Map<JsonPointer, JsonNode> together(Set<JsonPointer> overlap, ObjectNode theirs) {
        Map<JsonPointer, JsonNode> texts = new LinkedHashMap<>();
        for (JsonPointer at : textFields) {
            if (overlap.contains(at) && isText(theirs.at(at)) && isText(mine.at(at))) {
                texts.put(at, merged(base.at(at), mine.at(at), theirs.at(at)));
            }
        }
        return texts;
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual();
    }

    private static JsonNode merged(JsonNode from, JsonNode mine, JsonNode theirs) {
        String base = isText(from) ? from.textValue() : "";
        String text = mine.textValue();
        return TextNode.valueOf(TextEdit.all(TextEdit.pull(base, text, theirs.textValue()), text));
    }

    /** What others did to a text is in the steps too, so that taking one back leaves it there. */
    private void keepSteps(ObjectNode theirs) {
        for (JsonPointer at : textFields) {
            JsonNode from = base.at(at);
            JsonNode to = theirs.at(at);
            boolean theirsAlone = isText(from)
                    && isText(to)
                    && !from.equals(to)
                    && !mine.at(at).equals(to);
            if (theirsAlone) {
                undo.forEach(step -> step.bring(at, from, to));
                redo.forEach(step -> step.bring(at, from, to));
            }
        }
    }

    /** Tries again what was held back, after an edit that may have made room for it. */
    public Reception settle() throws JsonProblem {
        return held.isEmpty() ? new Reception.Same() : take(held.get());
    }

    /** Somebody deleted the item. What is unsaved here stays, and saving makes the item again. */
    public void takeDeletion() {
        deleted = true;
    }

    /**
     * The item was saved, as {@link #item()} had it.
     *
     * @param stored as the vault holds it, which may differ in what it normalises
     */
    public Reception saved(Stored stored) throws JsonProblem {
        if (!unfinished.isEmpty()) {
            throw new IllegalStateException("saved with unfinished fields: " + unfinished.keySet());
        }
        typing = false;
        deleted = false;
        held = Optional.empty();
        base = mine.deepCopy();
        startedFrom = stored.revision();
        return take(stored);
    }
}
