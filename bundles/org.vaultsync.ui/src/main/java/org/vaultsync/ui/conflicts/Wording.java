// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.conflicts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vaultsync.ui.text.Messages;

/** How the values of one field are written for people, line by line, and read again from what they typed. */
enum Wording {
    /** A text as it is. */
    TEXT,
    /** A list of texts, each on a line of its own. */
    TEXTS,
    /** A list of other values, each as JSON on a line of its own. */
    ELEMENTS,
    /** A number. */
    NUMBER,
    /** Anything else, as JSON. */
    JSON;

    private static final JsonFactory FACTORY = new JsonFactory();

    /** What somebody typed is no value of the field; the message is for people. */
    static final class NoValue extends Exception {
        private static final long serialVersionUID = 1;

        NoValue(String sentence) {
            super(sentence);
        }
    }

    /** The wording that fits all of these values; empty text is the value of a field that is not there. */
    static Wording of(String... values) {
        List<String> there = Stream.of(values).filter(value -> !value.isEmpty()).toList();
        if (there.stream().allMatch(value -> value.startsWith("\""))) {
            return TEXT;
        }
        if (there.stream().allMatch(value -> value.startsWith("["))) {
            return there.stream().flatMap(value -> elements(value).stream()).allMatch(Wording::isLine)
                    ? TEXTS
                    : ELEMENTS;
        }
        return there.stream().allMatch(Wording::isNumber) ? NUMBER : JSON;
    }

    private static boolean isLine(String json) {
        return json.startsWith("\"")
                && !unquoted(json).isBlank()
                && unquoted(json).chars().noneMatch(Character::isISOControl);
    }

    private static boolean isNumber(String json) {
        return tokens(json).equals(Optional.of(JsonToken.VALUE_NUMBER_INT))
                || tokens(json).equals(Optional.of(JsonToken.VALUE_NUMBER_FLOAT));
    }

    /** Whether a value has parts that can be merged. */
    boolean hasLines() {
        return this != NUMBER && this != JSON;
    }

    /** A value as people read it; nothing of a field that is not there. */
    String text(String json) {
        if (json.isEmpty()) {
            return "";
        }
        return switch (this) {
            case TEXT -> unquoted(json);
            case TEXTS -> elements(json).stream().map(Wording::unquoted).collect(Collectors.joining("\n"));
            case ELEMENTS -> String.join("\n", elements(json));
            case NUMBER -> json;
            case JSON -> JsonText.readable(json);
        };
    }

    /** The value that a person typed. */
    String json(String typed) throws NoValue {
        return switch (this) {
            case TEXT -> quoted(typed);
            case TEXTS -> array(typed.lines().filter(line -> !line.isEmpty()).map(Wording::quoted));
            case ELEMENTS -> {
                List<String> lines = typed.lines()
                        .filter(line -> !line.isBlank())
                        .map(String::strip)
                        .toList();
                for (String line : lines) {
                    check(line);
                }
                yield array(lines.stream());
            }
            case NUMBER -> {
                if (!isNumber(typed.strip())) {
                    throw new NoValue(Messages.valueNoNumber);
                }
                yield typed.strip();
            }
            case JSON -> {
                check(typed);
                yield typed.strip();
            }
        };
    }

    private static String array(Stream<String> elements) {
        return elements.collect(Collectors.joining(",", "[", "]"));
    }

    private static void check(String json) throws NoValue {
        if (tokens(json).isEmpty()) {
            throw new NoValue(Messages.valueNoJson);
        }
    }

    /** The first token of a text that is one JSON value and nothing else. */
    private static Optional<JsonToken> tokens(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            JsonToken first = parser.nextToken();
            parser.skipChildren();
            return first != null && parser.nextToken() == null ? Optional.of(first) : Optional.empty();
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }

    /** The elements of an array as they are written in it. */
    static List<String> elements(String array) {
        List<String> elements = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(array)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                if (parser.currentToken().isScalarValue()) {
                    parser.getText(); // a text is read to its end only when it is asked for
                }
                elements.add(
                        array.substring(start, (int) parser.currentLocation().getCharOffset())
                                .strip());
            }
        } catch (IOException damaged) {
            return List.of(array);
        }
        return elements;
    }

    private static String unquoted(String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException damaged) {
            return json;
        }
    }

    private static String quoted(String text) {
        StringWriter json = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(json)) {
            generator.writeString(text);
        } catch (IOException neverInMemory) {
            throw new UncheckedIOException(neverInMemory);
        }
        return json.toString();
    }
}
