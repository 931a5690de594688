// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Map;
import org.vaultsync.hangar.look.Words;

/** The JSON that items are made of. Numbers keep every digit; a member that occurs twice is an error. */
public final class Json {
    /** How many objects and arrays may be nested in an item. */
    public static final int DEEPEST = 128;

    /** How long the text of an item's content may be, in characters. */
    public static final int LONGEST = 8 * 1024 * 1024;

    private static final int ENVELOPE_DEPTH = 8;
    private static final JsonMapper MAPPER = mapper(DEEPEST + ENVELOPE_DEPTH);
    private static final JsonMapper STRICT = mapper(DEEPEST);
    private static final ObjectWriter PRETTY = MAPPER.writer(new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private Json() {}

    private static JsonMapper mapper(int depth) {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxStringLength(2 * LONGEST)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(DEEPEST + ENVELOPE_DEPTH)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    /**
     * Reads the content of an item.
     *
     * @throws JsonProblem if it is not a JSON object, too long or too deep
     */
    public static ObjectNode object(String text) throws JsonProblem {
        if (text.length() > LONGEST) {
            throw new JsonProblem(tooLarge(text.length()), 1, 1);
        }
        if (text.isBlank()) {
            throw new JsonProblem(Words.of("There is nothing here. An item needs a JSON object, at least {}."), 1, 1);
        }
        JsonNode read;
        try {
            read = STRICT.readTree(text);
        } catch (StreamConstraintsException beyond) {
            JsonLocation at = beyond.getLocation();
            String sentence = beyond.getMessage().contains("depth")
                    ? Words.of("This is nested too deep: an item may have %d levels.", DEEPEST)
                    : Words.of("This is beyond what an item may hold: %s", beyond.getOriginalMessage());
            throw new JsonProblem(sentence, line(at), column(at));
        } catch (JsonProcessingException malformed) {
            JsonLocation at = malformed.getLocation();
            throw new JsonProblem(
                    Words.of("This is not JSON: %s", plain(malformed.getOriginalMessage())), line(at), column(at));
        }
        if (read instanceof ObjectNode object) {
            return object;
        }
        throw new JsonProblem(Words.of("An item needs a JSON object, from { to }; this is %s.", kind(read)), 1, 1);
    }

    /** What is said of a content of more than {@link #LONGEST} characters. */
    public static String tooLarge(int characters) {
        return Words.of("This is too large: %,d characters, and an item may have %,d.", characters, LONGEST);
    }

    /** Reads a file of Hangar's own, which may be a little deeper than the item in it. */
    public static JsonNode tree(byte[] utf8) throws JsonProblem {
        try {
            return MAPPER.readTree(utf8);
        } catch (JsonProcessingException malformed) {
            JsonLocation at = malformed.getLocation();
            throw new JsonProblem(plain(malformed.getOriginalMessage()), line(at), column(at));
        } catch (IOException neverInMemory) {
            throw new UncheckedIOException(neverInMemory);
        }
    }

    /** An empty object to build on. */
    public static ObjectNode empty() {
        return MAPPER.createObjectNode();
    }

    /** On one line. */
    public static String line(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException neverForATree) {
            throw new UncheckedIOException(neverForATree);
        }
    }

    /** Indented by two spaces, for people. */
    public static String pretty(JsonNode node) {
        try {
            return PRETTY.writeValueAsString(node);
        } catch (JsonProcessingException neverForATree) {
            throw new UncheckedIOException(neverForATree);
        }
    }

    /** Whether two values are the same: the order of members does not count, and 1 is 1.0. */
    public static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        if (one.getNodeType() != other.getNodeType() || one.size() != other.size()) {
            return false;
        }
        if (one.isObject()) {
            for (Map.Entry<String, JsonNode> member : one.properties()) {
                JsonNode there = other.get(member.getKey());
                if (there == null || !same(member.getValue(), there)) {
                    return false;
                }
            }
            return true;
        }
        if (one.isArray()) {
            Iterator<JsonNode> others = other.iterator();
            for (JsonNode element : one) {
                if (!same(element, others.next())) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> Words.of("a list");
            case STRING -> Words.of("a text");
            case NUMBER -> Words.of("a number");
            case BOOLEAN -> Words.of("true or false");
            case NULL -> "null";
            case BINARY, MISSING, POJO, OBJECT -> Words.of("something else");
        };
    }

    private static String plain(String message) {
        // The list of all that could stand there helps nobody.
        String first = message.lines()
                .findFirst()
                .orElse("")
                .replaceAll(": was expecting \\(JSON.*", "")
                .strip();
        return first.isEmpty() ? Words.of("it ends too early.") : first.endsWith(".") ? first : first + ".";
    }

    private static int line(JsonLocation at) {
        return at == null ? 1 : at.getLineNr();
    }

    private static int column(JsonLocation at) {
        return at == null ? 1 : at.getColumnNr();
    }
}
