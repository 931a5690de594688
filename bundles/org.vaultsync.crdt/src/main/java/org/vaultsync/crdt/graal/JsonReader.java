// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.vaultsync.crdt.InvalidContentException;

/**
 * Reads JSON as RFC 8259 has it. It takes half surrogate pairs in texts and names, which people's data has and the
 * parsers at hand refuse; of members with one name the last counts.
 */
final class JsonReader {
    private final String text;
    private final int deepest;
    private final int mostValues;
    private int at;
    private int values;

    JsonReader(String text, int deepest, int mostValues) {
        this.text = text;
        this.deepest = deepest;
        this.mostValues = mostValues;
    }

    /** @throws InvalidContentException with a sentence for people */
    Json document() throws InvalidContentException {
        Json value = value(0);
        space();
        if (at < text.length()) {
            throw invalid("something follows after its end");
        }
        return value;
    }

    private Json value(int depth) throws InvalidContentException {
        if (depth > deepest) {
            throw new InvalidContentException(
                    "The content is nested too deep to be shared: more than " + deepest + " levels.");
        }
        if (++values > mostValues) {
            throw new InvalidContentException(
                    "The content is too large to be shared: more than " + mostValues + " values.");
        }
        space();
        if (at >= text.length()) {
            throw invalid("it ends too early");
        }
        return switch (text.charAt(at)) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Text(quoted());
            case 't' -> word("true", Json.Word.TRUE);
            case 'f' -> word("false", Json.Word.FALSE);
            case 'n' -> word("null", Json.Word.NULL);
            default -> number();
        };
    }

    private Json.JsonObject object(int depth) throws InvalidContentException {
        Map<String, Json> members = new LinkedHashMap<>();
        at++;
        if (!comes('}')) {
            do {
                space();
                if (at >= text.length() || text.charAt(at) != '"') {
                    throw invalid("a name is expected");
                }
                String name = quoted();
                if (!comes(':')) {
                    throw invalid("a colon is expected");
                }
                members.put(name, value(depth + 1));
            } while (comes(','));
            if (!comes('}')) {
                throw invalid("a comma or the end of an object is expected");
            }
        }
        return new Json.JsonObject(members);
    }

    private Json.JsonArray array(int depth) throws InvalidContentException {
        List<Json> elements = new ArrayList<>();
        at++;
        if (!comes(']')) {
            do {
                elements.add(value(depth + 1));
            } while (comes(','));
            if (!comes(']')) {
                throw invalid("a comma or the end of an array is expected");
            }
        }
        return new Json.JsonArray(elements);
    }

    private Json word(String word, Json meaning) throws InvalidContentException {
        if (!text.startsWith(word, at)) {
            throw invalid("an unknown word");
        }
        at += word.length();
        return meaning;
    }

    private String quoted() throws InvalidContentException {
        int start = ++at;
        StringBuilder unescaped = null;
        while (at < text.length()) {
            char unit = text.charAt(at);
            if (unit == '"') {
                String rest = text.substring(start, at++);
                return unescaped == null ? rest : unescaped.append(rest).toString();
            }
            if (unit < 0x20) {
                throw invalid("a control character in a text");
            }
            at++;
            if (unit == '\\') {
                if (unescaped == null) {
                    unescaped = new StringBuilder();
                }
                unescaped.append(text, start, at - 1).append(escaped());
                start = at;
            }
        }
        throw invalid("a text does not end");
    }

    private char escaped() throws InvalidContentException {
        if (at >= text.length()) {
            throw invalid("a text does not end");
        }
        char what = text.charAt(at++);
        return switch (what) {
            case '"', '\\', '/' -> what;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw invalid("an unknown escape in a text");
        };
    }

    private char unit() throws InvalidContentException {
        if (at + 4 > text.length()) {
            throw invalid("a text does not end");
        }
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char letter = text.charAt(at++);
            int digit = letter < 0x80 ? Character.digit(letter, 16) : -1;
            if (digit < 0) {
                throw invalid("an unknown escape in a text");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private Json.Number number() throws InvalidContentException {
        int start = at;
        skip('-', '-');
        if (!skip('0', '0')) {
            digits();
        }
        if (skip('.', '.')) {
            digits();
        }
        if (skip('e', 'E')) {
            skip('+', '-');
            digits();
        }
        if (at - start > Json.LONGEST_NUMBER) {
            throw new InvalidContentException(
                    "The content has a number of more than " + Json.LONGEST_NUMBER + " digits.");
        }
        try {
            return Json.Number.of(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw new InvalidContentException("The content has a number that is too large.", e);
        }
    }

    private void digits() throws InvalidContentException {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw invalid("a value is expected");
        }
    }

    private boolean skip(char one, char other) {
        boolean there = at < text.length() && (text.charAt(at) == one || text.charAt(at) == other);
        if (there) {
            at++;
        }
        return there;
    }

    private boolean comes(char expected) {
        space();
        return skip(expected, expected);
    }

    private void space() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private InvalidContentException invalid(String why) {
        return new InvalidContentException("The content is not valid JSON: " + why + " at character " + at + ".");
    }
}
