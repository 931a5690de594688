// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void whatIsNoObjectIsRefusedWithWhatItIs() {
        assertEquals(
                "An item needs a JSON object, from { to }; this is a list.",
                assertThrows(JsonProblem.class, () -> Json.object("[1]")).getMessage());
        assertTrue(assertThrows(JsonProblem.class, () -> Json.object(" "))
                .getMessage()
                .startsWith("There is nothing"));
    }

    @Test
    void aMistakeIsFoundAtItsLineAndColumn() {
        JsonProblem problem = assertThrows(JsonProblem.class, () -> Json.object("{\n  \"a\": 1,\n  \"b\": x\n}"));
        assertEquals(3, problem.line());
        assertTrue(problem.column() >= 8 && problem.column() <= 9, "column " + problem.column());
    }

    @Test
    void depthIsTakenUpTo128AndNoFurther() throws Exception {
        Json.object(nested(128));
        assertTrue(assertThrows(JsonProblem.class, () -> Json.object(nested(129)))
                .getMessage()
                .startsWith("This is nested too deep"));
        assertTrue(assertThrows(JsonProblem.class, () -> Json.object(nested(200)))
                .getMessage()
                .contains("128 levels"));
    }

    @Test
    void tenMegabytesAreTooMuch() {
        String big = "{\"a\":\"" + "x".repeat(10_000_000) + "\"}";
        assertTrue(assertThrows(JsonProblem.class, () -> Json.object(big))
                .getMessage()
                .startsWith("This is too large"));
    }

    @Test
    void aMemberThatOccursTwiceIsAMistake() {
        assertTrue(assertThrows(JsonProblem.class, () -> Json.object("{\"a\":1,\"a\":2}"))
                .getMessage()
                .contains("Duplicate"));
    }

    @Test
    void numbersKeepEveryDigit() throws Exception {
        String text = "{\"a\":12345678901234567890.123456789012345,\"b\":1.10,\"c\":99999999999999999999}";
        assertEquals(text, Json.line(Json.object(text)));
    }

    @Test
    void oneIsOnePointZeroAndOrderOfMembersDoesNotCount() throws Exception {
        assertTrue(Json.same(Json.object("{\"a\":1,\"b\":[2.0]}"), Json.object("{\"b\":[2],\"a\":1.0}")));
        assertFalse(Json.same(Json.object("{\"a\":[1,2]}"), Json.object("{\"a\":[2,1]}")));
        assertFalse(Json.same(Json.object("{\"a\":null}"), Json.object("{}")));
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }
}
