// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;

/** A JSON value; equal to another when it means the same, whatever its text was. */
public sealed interface Json {
    int DEEPEST_REPORT = 500; // what others wrote may be nested deeper than what is taken from people
    int LONGEST = 8 << 20;
    int MOST_VALUES = 250_000;
    int LONGEST_NUMBER = 1000;

    record JsonObject(Map<String, Json> members) implements Json {
        static final JsonObject EMPTY = new JsonObject(Map.of());

        /** A member, or null as JSON has it where there is none. */
        Json get(String name) {
            return members.getOrDefault(name, Word.NULL);
        }
    }

    record JsonArray(List<Json> elements) implements Json {
        static final JsonArray EMPTY = new JsonArray(List.of());
    }

    record Text(String value) implements Json {}

    enum Word implements Json {
        TRUE,
        FALSE,
        NULL
    }

    /**
     * A number.
     *
     * @param wire the same text for every way to write the number
     * @param exact whether a double holds it, in the sense that the shortest decimal of the double is the number
     */
    record Number(String wire, boolean exact) implements Json {
        static Number of(String text) {
            double nearest = Double.parseDouble(text);
            if (nearest == 0 && text.startsWith("-") && new BigDecimal(text).signum() == 0) {
                return new Number("-0", true);
            }
            BigDecimal value = new BigDecimal(text);
            if (Double.isFinite(nearest) && new BigDecimal(Double.toString(nearest)).compareTo(value) == 0) {
                return new Number(shortest(nearest), true);
            }
            BigDecimal stripped = value.stripTrailingZeros();
            boolean plain = stripped.scale() <= 0 && (long) stripped.precision() - stripped.scale() <= 100;
            return new Number(plain ? stripped.toPlainString() : stripped.toString(), false);
        }

        private static String shortest(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }

    /** @throws InvalidContentException with a sentence for people */
    static JsonObject parseObject(String text) throws InvalidContentException {
        if (parse(text) instanceof JsonObject object) {
            return object;
        }
        throw new InvalidContentException("The content is not a JSON object.");
    }

    /** @throws InvalidContentException with a sentence for people */
    static Json parse(String text) throws InvalidContentException {
        if (text.length() > LONGEST) {
            throw new InvalidContentException("The content is too large to be shared: " + (text.length() >> 20)
                    + " million characters, and " + (LONGEST >> 20) + " is the most.");
        }
        return new JsonReader(text, Replica.DEEPEST, MOST_VALUES).document();
    }

    /** What the script tells of a document, which is as large as it is: the bounds for what people write are not its. */
    static JsonArray report(String text) throws InvalidContentException {
        return (JsonArray) new JsonReader(text, DEEPEST_REPORT, Integer.MAX_VALUE).document();
    }
}
