// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.InvalidContentException;

/**
 * What somebody changed, as the script takes it. Three values meet at each place: what the editor started from, what
 * it made of it, and what the document holds; the first and the last differ where a host brings content into a form
 * of its own. Only what the editor changed is written. What it changed at a place that the document lacks is written
 * there anew.
 */
final class Changes {
    private final DocumentKind kind;
    private final Shape shape;
    private final JsonText out = new JsonText();
    private final List<Object> path = new ArrayList<>();
    private int count;

    Changes(DocumentKind kind, Shape shape) {
        this.kind = kind;
        this.shape = shape;
    }

    /** Empty when there are none. */
    String between(Json.JsonObject base, Json.JsonObject edited, Json.JsonObject present)
            throws InvalidContentException {
        out.beginArray();
        for (String root : both(base, edited)) {
            if (!kind.roots().contains(root)) {
                throw new InvalidContentException("The content has no part \"" + root + "\".");
            }
            path.add(root);
            members(object(base, root), object(edited, root), object(present, root));
            path.removeLast();
        }
        out.endArray();
        return count == 0 ? "" : out.toString();
    }

    private static Json.JsonObject object(Json.JsonObject document, String root) throws InvalidContentException {
        Json value = document.members().getOrDefault(root, Json.JsonObject.EMPTY);
        if (value instanceof Json.JsonObject object) {
            return object;
        }
        throw new InvalidContentException("The part \"" + root + "\" of the content is not a JSON object.");
    }

    private static Set<String> both(Json.JsonObject one, Json.JsonObject other) {
        Set<String> names = new LinkedHashSet<>(other.members().keySet());
        names.addAll(one.members().keySet());
        return names;
    }

    private void members(Json.JsonObject base, Json.JsonObject edited, Json.JsonObject present) {
        for (String name : both(base, edited)) {
            path.add(Keys.escape(name));
            member(
                    base.members().get(name),
                    edited.members().get(name),
                    present.members().get(name));
            path.removeLast();
        }
    }

    /** At one place; null in Java where there is nothing. */
    private void member(Json base, Json edited, Json present) {
        if (Objects.equals(base, edited) || Objects.equals(edited, present)) {
            return;
        }
        if (edited == null) {
            begin("cut").endArray();
        } else if (!kind.nested()) {
            set(edited);
        } else if (edited instanceof Json.JsonObject to && present instanceof Json.JsonObject now) {
            members(base instanceof Json.JsonObject from ? from : Json.JsonObject.EMPTY, to, now);
        } else if (edited instanceof Json.JsonArray to && present instanceof Json.JsonArray now) {
            elements(base instanceof Json.JsonArray from ? from : Json.JsonArray.EMPTY, to, now);
        } else if (edited instanceof Json.Text to
                && present instanceof Json.Text now
                && !Keys.hasHalfPair(to.value())
                && !Keys.hasHalfPair(now.value())) {
            text(now.value(), to);
        } else {
            set(edited);
        }
    }

    private JsonText begin(String what) {
        count++;
        out.beginArray().text(what).beginArray();
        for (Object step : path) {
            if (step instanceof Integer index) {
                out.number(index);
            } else {
                out.text((String) step);
            }
        }
        return out.endArray();
    }

    private void set(Json value) {
        begin("set").value(value, shape.at(path)).endArray();
    }

    private void text(String present, Json.Text edited) {
        begin("text").beginArray();
        for (TextSplice splice : TextSplice.between(present, edited.value())) {
            out.beginArray()
                    .number(splice.at())
                    .number(splice.count())
                    .text(splice.text())
                    .endArray();
        }
        out.endArray().value(edited, Shape.PLAIN).endArray();
    }

    private void elements(Json.JsonArray base, Json.JsonArray edited, Json.JsonArray present) {
        List<Json> from = base.elements();
        List<Json> to = edited.elements();
        List<Json> now = present.elements();
        int[] fromOfTo = Matching.of(from, to);
        int[] nowOfFrom = present.equals(base) ? null : inverse(Matching.of(from, now), from.size());
        int[] nowOfTo = new int[to.size()];
        for (int j = 0; j < nowOfTo.length; j++) {
            int i = fromOfTo[j];
            nowOfTo[j] = i < 0 || nowOfFrom == null ? i : nowOfFrom[i];
        }
        boolean[] stays = Matching.longestAscending(nowOfTo);
        for (int j = 0; j < nowOfTo.length; j++) {
            if (stays[j]) {
                path.add(nowOfTo[j]);
                member(from.get(fromOfTo[j]), to.get(j), now.get(nowOfTo[j]));
                path.removeLast();
            }
        }

        boolean[] cut = new boolean[now.size()];
        for (int i = 0; i < from.size(); i++) {
            int place = nowOfFrom == null ? i : nowOfFrom[i];
            if (place >= 0) {
                cut[place] = true;
            }
        }
        List<List<Json>> added = new ArrayList<>();
        for (int place = 0; place <= now.size(); place++) {
            added.add(new ArrayList<>(0));
        }
        int place = 0;
        for (int j = 0; j < nowOfTo.length; j++) {
            if (stays[j]) {
                cut[nowOfTo[j]] = false;
                place = nowOfTo[j] + 1;
            } else {
                boolean gone = fromOfTo[j] >= 0 && nowOfTo[j] < 0;
                if (!gone || !from.get(fromOfTo[j]).equals(to.get(j))) {
                    added.get(place).add(to.get(j));
                }
            }
        }
        splices(cut, added);
    }

    /** For each place in the first list, by the places in the second that lead to it. */
    private static int[] inverse(int[] places, int size) {
        int[] inverse = new int[size];
        Arrays.fill(inverse, -1);
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0) {
                inverse[places[i]] = i;
            }
        }
        return inverse;
    }

    private void splices(boolean[] cut, List<List<Json>> added) {
        boolean begun = false;
        Shape elements = shape.at(path).element();
        for (int place = cut.length; place >= 0; place--) {
            int start = place;
            int end = place < cut.length && cut[place] ? place + 1 : place;
            while (end > start
                    && start > 0
                    && cut[start - 1]
                    && added.get(start).isEmpty()) {
                start--;
            }
            if (end == start && added.get(start).isEmpty()) {
                continue;
            }
            if (!begun) {
                begin("list").beginArray();
                begun = true;
            }
            out.beginArray().number(start).number(end - start).beginArray();
            added.get(start).forEach(value -> out.value(value, elements));
            out.endArray().endArray();
            place = start;
        }
        if (begun) {
            out.endArray().endArray();
        }
    }
}
